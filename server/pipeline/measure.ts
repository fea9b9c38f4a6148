import { bucketOf } from "@/core/service-levels/histogram";
import type { Leg, Workflow } from "@/core/service-levels/objectives";
import { workflowOfFinding } from "@/core/service-levels/workflow-kinds";
import type { BreachRow, FeedTally, LatencyTally, UnmappedTally } from "@/db/queries/pipeline/record";
import type { Environment } from "./environment";
import type { Families } from "./families";
import type { Filed } from "./file-facts";
import type { Interpreted } from "./interpret";
import type { Judged } from "./judge";

/** Beyond this an event is history that a source tells late, not latency. */
const HISTORY_MS = 30 * 86_400_000;

type Measured = { latencies: LatencyTally[]; breaches: BreachRow[]; feeds: FeedTally[]; unmapped: UnmappedTally[] };

/** Tells how long things took and how many there were. A replay measures nothing: its clock started long ago. */
export function measure(input: {
  env: Environment;
  families: Families;
  items: readonly Interpreted[];
  filed: Filed;
  judged: readonly Judged[];
  nowMs: number;
  uuid: () => string;
  replay: boolean;
}): Measured {
  const { env, items, filed, judged, nowMs } = input;
  if (input.replay) return { latencies: [], breaches: [], feeds: [], unmapped: [] };
  const tallies = new Tallies();
  const breaches: BreachRow[] = [];
  for (const row of filed.fresh) {
    const took = row.receivedAtMs - (row.time?.occurredAtMs ?? row.receivedAtMs);
    if (took >= 0 && took < HISTORY_MS) tallies.add("status_update", "source", row.feedId, took);
  }
  for (const item of items)
    tallies.add("status_update", "interpret", item.reading.feedId, nowMs - item.message.receivedAtMs);
  const clock = (
    workflow: Workflow,
    feedId: number,
    startedAtMs: number,
    shipmentId: string,
    messageId: string | null,
  ) => {
    tallies.add(workflow, "total", feedId, nowMs - startedAtMs);
    const objectiveMs = env.objectives[workflow].withinSeconds * 1000;
    if (nowMs - startedAtMs <= objectiveMs) return;
    breaches.push({
      shipmentId,
      id: input.uuid(),
      workflow,
      feedId,
      messageId,
      startedAtMs,
      endedAtMs: nowMs,
      objectiveMs,
    });
  };
  for (const j of judged) {
    const touch = filed.touched.get(j.family.headId);
    if (!touch) continue;
    // an order met while the history of a connection is read is no latency
    if (j.family.fresh && !touch.backfill && env.classOf(touch.feedId) === "odoo") {
      clock("shipment_creation", touch.feedId, releasedAt(j, touch.receivedAtMs), j.family.headId, touch.messageId);
    }
    for (const row of j.open) {
      const workflow = workflowOfFinding(row.finding.kind);
      if (workflow) clock(workflow, touch.feedId, touch.receivedAtMs, j.family.headId, touch.messageId);
    }
  }
  return { latencies: tallies.rows(), breaches, feeds: tallyFeeds(items, filed), unmapped: tallyUnmapped(items) };
}

/**
 * When Odoo released the order, or made its transfer because the step before was done; where that was within the hour, else the receipt: an old
 * order met on connection is no latency.
 */
function releasedAt(j: Judged, receivedAtMs: number): number {
  const { order_released, picked, packed } = j.saved.shipment.reached;
  const times = [order_released, picked, packed].flatMap((reached) => reached?.occurredAtMs ?? []);
  const at = times.length === 0 ? receivedAtMs : Math.max(...times);
  return receivedAtMs - at >= 0 && receivedAtMs - at < 3_600_000 ? at : receivedAtMs;
}

class Tallies {
  private readonly counts = new Map<string, LatencyTally>();
  add(workflow: Workflow, leg: Leg, feedId: number, ms: number): void {
    const bucket = bucketOf(ms);
    const key = `${workflow}/${leg}/${feedId}/${bucket}`;
    const known = this.counts.get(key);
    if (known) known.count++;
    else this.counts.set(key, { workflow, leg, feedId, bucket, count: 1 });
  }
  rows(): LatencyTally[] {
    return [...this.counts.values()];
  }
}

function tallyFeeds(items: readonly Interpreted[], filed: Filed): FeedTally[] {
  const feeds = new Map<number, FeedTally>();
  for (const item of items) {
    const { feedId } = item.reading;
    const tally = feeds.get(feedId) ?? { feedId, interpreted: 0, failed: 0, ignored: 0, events: 0, repeatedEvents: 0 };
    feeds.set(feedId, tally);
    if (item.facts === null) tally.failed++;
    else if (item.facts.ignored !== null && item.shipments === 0) tally.ignored++;
    else tally.interpreted++;
    const made = filed.perMessage.get(item.message.id);
    tally.events += made?.events ?? 0;
    tally.repeatedEvents += made?.repeated ?? 0;
  }
  return [...feeds.values()];
}

function tallyUnmapped(items: readonly Interpreted[]): UnmappedTally[] {
  const words = new Map<string, UnmappedTally>();
  for (const item of items) {
    for (const { kind, word } of item.unmapped) {
      const key = `${item.reading.feedId}/${kind}/${word}`;
      const known = words.get(key);
      if (known) known.count++;
      else words.set(key, { feedId: item.reading.feedId, kind, word, count: 1, messageId: item.message.id });
    }
  }
  return [...words.values()];
}
