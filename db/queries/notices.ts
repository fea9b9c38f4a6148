import { instantOfUuidV7 } from "@/core/ids";
import { NOTICE_STATES, type NoticeReason, type NoticeState, type Occasion, type Told } from "@/core/notices/occasions";
import type { Tx } from "@/db/client";
import type { Place } from "./carrier-counts";

const WEAK = ["sales_order", "customer_po", "marketplace_order"];

/** As much of a shipment's state as decides about notices. */
const told = (tx: Tx) => tx`jsonb_build_object('reached', s.state->'reached', 'conditions', s.state->'conditions',
  'terminal', s.state->'terminal', 'attempts', s.state->'attempts') as told`;

export type ChangedTold = Place & { told: Told };

/** Heads that changed after a place and before an instant, in order of change. */
export async function listChangedTold(tx: Tx, after: Place, before: Date, limit: number): Promise<ChangedTold[]> {
  return tx<ChangedTold[]>`
    with page as materialized (select shipment_id from shipment where head_id is null
        and (updated_at, shipment_id) > (${after.at}::text::timestamptz, ${after.id}::uuid) and updated_at < ${before}
      order by updated_at, shipment_id limit ${limit})
    select s.shipment_id as id, s.updated_at::text as at, ${told(tx)}
    from page join shipment s using (shipment_id) order by s.updated_at, s.shipment_id`;
}

/** Which occasions these shipments already have a notice of. */
export async function listNoticed(
  tx: Tx,
  ids: readonly string[],
): Promise<{ shipmentId: string; occasion: Occasion }[]> {
  if (ids.length === 0) return [];
  return tx<{ shipmentId: string; occasion: Occasion }[]>`
    select shipment_id as "shipmentId", occasion from notice where shipment_id = any(${[...ids]}::uuid[])`;
}

export type FirstTold = { key: string; receivedAt: Date; feedId: number; messageId: string };

/** When events of these shipments were first received, and with which message. */
export async function listFirstTold(tx: Tx, ids: readonly string[], keys: readonly string[]): Promise<FirstTold[]> {
  if (keys.length === 0) return [];
  return tx<
    FirstTold[]
  >`select distinct on (key) key, received_at as "receivedAt", feed_id as "feedId", message_id as "messageId"
    from event where shipment_id = any(${[...ids]}::uuid[]) and key = any(${[...keys]}::uuid[]) order by key, received_at`;
}

/** Those of these messages whose name begins so. The instant in the id names the partition. */
export async function listMessagesNamed(tx: Tx, ids: readonly string[], prefix: string): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const instants = ids.map((id) => new Date(instantOfUuidV7(id)).toISOString());
  const rows = await tx<
    { id: string }[]
  >`select m.id from unnest(${[...ids]}::uuid[], ${instants}::timestamptz[]) as t (id, at)
    join message m on m.id = t.id and m.received_at = t.at where m.name like ${`${prefix}%`}`;
  return new Set(rows.map(({ id }) => id));
}

export type NewNotice = {
  shipmentId: string;
  occasion: Occasion;
  id: string;
  state: "planned" | "suppressed";
  reason: NoticeReason | null;
  dueAt: Date;
  occurredAt: Date;
  receivedAt: Date;
  feedId: number | null;
  messageId: string | null;
};

/** Keeps what customers are to be told; what is there already stays as it is. */
export async function insertNotices(tx: Tx, rows: readonly NewNotice[], now: Date): Promise<void> {
  if (rows.length === 0) return;
  const of = <K extends keyof NewNotice>(key: K) => rows.map((row) => row[key]);
  const at = (key: "dueAt" | "occurredAt" | "receivedAt") => rows.map((row) => row[key].toISOString());
  await tx`insert into notice (shipment_id, occasion, id, state, reason, held, due_at, occurred_at, received_at, feed_id, message_id, created_at, ended_at)
    select sh, oc, i, st, re, coalesce(re = 'quiet_hours', false), du, ou, rc, f, m, ${now}, case when st = 'suppressed' then ${now}::timestamptz end
    from unnest(${of("shipmentId")}::uuid[], ${of("occasion")}::text[], ${of("id")}::uuid[], ${of("state")}::text[], ${of("reason")}::text[],
      ${at("dueAt")}::timestamptz[], ${at("occurredAt")}::timestamptz[], ${at("receivedAt")}::timestamptz[], ${of("feedId")}::int[],
      ${of("messageId")}::uuid[]) t(sh, oc, i, st, re, du, ou, rc, f, m) on conflict do nothing`;
}

export type DueNotice = {
  id: string;
  shipmentId: string;
  occasion: Occasion;
  attempts: number;
  reason: NoticeReason | null;
  held: boolean;
  occurredAt: Date;
  receivedAt: Date;
  feedId: number | null;
  messageId: string | null;
};

/** Takes notices that are due, and puts them off until `leaseUntil`, so that a sender that dies leaves them to the next. */
export async function claimNotices(tx: Tx, now: Date, leaseUntil: Date, limit: number): Promise<DueNotice[]> {
  return tx<DueNotice[]>`update notice n set due_at = ${leaseUntil}, attempts = n.attempts + 1
    from (select shipment_id, occasion from notice where state = 'planned' and due_at <= ${now} order by due_at, id limit ${limit} for update skip locked) d
    where n.shipment_id = d.shipment_id and n.occasion = d.occasion
    returning n.id, n.shipment_id as "shipmentId", n.occasion, n.attempts, n.reason, n.held, n.occurred_at as "occurredAt",
      n.received_at as "receivedAt", n.feed_id as "feedId", n.message_id as "messageId"`;
}

