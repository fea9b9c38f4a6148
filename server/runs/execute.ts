import { setTimeout } from "node:timers/promises";
import { endRun, keepRun, nextItems, takeRun, type WorkingRun } from "@/db/queries/replay";
import type { Context } from "../context";
import type { OdooClients } from "../odoo/clients";
import { isDatabaseDown, type Worker } from "../pipeline/work";
import { repostChunk } from "../postings/repost-step";
import { replayChunk } from "./replay-step";
import { reviewChunk } from "./review-step";

const CHUNK = 200;
const LEASE_MS = 60_000;

/** Works one run until it ends, is paused or cancelled; its lease lets another worker go on after a crash. True when there was one. */
export async function workRun(
  ctx: Context,
  worker: Worker,
  clients: OdooClients,
  owner: string,
  signal: AbortSignal,
): Promise<boolean> {
  const lease = () => new Date(ctx.now().getTime() + LEASE_MS);
  const run = await ctx.sql.begin((tx) => takeRun(tx, owner, ctx.now(), lease()));
  if (!run) return false;
  try {
    while (!signal.aborted) {
      if (!(await keepRun(ctx.sql, run.id, owner, lease()))) return true;
      const started = performance.now();
      const items = await nextItems(ctx.sql, run.id, Math.min(CHUNK, run.perSecond ?? CHUNK));
      if (items.length === 0) {
        await endRun(ctx.sql, run.id, "done", null, ctx.now());
        ctx.log.info({ run: run.id, kind: run.kind, dryRun: run.dryRun }, "run done");
        return true;
      }
      if (run.kind === "repost") await repostChunk(ctx, worker, clients, run, items);
      else if (run.kind === "review") await reviewChunk(ctx, worker, run, items);
      else await replayChunk(ctx, worker, run, items);
      await keepPace(run, items.length, performance.now() - started, signal);
    }
  } catch (error) {
    if (isDatabaseDown(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    ctx.log.error({ run: run.id, err: reason }, "run failed");
    await endRun(ctx.sql, run.id, "failed", reason.slice(0, 500), ctx.now());
  }
  return true;
}

/** Never faster than the run's rate: waits for what is left of the time its items may take. */
async function keepPace(run: WorkingRun, items: number, tookMs: number, signal: AbortSignal): Promise<void> {
  if (run.perSecond === null) return;
  const waitMs = (items * 1000) / run.perSecond - tookMs;
  if (waitMs <= 0) return;
  await setTimeout(waitMs, undefined, { signal }).catch(() => undefined);
}
