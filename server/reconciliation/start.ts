import { z } from "zod";
import { reconciliationFilter } from "@/core/reconciliation/filter";
import { dayOf, dayPlus, startOfDay } from "@/core/reconciliation/settings";
import { workingConnections } from "@/db/queries/odoo-work";
import { appendItems, findOpenRun, insertDayItems, insertEmptyRun, startRun } from "@/db/queries/reconcile-scope";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { readSettings } from "../settings/read";

const { day } = reconciliationFilter.shape;

/** A whole day, or some shipments under it. */
export const reconcileInput = z.object({
  day: day.optional(),
  shipments: z.array(z.uuid()).min(1).max(10_000).optional(),
});
export type ReconcileInput = z.infer<typeof reconcileInput>;

/** What a run of this kind was started with. */
export const reconcileScope = z.object({ day, whole: z.boolean(), close: z.boolean().default(false) });

/** Target of the item that looks for transfers which Waypost does not know, of one connection. */
export const unknownTarget = (connectionId: number): string => `unknown ${connectionId}`;

/**
 * Starts a run that reads Odoo back and compares: a whole day with what Odoo has of it beside, or some shipments. One run a day at a time, else
 * `conflict`. `close` says that the day is over and this is its reconciliation.
 */
export async function startReconcile(
  ctx: Context,
  actor: Actor,
  input: ReconcileInput,
  close = false,
): Promise<{ id: string; total: number }> {
  requireRight(actor, "reconciliation:run");
  const { reconciliation } = await readSettings(ctx);
  const today = dayOf(ctx.now().getTime(), reconciliation.zone);
  const asked = input.day ?? today;
  if (asked > today) throw new AppError("invalid", "This day has not come yet.");
  const connectionIds = (await workingConnections(ctx.sql)).map((one) => one.id);
  if (connectionIds.length === 0)
    throw new AppError("precondition", "Connect an Odoo first; there is nothing to compare with.");
  const id = ctx.uuid();
  const scope = { day: asked, whole: !input.shipments, close };
  return ctx.sql.begin(async (tx) => {
    if (scope.whole && (await findOpenRun(tx, asked)))
      throw new AppError("conflict", `The ${asked} is being compared already.`);
    await insertEmptyRun(tx, {
      id,
      kind: "reconcile",
      dryRun: false,
      scope,
      byPerson: actor.kind === "person" ? actor.id : null,
      byApiKey: actor.kind === "api_key" ? actor.id : null,
      at: ctx.now(),
    });
    if (input.shipments) {
      await appendItems(
        tx,
        id,
        input.shipments.map((target) => ({ target, before: null })),
      );
    } else {
      const recent = asked >= dayPlus(today, -1);
      const since = new Date(startOfDay(asked, reconciliation.zone));
      const until = recent ? null : new Date(startOfDay(dayPlus(asked, 1), reconciliation.zone));
      await insertDayItems(tx, id, { day: asked, since, until, dueBy: ctx.now(), connectionIds }, dayPlus(asked, -1));
    }
    const ends = scope.whole ? connectionIds.map((one) => ({ target: unknownTarget(one), before: null })) : [];
    const total = await appendItems(tx, id, ends);
    await startRun(tx, id, total);
    await recordAudit(ctx, tx, actor, {
      action: "reconciliation.run",
      subject: `run:${id}`,
      after: { ...scope, items: total },
    });
    return { id, total };
  });
}
