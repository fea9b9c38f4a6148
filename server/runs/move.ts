import { RUN_ACTS, type RunAct, type RunState } from "@/core/runs/run";
import { notifyLive } from "@/db/queries/live";
import { findRun, moveRun } from "@/db/queries/runs";
import { type Actor, recordAudit } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

const WORD: Readonly<Record<RunAct, string>> = { pause: "paused", resume: "resumed", cancel: "cancelled" };

/** Moves a run as a person asked, if it still stands where that is possible; the act is audited with it. */
export async function moveRunBy(ctx: Context, actor: Actor, id: string, act: RunAct, to: RunState): Promise<void> {
  await ctx.sql.begin(async (tx) => {
    const moved = await moveRun(tx, id, RUN_ACTS[act], to, ctx.now());
    if (!moved) {
      const run = await findRun(tx, id);
      if (!run) throw new AppError("not_found", "There is no such run.");
      throw new AppError("conflict", `This run is ${run.state}, so it cannot be ${WORD[act]}.`);
    }
    await recordAudit(ctx, tx, actor, {
      action: `runs.${act}`,
      subject: `run:${id}`,
      before: { state: moved.was, processed: moved.processed },
      after: { state: to },
    });
    await notifyLive(tx, "runs", [id]);
  });
}