export type ToldShipment = {
  /** The id asked for; the rest is that of its head. */
  id: string;
  name: string;
  order: string | null;
  trackingNumber: string | null;
  carrier: string | null;
  promisedAt: Date | null;
  connectionId: number | null;
  pickingId: number | null;
  told: Told;
};

const shown = (tx: Tx) => tx`s.name, s.tracking_number as "trackingNumber", s.carrier, s.promised_at as "promisedAt",
  s.connection_id as "connectionId", s.picking_id as "pickingId", ${told(tx)}, (select r.said from reference r
    where (r.shipment_id = s.shipment_id or r.shipment_id in (select shipment_id from shipment m where m.head_id = s.shipment_id))
      and r.kind = any(${WEAK}) order by array_position(${WEAK}::text[], r.kind), r.said limit 1) as "order"`;

/** What is said of shipments to their customers; of a member, what its head says. */
export async function listToldShipments(tx: Tx, ids: readonly string[]): Promise<ToldShipment[]> {
  if (ids.length === 0) return [];
  return tx<ToldShipment[]>`select o.shipment_id as id, ${shown(tx)} from shipment o
    join shipment s on s.shipment_id = coalesce(o.head_id, o.shipment_id) where o.shipment_id = any(${[...ids]}::uuid[])`;
}

/** The shipment that changed last and has a number, among the newest 50: an example to show words on. */
export async function findExample(tx: Tx): Promise<ToldShipment | null> {
  const [row] = await tx<
    ToldShipment[]
  >`with newest as materialized (select shipment_id from shipment where head_id is null
      order by updated_at desc nulls first, shipment_id desc nulls first limit 50)
    select s.shipment_id as id, ${shown(tx)} from newest join shipment s using (shipment_id)
    where s.tracking_number is not null order by s.updated_at desc limit 1`;
  return row ?? null;
}

export type Settlement = {
  shipmentId: string;
  occasion: Occasion;
  state: NoticeState;
  reason: NoticeReason | null;
  held: boolean;
  dueAt: Date;
  endedAt: Date | null;
  address: string | null;
};

/** Notes what became of a notice. */
export async function settleNotice(tx: Tx, n: Settlement): Promise<void> {
  await tx`update notice set state = ${n.state}, reason = ${n.reason}, held = ${n.held}, due_at = ${n.dueAt}, ended_at = ${n.endedAt},
    address = ${n.address} where shipment_id = ${n.shipmentId} and occasion = ${n.occasion}`;
}

export type NoticeRow = {
  id: string;
  shipmentId: string;
  shipment: string;
  occasion: Occasion;
  state: NoticeState;
  reason: NoticeReason | null;
  attempts: number;
  dueAt: Date;
  occurredAt: Date;
  receivedAt: Date;
  createdAt: Date;
  endedAt: Date | null;
  address: string | null;
};

const columns = (
  tx: Tx,
) => tx`n.id, n.shipment_id as "shipmentId", s.name as shipment, n.occasion, n.state, n.reason, n.attempts,
  n.due_at as "dueAt", n.occurred_at as "occurredAt", n.received_at as "receivedAt", n.created_at as "createdAt", n.ended_at as "endedAt", n.address`;

/** Notices newest first, of all states or of one. */
export async function listNotices(
  tx: Tx,
  {
    state,
    limit,
    before = null,
  }: { state: NoticeState | null; limit: number; before?: { at: Date; id: string } | null },
): Promise<NoticeRow[]> {
  return tx<NoticeRow[]>`select ${columns(tx)} from (select * from notice
      where ${state === null ? tx`true` : tx`state = ${state}`}
        and ${before === null ? tx`true` : tx`(created_at, id) < (${before.at}, ${before.id}::uuid)`}
      order by created_at desc nulls first, id desc nulls first limit ${limit}) n
    left join shipment s on s.shipment_id = n.shipment_id order by n.created_at desc, n.id desc`;
}

/** What the customer of a family of shipments was told, oldest first. */
export async function listNoticesOf(tx: Tx, ids: readonly string[]): Promise<NoticeRow[]> {
  return tx<NoticeRow[]>`select ${columns(tx)} from notice n join shipment s on s.shipment_id = n.shipment_id
    where n.shipment_id = any(${[...ids]}::uuid[]) order by n.received_at, n.created_at limit 50`;
}

const MOST_COUNTED = 100_000;

/** How many notices of each state were made since an instant; counting stops at 100,000 each. */
export async function countNotices(tx: Tx, since: Date): Promise<Record<NoticeState, number>> {
  const rows = await tx<
    { state: NoticeState; n: number }[]
  >`select t.state, c.n from unnest(${[...NOTICE_STATES]}::text[]) t(state),
    lateral (select count(*)::int as n from (select 1 from notice n where n.state = t.state and n.created_at > ${since} limit ${MOST_COUNTED}) x) c`;
  return Object.fromEntries(rows.map(({ state, n }) => [state, n])) as Record<NoticeState, number>;
}
