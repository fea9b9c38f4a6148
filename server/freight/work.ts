import { lateFindings } from "@/core/freight/late";
import { readWorkspaceSettings } from "@/core/settings/workspace";
import { countUnjudged, listLateWindows } from "@/db/queries/freight-settlement";
import { listSettings } from "@/db/queries/settings";
import type { Context } from "../context";
import { settleFindings } from "../exceptions/raise";
import { hashId } from "../pipeline/interpret";
import { type FreightWorker, healBills, judgeBills } from "./judge";
import { planCosts } from "./plan-costs";

const HEAL_EVERY_MS = 10_000;
const WATCH_EVERY_MS = 60_000;

/** One turn of freight settlement: check what waits, plan what was approved, and now and then look for what healed and what is overdue. */
export async function workFreight(
  ctx: Context,
  worker: FreightWorker & { healedAtMs?: number; watchedAtMs?: number },
): Promise<boolean> {
  const nowMs = ctx.now().getTime();
  if (nowMs - (worker.healedAtMs ?? 0) >= HEAL_EVERY_MS) {
    worker.healedAtMs = nowMs;
    await healBills(ctx);
  }
  if (nowMs - (worker.watchedAtMs ?? 0) >= WATCH_EVERY_MS) {
    worker.watchedAtMs = nowMs;
    await watchSettlement(ctx, worker.slot);
  }
  const judged = await judgeBills(ctx, worker);
  const planned = await planCosts(ctx, worker);
  return judged + planned > 0;
}

const LATE_WINDOWS = 50;

/** Raises an exception for each window of freight settlement that ended with postings not in Odoo, and one for bills without a verdict. */
export async function watchSettlement(ctx: Context, slot: number): Promise<void> {
  await ctx.sql.begin(async (tx) => {
    const { objectives } = readWorkspaceSettings(await listSettings(tx));
    const now = ctx.now();
    const unjudged = await countUnjudged(tx, objectives.freight_settlement.withinSeconds, now);
    const late = await listLateWindows(tx, now, LATE_WINDOWS);
    const findings = lateFindings(late, unjudged);
    const row = { homeId: hashId("workflow/freight_settlement"), shipmentId: null, findings, correlationId: null };
    await settleFindings(ctx, tx, [row], ["freight_window_missed"], slot);
  });
}
