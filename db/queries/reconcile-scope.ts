import type { RunState } from "@/core/runs/run";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

export type ReconcileScope = {
  day: string;
  /** Changes since this instant, and before `until` where the day has long been over. */
  since: Date;
  until: Date | null;
  /** What stands on a readiness list and is due to be looked at until then is among it. */
  dueBy: Date;
  connectionIds: readonly number[];
};

export type NewReconcileRun = {
  id: string;
  kind: "reconcile" | "repair" | "count";
  dryRun: boolean;
  scope: Json;
  byPerson: string | null;
  byApiKey: string | null;
  at: Date;
};

/** Stores a run without items; they follow in the same transaction. */
export async function insertEmptyRun(tx: Tx, run: NewReconcileRun): Promise<void> {
  await tx`insert into run (id, kind, dry_run, state, scope, by_person, by_api_key, created_at)
    values (${run.id}, ${run.kind}, ${run.dryRun}, 'waiting', ${tx.json(run.scope)}, ${run.byPerson}, ${run.byApiKey}, ${run.at})`;
}

/**
 * Gives a run the shipments of a day as items, in the order of their transfers: what changed on it, what was compared for it already, and what
 * differed the day before, and what time alone may have changed. Returns how many.
 */
export async function insertDayItems(tx: Tx, runId: string, scope: ReconcileScope, before: string): Promise<number> {
  const until = scope.until === null ? tx`` : tx`and updated_at < ${scope.until}`;
  const result = await tx`insert into run_item (run_id, position, target)
    select ${runId}::uuid, row_number() over (order by connection_id, picking_id), shipment_id::text from shipment
    where head_id is null and picking_id is not null and connection_id = any(${[...scope.connectionIds]}::int[]) and shipment_id in (
      select shipment_id from shipment where head_id is null and updated_at >= ${scope.since} ${until}
      union select shipment_id from reconciliation_row where day = ${scope.day}::date and known
      union select shipment_id from reconciliation_row where day = ${before}::date and open > 0 and known
      union select shipment_id from readiness_item where connection_id = any(${[...scope.connectionIds]}::int[]) and review_at <= ${scope.dueBy})`;
  return result.count;
}

/** Appends items after those that a run has; `before` is kept with them. Returns how many there are then. */
export async function appendItems(
  tx: Tx,
  runId: string,
  items: readonly { target: string; before: Json }[],
): Promise<number> {
  const [last] = await tx<
    { position: number }[]
  >`select coalesce(max(position), 0)::int as position from run_item where run_id = ${runId}::uuid`;
  const from = last?.position ?? 0;
  for (let at = 0; at < items.length; at += 5_000) {
    const part = items.slice(at, at + 5_000);
    await tx`insert into run_item (run_id, position, target, before)
      select ${runId}::uuid, ${from + at}::int + o::int, t, nullif(b, 'null')::jsonb
      from unnest(${part.map((one) => one.target)}::text[], ${part.map((one) => JSON.stringify(one.before))}::text[]) with ordinality x(t, b, o)`;
  }
  return from + items.length;
}

/** Sets how many items a run has, and wakes whoever works runs. */
export async function startRun(tx: Tx, runId: string, total: number): Promise<void> {
  await tx`update run set total = ${total} where id = ${runId}::uuid`;
  await tx`select pg_notify('waypost_runs', ''), pg_notify('waypost_live', '{"topic":"runs"}')`;
}

/** A run over this whole day that has not ended; null where there is none. */
export async function findOpenRun(tx: Tx, day: string): Promise<string | null> {
  const [row] = await tx<{ id: string }[]>`select id from run
    where kind = 'reconcile' and state in ('waiting', 'running', 'paused') and scope->>'day' = ${day} and (scope->>'whole')::boolean limit 1`;
  return row?.id ?? null;
}

/** Lets a run go until an instant, so that others are worked meanwhile; whoever takes it then goes on with it. */
export async function setRunAside(tx: Tx, runId: string, owner: string, until: Date, summary: Json): Promise<void> {
  await tx`update run set lease_owner = null, lease_until = ${until}, summary = ${tx.json(summary)}
    where id = ${runId}::uuid and state = 'running' and lease_owner = ${owner}`;
  await tx`select pg_notify('waypost_live', ${JSON.stringify({ topic: "runs", ids: [runId] })})`;
}

/** Fails all that is left of a run, with one reason. */
export async function failItems(tx: Tx, runId: string, reason: string, now: Date): Promise<void> {
  const done = await tx`update run_item set state = 1, result = 'failed', reason = ${reason}, at = ${now}
    where run_id = ${runId}::uuid and state = 0`;
  await tx`update run set processed = processed + ${done.count}, failed = failed + ${done.count} where id = ${runId}::uuid`;
}

/** How many items of a run failed. */
export async function countFailed(tx: Tx, runId: string): Promise<number> {
  const [row] = await tx<{ failed: number }[]>`select failed from run where id = ${runId}::uuid`;
  return row?.failed ?? 0;
}

export type DayRun = {
  id: string;
  day: string;
  close: boolean;
  state: RunState;
  failed: number;
  error: string | null;
  summary: Json;
  endedAt: Date | null;
};

/** Runs over whole days, newest first. A run is not older than its day, so the index of recent runs bounds what is read. */
export async function listDayRuns(tx: Tx, of: { from: string; to: string }): Promise<DayRun[]> {
  return tx<
    DayRun[]
  >`select id, scope->>'day' as day, coalesce((scope->>'close')::boolean, false) as close, state, failed, error, summary, ended_at as "endedAt"
    from run where created_at >= ${of.from}::date - interval '1 day' and kind = 'reconcile' and (scope->>'whole')::boolean
      and scope->>'day' between ${of.from} and ${of.to}
    order by created_at desc, id desc limit 2000`;
}

