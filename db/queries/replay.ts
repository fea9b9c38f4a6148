import type { PostingKind } from "@/core/postings/kinds";
import type { RunKind, RunResult } from "@/core/runs/run";
import { addTallies, emptyTally, type RunTally, tallyIn } from "@/core/runs/tally";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

/** Receipts of messages of a feed in a window, by status of their newest interpretation where given; oldest first. */
export async function receiptsOfFeed(
  tx: Tx,
  scope: {
    feedId: number | null;
    since: Date;
    until: Date;
    status: "received" | "interpreted" | "failed" | "ignored" | null;
  },
  limit: number,
): Promise<string[]> {
  const feed = scope.feedId === null ? tx`` : tx`and m.feed_id = ${scope.feedId}`;
  const newest = tx`(select i.status from interpretation i where i.message_id = m.id and i.received_at = m.received_at order by i.number desc limit 1)`;
  const status =
    scope.status === null
      ? tx``
      : scope.status === "received"
        ? tx`and ${newest} is null`
        : tx`and ${newest} = ${scope.status}`;
  const rows = await tx<{ id: string }[]>`select m.id from message m
    where m.received_at >= ${scope.since} and m.received_at < ${scope.until} ${feed} ${status} order by m.received_at, m.id limit ${limit}`;
  return rows.map((row) => row.id);
}

/** Which of these receipts exist. */
export async function knownReceipts(tx: Tx, receipts: readonly string[], since: Date, until: Date): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`select id from message
    where id = any(${receipts as string[]}::uuid[]) and received_at between ${since} and ${until} order by id`;
  return rows.map((row) => row.id);
}

/** Messages behind the open exceptions of a group. */
export async function receiptsOfGroup(tx: Tx, groupId: string, limit: number): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`select distinct message_id as id from exception
    where group_id = ${groupId} and state <> 'resolved' and message_id is not null limit ${limit}`;
  return rows.map((row) => row.id);
}

/** Words and feeds of a group of unmapped codes: the messages that told them first are replayed too. */
export async function wordsOfGroup(tx: Tx, groupId: string): Promise<{ feedId: number; word: string }[]> {
  return tx<
    { feedId: number; word: string }[]
  >`select distinct feed_id as "feedId", evidence->>'word' as word from exception
    where group_id = ${groupId} and kind = 'unmapped_code' and feed_id is not null and evidence->>'word' is not null limit 100`;
}

/** Postings by filter, oldest first, as run targets "shipment key". */
export async function postingTargets(
  tx: Tx,
  scope: {
    ids: readonly string[];
    states: readonly string[];
    kinds: readonly string[];
    connections: readonly number[];
    since: Date | null;
    until: Date | null;
  },
  limit: number,
): Promise<string[]> {
  const ids = scope.ids.length > 0 ? tx`and id = any(${scope.ids as string[]}::uuid[])` : tx``;
  const states = scope.states.length > 0 ? tx`and state = any(${scope.states as string[]}::text[])` : tx``;
  const kinds = scope.kinds.length > 0 ? tx`and kind = any(${scope.kinds as string[]}::text[])` : tx``;
  const connection =
    scope.connections.length > 0 ? tx`and connection_id = any(${scope.connections as number[]}::int[])` : tx``;
  const since = scope.since === null ? tx`` : tx`and updated_at >= ${scope.since}`;
  const until = scope.until === null ? tx`` : tx`and updated_at < ${scope.until}`;
  const rows = await tx<{ target: string }[]>`select shipment_id::text || ' ' || key as target from posting
    where true ${ids} ${states} ${kinds} ${connection} ${since} ${until} order by created_at, key limit ${limit}`;
  return rows.map((row) => row.target);
}

/** Postings behind the open exceptions of a group. */
export async function postingsOfGroup(tx: Tx, groupId: string, limit: number): Promise<string[]> {
  const rows = await tx<
    { target: string }[]
  >`select distinct home_id::text || ' ' || posting_key as target from exception
    where group_id = ${groupId} and state <> 'resolved' and posting_key is not null limit ${limit}`;
  return rows.map((row) => row.target);
}

export type NewRun = {
  id: string;
  kind: "replay" | "repost";
  dryRun: boolean;
  scope: Json;
  mapping: "current" | "original" | null;
  perSecond: number | null;
  byPerson: string | null;
  byApiKey: string | null;
  at: Date;
};

