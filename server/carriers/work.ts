import { setTimeout as sleep } from "node:timers/promises";
import { turnAt } from "@/core/batches/turn";
import { countScope } from "@/core/carriers/counting";
import { phasesOff } from "@/core/phases/phases";
import { addCounted, findOpenCount, hadTurn } from "@/db/queries/count-runs";
import { readRunScope } from "@/db/queries/reconcile-scope";
import { endRun, keepRun, mergeRunSummary, takeRun, type WorkingRun } from "@/db/queries/replay";
import { listSettings } from "@/db/queries/settings";
import { SYSTEM } from "../access/actor";
import type { Context } from "../context";
import { isDatabaseDown } from "../pipeline/work";
import { readSettings } from "../settings/read";
import { type CountMemory, countCarriers, isFull } from "./count";
import { startCount } from "./start-count";

const LEASE_MS = 60_000;

/**
 * One turn of the counting: a run that waits, else what the schedule asks for, which is a run of its own in a batch and a bounded step all the
 * time. True while there is more to do at once.
 */
export async function workCarriers(
  ctx: Context,
  memory: CountMemory,
  owner: string,
  signal: AbortSignal,
): Promise<boolean> {
  const lease = () => new Date(ctx.now().getTime() + LEASE_MS);
  const run = await ctx.sql.begin((tx) => takeRun(tx, owner, ["count"], ctx.now(), lease()));
  if (run) {
    await workCount(ctx, memory, run, () => keepRun(ctx.sql, run.id, owner, lease()), signal);
    return true;
  }
  const { analytics } = await readSettings(ctx);
  const turn = turnAt(analytics.timing, ctx.now().getTime());
  if (turn === "always") return countOnce(ctx, memory, signal);
  if (turn === null || phasesOff((await listSettings(ctx.sql)).phases).includes("3")) return false;
  if ((await hadTurn(ctx.sql, turn.name, new Date(turn.sinceMs))) || (await findOpenCount(ctx.sql))) return false;
  const until = turn.untilMs === null ? null : new Date(turn.untilMs).toISOString();
  await startCount(ctx, SYSTEM, { turn: turn.name, until });
  return true;
}

async function countOnce(ctx: Context, memory: CountMemory, signal: AbortSignal): Promise<boolean> {
  const from = performance.now();
  const more = isFull(await countCarriers(ctx, memory));
  if (more) await rest(performance.now() - from, signal);
  return more;
}

/** Counts until nothing is left, a person stops it, or its window closes; the rest then goes with the next run. */
async function workCount(
  ctx: Context,
  memory: CountMemory,
  run: WorkingRun,
  keep: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { until } = countScope.parse(await readRunScope(ctx.sql, run.id));
    while (!signal.aborted) {
      if (!(await keep())) return;
      if (until !== null && ctx.now().getTime() >= Date.parse(until)) {
        await mergeRunSummary(ctx.sql, run.id, { left: true });
        return await endRun(ctx.sql, run.id, "done", null, ctx.now());
      }
      const from = performance.now();
      const counted = await countCarriers(ctx, memory);
      await addCounted(ctx.sql, run.id, counted);
      if (!isFull(counted)) return await endRun(ctx.sql, run.id, "done", null, ctx.now());
      await rest(performance.now() - from, signal);
    }
  } catch (error) {
    if (isDatabaseDown(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    ctx.log.error({ run: run.id, err: reason }, "run failed");
    await endRun(ctx.sql, run.id, "failed", reason.slice(0, 500), ctx.now());
  }
}

/** History in the background: the pipeline keeps most of the machine. */
async function rest(tookMs: number, signal: AbortSignal): Promise<void> {
  await sleep(2 * tookMs, undefined, { signal }).catch(() => undefined);
}
