import { z } from "zod";
import { ASPECTS } from "@/core/reconciliation/aspects";
import type { Difference } from "@/core/reconciliation/cause";
import { valueText } from "@/core/reconciliation/compare";
import { mayAccept } from "@/core/reconciliation/repair";
import { dayOf } from "@/core/reconciliation/settings";
import type { Json } from "@/core/shipments/attributes";
import { notifyLive } from "@/db/queries/live";
import { workingConnections } from "@/db/queries/odoo-work";
import { acceptOverPostings, insertDecisions, loadToCompare } from "@/db/queries/reconcile-rows";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import { OdooFailure } from "../adapters/odoo/errors";
import type { Context } from "../context";
import { AppError } from "../errors";
import { rejudge } from "../pipeline/sweep";
import { readSettings } from "../settings/read";
import { type Comparer, compareChunk, compareShipments } from "./compare-chunk";

export const acceptInput = z.object({
  shipments: z.array(z.uuid()).min(1).max(200),
  aspect: z.enum(ASPECTS),
  reason: z.string().trim().max(500).optional(),
  /** The day under whose rows the result is shown; today where none is named. */
  day: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .optional(),
});

/**
 * Accepts what Odoo holds instead of our value, as it is read now: it is not fought any more, and stands until either value changes. Shipments
 * in which nothing differs are left out; when all are, that is a `conflict`.
 */
export async function acceptOdoo(
  ctx: Context,
  actor: Actor,
  comparer: Comparer,
  input: z.output<typeof acceptInput>,
): Promise<{ accepted: number; left: number }> {
  requireRight(actor, "reconciliation:repair");
  const { reconciliation } = await readSettings(ctx);
  const day = input.day ?? dayOf(ctx.now().getTime(), reconciliation.zone);
  const connections = new Map((await workingConnections(ctx.sql)).map((one) => [one.id, one]));
  const shipments = await loadToCompare(ctx.sql, input.shipments);
  const found: { id: string; difference: Difference }[] = [];
  try {
    for (const [connectionId, some] of Map.groupBy(shipments, (one) => one.connectionId)) {
      const connection = connections.get(connectionId);
      if (!connection) continue;
      for (const one of await compareShipments(ctx, comparer, connection, some, reconciliation)) {
        const difference = one.differences.find(({ aspect }) => aspect === input.aspect);
        if (difference && mayAccept(difference)) found.push({ id: one.shipment.id, difference });
      }
    }
  } catch (error) {
    if (error instanceof OdooFailure) throw new AppError("upstream", `Odoo cannot be read: ${error.message}`);
    throw error;
  }
  if (found.length === 0)
    throw new AppError("conflict", "Nothing differs there any more, or there is nothing to accept.");
  await ctx.sql.begin(async (tx) => {
    const by = {
      byPerson: actor.kind === "person" ? actor.id : null,
      byName: actor.name,
      reason: input.reason ?? null,
    };
    await insertDecisions(
      tx,
      found.map(({ id, difference }) => ({
        shipmentId: id,
        id: ctx.uuid(),
        aspect: input.aspect,
        decision: "accept" as const,
        ours: valueText(difference.said.waypost),
        theirs: valueText(difference.said.odoo),
        changedBy: difference.by?.name ?? null,
        changedAtMs: difference.by?.atMs ?? null,
        ...by,
      })),
      ctx.now(),
    );
    if (input.aspect === "tracking")
      await acceptOverPostings(
        tx,
        found.flatMap(({ difference }) =>
          difference.posting ? [{ postingId: difference.posting.id, value: numbersText(difference.said.odoo) }] : [],
        ),
        ctx.now(),
      );
    for (const { id, difference } of found)
      await recordAudit(ctx, tx, actor, {
        action: "reconciliation.accept",
        subject: `shipment:${id}`,
        before: { [input.aspect]: difference.said.waypost ?? null },
        after: { [input.aspect]: difference.said.odoo ?? null },
        reason: input.reason,
      });
    await notifyLive(
      tx,
      "shipments",
      found.map(({ id }) => id),
    );
  });
  const ids = found.map(({ id }) => id);
  await rejudge(ctx, comparer.worker, ids);
  await compareAgain(ctx, comparer, ids, day);
  return { accepted: found.length, left: input.shipments.length - found.length };
}

/** Shows the outcome at once; where Odoo went away meanwhile the next comparison does. */
async function compareAgain(ctx: Context, comparer: Comparer, ids: readonly string[], day: string): Promise<void> {
  const { reconciliation } = await readSettings(ctx);
  const connections = new Map((await workingConnections(ctx.sql)).map((one) => [one.id, one]));
  try {
    for (const [connectionId, some] of Map.groupBy(await loadToCompare(ctx.sql, ids), (one) => one.connectionId)) {
      const connection = connections.get(connectionId);
      if (connection)
        await compareChunk(ctx, comparer, connection, some, { day, runId: null, settings: reconciliation });
    }
  } catch (error) {
    if (!(error instanceof OdooFailure)) throw error;
    ctx.log.warn({ err: error.message }, "not compared after a decision");
  }
}

function numbersText(value: Json | undefined): string | null {
  return Array.isArray(value) ? value.join(",") : null;
}
