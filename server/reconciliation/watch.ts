import { nextAttempt } from "@/core/reconciliation/patience";
import {
  CATCH_UP_DAYS,
  dayOf,
  dayPlus,
  dayToClose,
  type ReconciliationSettings,
  startOfDay,
} from "@/core/reconciliation/settings";
import { missedFindings, standingsOf } from "@/core/reconciliation/standing";
import type { RunState } from "@/core/runs/run";
import { type WorkingConnection, workingConnections } from "@/db/queries/odoo-work";
import { loadToCompare } from "@/db/queries/reconcile-rows";
import {
  forgetDays,
  listChangedShipments,
  listDayRuns,
  listProgress,
  listToLookAgain,
  type ProgressRow,
  saveSeen,
  skipDays,
} from "@/db/queries/reconcile-scope";
import { SYSTEM } from "../access/actor";
import { OdooFailure } from "../adapters/odoo/errors";
import type { Context } from "../context";
import { settleFindings } from "../exceptions/raise";
import type { Leadership } from "../jobs/leadership";
import { hashId } from "../pipeline/interpret";
import { readSettings } from "../settings/read";
import { type Comparer, compareChunk } from "./compare-chunk";
import { passDay } from "./reconcile-step";
import { startReconcile } from "./start";

/** Shipments of one continuous step. */
const BATCH = 500;
/** What differs is looked at again after so long, because its posting may have arrived meanwhile. */
const AGAIN_MS = 10 * 60_000;
const OPEN: ReadonlySet<RunState> = new Set(["waiting", "running", "paused"]);
const NIL = "00000000-0000-0000-0000-000000000000";

/**
 * Compares what changed and has rested since, a bounded batch a connection, and starts the reconciliation of the day that ended when its time
 * has come. True when there is more to compare at once.
 */
export async function watchReconciliation(
  ctx: Context,
  comparer: Comparer,
  leadership: Pick<Leadership, "lead">,
): Promise<boolean> {
  if (!(await leadership.lead("reconciliation"))) return false;
  const { reconciliation } = await readSettings(ctx);
  const connections = await workingConnections(ctx.sql);
  const progress = new Map((await listProgress(ctx.sql)).map((row) => [row.connectionId, row]));
  await closeDay(ctx, reconciliation, connections, progress, comparer.worker.slot);
  await tellMissed(ctx, reconciliation, comparer.worker.slot);
  if (!reconciliation.continuous) return false;
  let more = false;
  for (const connection of connections) {
    try {
      if (await compareChanged(ctx, comparer, connection, progress.get(connection.id), reconciliation)) more = true;
    } catch (error) {
      if (!(error instanceof OdooFailure)) throw error;
      ctx.log.warn({ connection: connection.id, failure: error.kind, err: error.message }, "not compared");
    }
  }
  return more;
}

async function closeDay(
  ctx: Context,
  settings: ReconciliationSettings,
  connections: readonly WorkingConnection[],
  progress: ReadonlyMap<number, ProgressRow>,
  slot: number,
): Promise<void> {
  const nowMs = ctx.now().getTime();
  // the days before a connection was made had nothing to be reconciled in it
  const closed = connections.map(({ id, createdAtMs }) => ({
    id,
    day: progress.get(id)?.lastDay ?? dayPlus(dayOf(createdAtMs, settings.zone), -1),
  }));
  if (!settings.nightly) {
    // nights on which it was switched off are not owed afterwards
    const before = dayPlus(dayOf(nowMs, settings.zone), -2);
    const behind = closed.filter((one) => one.day < before).map(({ id }) => id);
    if (behind.length > 0) await skipDays(ctx.sql, behind, before);
    return;
  }
  const earliest = closed.map((one) => one.day).toSorted()[0];
  if (earliest === undefined) return;
  const day = dayToClose(nowMs, settings, earliest);
  if (day === null) return;
  const all = await listDayRuns(ctx.sql, { from: day, to: day });
  const runs = all.filter(({ close }) => close);
  // one that a person paused does not hold the days after it up
  const held = day < dayPlus(dayOf(nowMs, settings.zone), -1) ? runs.filter(({ state }) => state === "paused") : [];
  if (held.length === 0 && all.some(({ state }) => OPEN.has(state))) return;
  const attempts = runs.map(({ state, endedAt }) => ({ state, endedAtMs: endedAt?.getTime() ?? null }));
  const step = held.length > 0 ? "give_up" : nextAttempt(attempts, nowMs);
  if (step === "rest") return;
  if (step === "give_up") {
    const last = runs[0]?.id as string;
    await ctx.sql.begin((tx) => passDay(ctx, tx, day, last, true, slot));
    ctx.log.warn({ day, run: last }, "day is not reconciled");
    return;
  }
  const run = await startReconcile(ctx, SYSTEM, { day }, true);
  ctx.log.info({ run: run.id, day, items: run.total }, "day is being reconciled");
}

/** Raises an exception for each day that waits for long to be compared or never was, until it is. */
async function tellMissed(ctx: Context, settings: ReconciliationSettings, slot: number): Promise<void> {
  const nowMs = ctx.now().getTime();
  const today = dayOf(nowMs, settings.zone);
  const runs = await listDayRuns(ctx.sql, { from: dayPlus(today, -CATCH_UP_DAYS), to: dayPlus(today, -1) });
  const findings = missedFindings(standingsOf(runs), nowMs);
  const row = {
    homeId: hashId("workflow/historical_reconciliation"),
    shipmentId: null,
    findings,
    correlationId: null,
  };
  await ctx.sql.begin((tx) => settleFindings(ctx, tx, [row], ["day_not_reconciled"], slot));
}

async function compareChanged(
  ctx: Context,
  comparer: Comparer,
  connection: WorkingConnection,
  seen: ProgressRow | undefined,
  settings: ReconciliationSettings,
): Promise<boolean> {
  const nowMs = ctx.now().getTime();
  const day = dayOf(nowMs, settings.zone);
  const rested = new Date(nowMs - settings.settleMinutes * 60_000);
  // a connection met for the first time begins with today: its history is not what changed
  const from = seen?.seenTo ?? String(startOfDay(day, settings.zone) * 1000);
  const changed = await listChangedShipments(
    ctx.sql,
    connection.id,
    { micros: from, id: seen?.seenId ?? NIL },
    rested,
    BATCH,
  );
  const again =
    changed.length < BATCH
      ? await listToLookAgain(ctx.sql, connection.id, day, new Date(nowMs - AGAIN_MS), BATCH - changed.length)
      : [];
  const ids = [...new Set([...changed.map(({ id }) => id), ...again])];
  if (ids.length === 0) return false;
  const shipments = (await loadToCompare(ctx.sql, ids)).filter(({ connectionId }) => connectionId === connection.id);
  await compareChunk(ctx, comparer, connection, shipments, { day, runId: null, settings });
  const last = changed.at(-1);
  if (last) await saveSeen(ctx.sql, connection.id, last.micros, last.id);
  return changed.length === BATCH;
}

/** Forgets days and runs that are older than they are kept; a bounded number at a time. True when there may be more. */
export async function forgetReconciled(ctx: Context): Promise<boolean> {
  const { reconciliation } = await readSettings(ctx);
  const nowMs = ctx.now().getTime();
  const keep = dayPlus(dayOf(nowMs, reconciliation.zone), -reconciliation.keepDays);
  return (await forgetDays(ctx.sql, keep, new Date(nowMs - 7 * 86_400_000))) >= 20_000;
}
