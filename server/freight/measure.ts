import { dayEnd, settledAfterMs } from "@/core/freight/window";
import { bucketOf } from "@/core/service-levels/histogram";
import { readWorkspaceSettings } from "@/core/settings/workspace";
import type { Tx } from "@/db/client";
import { countLatencies, insertBreaches } from "@/db/queries/pipeline/record";
import { listSettings } from "@/db/queries/settings";
import type { Context } from "../context";

export type Settled = {
  invoiceId: string;
  feedId: number | null;
  messageId: string | null;
  startedAtMs: number;
  endedAtMs: number;
};

/** Counts clocks of freight settlement: from receipt to verdict, and from approval to the bill in Odoo, each within its window. */
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
  const counts = new Map<string, { feedId: number; bucket: number; count: number }>();
  for (const row of rows) {
    const bucket = bucketOf(settledAfterMs(row.startedAtMs, row.endedAtMs));
    const feedId = row.feedId ?? 0;
    const known = counts.get(`${feedId}/${bucket}`);
    if (known) known.count++;
    else counts.set(`${feedId}/${bucket}`, { feedId, bucket, count: 1 });
  }
  const late = rows.filter((row) => settledAfterMs(row.startedAtMs, row.endedAtMs) > objectiveMs);
  await insertBreaches(
    tx,
    late.map(({ invoiceId, feedId, messageId, startedAtMs, endedAtMs }) => ({
      shipmentId: invoiceId,
      id: ctx.uuid(),
      workflow,
      feedId,
      messageId,
      startedAtMs: dayEnd(startedAtMs),
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
