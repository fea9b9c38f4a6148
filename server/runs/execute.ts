import { allowanceOf, type RunKind, TURN_KINDS } from "@/core/runs/run";
import type { Tx } from "@/db/client";
import { readRunScope } from "@/db/queries/reconcile-scope";
import { findWake, nextRepairItems, restRun } from "@/db/queries/repair";
import {
  endRun,
  finishedSince,
  keepRun,
  letGoOfRun,
  nextItems,
  nextTurnAt,
  takeRun,
  type WorkingRun,
} from "@/db/queries/replay";
import type { Context } from "../context";
import type { OdooClients } from "../odoo/clients";
import { isDatabaseDown, type Worker } from "../pipeline/work";
import { repostChunk } from "../postings/repost-step";
import { endReconcile } from "../reconciliation/close-day";
import { makeComparer } from "../reconciliation/compare-chunk";
import { beginPass, keepPass, setAside } from "../reconciliation/pass";
import { reconcileChunk } from "../reconciliation/reconcile-step";
import { repairChunk } from "../reconciliation/repair-step";
import { isUndoOfRepair, undoRepairChunk } from "../reconciliation/undo-repair";
import { countEffectsOnce, replayItems } from "./replay-step";
import { reviewChunk } from "./review-step";
import { shadowChunk } from "./shadow-step";
import { endTriage, runActor, triageChunk } from "./triage-step";
import { undoActor, undoChunk } from "./undo-step";

/**
 * Items of one step. Acts on exceptions are set statements, still far below what a batch of the pipeline holds; a comparison holds whole shipments and
 * what Odoo has of them; an item of a shadow is all messages of a shipment.
 */
const CHUNK: Readonly<Record<Exclude<RunKind, "count">, number>> = {
  replay: 200,
  repost: 200,
  review: 200,
  repair: 200,
  triage: 500,
  undo: 500,
  reconcile: 250,
  shadow: 50,
};
const LEASE_MS = 60_000;
/** A turn ends with the step in which this is over. */
const TURN_MS = 500;

type Item = { position: number; target: string };

/**
 * Gives the run that had its turn longest ago another: some steps, or as many items as its pace lets through now. Then whoever is free takes it, so that
 * many runs go on side by side and none is held by a worker. The lease is for a turn, prolonged while a step lasts: a crash leaves the run to another
 * worker. True when there was one.
 */