/** What a run was started with. */
export async function readRunScope(tx: Tx, runId: string): Promise<Json> {
  const [row] = await tx<{ scope: Json }[]>`select scope from run where id = ${runId}::uuid`;
  return row?.scope ?? null;
}

/** Items of a run with what is kept beside their targets. */
export async function readItems(
  tx: Tx,
  runId: string,
  positions: readonly number[],
): Promise<{ position: number; target: string; before: Json; after: Json }[]> {
  return tx<{ position: number; target: string; before: Json; after: Json }[]>`
    select position, target, before, after from run_item where run_id = ${runId}::uuid and position = any(${[...positions]}::int[])
    order by position`;
}

export type ProgressRow = {
  connectionId: number;
  seenTo: string | null;
  seenId: string | null;
  lastDay: string | null;
};

/** How far connections were compared; `seenTo` is in microseconds. */
export async function listProgress(tx: Tx): Promise<ProgressRow[]> {
  return tx<
    ProgressRow[]
  >`select connection_id as "connectionId", (extract(epoch from seen_to) * 1000000)::bigint::text as "seenTo",
    seen_id as "seenId", last_day::text as "lastDay" from reconciliation_progress`;
}

export async function saveSeen(tx: Tx, connectionId: number, micros: string, id: string): Promise<void> {
  await tx`insert into reconciliation_progress (connection_id, seen_to, seen_id)
    values (${connectionId}, 'epoch'::timestamptz + ${micros}::float8 * interval '1 microsecond', ${id}::uuid)
    on conflict (connection_id) do update set seen_to = excluded.seen_to, seen_id = excluded.seen_id`;
}

export async function saveClosedDay(
  tx: Tx,
  connectionIds: readonly number[],
  day: string,
  runId: string,
): Promise<void> {
  await tx`insert into reconciliation_progress (connection_id, last_day, last_run_id)
    select c, ${day}::date, ${runId}::uuid from unnest(${[...connectionIds]}::int[]) c
    on conflict (connection_id) do update set last_day = greatest(reconciliation_progress.last_day, excluded.last_day), last_run_id = excluded.last_run_id`;
}

/** Lets go of the days up to one that nobody asked to have compared. */
export async function skipDays(tx: Tx, connectionIds: readonly number[], day: string): Promise<void> {
  await tx`insert into reconciliation_progress (connection_id, last_day) select c, ${day}::date from unnest(${[...connectionIds]}::int[]) c
    on conflict (connection_id) do update set last_day = greatest(reconciliation_progress.last_day, excluded.last_day)`;
}

/** Shipments of a connection that changed after a place and have rested since, oldest change first. */
export async function listChangedShipments(
  tx: Tx,
  connectionId: number,
  after: { micros: string; id: string },
  restedSince: Date,
  limit: number,
): Promise<{ id: string; micros: string }[]> {
  return tx<{ id: string; micros: string }[]>`
    select shipment_id as id, (extract(epoch from updated_at) * 1000000)::bigint::text as micros from shipment
    where head_id is null and (updated_at, shipment_id) > ('epoch'::timestamptz + ${after.micros}::float8 * interval '1 microsecond', ${after.id}::uuid)
      and updated_at < ${restedSince} and connection_id = ${connectionId} and picking_id is not null
    order by updated_at, shipment_id limit ${limit}`;
}

/** What differs today and was not looked at for a while, longest unseen first. */
export async function listToLookAgain(
  tx: Tx,
  connectionId: number,
  day: string,
  before: Date,
  limit: number,
): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`select shipment_id as id from reconciliation_row
    where day = ${day}::date and open > 0 and compared_at < ${before} and connection_id = ${connectionId} and known
    order by compared_at limit ${limit}`;
  return rows.map((row) => row.id);
}

/** Forgets days before `day`, and finished runs of this sort before `runsBefore` with their items; a bounded number at a time. */
export async function forgetDays(tx: Tx, day: string, runsBefore: Date): Promise<number> {
  const rows = await tx`delete from reconciliation_row where (shipment_id, day) in (
    select shipment_id, day from reconciliation_row where day < ${day}::date limit 20000)`;
  await tx`delete from reconciliation_count where day < ${day}::date`;
  const items = await tx`delete from run_item where (run_id, position) in (
    select i.run_id, i.position from run r join run_item i on i.run_id = r.id
    where r.kind = 'reconcile' and r.ended_at < ${runsBefore} limit 20000)`;
  return rows.count + items.count;
}

/** A dry run of a repair; null where there is none of that id. */
export async function findDryRepair(
  tx: Tx,
  id: string,
): Promise<{ state: string; scope: Json; endedAt: Date | null } | null> {
  const [row] = await tx<{ state: string; scope: Json; endedAt: Date | null }[]>`
    select state, scope, ended_at as "endedAt" from run where id = ${id}::uuid and kind = 'repair' and dry_run`;
  return row ?? null;
}

/** What a dry run showed that would be posted, in its order. */
export async function readDryItems(tx: Tx, runId: string): Promise<{ target: string; before: Json; after: Json }[]> {
  return tx<{ target: string; before: Json; after: Json }[]>`
    select target, before, after from run_item where run_id = ${runId}::uuid and result = 'changed' order by position`;
}