/** Stores a run with its items in one go. */
export async function insertRun(tx: Tx, run: NewRun, targets: readonly string[]): Promise<void> {
  await tx`insert into run (id, kind, dry_run, state, scope, mapping, per_second, total, by_person, by_api_key, created_at)
    values (${run.id}, ${run.kind}, ${run.dryRun}, 'waiting', ${tx.json(run.scope)}, ${run.mapping}, ${run.perSecond}, ${targets.length}, ${run.byPerson},
      ${run.byApiKey}, ${run.at})`;
  for (let from = 0; from < targets.length; from += 10_000) {
    const part = targets.slice(from, from + 10_000);
    await tx`insert into run_item (run_id, position, target)
      select ${run.id}::uuid, ${from}::int + o::int, t from unnest(${part as string[]}::text[]) with ordinality x(t, o)`;
  }
  await tx`select pg_notify('waypost_runs', ''), pg_notify('waypost_live', '{"topic":"runs"}')`;
}

export type WorkingRun = {
  id: string;
  kind: RunKind;
  dryRun: boolean;
  state: string;
  mapping: "current" | "original" | null;
  perSecond: number | null;
  total: number;
  processed: number;
  summary: Json;
  byPerson: string | null;
};

/** Takes, with a lease, the run of these kinds that had its turn longest ago: one that waits, one that was let go, or one whose worker is gone. */
export async function takeRun(
  tx: Tx,
  owner: string,
  kinds: readonly RunKind[],
  now: Date,
  leaseUntil: Date,
): Promise<WorkingRun | null> {
  const [row] = await tx<
    {
      id: string;
      kind: WorkingRun["kind"];
      dry_run: boolean;
      state: string;
      mapping: WorkingRun["mapping"];
      per_second: number | null;
      total: number;
      processed: number;
      summary: Json;
      by_person: string | null;
    }[]
  >`update run set state = 'running', started_at = coalesce(started_at, ${now}), lease_owner = ${owner}, lease_until = ${leaseUntil}
    where id = (select id from run where kind = any(${kinds as string[]}::text[]) and ((state = 'waiting' and (lease_until is null or lease_until <= ${now}))
        or (state = 'running' and (lease_until is null or lease_until <= ${now} or lease_owner = ${owner})))
      order by coalesce(lease_until, created_at), created_at limit 1 for update skip locked)
    returning id, kind, dry_run, state, mapping, per_second, total, processed, summary, by_person`;
  return row
    ? {
        id: row.id,
        kind: row.kind,
        dryRun: row.dry_run,
        state: row.state,
        mapping: row.mapping,
        perSecond: row.per_second,
        total: row.total,
        processed: row.processed,
        summary: row.summary,
        byPerson: row.by_person,
      }
    : null;
}

/** Prolongs the lease if the run still runs; false when a person paused or cancelled it. */
export async function keepRun(tx: Tx, id: string, owner: string, leaseUntil: Date): Promise<boolean> {
  const result =
    await tx`update run set lease_until = ${leaseUntil} where id = ${id} and state = 'running' and lease_owner = ${owner}`;
  return result.count === 1;
}

/** Lets go of a run between two turns: from `notBefore` on whoever is free takes it. Left as it is where a person paused or cancelled it meanwhile. */
export async function letGoOfRun(tx: Tx, id: string, owner: string, notBefore: Date): Promise<void> {
  await tx`update run set lease_until = ${notBefore}, lease_owner = null where id = ${id} and state = 'running' and lease_owner = ${owner}`;
}

/** When the first of the runs that keep a pace, or rest, may go on; null where none waits for a time. */
export async function nextTurnAt(tx: Tx, kinds: readonly RunKind[], now: Date): Promise<Date | null> {
  const [row] = await tx<{ at: Date | null }[]>`select min(lease_until) as at from run
    where state in ('running', 'waiting') and lease_owner is null and lease_until > ${now} and kind = any(${kinds as string[]}::text[])`;
  return row?.at ?? null;
}

/** Of the `count` items before a position, those finished after `since`, and when the first of them was. Items are done in their order. */
export async function finishedSince(
  tx: Tx,
  runId: string,
  before: number,
  count: number,
  since: Date,
): Promise<{ count: number; first: Date | null }> {
  const [row] = await tx<{ count: number; first: Date | null }[]>`
    select count(*)::int as count, min(at) as first from run_item
    where run_id = ${runId} and position >= ${before - count} and position < ${before} and at > ${since}`;
  return row ?? { count: 0, first: null };
}

/** Items that are to be done, after a position. */
export async function nextItems(
  tx: Tx,
  runId: string,
  limit: number,
  after = -1,
): Promise<{ position: number; target: string }[]> {
  return tx<
    { position: number; target: string }[]
  >`select position, target from run_item where run_id = ${runId} and state = 0 and position > ${after} order by position limit ${limit}`;
}

