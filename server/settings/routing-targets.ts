import { z } from "zod";
import type { RouteTarget, Routing } from "@/core/routing/rules";
import type { Tx } from "@/db/client";
import { listRouteTargets } from "@/db/queries/routing";
import { AppError } from "../errors";

/** An Odoo that a rule may send to, with its companies as its last test found them. */
export type RoutingTarget = { id: number; name: string; companies: { id: number; name: string }[] };

const tested = z.object({ companies: z.array(z.object({ id: z.number(), name: z.string() })) });

/** The connections that are not archived, by name. */
export async function routingTargets(tx: Tx): Promise<RoutingTarget[]> {
  return (await listRouteTargets(tx)).map(({ id, name, lastTest }) => {
    const report = tested.safeParse(lastTest);
    return { id, name, companies: report.success ? report.data.companies : [] };
  });
}

/** Refuses rules that send to an Odoo that is not connected, or to a company for which its user does not work. */
export async function checkTargets(tx: Tx, routing: Routing): Promise<void> {
  const targets = await routingTargets(tx);
  const refusal = (who: string, to: RouteTarget) => {
    const target = targets.find(({ id }) => id === to.connectionId);
    if (target === undefined) return `${who} sends to an Odoo that is not connected any more. Choose another.`;
    if (to.companyId === null || target.companies.length === 0) return null;
    if (target.companies.some(({ id }) => id === to.companyId)) return null;
    return `${who} sends to a company of ${target.name} for which its user does not work.`;
  };
  const refusals = [
    ...routing.rules.map(({ name, to }) => refusal(`"${name}"`, to)),
    routing.otherwise === null ? null : refusal("The choice for all others", routing.otherwise),
  ];
  const first = refusals.find((words) => words !== null);
  if (first) throw new AppError("invalid", first);
}
