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
import { bucketOf } from "@/core/service-levels/histogram";
import type { Tx } from "@/db/client";
import { type WorkingConnection, workingConnections } from "@/db/queries/odoo-work";
import { countLatencies, insertBreaches } from "@/db/queries/pipeline/record";
import {
  countFailed,
  listDayRuns,
  listProgress,
  type ProgressRow,
  readRunScope,
  saveClosedDay,
  skipDays,
} from "@/db/queries/reconcile-scope";
import { clearRunSummary, type WorkingRun } from "@/db/queries/replay";
import { SYSTEM } from "../access/actor";
import type { Context } from "../context";
import { settleFindings } from "../exceptions/raise";
import { hashId } from "../pipeline/interpret";
import { readSettings } from "../settings/read";
import { reconcileScope, startReconcile } from "./start";

const OPEN: ReadonlySet<RunState> = new Set(["waiting", "running", "paused"]);

/** Starts the reconciliation of the oldest day that is owed, and gives up one whose runs were cancelled or broke too often. */
export async function closeDay(
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
export async function tellMissed(ctx: Context, settings: ReconciliationSettings, slot: number): Promise<void> {
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

/** What belongs to the end of a run that closed its day: the day is done, and the clock since its end stops; one with something unread is missed. */
export async function endReconcile(ctx: Context, tx: Tx, run: Pick<WorkingRun, "id">, slot: number): Promise<void> {
  const scope = reconcileScope.parse(await readRunScope(tx, run.id));
  await clearRunSummary(tx, run.id);
  if (!scope.close) return;
  const unread = await countFailed(tx, run.id);
  await passDay(ctx, tx, scope.day, run.id, unread > 0, slot);
}

/** Goes on to the next day, and counts how long this one took; a day that was given up is missed however early that was. */
async function passDay(ctx: Context, tx: Tx, day: string, runId: string, missed: boolean, slot: number): Promise<void> {
  const { reconciliation, objectives } = await readSettings({ sql: tx as Context["sql"] });
  const connections = await workingConnections(tx);
  const progress = new Map((await listProgress(tx)).map(({ connectionId, lastDay }) => [connectionId, lastDay ?? ""]));
  // it was given up before, and counted then
  if (connections.every(({ id }) => (progress.get(id) ?? "") >= day)) return;
  await saveClosedDay(
    tx,
    connections.map(({ id }) => id),
    day,
    runId,
  );
  const now = ctx.now();
  const startedAtMs = startOfDay(dayPlus(day, 1), reconciliation.zone);
  const workflow = "historical_reconciliation";
  const objectiveMs = objectives[workflow].withinSeconds * 1000;
  const passed = Math.max(0, now.getTime() - startedAtMs);
  const took = missed ? Math.max(passed, 2 * objectiveMs) : passed;
  await countLatencies(tx, [{ workflow, leg: "total", feedId: 0, bucket: bucketOf(took), count: 1 }], slot, now);
  if (took <= objectiveMs) return;
  await insertBreaches(tx, [
    {
      shipmentId: hashId(`day/${day}`),
      id: ctx.uuid(),
      workflow,
      feedId: null,
      messageId: null,
      startedAtMs,
      endedAtMs: startedAtMs + took,
      objectiveMs,
    },
  ]);
}
