import { settledAfterMs } from "@/core/freight/window";
import { bucketOf } from "@/core/service-levels/histogram";
import { readWorkspaceSettings } from "@/core/settings/workspace";
import type { Tx } from "@/db/client";
import { countLatencies, insertBreaches } from "@/db/queries/pipeline/record";
import { listSettings } from "@/db/queries/settings";
import type { Context } from "../context";

export type Settled = {
  /** The bill, or, for what a transfer cost, its shipment. */
  homeId: string;
  feedId: number | null;
  messageId: string | null;
  endedAtMs: number;
  windowEndsAtMs: number;
};

/** Counts clocks of freight settlement, each against the window in which it was to end: a verdict on its bill, or a posting in Odoo. */
export async function measureSettlement(
  ctx: Pick<Context, "now" | "uuid">,
  tx: Tx,
  slot: number,
  rows: readonly Settled[],
): Promise<void> {
  if (rows.length === 0) return;
  const workflow = "freight_settlement" as const;
  const { objectives } = readWorkspaceSettings(await listSettings(tx));
  const objectiveMs = objectives[workflow].withinSeconds * 1000;
  const tookMs = (row: Settled) => settledAfterMs(row.windowEndsAtMs, row.endedAtMs, objectiveMs);
  const counts = new Map<string, { feedId: number; bucket: number; count: number }>();
  for (const row of rows) {
    const bucket = bucketOf(tookMs(row));
    const feedId = row.feedId ?? 0;
    const known = counts.get(`${feedId}/${bucket}`);
    if (known) known.count++;
    else counts.set(`${feedId}/${bucket}`, { feedId, bucket, count: 1 });
  }
  await insertBreaches(
    tx,
    rows
      .filter((row) => tookMs(row) > objectiveMs)
      .map(({ homeId, feedId, messageId, windowEndsAtMs, endedAtMs }) => ({
        shipmentId: homeId,
        id: ctx.uuid(),
        workflow,
        feedId,
        messageId,
        startedAtMs: windowEndsAtMs - objectiveMs,
        endedAtMs,
        objectiveMs,
      })),
  );
  await countLatencies(
    tx,
    [...counts.values()].map((row) => ({ workflow, leg: "total" as const, ...row })),
    slot,
    ctx.now(),
  );
}
