import { dayOf, dayPlus, type ReconciliationSettings, startOfDay } from "@/core/reconciliation/settings";
import { type WorkingConnection, workingConnections } from "@/db/queries/odoo-work";
import { listReadinessDue, loadToCompare, replaceReadiness } from "@/db/queries/reconcile-rows";
import {
  forgetDays,
  listChangedShipments,
  listProgress,
  listToLookAgain,
  type ProgressRow,
  saveSeen,
} from "@/db/queries/reconcile-scope";
import { OdooFailure } from "../adapters/odoo/errors";
import type { Context } from "../context";
import type { Leadership } from "../jobs/leadership";
import { readSettings } from "../settings/read";
import { closeDay, tellMissed } from "./close-day";
import { type Comparer, compareChunk } from "./compare-chunk";

/** Shipments of one continuous step. */
const BATCH = 500;
/** What differs is looked at again after so long, because its posting may have arrived meanwhile. */
const AGAIN_MS = 10 * 60_000;
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
  const due = await listReadinessDue(ctx.sql, connection.id, new Date(nowMs), BATCH - changed.length - again.length);
  const ids = [...new Set([...changed.map(({ id }) => id), ...again, ...due])];
  if (ids.length === 0) return false;
  const shipments = (await loadToCompare(ctx.sql, ids)).filter(({ connectionId }) => connectionId === connection.id);
  await compareChunk(ctx, comparer, connection, shipments, { day, runId: null, settings });
  // linked to another or without a transfer by now: nothing compares it again under its own name
  const compared = new Set(shipments.map(({ id }) => id));
  const left = due.filter((id) => !compared.has(id));
  if (left.length > 0) await ctx.sql.begin((tx) => replaceReadiness(tx, left, [], new Date(nowMs)));
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
