import { z } from "zod";
import type { Json } from "@/core/shipments/attributes";
import { appendItems, readItems, startRun } from "@/db/queries/reconcile-scope";
import { insertUndoRun, listMovedItems } from "@/db/queries/repair";
import { finishItems, type ItemResult, type WorkingRun } from "@/db/queries/replay";
import type { RunRow } from "@/db/queries/runs";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import { actorOfRun } from "../access/run-actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { movedNumber, moveNumberBack } from "../shipments/move-number";
import { fieldsOf } from "./repair-items";

const kept = z.object({ moved: movedNumber });

/**
 * Takes back what a repair moved, as a run of its own. What it posted stays: a posting is undone by the facts behind it. Throws `precondition` where
 * it moved nothing.
 */
export async function undoRepair(
  ctx: Context,
  actor: Actor,
  run: RunRow,
): Promise<{ id: string; total: number; done: null }> {
  requireRight(actor, "shipments:link");
  requireRight(actor, "shipments:correct");
  if (run.dryRun) throw new AppError("precondition", "A dry run changed nothing.");
  const id = ctx.uuid();
  return ctx.sql.begin(async (tx) => {
    const moved = await listMovedItems(tx, run.id);
    if (moved.length === 0)
      throw new AppError("precondition", "It moved no number. What it posted or read again is not taken back.");
    await insertUndoRun(tx, {
      id,
      scope: { undoes: run.id, of: run.scope, repair: true } as Json,
      undoes: run.id,
      byPerson: actor.kind === "person" ? actor.id : null,
      byApiKey: actor.kind === "api_key" ? actor.id : null,
      at: ctx.now(),
    });
    const total = await appendItems(
      tx,
      id,
      moved.map(({ target, after }) => ({ target, before: after })),
    );
    await startRun(tx, id, total);
    await recordAudit(ctx, tx, actor, {
      action: "runs.undo",
      subject: `run:${id}`,
      after: { undoes: run.id, moved: total },
    });
    return { id, total, done: null };
  });
}

/** Whether a run that takes another back is that of a repair. */
export function isUndoOfRepair(scope: Json): boolean {
  return fieldsOf(scope).repair === true;
}

/** Puts the numbers of a chunk back where they stood; what changed since is left and named. */
export async function undoRepairChunk(
  ctx: Context,
  run: Pick<WorkingRun, "id">,
  items: readonly { position: number; target: string }[],
): Promise<void> {
  const actor = await actorOfRun(ctx.sql, run.id);
  const rows = await readItems(
    ctx.sql,
    run.id,
    items.map(({ position }) => position),
  );
  for (const { position, before } of rows) {
    const base = { position, before: null, after: null };
    let result: ItemResult;
    try {
      const { moved } = kept.parse(before);
      await moveNumberBack(ctx, actor, { moved, why: `Undo ${run.id}` });
      result = { ...base, result: "changed", reason: `${moved.number} stands where it stood.` };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const word = error.code === "conflict" ? "conflict" : error.code === "forbidden" ? "refused" : "failed";
      result = { ...base, result: word, reason: error.message };
    }
    await ctx.sql.begin((tx) => finishItems(tx, run.id, [result], ctx.now()));
  }
}
