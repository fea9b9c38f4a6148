import { bucketOf } from "@/core/service-levels/histogram";
import type { Objective, Workflow } from "@/core/service-levels/objectives";
import type { Tx } from "@/db/client";
import type { DueNotice } from "@/db/queries/notices";
import { countLatencies, insertBreaches } from "@/db/queries/pipeline/record";
import type { Context } from "../context";

/** Counts the clock of a notice, from the receipt of its event until the mail server has it; what quiet hours put off stands beside it. */
export async function measureNotice(
  ctx: Pick<Context, "uuid">,
  tx: Tx,
  slot: number,
  { shipmentId, receivedAt, feedId, messageId, held }: DueNotice,
  at: Date,
  objectives: Readonly<Record<Workflow, Objective>>,
): Promise<void> {
  const workflow = "customer_notification" as const;
  const tookMs = Math.max(0, at.getTime() - receivedAt.getTime());
  const objectiveMs = objectives[workflow].withinSeconds * 1000;
  const leg = held ? ("held" as const) : ("total" as const);
  if (!held && tookMs > objectiveMs) {
    const [startedAtMs, endedAtMs] = [receivedAt.getTime(), at.getTime()];
    const breach = { shipmentId, id: ctx.uuid(), workflow, feedId, messageId, startedAtMs, endedAtMs, objectiveMs };
    await insertBreaches(tx, [breach]);
  }
  await countLatencies(tx, [{ workflow, leg, feedId: feedId ?? 0, bucket: bucketOf(tookMs), count: 1 }], slot, at);
}