export type ItemResult = {
  position: number;
  result: RunResult;
  before: Json;
  after: Json;
  reason: string | null;
  /** What it counts in the run's summary, beside its reason where it failed or was left out. */
  tally?: RunTally;
};

/** Records what became of items and counts them on the run, in the transaction that did them; one that is done already stays as it was. */
export async function finishItems(tx: Tx, runId: string, items: readonly ItemResult[], now: Date): Promise<void> {
  if (items.length === 0) return;
  const done = await tx<{ position: number; result: RunResult }[]>`
    update run_item r set state = 1, result = t.rs, before = t.be::jsonb, after = t.af::jsonb, reason = t.re, at = ${now}
    from unnest(${items.map((i) => i.position)}::int[], ${items.map((i) => i.result)}::text[], ${items.map((i) => JSON.stringify(i.before))}::text[],
      ${items.map((i) => JSON.stringify(i.after))}::text[], ${items.map((i) => i.reason)}::text[]) t(po, rs, be, af, re)
    where r.run_id = ${runId} and r.position = t.po and r.state = 0 returning r.position, r.result`;
  const count = (result: RunResult) => done.filter((row) => row.result === result).length;
  const [run] = await tx<
    { summary: Json }[]
  >`update run set processed = processed + ${done.length}, changed = changed + ${count("changed")}, failed = failed + ${count("failed")} where id = ${runId}
    returning summary`;
  const moved = new Set(done.map((row) => row.position));
  const tallies = items.flatMap((item) =>
    item.tally && moved.has(item.position) ? [withReason(item, item.tally)] : [],
  );
  if (tallies.length > 0)
    await mergeRunSummary(tx, runId, { tally: addTallies([tallyIn(run?.summary) ?? emptyTally(), ...tallies]) });
  await tx`select pg_notify('waypost_live', ${JSON.stringify({ topic: "runs", ids: [runId] })})`;
}

function withReason({ result, reason }: ItemResult, tally: RunTally): RunTally {
  if (reason === null || (result !== "failed" && result !== "skipped")) return tally;
  return { ...tally, reasons: { ...tally.reasons, [reason]: (tally.reasons[reason] ?? 0) + 1 } };
}

/** Puts parts of a run's summary in place of what they were; the others stay. */
export async function mergeRunSummary(tx: Tx, runId: string, parts: { [name: string]: Json }): Promise<void> {
  await tx`update run set summary = coalesce(summary, '{}') || ${tx.json(parts)} where id = ${runId}`;
}

export async function clearRunSummary(tx: Tx, runId: string): Promise<void> {
  await tx`update run set summary = null where id = ${runId}`;
}

/** What a run keeps for itself and for who looks at it. */
export async function readRunSummary(tx: Tx, runId: string): Promise<Json> {
  const [row] = await tx<{ summary: Json }[]>`select summary from run where id = ${runId}`;
  return row?.summary ?? null;
}

/** Postings that the items of a run tell, each effect once: planned by its key, applied by its shipment. */
export async function countToldPostings(
  tx: Tx,
  runId: string,
): Promise<{ kind: PostingKind; planned: number; held: number; applied: number }[]> {
  return tx<{ kind: PostingKind; planned: number; held: number; applied: number }[]>`
    with told as materialized (select s from run_item r, jsonb_array_elements(r.after) s
        where r.run_id = ${runId} and r.result in ('changed', 'unchanged') and jsonb_typeof(r.after) = 'array'),
      planned as (select distinct on (p ->> 'key') p ->> 'kind' as kind, p ->> 'held' is not null as held
        from told, jsonb_array_elements(s -> 'postings') p order by p ->> 'key', p ->> 'held' nulls first),
      applied as (select distinct on (s ->> 'shipmentId', a.key) a.key as kind, a.value::int as n
        from told, jsonb_each_text(s -> 'applied') a)
    select kind, sum(planned)::int as planned, sum(held)::int as held, sum(applied)::int as applied from (
      select kind, count(*) as planned, count(*) filter (where held) as held, 0 as applied from planned group by 1
      union all select kind, 0, 0, sum(n) from applied group by 1) t group by 1`;
}

/** Ends a run that has no items left, or that cannot go on. */
export async function endRun(
  tx: Tx,
  runId: string,
  state: "done" | "failed",
  error: string | null,
  now: Date,
): Promise<void> {
  await tx`update run set state = ${state}, error = ${error}, ended_at = ${now}, lease_until = null, lease_owner = null where id = ${runId} and state = 'running'`;
  await tx`select pg_notify('waypost_live', ${JSON.stringify({ topic: "runs", ids: [runId] })})`;
}
