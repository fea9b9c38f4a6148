import type { LateWindow } from "@/core/freight/late";
import { SETTLEMENT_KINDS } from "@/core/freight/window";
import type { HoldReason, PostingKind, PostingState } from "@/core/postings/kinds";
import type { Tx } from "@/db/client";

const kinds = () => [...SETTLEMENT_KINDS] as string[];

/** What a posting is about in money, in units of its currency; a credit takes away. A landed cost repeats the money of its bill. */
const amount = (tx: Tx) => tx`case p.kind when 'freight_cost' then (p.desired->>'price')::numeric
  when 'vendor_credit' then -(p.desired->>'total')::numeric when 'vendor_bill' then (p.desired->>'total')::numeric end`;

const PAST = ["sending", "unconfirmed", "planned", "rejected", "dead"];
/** What is held for one of these is past its window too; what a switch or a person holds is not promised. */
const STILL_PROMISED: readonly HoldReason[] = ["window", "interval", "paused", "degraded", "breaker", "maintenance"];

export type WaitingRow = {
  connectionId: number;
  kind: PostingKind;
  heldBecause: HoldReason;
  currency: string | null;
  count: number;
  /** A decimal text. */
  sum: string | null;
};

/** Freight postings that wait, by connection, kind, reason and currency. */
export async function listWaiting(tx: Tx, connections: readonly number[]): Promise<WaitingRow[]> {
  return tx<
    WaitingRow[]
  >`select p.connection_id as "connectionId", p.kind, p.held_because as "heldBecause", p.desired->>'currency' as currency,
      count(*)::int as count, sum(${amount(tx)})::text as sum from posting p
    where p.connection_id = any(${[...connections]}::int[]) and p.kind = any(${kinds()}::text[]) and p.state = 'held'
    group by 1, 2, 3, 4 order by 1, 2, 3, 4`;
}

export type SettlementRow = {
  id: string;
  kind: PostingKind;
  state: PostingState;
  name: string | null;
  /** The bill that it is about; a cost of a transfer names its shipment alone. */
  billId: string | null;
  shipmentId: string | null;
  currency: string | null;
  amount: string | null;
  postedAt: Date | null;
  windowEndsAt: Date | null;
  reason: string | null;
  late: boolean;
};

const rowColumns = (tx: Tx, now: Date) => tx`p.id, p.kind, p.state, p.record_name as name, p.invoice_id as "billId",
  case when p.invoice_id is null then p.shipment_id end as "shipmentId", p.desired->>'currency' as currency, ${amount(tx)}::text as amount,
  p.posted_at as "postedAt", p.window_ends_at as "windowEndsAt", p.last_reason as reason, coalesce(p.posted_at, ${now}) > p.window_ends_at as late`;

/** The first of those that wait for their window or batch, the next to go first. */
export async function listNext(
  tx: Tx,
  connections: readonly number[],
  now: Date,
  limit: number,
): Promise<SettlementRow[]> {
  return tx<SettlementRow[]>`select ${rowColumns(tx, now)} from posting p
    where p.connection_id = any(${[...connections]}::int[]) and p.kind = any(${kinds()}::text[])
      and p.state = 'held' and p.held_because in ('window', 'interval') order by p.due_at, p.id limit ${limit}`;
}

export type WindowRow = {
  endsAt: Date;
  count: number;
  made: number;
  late: number;
  failed: number;
  waiting: number;
  sums: { currency: string; sum: string }[];
};

/** Windows of freight settlement, newest first, each with what was promised for it and what became of that. */
export async function listWindows(tx: Tx, before: Date | null, now: Date, limit: number): Promise<WindowRow[]> {
  return tx<WindowRow[]>`
    with w as (select p.window_ends_at as ends_at, count(*)::int as count,
        count(*) filter (where p.posted_at <= p.window_ends_at)::int as made,
        count(*) filter (where coalesce(p.posted_at, ${now}) > p.window_ends_at and p.state not in ('rejected', 'dead'))::int as late,
        count(*) filter (where p.state in ('rejected', 'dead'))::int as failed,
        count(*) filter (where p.posted_at is null and p.state not in ('rejected', 'dead') and p.window_ends_at >= ${now})::int as waiting
      from posting p where p.window_ends_at is not null and p.state not in ('superseded', 'cancelled')
        ${before === null ? tx`` : tx`and p.window_ends_at < ${before}`}
      group by 1 order by 1 desc limit ${limit})
    select w.ends_at as "endsAt", w.count, w.made, w.late, w.failed, w.waiting, coalesce(s.sums, '[]') as sums from w
      left join lateral (select jsonb_agg(jsonb_build_object('currency', currency, 'sum', sum::text) order by currency) as sums from (
        select p.desired->>'currency' as currency, sum(${amount(tx)}) as sum from posting p where p.window_ends_at = w.ends_at
          and p.state not in ('superseded', 'cancelled') and p.desired->>'currency' is not null group by 1) c) s on true
    order by w.ends_at desc`;
}

/** Postings of one window, one page. */
export async function listOfWindow(
  tx: Tx,
  endsAt: Date,
  afterId: string | null,
  now: Date,
  limit: number,
): Promise<SettlementRow[]> {
  return tx<SettlementRow[]>`select ${rowColumns(tx, now)} from posting p
    where p.window_ends_at = ${endsAt} and p.state not in ('superseded', 'cancelled') ${afterId === null ? tx`` : tx`and p.id < ${afterId}::uuid`}
    order by p.window_ends_at desc, p.id desc limit ${limit}`;
}

export type SettlementRun = { at: Date; by: string; after: { released?: number; checked?: number } | null };

/** The last times that a person let settlement run. */
export async function listSettlementRuns(tx: Tx, limit: number): Promise<SettlementRun[]> {
  return tx<SettlementRun[]>`select at, actor_name as by, after from audit
    where subject = 'freight:settlement' and action = 'freight.run_settlement' order by at desc limit ${limit}`;
}

/** Bills without a verdict so long after the end of the day (UTC) on which they came, counted up to 10,000. */
export async function countUnjudged(tx: Tx, withinSeconds: number, now: Date): Promise<number> {
  const [row] = await tx<
    { n: number }[]
  >`select count(*)::int as n from (select 1 from freight_case where state = 'received'
    and date_trunc('day', received_at, 'UTC') + interval '1 day' < ${now}::timestamptz - ${withinSeconds}::int * interval '1 second' limit 10000) n`;
  return row?.n ?? 0;
}

/** Windows of the last month that ended with postings not in Odoo, each with the first of them. */
export async function listLateWindows(tx: Tx, now: Date, limit: number): Promise<LateWindow[]> {
  return tx<LateWindow[]>`
    with late as (select p.id, p.window_ends_at, p.record_name, p.invoice_id from posting p
      where p.window_ends_at < ${now} and p.window_ends_at >= ${now}::timestamptz - interval '31 days'
        and (p.state = any(${PAST}::text[]) or (p.state = 'held' and p.held_because = any(${[...STILL_PROMISED]}::text[])))
      order by p.window_ends_at desc limit 10000)
    select window_ends_at as "endsAt", count(*)::int as count,
      (array_agg(jsonb_build_object('id', id, 'name', record_name, 'billId', invoice_id) order by id))[1:20] as named
    from late group by 1 order by 1 desc limit ${limit}`;
}
