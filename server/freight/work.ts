import type { Finding } from "@/core/exceptions/finding";
import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";
import { readWorkspaceSettings } from "@/core/settings/workspace";
import { countOverdue } from "@/db/queries/freight-overdue";
import { listSettings } from "@/db/queries/settings";
import type { Context } from "../context";
import { clear, raise } from "../exceptions/raise";
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

/** Raises an exception while bills are past the window of freight settlement: without a verdict, or approved and not in Odoo. */
export async function watchSettlement(ctx: Context, slot: number): Promise<void> {
  await ctx.sql.begin(async (tx) => {
    const { objectives } = readWorkspaceSettings(await listSettings(tx));
    const { withinSeconds } = objectives.freight_settlement;
    const { unjudged, unposted } = await countOverdue(tx, withinSeconds, ctx.now());
    const homeId = hashId("workflow/freight_settlement");
    if (unjudged + unposted === 0) {
      await clear(ctx, tx, [{ homeId, kind: "slo_burn", subject: "window", why: "Nothing is overdue." }], slot);
      return;
    }
    const finding: Finding = {
      kind: "slo_burn",
      subject: "window",
      severity: EXCEPTION_SPECS.slo_burn.severity,
      occurrence: "overdue",
      cause: { source: "workflow:freight_settlement", what: "window" },
      text: `Freight settlement missed its window: ${unjudged} bills without a verdict, ${unposted} approved bills not in Odoo`,
      evidence: { workflow: "freight_settlement", unjudged, unposted },
      feedId: null,
      messageId: null,
    };
    await raise(ctx, tx, [{ homeId, shipmentId: null, finding, correlationId: null }], slot);
  });
}
