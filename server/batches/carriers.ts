import { nextTurnMs, turnAt } from "@/core/batches/turn";
import { runInWords } from "@/core/batches/words";
import { phasesOff } from "@/core/phases/phases";
import { timingInWords } from "@/core/postings/timing";
import { readProgress } from "@/db/queries/carrier-counts";
import { listRunsOf } from "@/db/queries/runs";
import { listSettings } from "@/db/queries/settings";
import type { Context } from "../context";
import { readSettings } from "../settings/read";
import { type BatchStanding, batchRun, lastDone, openOf, RUNS_SHOWN } from "./standing";

/** The figures of the carriers: counted all the time, or in batches by a schedule. */
export async function standingOfCarriers(ctx: Pick<Context, "sql" | "now">): Promise<BatchStanding> {
  const [{ analytics }, stored, progress, runs] = await Promise.all([
    readSettings(ctx),
    listSettings(ctx.sql),
    readProgress(ctx.sql),
    listRunsOf(ctx.sql, "count", RUNS_SHOWN),
  ]);
  const { timing } = analytics;
  const nowMs = ctx.now().getTime();
  const always = turnAt(timing, nowMs) === "always";
  const off = phasesOff(stored.phases).includes("3");
  const nextMs = always || off ? null : nextTurnMs(timing, nowMs);
  const counted = progress.map(({ caughtUpAt }) => caughtUpAt?.getTime() ?? 0).filter((ms) => ms > 0);
  return {
    workflow: "carrier_figures",
    words: off ? "off: phase 3 is switched off" : always ? "continuous" : timingInWords(timing),
    timing,
    nextAt: nextMs === null ? null : new Date(nextMs),
    // all the time: when the last of both orders of changes was through
    lastAt: always ? (counted.length > 0 ? new Date(Math.min(...counted)) : null) : lastDone(runs),
    open: openOf(runs),
    refusal: off ? "Phase 3, analytics, is switched off: nothing is counted." : null,
    runs: runs.map((run) => batchRun(run, runInWords({ ...run, left: isLeft(run.summary) }, "counted", null))),
  };
}

function isLeft(summary: unknown): boolean {
  return typeof summary === "object" && summary !== null && "left" in summary && summary.left === true;
}
