import type { z } from "zod";
import { BULK_LIMIT, type BulkScope, type bulkInput, filterOfTarget, RIGHT_OF_ACT } from "@/core/exceptions/bulk";
import type { Json } from "@/core/shipments/attributes";
import { endRun, nextItems } from "@/db/queries/replay";
import { insertRunOfFilter, insertRunOfIds, type NewTriageRun } from "@/db/queries/triage";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { endTriage, triageStep } from "../runs/triage-step";
import { exceptionActOf } from "./acts";

export type BulkStarted = {
  id: string;
  total: number;
  /** What became of them where they were few enough to be done at once; null where the run goes on. */
  done: { changed: number; unchanged: number; conflict: number; refused: number; ids: string[] } | null;
};

/**
 * Does one act on a selection, as a run that keeps what was before. Named ones (500 at most) are done before it answers; all that match a
 * filter are worked by the worker in chunks. Throws `precondition` where nothing matches and `limit` above the bound.
 */
export async function bulkExceptions(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof bulkInput>,
): Promise<BulkStarted> {
  const { act, target } = input;
  requireRight(actor, RIGHT_OF_ACT[act.act]);
  // refuses what cannot be, such as a time that has gone, before anything is stored
  if (act.act !== "comment") await exceptionActOf(ctx, actor, act);
  const id = ctx.uuid();
  return ctx.sql.begin(async (tx) => {
    const named = "ids" in target;
    const scope: BulkScope = { act, filter: filterOfTarget(target), chosen: named ? target.ids.length : 0, rule: null };
    const run: NewTriageRun = {
      id,
      kind: "triage",
      state: named ? "running" : "waiting",
      scope: JSON.parse(JSON.stringify(scope)) as Json,
      undoes: null,
      byPerson: actor.kind === "person" ? actor.id : null,
      byApiKey: actor.kind === "api_key" ? actor.id : null,
      byRule: null,
      at: ctx.now(),
    };
    const me = actor.kind === "person" ? actor.id : null;
    const total = named
      ? await insertRunOfIds(tx, run, target.ids, target.seen ?? {})
      : await insertRunOfFilter(tx, run, { filter: target.filter, except: target.except, me, limit: BULK_LIMIT + 1 });
    if (total === 0) throw new AppError("precondition", "No exception matches any more.");
    if (total > BULK_LIMIT)
      throw new AppError("limit", `More than ${BULK_LIMIT.toLocaleString("en")} match. Narrow the filter.`);
    await recordAudit(ctx, tx, actor, {
      action: `exceptions.${act.act}`,
      subject: `run:${id}`,
      after: { ...(run.scope as { [key: string]: Json }), exceptions: total },
      ...("reason" in act && act.reason ? { reason: act.reason } : {}),
    });
    if (!named) return { id, total, done: null };
    const items = await nextItems(tx, id, total);
    const results = await triageStep(ctx, tx, actor, { id }, act, items);
    await endTriage(ctx, tx, actor, { id }, act);
    await endRun(tx, id, "done", null, ctx.now());
    const of = (result: string) => results.filter((item) => item.result === result);
    return {
      id,
      total,
      done: {
        changed: of("changed").length,
        unchanged: of("unchanged").length,
        conflict: of("conflict").length,
        refused: of("refused").length,
        ids: of("changed").map((item) => item.id),
      },
    };
  });
}
