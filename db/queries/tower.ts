import type { ExceptionKind, Severity } from "@/core/exceptions/kinds";
import type { Stage } from "@/core/shipments/milestones";
import type { Tx } from "@/db/client";

/** Shipments by stage; reads the stage index only. Those without a stage have no milestone yet. */
export async function countByStage(tx: Tx): Promise<{ stage: Stage | null; count: number }[]> {
  return tx<
    { stage: Stage | null; count: number }[]
  >`select stage, count(*)::int as count from shipment where head_id is null group by stage`;
}

export type PromiseCounts = { late: number; dueToday: number; atRisk: number };

/** Promises of shipments that have not ended: passed, due within a day, and among those the ones whose own estimate lies after the promise. */
export async function countPromises(tx: Tx, now: Date): Promise<PromiseCounts> {
  const [row] = await tx<PromiseCounts[]>`select count(*) filter (where promised_at < ${now})::int as late,
      count(*) filter (where promised_at >= ${now} and promised_at < ${now}::timestamptz + interval '24 hours')::int as "dueToday",
      count(*) filter (where promised_at >= ${now} and eta_at > promised_at)::int as "atRisk"
    from shipment where head_id is null and terminal is null and promised_at is not null
      and promised_at < ${now}::timestamptz + interval '7 days'`;
  return row ?? { late: 0, dueToday: 0, atRisk: 0 };
}

export type PromiseRow = {
  id: string;
  name: string;
  stage: string | null;
  carrier: string | null;
  customer: string | null;
  promisedAt: Date;
  etaAt: Date | null;
};

/** The shipments whose own estimate lies after a promise that still stands, the earliest promise first. */
export async function listPromisesAtRisk(tx: Tx, now: Date, limit: number): Promise<PromiseRow[]> {
  return tx<
    PromiseRow[]
  >`select shipment_id as id, name, stage, carrier, customer, promised_at as "promisedAt", eta_at as "etaAt"
    from shipment where head_id is null and terminal is null and promised_at is not null and promised_at >= ${now}
      and promised_at < ${now}::timestamptz + interval '7 days' and eta_at > promised_at order by promised_at limit ${limit}`;
}

/** Exceptions that stand in the queue (neither snoozed nor resolved), by kind and severity. */
export async function countStanding(
  tx: Tx,
  now: Date,
): Promise<{ kind: ExceptionKind; severity: Severity; count: number; open: number; overdue: number }[]> {
  return tx<{ kind: ExceptionKind; severity: Severity; count: number; open: number; overdue: number }[]>`
    select kind, severity, count(*)::int as count, count(*) filter (where state = 'open')::int as open,
      count(*) filter (where due_at < ${now})::int as overdue
    from exception where state <> 'resolved' and state <> 'snoozed' group by 1, 2`;
}

/** What waits for a person, each counted up to `cap`. */
export async function countWaiting(tx: Tx, cap: number): Promise<{ exceptions: number; postings: number }> {
  const [row] = await tx<{ exceptions: number; postings: number }[]>`
    select (select count(*) from (select 1 from exception where state = 'open' limit ${cap}) e)::int as exceptions,
      (select count(*) from (select 1 from posting where state = any(array['rejected', 'dead']) limit ${cap}) p)::int as postings`;
  return row ?? { exceptions: 0, postings: 0 };
}

export type FeedPulse = {
  id: number;
  slug: string;
  name: string;
  state: "active" | "paused" | "archived";
  lastAt: Date | null;
  received: number;
  duplicates: number;
  failed: number;
  rejected: number;
  hours: number[];
  /** Open exceptions that say the feed itself is unwell. */
  silent: boolean;
  refused: boolean;
};

/** Each feed with its last 24 hours, oldest first. */
export async function listFeedPulses(tx: Tx, now: Date): Promise<FeedPulse[]> {
  const rows = await tx<(Omit<FeedPulse, "hours"> & { byHour: { ago: number; received: number }[] | null })[]>`
    with h as (select feed_id, floor(extract(epoch from date_trunc('hour', ${now}::timestamptz, 'UTC') - hour) / 3600)::int as ago, sum(received)::float8 as received,
        sum(duplicates)::float8 as duplicates, sum(failed)::float8 as failed, sum(rejected)::float8 as rejected, max(last_at) as last_at
      from feed_counter where hour > ${now}::timestamptz - interval '24 hours' group by 1, 2)
    select f.id, f.slug, f.name, f.state, coalesce(max(h.last_at), (select max(c.last_at) from feed_counter c where c.feed_id = f.id)) as "lastAt",
      coalesce(sum(h.received), 0)::float8 as received, coalesce(sum(h.duplicates), 0)::float8 as duplicates,
      coalesce(sum(h.failed), 0)::float8 as failed, coalesce(sum(h.rejected), 0)::float8 as rejected,
      json_agg(json_build_object('ago', h.ago, 'received', h.received)) filter (where h.ago is not null) as "byHour",
      exists (select 1 from exception e where e.feed_id = f.id and e.kind = 'feed_silent' and e.state <> 'resolved') as silent,
      exists (select 1 from exception e where e.feed_id = f.id and e.kind = 'rejected_sender' and e.state <> 'resolved') as refused
    from feed f left join h on h.feed_id = f.id where f.state <> 'archived' group by f.id order by f.name limit 200`;
  return rows.map(({ byHour, ...row }) => {
    const hours = Array.from({ length: 24 }, () => 0);
    for (const { ago, received } of byHour ?? []) if (ago >= 0 && ago < 24) hours[23 - ago] = received;
    return { ...row, hours };
  });
}

/** Names of feeds for filters. */
export async function listFeedNames(tx: Tx): Promise<{ id: number; name: string }[]> {
  return tx<{ id: number; name: string }[]>`select id, name from feed order by name limit 1000`;
}

/** Messages that wait for the pipeline, counted up to `cap`, the id of the oldest of them, and how many were set aside. */
export async function readInbox(
  tx: Tx,
  cap: number,
): Promise<{ waiting: number; oldest: string | null; setAside: number }> {
  const [row] = await tx<{ waiting: number; oldest: string | null; setAside: number }[]>`
    with w as (select message_id from inbox limit ${cap})
    select (select count(*) from w)::int as waiting, (select message_id from w order by message_id limit 1) as oldest,
      (select count(*) from (select 1 from set_aside limit ${cap}) s)::int as "setAside"`;
  return row ?? { waiting: 0, oldest: null, setAside: 0 };
}

export type ConnectionPulse = {
  id: number;
  name: string;
  state: "active" | "paused" | "archived";
  observing: boolean;
  breaker: unknown;
  version: string | null;
  oldestDue: Date | null;
};

/** Connections that are not archived, with the due instant of the posting that has waited longest. */
export async function listConnectionPulses(tx: Tx): Promise<ConnectionPulse[]> {
  return tx<ConnectionPulse[]>`select c.id, c.name, c.state, c.observing, c.breaker, c.version,
      (select min(p.due_at) from posting p where p.connection_id = c.id and p.state in ('planned', 'unconfirmed')) as "oldestDue"
    from odoo_connection c where c.state <> 'archived' order by c.name limit 50`;
}
