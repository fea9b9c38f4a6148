import { FREIGHT_KINDS, findingsOf } from "@/core/freight/findings";
import { UNDECIDED } from "@/core/freight/states";
import { windowEnd } from "@/core/freight/window";
import { REAL_TIME } from "@/core/postings/timing";
import { DEFAULT_OBJECTIVES } from "@/core/service-levels/objectives";
import { readWorkspaceSettings } from "@/core/settings/workspace";
import type { Tx } from "@/db/client";
import { askReview, loadInvoices, markHealed, saveVerdicts, takeToJudge } from "@/db/queries/freight";
import { notifyLive } from "@/db/queries/live";
import { listSettings } from "@/db/queries/settings";
import type { Context } from "../context";
import { settleFindings } from "../exceptions/raise";
import { type Environment, loadEnvironment } from "../pipeline/environment";
import { checkBills, type Judged } from "./check-bills";
import { measureSettlement } from "./measure";

export const JUDGED_AT_ONCE = 100;
const HEALED_AT_ONCE = 500;

/** What the worker that checks keeps between turns. */
export type FreightWorker = { slot: number; environment: Environment | undefined };

/** Marks what later shipments may have healed, for the check to look at again. */
export function healBills(ctx: Context): Promise<number> {
  return markHealed(ctx.sql, ctx.now(), HEALED_AT_ONCE);
}

/**
 * Checks freight bills that wait for it, a batch in one transaction: totals, charges, repetition, shipments and amounts. Its answer depends on
 * what is stored and on the settings, not on the order in which anything came. Returns how many were checked.
 */
export async function judgeBills(ctx: Context, worker: FreightWorker): Promise<number> {
  return ctx.sql.begin(async (tx) => {
    const now = ctx.now();
    const ids = await takeToJudge(tx, now, JUDGED_AT_ONCE);
    if (ids.length === 0) return 0;
    worker.environment = await loadEnvironment(tx, worker.environment);
    const { freight } = readWorkspaceSettings(await listSettings(tx));
    const invoices = await loadInvoices(tx, ids);
    const undecided = invoices.filter((invoice) => (UNDECIDED as readonly string[]).includes(invoice.state));
    const judged = await checkBills(tx, undecided, worker.environment, freight);
    const saved = await saveVerdicts(
      tx,
      judged.map(({ row }) => row),
      now,
    );
    // those that must now call this one the original, or no longer do
    const related = [...new Set(judged.flatMap(({ invoice, related }) => (invoice.judgedAt === null ? related : [])))];
    await askReview(
      tx,
      related.filter((id) => !ids.includes(id)),
      now,
    );
    await raiseFindings(
      ctx,
      tx,
      judged.filter(({ invoice }) => saved.has(invoice.id)),
      worker,
    );
    await measureSettlement(
      ctx,
      tx,
      worker.slot,
      judged
        .filter(({ invoice }) => invoice.judgedAt === null && saved.has(invoice.id))
        .map(({ invoice }) => ({
          homeId: invoice.id,
          feedId: invoice.feedId,
          messageId: invoice.messageId,
          endedAtMs: now.getTime(),
          windowEndsAtMs: verdictDue(invoice.receivedAt, worker.environment),
        })),
    );
    await notifyLive(tx, "freight", [...saved]);
    ctx.log.info({ bills: saved.size }, "freight bills checked");
    return ids.length;
  });
}

/** A verdict has the daily window, whenever its postings go. */
function verdictDue(receivedAt: Date, environment: Environment | undefined): number {
  const objectiveMs = (environment?.objectives ?? DEFAULT_OBJECTIVES).freight_settlement.withinSeconds * 1000;
  return windowEnd(REAL_TIME, receivedAt.getTime(), objectiveMs) ?? 0;
}

/** Opens what the check found, refreshes what stands, and closes what it no longer finds. */
export async function raiseFindings(
  ctx: Context,
  tx: Tx,
  judged: readonly Judged[],
  worker: FreightWorker,
): Promise<void> {
  const rows = judged.map(({ invoice, checked, words, duplicates }) => {
    const reading = worker.environment?.readings.get(invoice.feedId);
    const findings = findingsOf(checked, {
      number: invoice.number,
      vendor: invoice.vendor,
      feedId: invoice.feedId,
      feedSlug: reading?.slug ?? `feed-${invoice.feedId}`,
      feedName: reading?.name ?? `feed ${invoice.feedId}`,
      messageId: invoice.messageId,
      words,
      duplicates,
    });
    const shipments = new Set(checked.lines.map((line) => line.shipmentId));
    const shipmentId = shipments.size === 1 ? ([...shipments][0] ?? null) : null;
    return { homeId: invoice.id, shipmentId, findings, correlationId: invoice.correlationId };
  });
  await settleFindings(ctx, tx, rows, FREIGHT_KINDS, worker.slot);
}
