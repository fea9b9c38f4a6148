import { bulkScope, canUndo, RIGHT_OF_ACT } from "@/core/exceptions/bulk";
import type { Json } from "@/core/shipments/attributes";
import { endRun, nextItems } from "@/db/queries/replay";
import { findRun } from "@/db/queries/runs";
import { insertRunOfUndo, type NewTriageRun } from "@/db/queries/triage";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { undoRepair } from "../reconciliation/undo-repair";
import { undoStep } from "./undo-step";

/** So few are put back before the answer, so that Undo in a toast shows what it did. */
const AT_ONCE = 500;
const ENDED = new Set(["done", "cancelled", "failed"]);

/**
 * Takes a run over exceptions, or what a repair moved, back as a run of its own: what somebody changed since stays as it is. Throws `precondition` where it cannot be
 * taken back, and `conflict` where it was already.
 */
export async function undoRun(
  ctx: Context,
  actor: Actor,
  input: { id: string },
): Promise<{ id: string; total: number; done: { changed: number; conflict: number; ids: string[] } | null }> {
  requireRight(actor, "exceptions:read");
  const run = await findRun(ctx.sql, input.id);
  if (!run) throw new AppError("not_found", "There is no such run.");
  if (run.kind === "repair" && ENDED.has(run.state)) return once(() => undoRepair(ctx, actor, run));
  const scope = run.kind === "triage" ? bulkScope.safeParse(run.scope) : null;
  if (!scope?.success)
    throw new AppError("precondition", "Only an action on exceptions, or a repair that has ended, can be taken back.");
  const { act } = scope.data;
  requireRight(actor, RIGHT_OF_ACT[act.act]);
  if (!canUndo(act.act)) throw new AppError("precondition", "Comments stay: colleagues may have read them.");
  if (!ENDED.has(run.state)) throw new AppError("precondition", "It still runs. Cancel it first, then take it back.");
  const id = ctx.uuid();
  return once(() =>
    ctx.sql.begin(async (tx) => {
      const few = run.changed <= AT_ONCE;
      const made: NewTriageRun & { undoes: string } = {
        id,
        kind: "undo",
        state: few ? "running" : "waiting",
        scope: { undoes: run.id, of: run.scope } as Json,
        undoes: run.id,
        byPerson: actor.kind === "person" ? actor.id : null,
        byApiKey: actor.kind === "api_key" ? actor.id : null,
        byRule: null,
        at: ctx.now(),
      };
      const total = await insertRunOfUndo(tx, made);
      if (total === 0) throw new AppError("precondition", "It changed nothing, so there is nothing to take back.");
      await recordAudit(ctx, tx, actor, {
        action: "runs.undo",
        subject: `run:${id}`,
        after: { undoes: run.id, act: act.act, exceptions: total },
      });
      if (!few) return { id, total, done: null };
      const results = await undoStep(ctx, tx, { id }, await nextItems(tx, id, total), actor);
      await endRun(tx, id, "done", null, ctx.now());
      const changed = results.filter((item) => item.result === "changed");
      return {
        id,
        total,
        done: { changed: changed.length, conflict: results.length - changed.length, ids: changed.map((one) => one.id) },
      };
    }),
  );
}

/** A run is taken back once: the index that says so is asked, not a look before. */
async function once<T>(undo: () => Promise<T>): Promise<T> {
  try {
    return await undo();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "23505")
      throw new AppError("conflict", "Somebody has taken this back already, or the same was opened anew just now.");
    throw error;
  }
}
