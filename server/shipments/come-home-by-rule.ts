import { comeHome } from "@/core/routing/come-home";
import type { Match } from "@/core/shipments/match";
import type { Tx } from "@/db/client";
import { loadReferences } from "@/db/queries/pipeline/load";
import { listRuledWithoutTransfer } from "@/db/queries/routing";
import { SYSTEM } from "../access/actor";
import type { Context } from "../context";
import { loadEnvironment } from "../pipeline/environment";
import { type Family, loadByReferences } from "../pipeline/families";
import { routedHits, routesOf } from "../pipeline/route";
import { linkShipments } from "./link";
import { repeated } from "./refold";

/** Links those of these shipments that have no transfer to the one that their numbers name in the Odoo to which a rule now sends them. */
export async function comeHomeByRule(ctx: Context, ids: readonly string[]): Promise<void> {
  for (const shipmentId of await listRuledWithoutTransfer(ctx.sql, ids)) {
    const home = await repeated(ctx, (tx) => homeOf(ctx, tx, shipmentId));
    if (home === null) continue;
    await linkShipments(ctx, SYSTEM, { shipmentId, headId: home.headId, why: `routing rule "${home.rule}"` });
  }
}

async function homeOf(ctx: Context, tx: Tx, shipmentId: string): Promise<{ headId: string; rule: string } | null> {
  const env = await loadEnvironment(tx);
  const routes = routesOf(env);
  const own = await loadReferences(tx, [shipmentId]);
  const families = await loadByReferences(tx, env, new Set(own.map(({ value }) => value)), [shipmentId]);
  const family = families.family(shipmentId);
  const route = family?.members.get(family.headId)?.route ?? null;
  if (routes === null || family === undefined || route === null || route.connectionId === null) return null;
  const facts = factsOf(family);
  const target = { connectionId: route.connectionId, companyId: route.companyId };
  const named = families.hits(new Set(facts.references.map(({ value }) => value)));
  const hits = routedHits(routes, families, target, facts.references, named);
  const candidates = families.candidates(hits, env.policies.size > 0);
  const held: Match = { kind: "one", shipmentId: family.headId, by: [], link: [] };
  const found = comeHome(held, facts, hits, candidates, ctx.now().getTime());
  if (found.kind !== "one" || found.shipmentId === family.headId) return null;
  return { headId: found.shipmentId, rule: route.rule?.name ?? "" };
}

function factsOf({ references, claims }: Family): Parameters<typeof comeHome>[1] {
  const named = (issuer: string) => (issuer === "" ? null : issuer);
  return {
    references: references.map(({ kind, issuer, value, said }) => ({ kind, issuer: named(issuer), value, said })),
    packages: references.flatMap((row) =>
      row.package ? [{ number: row.value, issuer: named(row.issuer), master: row.master }] : [],
    ),
    claims,
  };
}
