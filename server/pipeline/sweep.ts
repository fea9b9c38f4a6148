import { dueForReview } from "@/db/queries/pipeline/sweep";
import type { Context } from "../context";
import { judgeTouched, save } from "./advance";
import { loadEnvironment } from "./environment";
import { loadLocked } from "./families";
import { emptyFiled } from "./file-facts";
import { isRepeatable, type Worker } from "./work";

const SWEEP_BATCH = 500;

/** Judges shipments whose time has come: lateness is the absence of an event. One bounded batch; returns how many were judged. */
export async function sweep(ctx: Context, worker: Worker): Promise<number> {
  const now = ctx.now();
  const ids = await dueForReview(ctx.sql, now, SWEEP_BATCH);
  return rejudge(ctx, worker, ids);
}

/** Folds, judges and plans shipments again, through the same functions and locks as live traffic. */
export async function rejudge(ctx: Context, worker: Worker, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  for (let attempt = 0; ; attempt++) {
    try {
      return await ctx.sql.begin("isolation level read committed", async (tx) => {
        worker.environment = await loadEnvironment(tx, worker.environment);
        const families = await loadLocked(tx, worker.environment, ids);
        const now = ctx.now();
        const touch = { messageId: null, receivedAtMs: now.getTime(), correlationId: null };
        const touched = new Map([...families.byHead.keys()].map((id) => [id, touch]));
        const deps = { now: ctx.now, uuid: ctx.uuid, slot: worker.slot };
        const judged = await judgeTouched(tx, worker.environment, families, touched, deps, now);
        await save(tx, emptyFiled(), judged, deps, now);
        return judged.length;
      });
    } catch (error) {
      if (isRepeatable(error) && attempt < 5) continue;
      throw error;
    }
  }
}
