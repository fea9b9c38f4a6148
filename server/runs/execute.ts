import { setTimeout } from "node:timers/promises";
import { readRunScope } from "@/db/queries/reconcile-scope";
import { findWake, nextRepairItems, restRun } from "@/db/queries/repair";
import { endRun, keepRun, nextItems, takeRun, type WorkingRun } from "@/db/queries/replay";
import type { Context } from "../context";
import type { OdooClients } from "../odoo/clients";
import { isDatabaseDown, type Worker } from "../pipeline/work";
import { repostChunk } from "../postings/repost-step";
import { endReconcile } from "../reconciliation/close-day";
import { makeComparer } from "../reconciliation/compare-chunk";
import { beginPass, setAside } from "../reconciliation/pass";
import { reconcileChunk } from "../reconciliation/reconcile-step";
import { repairChunk } from "../reconciliation/repair-step";
import { isUndoOfRepair, undoRepairChunk } from "../reconciliation/undo-repair";
import { replayItems } from "./replay-step";
import { reviewChunk } from "./review-step";
import { shadowChunk } from "./shadow-step";
import { endTriage, runActor, triageChunk } from "./triage-step";
import { undoActor, undoChunk } from "./undo-step";

const CHUNK = 200;
/** Acts on exceptions are set statements: larger chunks, still far below what a batch of the pipeline holds. */
const LARGE_CHUNK = 500;
/** A comparison holds whole shipments and what Odoo has of them. */
const COMPARED_CHUNK = 250;
/** An item of a shadow is all messages of a shipment. */
const SHADOW_CHUNK = 50;
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
  // a chunk whose calls wait for an Odoo's rate may take longer than a lease
  const beat = setInterval(() => {
    keepRun(ctx.sql, run.id, owner, lease()).catch((error) => ctx.log.warn({ err: String(error) }, "lease not kept"));
  }, LEASE_MS / 3).unref();
  try {
    const who = run.kind === "triage" ? await runActor(ctx, run.id) : null;
    const ofRepair = run.kind === "undo" && isUndoOfRepair(await readRunScope(ctx.sql, run.id));
    const undoer = run.kind === "undo" && !ofRepair ? await undoActor(ctx, run.id) : null;
    const large = who || undoer;
    const chunk = large
      ? LARGE_CHUNK
      : run.kind === "reconcile"
        ? COMPARED_CHUNK
        : run.kind === "shadow"
          ? SHADOW_CHUNK
          : CHUNK;
    const comparer = makeComparer(worker, clients);
    const pass = run.kind === "reconcile" ? beginPass(run) : null;
    while (!signal.aborted) {
      if (!(await keepRun(ctx.sql, run.id, owner, lease()))) return true;
      const started = performance.now();
      const most = Math.min(chunk, run.perSecond ?? chunk);
      const items =
        run.kind === "repair"
          ? await nextRepairItems(ctx.sql, run.id, most, ctx.now())
          : await nextItems(ctx.sql, run.id, most, pass?.after);
      if (items.length === 0) {
        if (pass && pass.down.size > 0 && (await setAside(ctx, run, owner, pass))) return true;
        const wake = run.kind === "repair" ? await findWake(ctx.sql, run.id) : null;
        if (wake !== null) {
          await restRun(ctx.sql, run.id, owner, wake);
          return true;
        }
        await ctx.sql.begin(async (tx) => {
          if (who) await endTriage(ctx, tx, who.actor, run, who.act);
          if (run.kind === "reconcile") await endReconcile(ctx, tx, run, worker.slot);
          await endRun(tx, run.id, "done", null, ctx.now());
        });
        ctx.log.info({ run: run.id, kind: run.kind, dryRun: run.dryRun }, "run done");
        return true;
      }
      if (who) await triageChunk(ctx, run, items, who);
      else if (ofRepair) await undoRepairChunk(ctx, run, items);
      else if (undoer) await undoChunk(ctx, run, items, undoer);
      else if (run.kind === "repost") await repostChunk(ctx, worker, clients, run, items);
      else if (run.kind === "shadow") await shadowChunk(ctx, worker, clients, run, items);
      else if (pass) await reconcileChunk(ctx, comparer, run, items, pass);
      else if (run.kind === "repair") await repairChunk(ctx, comparer, run, items);
      else if (run.kind === "review") await reviewChunk(ctx, worker, run, items);
      else await replayItems(ctx, worker, run, items);
      await keepPace(run, items.length, performance.now() - started, signal);
    }
  } catch (error) {
    if (isDatabaseDown(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    ctx.log.error({ run: run.id, err: reason }, "run failed");
    await endRun(ctx.sql, run.id, "failed", reason.slice(0, 500), ctx.now());
  } finally {
    clearInterval(beat);
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
