import type { CrosswalkKind } from "@/core/feeds/feed";
import type { Problem } from "@/core/outcome";
import type { Leg, Workflow } from "@/core/service-levels/objectives";
import type { Tx } from "@/db/client";
import { list } from "./list";

const iso = (ms: number): string => new Date(ms).toISOString();

export type InterpretationRow = {
  messageId: string;
  receivedAtMs: number;
  number: number;
  feedId: number;
  status: "interpreted" | "failed" | "ignored";
  adapterVersion: number;
  mappingVersion: number;
  generation: number;
  runId: string | null;
  revision: number | null;
  problems: Problem[];
  ignored: string | null;
  events: number;
  repeated: number;
  shipmentIds: string[];
  work: WorkOfReading;
};

/** Work that a message made, in microseconds. */
export type WorkOfReading = { transformUs: number; routeUs: number; enrichUs: number };

/** Appends what was made of each message. */
export async function insertInterpretations(tx: Tx, rows: readonly InterpretationRow[], now: Date): Promise<void> {
  if (rows.length === 0) return;
  await tx`insert into interpretation (message_id, received_at, number, feed_id, status, adapter_version, mapping_version, generation, run_id, revision, problems,
      ignored, events, repeated, shipment_ids, at, transform_us, route_us, enrich_us)
    select m, rc, n, f, st, av, mv, g, ru, rv, pr::jsonb, ig, e, rp, string_to_array(si, ',')::uuid[], ${now}, tu, ro, en from unnest(
      ${list(rows.map((r) => r.messageId))}::uuid[], ${list(rows.map((r) => iso(r.receivedAtMs)))}::timestamptz[], ${list(rows.map((r) => r.number))}::int[],
      ${list(rows.map((r) => r.feedId))}::int[], ${list(rows.map((r) => r.status))}::text[], ${list(rows.map((r) => r.adapterVersion))}::int[],
      ${list(rows.map((r) => r.mappingVersion))}::int[], ${list(rows.map((r) => r.generation))}::int[], ${list(rows.map((r) => r.runId))}::uuid[], ${list(rows.map((r) => r.revision))}::int[],
      ${list(rows.map((r) => (r.problems.length ? JSON.stringify(r.problems) : null)))}::text[], ${list(rows.map((r) => r.ignored))}::text[],
      ${list(rows.map((r) => r.events))}::int[], ${list(rows.map((r) => r.repeated))}::int[], ${list(rows.map((r) => r.shipmentIds.join(",")))}::text[],
      ${list(rows.map((r) => r.work.transformUs))}::int[], ${list(rows.map((r) => r.work.routeUs))}::int[], ${list(rows.map((r) => r.work.enrichUs))}::int[])
      t(m, rc, n, f, st, av, mv, g, ru, rv, pr, ig, e, rp, si, tu, ro, en)
    on conflict (message_id, received_at, number) do nothing`;
}

/** Highest interpretation number of messages that have one. */
export async function lastInterpretations(
  tx: Tx,
  messages: readonly { id: string; receivedAtMs: number }[],
): Promise<Map<string, { number: number; mappingVersion: number; shipmentIds: string[] }>> {
  if (messages.length === 0) return new Map();
  const times = messages.map((m) => m.receivedAtMs);
  const rows = await tx<{ message_id: string; number: number; mapping_version: number; shipment_ids: string[] }[]>`
    select distinct on (message_id) message_id, number, mapping_version, shipment_ids from interpretation
    where message_id = any(${list(messages.map((m) => m.id))}::uuid[])
      and received_at between ${new Date(Math.min(...times))} and ${new Date(Math.max(...times))}
    order by message_id, number desc`;
  return new Map(
    rows.map((row) => [
      row.message_id,
      { number: row.number, mappingVersion: row.mapping_version, shipmentIds: row.shipment_ids },
    ]),
  );
}

