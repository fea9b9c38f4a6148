import { invoiceGate } from "@/core/postings/invoice-gate";
import { notifyLive } from "@/db/queries/live";
import { type Deferral, type DuePosting, deferPostings, findOrderStandings } from "@/db/queries/outbox";
import type { Context } from "../context";

const LOOK_AGAIN_MS = 15 * 60_000;

/** Lets invoices wait for what else of their order is on the way, or for a person where the facts have turned against them; the rest is due. */
export async function withoutDeferred(ctx: Context, found: readonly DuePosting[]): Promise<DuePosting[]> {
  const invoices = found.filter((posting) => posting.kind === "customer_invoice");
  if (invoices.length === 0) return [...found];
  const now = ctx.now();
  const standings = await findOrderStandings(
    ctx.sql,
    invoices.map((posting) => posting.shipmentId),
  );
  const deferrals = invoices.flatMap((posting): Deferral[] => {
    const gate = invoiceGate(standings.get(posting.shipmentId) ?? null, posting.reposted);
    if (gate.do === "send") return [];
    const { why } = gate;
    return gate.do === "wait"
      ? [{ posting, why, until: new Date(now.getTime() + LOOK_AGAIN_MS) }]
      : [{ posting, why, held: "contradicted" }];
  });
  if (deferrals.length === 0) return [...found];
  await deferPostings(ctx.sql, deferrals, now);
  await notifyLive(ctx.sql, "postings");
  const waiting = new Set(deferrals.map(({ posting }) => posting));
  return found.filter((posting) => !waiting.has(posting));
}
