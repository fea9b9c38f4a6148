import type { RunKind, RunResult } from "@/core/runs/run";
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

/** Takes the oldest run that waits, for no later time, or whose worker is gone, with a lease. */
export async function takeRun(
  tx: Tx,
  owner: string,
  now: Date,
  leaseUntil: Date,
  kind: "count" | "others" = "others",
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
    where id = (select id from run where kind ${kind === "count" ? tx`= 'count'` : tx`<> 'count'`}
        and ((state = 'waiting' and (lease_until is null or lease_until <= ${now})) or (state = 'running' and (lease_until is null or lease_until < ${now} or lease_owner = ${owner})))
      order by created_at limit 1 for update skip locked)
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
};

/** Records what became of items and counts them on the run, in the transaction that did them; one that is done already stays as it was. */
export async function finishItems(tx: Tx, runId: string, items: readonly ItemResult[], now: Date): Promise<void> {
  if (items.length === 0) return;
  const done = await tx<{ result: RunResult }[]>`
    update run_item r set state = 1, result = t.rs, before = t.be::jsonb, after = t.af::jsonb, reason = t.re, at = ${now}
    from unnest(${items.map((i) => i.position)}::int[], ${items.map((i) => i.result)}::text[], ${items.map((i) => JSON.stringify(i.before))}::text[],
      ${items.map((i) => JSON.stringify(i.after))}::text[], ${items.map((i) => i.reason)}::text[]) t(po, rs, be, af, re)
    where r.run_id = ${runId} and r.position = t.po and r.state = 0 returning r.result`;
  const count = (result: RunResult) => done.filter((row) => row.result === result).length;
  await tx`update run set processed = processed + ${done.length}, changed = changed + ${count("changed")}, failed = failed + ${count("failed")} where id = ${runId}`;
  await tx`select pg_notify('waypost_live', ${JSON.stringify({ topic: "runs", ids: [runId] })})`;
}

export async function saveRunSummary(tx: Tx, runId: string, summary: Json): Promise<void> {
  await tx`update run set summary = ${tx.json(summary)} where id = ${runId}`;
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