/** Mapping version of the first interpretation of messages. */
export async function firstMappingVersions(
  tx: Tx,
  messages: readonly { id: string; receivedAtMs: number }[],
): Promise<Map<string, number>> {
  if (messages.length === 0) return new Map();
  const times = messages.map((m) => m.receivedAtMs);
  const rows = await tx<{ message_id: string; mapping_version: number }[]>`
    select message_id, mapping_version from interpretation
    where message_id = any(${list(messages.map((m) => m.id))}::uuid[]) and number = 1
      and received_at between ${new Date(Math.min(...times))} and ${new Date(Math.max(...times))}`;
  return new Map(rows.map((row) => [row.message_id, row.mapping_version]));
}

export type FeedTally = {
  feedId: number;
  interpreted: number;
  failed: number;
  ignored: number;
  events: number;
  repeatedEvents: number;
};

/** Adds to the counters of the hour, in rows of this process slot, sorted. */
export async function countFeeds(tx: Tx, rows: readonly FeedTally[], slot: number, now: Date): Promise<void> {
  if (rows.length === 0) return;
  const sorted = [...rows].sort((a, b) => a.feedId - b.feedId);
  await tx`insert into feed_counter (feed_id, hour, slot, interpreted, failed, ignored, events, repeated_events, last_at)
    select f, date_trunc('hour', ${now}::timestamptz), ${slot}::int, i, x, g, e, r, ${now} from unnest(${list(sorted.map((r) => r.feedId))}::int[],
      ${list(sorted.map((r) => r.interpreted))}::bigint[], ${list(sorted.map((r) => r.failed))}::bigint[], ${list(sorted.map((r) => r.ignored))}::bigint[],
      ${list(sorted.map((r) => r.events))}::bigint[], ${list(sorted.map((r) => r.repeatedEvents))}::bigint[]) t(f, i, x, g, e, r)
    on conflict (feed_id, hour, slot) do update set interpreted = feed_counter.interpreted + excluded.interpreted,
      failed = feed_counter.failed + excluded.failed, ignored = feed_counter.ignored + excluded.ignored, events = feed_counter.events + excluded.events,
      repeated_events = feed_counter.repeated_events + excluded.repeated_events, last_at = excluded.last_at`;
}

export type LatencyTally = { workflow: Workflow; leg: Leg; feedId: number; bucket: number; count: number };

/** Adds to the latency histograms of the hour, sorted by key so that no two workers wait in a ring. */
export async function countLatencies(tx: Tx, rows: readonly LatencyTally[], slot: number, now: Date): Promise<void> {
  if (rows.length === 0) return;
  await tx`insert into latency_bucket (workflow, leg, hour, feed_id, slot, bucket, count)
    select w, l, date_trunc('hour', ${now}::timestamptz), f, ${slot}::int, b, n from unnest(${list(rows.map((r) => r.workflow))}::text[],
      ${list(rows.map((r) => r.leg))}::text[], ${list(rows.map((r) => r.feedId))}::int[], ${list(rows.map((r) => r.bucket))}::int[], ${list(rows.map((r) => r.count))}::bigint[])
      t(w, l, f, b, n) order by w, l, f, b
    on conflict (workflow, leg, hour, feed_id, slot, bucket) do update set count = latency_bucket.count + excluded.count`;
}

export type BreachRow = {
  shipmentId: string;
  id: string;
  workflow: Workflow;
  feedId: number | null;
  messageId: string | null;
  startedAtMs: number;
  endedAtMs: number;
  objectiveMs: number;
};