export async function workRun(
  ctx: Context,
  worker: Worker,
  clients: OdooClients,
  owner: string,
  signal: AbortSignal,
  kinds: readonly RunKind[] = TURN_KINDS,
): Promise<boolean> {
  const lease = () => new Date(ctx.now().getTime() + LEASE_MS);
  const run = await ctx.sql.begin((tx) => takeRun(tx, owner, kinds, ctx.now(), lease()));
  if (!run) return false;
  // a step whose calls wait for an Odoo's rate may take longer than a lease
  const prolong = setInterval(() => {
    keepRun(ctx.sql, run.id, owner, lease()).catch((error) => ctx.log.warn({ err: String(error) }, "lease not kept"));
  }, LEASE_MS / 3).unref();
  try {
    const steps = await stepsOf(ctx, worker, clients, run, owner);
    const letGo = async (notBeforeMs: number) => {
      await steps.remember?.();
      await letGoOfRun(ctx.sql, run.id, owner, new Date(notBeforeMs));
    };
    const endsAt = performance.now() + TURN_MS;
    while (!signal.aborted) {
      if (!(await keepRun(ctx.sql, run.id, owner, lease()))) return true;
      const startedMs = ctx.now().getTime();
      const { items, waitMs } = await itemsDue(ctx, run, startedMs, steps);
      if (items.length > 0) await steps.work(items);
      else if (waitMs === 0) {
        if (await steps.putOff?.()) return true;
        await ctx.sql.begin(async (tx) => {
          await steps.end?.(tx);
          await endRun(tx, run.id, "done", null, ctx.now());
        });
        ctx.log.info({ run: run.id, kind: run.kind, dryRun: run.dryRun }, "run done");
        return true;
      }
      const spreadMs = run.perSecond === null ? 0 : (items.length * 1000) / run.perSecond;
      const nowMs = ctx.now().getTime();
      const goesOnMs = startedMs + Math.max(waitMs, spreadMs);
      if (goesOnMs > nowMs || performance.now() >= endsAt) {
        await letGo(Math.max(goesOnMs, nowMs));
        return true;
      }
    }
    await letGo(ctx.now().getTime());
  } catch (error) {
    if (isDatabaseDown(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    ctx.log.error({ run: run.id, err: reason }, "run failed");
    await endRun(ctx.sql, run.id, "failed", reason.slice(0, 500), ctx.now());
  } finally {
    clearInterval(prolong);
  }
  return true;
}

/** Ms until a run that keeps a pace may go on, for a loop that found none to take; false where none waits for that. */
export async function msToNextTurn(ctx: Context, kinds: readonly RunKind[]): Promise<number | false> {
  const at = await nextTurnAt(ctx.sql, kinds, ctx.now());
  return at === null ? false : Math.max(1, at.getTime() - ctx.now().getTime());
}

/** The next items that the run's pace lets through; none and no wait where all are done. */
async function itemsDue(
  ctx: Context,
  run: WorkingRun,
  nowMs: number,
  steps: Steps,
): Promise<{ items: Item[]; waitMs: number }> {
  const { perSecond } = run;
  const most = run.kind === "count" ? 0 : CHUNK[run.kind];
  const limit = perSecond === null ? most : Math.min(most, perSecond);
  const items = await (steps.next ? steps.next(limit) : nextItems(ctx.sql, run.id, limit));
  const [first] = items;
  if (!first || perSecond === null) return { items, waitMs: 0 };
  const recent = await finishedSince(ctx.sql, run.id, first.position, perSecond, new Date(nowMs - 1000));
  const allowed = allowanceOf(perSecond, { count: recent.count, firstAtMs: recent.first?.getTime() ?? null }, nowMs);
  return { items: items.slice(0, allowed.items), waitMs: allowed.waitMs };
}

type Steps = {
  work: (items: readonly Item[]) => Promise<unknown>;
  /** What belongs to its end, in the transaction that ends it. */
  end?: (tx: Tx) => Promise<void>;
  /** Its next items, where these are not just those that are not done. */
  next?: (limit: number) => Promise<Item[]>;
  /** Puts the run off for what was left; false where nothing was, or where it is not waited for any longer. */
  putOff?: () => Promise<boolean>;
  /** Keeps for the next turn what is not told by its items. */
  remember?: () => Promise<void>;
};

/** What a step of this kind of run does. */
async function stepsOf(
  ctx: Context,
  worker: Worker,
  clients: OdooClients,
  run: WorkingRun,
  owner: string,
): Promise<Steps> {
  switch (run.kind) {
    case "triage": {
      const who = await runActor(ctx, run.id);
      return {
        work: (items) => triageChunk(ctx, run, items, who),
        end: (tx) => endTriage(ctx, tx, who.actor, run, who.act),
      };
    }
    case "undo": {
      if (isUndoOfRepair(await readRunScope(ctx.sql, run.id)))
        return { work: (items) => undoRepairChunk(ctx, run, items) };
      const undoer = await undoActor(ctx, run.id);
      return { work: (items) => undoChunk(ctx, run, items, undoer) };
    }
    case "reconcile": {
      const comparer = makeComparer(worker, clients);
      const pass = beginPass(run);
      return {
        work: (items) => reconcileChunk(ctx, comparer, run, items, pass),
        end: (tx) => endReconcile(ctx, tx, run, worker.slot),
        next: (limit) => nextItems(ctx.sql, run.id, limit, pass.after),
        putOff: async () => pass.down.size > 0 && (await setAside(ctx, run, owner, pass)),
        remember: () => keepPass(ctx, run, pass),
      };
    }
    case "repair": {
      const comparer = makeComparer(worker, clients);
      return {
        work: (items) => repairChunk(ctx, comparer, run, items),
        next: (limit) => nextRepairItems(ctx.sql, run.id, limit, ctx.now()),
        putOff: async () => {
          const wake = await findWake(ctx.sql, run.id);
          if (wake !== null) await restRun(ctx.sql, run.id, owner, wake);
          return wake !== null;
        },
      };
    }
    case "repost":
      return { work: (items) => repostChunk(ctx, worker, clients, run, items) };
    case "shadow":
      return { work: (items) => shadowChunk(ctx, worker, clients, run, items) };
    case "review":
      return { work: (items) => reviewChunk(ctx, worker, run, items) };
    case "replay":
      return {
        work: (items) => replayItems(ctx, worker, run, items),
        end: (tx) => countEffectsOnce(tx, run),
      };
    case "count":
      throw new Error("a count has no items");
  }
}