/** Keeps the rows behind the chart: clocks that ran over. */
export async function insertBreaches(tx: Tx, rows: readonly BreachRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`insert into breach (shipment_id, id, workflow, feed_id, message_id, started_at, ended_at, took_ms, objective_ms)
    select s, i, w, f, m, st, en, tk, ob from unnest(${list(rows.map((r) => r.shipmentId))}::uuid[], ${list(rows.map((r) => r.id))}::uuid[],
      ${list(rows.map((r) => r.workflow))}::text[], ${list(rows.map((r) => r.feedId))}::int[], ${list(rows.map((r) => r.messageId))}::uuid[],
      ${list(rows.map((r) => iso(r.startedAtMs)))}::timestamptz[], ${list(rows.map((r) => iso(r.endedAtMs)))}::timestamptz[],
      ${list(rows.map((r) => r.endedAtMs - r.startedAtMs))}::bigint[], ${list(rows.map((r) => r.objectiveMs))}::bigint[]) t(s, i, w, f, m, st, en, tk, ob)`;
}

export type UnmappedTally = { feedId: number; kind: CrosswalkKind; word: string; count: number; messageId: string };

/** Counts words that met no crosswalk entry. */
export async function countUnmapped(tx: Tx, rows: readonly UnmappedTally[], slot: number, now: Date): Promise<void> {
  if (rows.length === 0) return;
  await tx`insert into unmapped_word (feed_id, kind, word, slot, count, first_at, last_at, sample_message)
    select f, k, w, ${slot}::int, n, ${now}, ${now}, m from unnest(${list(rows.map((r) => r.feedId))}::int[], ${list(rows.map((r) => r.kind))}::text[],
      ${list(rows.map((r) => r.word))}::text[], ${list(rows.map((r) => r.count))}::bigint[], ${list(rows.map((r) => r.messageId))}::uuid[]) t(f, k, w, n, m) order by f, k, w
    on conflict (feed_id, kind, word, slot) do update set count = unmapped_word.count + excluded.count, last_at = excluded.last_at,
      sample_message = excluded.sample_message`;
}

/** Sets messages aside that our own code failed on. */
export async function insertSetAside(
  tx: Tx,
  rows: readonly { messageId: string; feedId: number; error: string; attempts: number }[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  await tx`insert into set_aside (message_id, feed_id, error, attempts, at)
    select m, f, e, a, ${now} from unnest(${list(rows.map((r) => r.messageId))}::uuid[], ${list(rows.map((r) => r.feedId))}::int[],
      ${list(rows.map((r) => r.error))}::text[], ${list(rows.map((r) => r.attempts))}::int[]) t(m, f, e, a)
    on conflict (message_id) do update set error = excluded.error, attempts = excluded.attempts, at = excluded.at`;
}

/** Takes messages out of the set-aside that were read after all. */
export async function deleteSetAside(tx: Tx, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length === 0) return;
  await tx`delete from set_aside where message_id = any(${list(messageIds)}::uuid[])`;
}

/** Stores acknowledgement documents; a message has one for good. */
export async function insertAcknowledgements(
  tx: Tx,
  rows: readonly {
    messageId: string;
    feedId: number;
    fileName: string;
    contentType: string;
    body: string;
    accepted: boolean;
  }[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  // a partner may read it before anything else of ours reaches the disk, and a control number is never given twice
  await tx`set local synchronous_commit to default`;
  await tx`insert into acknowledgement (message_id, feed_id, file_name, content_type, body, accepted, created_at)
    select m, f, n, c, b, a = 1, ${now} from unnest(${list(rows.map((r) => r.messageId))}::uuid[], ${list(rows.map((r) => r.feedId))}::int[],
      ${list(rows.map((r) => r.fileName))}::text[], ${list(rows.map((r) => r.contentType))}::text[], ${list(rows.map((r) => r.body))}::text[],
      ${list(rows.map((r) => (r.accepted ? 1 : 0)))}::int[]) t(m, f, n, c, b, a) on conflict (message_id) do nothing`;
}

/** Takes the next `count` control numbers of a feed's acknowledgements; returns the first. */
export async function takeControlNumbers(tx: Tx, feedId: number, count: number): Promise<number> {
  const [row] = await tx<
    { last: number }[]
  >`update feed set acknowledge_number = acknowledge_number + ${count} where id = ${feedId} returning acknowledge_number as last`;
  return (row?.last ?? count) - count + 1;
}
