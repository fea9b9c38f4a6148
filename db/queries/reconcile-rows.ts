import type { HoldReason, PostingKind, PostingState } from "@/core/postings/kinds";
import type { Aspect } from "@/core/reconciliation/aspects";
import type { CauseName, Difference } from "@/core/reconciliation/cause";
import type { KeptException } from "@/core/reconciliation/compare-exceptions";
import type { ReadinessLine, ReadinessList } from "@/core/reconciliation/readiness";
import type { Shipment } from "@/core/shipments/shipment";
import type { Tx } from "@/db/client";
import { list } from "./pipeline/list";

export type ShipmentToCompare = {
  id: string;
  connectionId: number;
  pickingId: number;
  name: string;
  carrier: string | null;
  warehouse: string | null;
  customer: string | null;
  state: Shipment;
  members: string[];
};

/** Shipments with a transfer, as they are folded, with the ids of what is linked to them. */
export async function loadToCompare(tx: Tx, ids: readonly string[]): Promise<ShipmentToCompare[]> {
  return tx<
    ShipmentToCompare[]
  >`select s.shipment_id as id, s.connection_id as "connectionId", s.picking_id as "pickingId", s.name, s.carrier,
      s.warehouse, s.customer, s.state, array(select m.shipment_id from shipment m where m.head_id = s.shipment_id) as members
    from shipment s where s.shipment_id = any(${list(ids)}::uuid[]) and s.head_id is null and s.picking_id is not null`;
}

/** Which of these shipments are of some connections. */
export async function listOfConnections(
  tx: Tx,
  ids: readonly string[],
  connectionIds: readonly number[],
): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`select shipment_id as id from shipment
    where shipment_id = any(${list(ids)}::uuid[]) and connection_id = any(${[...connectionIds]}::int[])`;
  return rows.map((row) => row.id);
}

export type PostingToCompare = {
  shipmentId: string;
  id: string;
  key: string;
  kind: PostingKind;
  state: PostingState;
  held: HoldReason | null;
  reason: string | null;
  marker: string | null;
  markerState: string | null;
  postedAtMs: number | null;
  createdAtMs: number;
};

/** Postings of shipments without their documents, newest first. */
export async function loadPostingsToCompare(tx: Tx, ids: readonly string[]): Promise<PostingToCompare[]> {
  const rows = await tx<
    (Omit<PostingToCompare, "postedAtMs" | "createdAtMs"> & { posted: Date | null; created: Date })[]
  >`
    select shipment_id as "shipmentId", id, key, kind, state, held_because as held, last_reason as reason, desired->>'marker' as marker,
      case when kind = 'exception_activity' then desired->>'state' end as "markerState", posted_at as posted, created_at as created
    from posting where shipment_id = any(${list(ids)}::uuid[]) order by created_at desc, key desc`;
  return rows.map(({ posted, created, ...row }) => ({
    ...row,
    postedAtMs: posted?.getTime() ?? null,
    createdAtMs: created.getTime(),
  }));
}

/** What carriers billed for shipments, by currency, credits taken off; bills that were turned down do not count. */
export async function sumBilled(
  tx: Tx,
  ids: readonly string[],
): Promise<{ shipmentId: string; currency: string; amountMinor: number }[]> {
  return tx<{ shipmentId: string; currency: string; amountMinor: number }[]>`
    select l.shipment_id as "shipmentId", c.currency, sum(case when f.kind = 'credit' then -abs(l.amount_minor) else l.amount_minor end)::float8 as "amountMinor"
    from freight_line_case l join freight_case c on c.invoice_id = l.invoice_id join freight_invoice f on f.id = l.invoice_id
    where l.shipment_id = any(${list(ids)}::uuid[]) and c.state not in ('rejected', 'withdrawn') and c.currency is not null and l.amount_minor is not null
    group by 1, 2`;
}

/** Homes among these whose exception about invoices is open. */
export async function listOpenInvoiceHomes(tx: Tx, homes: readonly string[]): Promise<string[]> {
  const rows = await tx<{ home: string }[]>`select home_id as home from exception
    where kind = 'invoice_not_ready' and state <> 'resolved' and home_id = any(${list(homes)}::uuid[])`;
  return rows.map((row) => row.home);
}

export type NewDecision = {
  shipmentId: string;
  id: string;
  aspect: Aspect;
  decision: "accept" | "post";
  ours: string;
  theirs: string;
  reason: string | null;
  changedBy: string | null;
  changedAtMs: number | null;
  byPerson: string | null;
  byName: string;
};

/** Remembers decisions; an earlier one of the same shipment and aspect ends. */
export async function insertDecisions(tx: Tx, rows: readonly NewDecision[], now: Date): Promise<void> {
  if (rows.length === 0) return;
  const [ids, aspects] = [list(rows.map((r) => r.shipmentId)), list(rows.map((r) => r.aspect))];
  await tx`update reconciliation_decision d set ended_at = ${now} from unnest(${ids}::uuid[], ${aspects}::text[]) t(s, a)
    where d.shipment_id = t.s and d.aspect = t.a and d.ended_at is null`;
  const at = list(rows.map((r) => (r.changedAtMs === null ? null : new Date(r.changedAtMs).toISOString())));
  await tx`insert into reconciliation_decision (shipment_id, id, aspect, decision, ours, theirs, reason, changed_by, changed_at, by_person, by_name, at)
    select s, i, a, d, o, th, re, cb, ca, bp, bn, ${now} from unnest(${ids}::uuid[], ${list(rows.map((r) => r.id))}::uuid[], ${aspects}::text[],
      ${list(rows.map((r) => r.decision))}::text[], ${list(rows.map((r) => r.ours))}::text[], ${list(rows.map((r) => r.theirs))}::text[],
      ${list(rows.map((r) => r.reason))}::text[], ${list(rows.map((r) => r.changedBy))}::text[], ${at}::timestamptz[],
      ${list(rows.map((r) => r.byPerson))}::uuid[], ${list(rows.map((r) => r.byName))}::text[]) t(s, i, a, d, o, th, re, cb, ca, bp, bn)`;
}

/** Notes on the newest posting that went out of each shipment that Odoo's own value stands in its place. */
export async function acceptOverPostings(
  tx: Tx,
  rows: readonly { postingId: string; value: string | null }[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  await tx`update posting p set accepted = jsonb_build_object('value', t.v), updated_at = ${now}
    from unnest(${list(rows.map((r) => r.postingId))}::uuid[], ${list(rows.map((r) => r.value))}::text[]) t(i, v) where p.id = t.i`;
}

/** Takes such a note back: our value is posted again. */
export async function unacceptPostings(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await tx`update posting set accepted = null where id = any(${list(ids)}::uuid[]) and accepted is not null`;
}

/** Which of these postings are still on their way. */
export async function listOnTheWay(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`select id from posting
    where id = any(${list(ids)}::uuid[]) and state in ('planned', 'sending', 'posted', 'unconfirmed')`;
  return rows.map((row) => row.id);
}

/** Rows of a day that Waypost has no shipment for, of a connection. */
export async function listUnknownRows(
  tx: Tx,
  day: string,
  connectionId: number,
): Promise<{ id: string; pickingId: number; letters: string }[]> {
  return tx<{ id: string; pickingId: number; letters: string }[]>`
    select shipment_id as id, picking_id as "pickingId", letters from reconciliation_row
    where day = ${day}::date and not known and connection_id = ${connectionId} order by shipment_id limit 20000`;
}

export type DecisionRow = { shipmentId: string; aspect: Aspect; ours: string; theirs: string };

/** Values that people accepted, while that holds. */
export async function loadAccepted(tx: Tx, ids: readonly string[]): Promise<DecisionRow[]> {
  return tx<DecisionRow[]>`select shipment_id as "shipmentId", aspect, ours, theirs from reconciliation_decision
    where shipment_id = any(${list(ids)}::uuid[]) and decision = 'accept' and ended_at is null`;
}

/** Live tracking numbers and the shipments that they stand on. */
export async function listNumbersElsewhere(
  tx: Tx,
  numbers: readonly string[],
): Promise<{ number: string; shipmentId: string; name: string }[]> {
  if (numbers.length === 0) return [];
  return tx<{ number: string; shipmentId: string; name: string }[]>`
    select r.value as number, coalesce(s.head_id, s.shipment_id) as "shipmentId", s.name
    from reference r join shipment s on s.shipment_id = r.shipment_id
    where r.value = any(${list(numbers)}::text[]) and r.kind = 'tracking_number' and (r.live_until is null or r.live_until > now())`;
}

/** Exceptions of shipments, with those that are over: activities in Odoo are named by them. */
export async function loadKeptExceptions(
  tx: Tx,
  homes: readonly string[],
): Promise<(KeptException & { homeId: string })[]> {
  return tx<
    (KeptException & { homeId: string })[]
  >`select home_id as "homeId", id, kind, subject, feed_id as "feedId", state <> 'resolved' as open,
      state = 'resolved' and resolved_by is not null as decided
    from exception where home_id = any(${list(homes)}::uuid[])`;
}

/** Which feeds sent the documents of shipments, by their SHA-1. */
export async function listProofFeeds(
  tx: Tx,
  ids: readonly string[],
): Promise<{ shipmentId: string; feedId: number; sha1: string }[]> {
  return tx<{ shipmentId: string; feedId: number; sha1: string }[]>`
    select shipment_id as "shipmentId", feed_id as "feedId", p #>> '{}' as sha1
    from claim, jsonb_path_query(values, '$.proof_of_delivery.value[*].sha1') p where shipment_id = any(${list(ids)}::uuid[])`;
}

/** Feeds that are silent now. */
export async function listSilentFeeds(tx: Tx): Promise<number[]> {
  const rows = await tx<
    { id: number }[]
  >`select distinct feed_id as id from exception where kind = 'feed_silent' and state <> 'resolved' and feed_id is not null`;
  return rows.map((row) => row.id);
}

export type RowToSave = {
  shipmentId: string;
  known: boolean;
  connectionId: number;
  pickingId: number;
  name: string;
  carrier: string | null;
  warehouse: string | null;
  letters: string;
  aspects: Aspect[];
  causes: CauseName[];
  differences: Difference[];
};

/** Locks the results of a day of a connection, so that counts and rows change together. */
export async function lockDay(tx: Tx, day: string, connectionId: number): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`reconciliation ${day} ${connectionId}`}, 742009))`;
}

/** Letters that rows of a day have now. */
export async function loadLetters(tx: Tx, day: string, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx<{ id: string; letters: string }[]>`select shipment_id as id, letters from reconciliation_row
    where shipment_id = any(${list(ids)}::uuid[]) and day = ${day}::date`;
  return new Map(rows.map((row) => [row.id, row.letters]));
}

/** Writes the rows of a day; one that was compared before is replaced. */
export async function saveRows(
  tx: Tx,
  day: string,
  rows: readonly RowToSave[],
  runId: string | null,
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  await tx`insert into reconciliation_row (day, shipment_id, known, connection_id, picking_id, name, carrier, warehouse, letters, aspects, causes, open,
      differences, run_id, compared_at)
    select ${day}::date, s, kn = 1, cn, pk, na, ca, wa, le, coalesce(string_to_array(nullif(ap, ''), ','), '{}'), coalesce(string_to_array(nullif(cs, ''), ','), '{}'), op, di::jsonb,
      ${runId}::uuid, ${now} from (select s, kn, cn, pk, na, ca, wa, le, ap, cs, op, di from unnest(${list(rows.map((r) => r.shipmentId))}::uuid[],
      ${list(rows.map((r) => (r.known ? 1 : 0)))}::int[], ${list(rows.map((r) => r.connectionId))}::int[], ${list(rows.map((r) => r.pickingId))}::int[],
      ${list(rows.map((r) => r.name))}::text[], ${list(rows.map((r) => r.carrier))}::text[], ${list(rows.map((r) => r.warehouse))}::text[],
      ${list(rows.map((r) => r.letters))}::text[], ${list(rows.map((r) => r.aspects.join(",")))}::text[], ${list(rows.map((r) => r.causes.join(",")))}::text[],
      ${list(rows.map((r) => r.differences.length))}::int[],
      ${list(rows.map((r) => (r.differences.length > 0 ? JSON.stringify(r.differences) : null)))}::text[]) t(s, kn, cn, pk, na, ca, wa, le, ap, cs, op, di)) x
    on conflict (shipment_id, day) do update set known = excluded.known, connection_id = excluded.connection_id, picking_id = excluded.picking_id,
      name = excluded.name, carrier = excluded.carrier, warehouse = excluded.warehouse, letters = excluded.letters, aspects = excluded.aspects,
      causes = excluded.causes, open = excluded.open, differences = excluded.differences, run_id = excluded.run_id, compared_at = excluded.compared_at`;
}

/** Takes rows of a day away, with what they had counted. */
export async function deleteRows(tx: Tx, day: string, ids: readonly string[]): Promise<void> {
  await tx`delete from reconciliation_row where day = ${day}::date and shipment_id = any(${list(ids)}::uuid[])`;
}

/** Adds to the counts of a day. */
export async function addCounts(
  tx: Tx,
  day: string,
  connectionId: number,
  tallies: readonly { pair: string; aspect: string; verdict: string; count: number }[],
): Promise<void> {
  if (tallies.length === 0) return;
  await tx`insert into reconciliation_count (day, connection_id, pair, aspect, verdict, count)
    select ${day}::date, ${connectionId}::int, p, a, v, c from unnest(${list(tallies.map((t) => t.pair))}::text[], ${list(tallies.map((t) => t.aspect))}::text[],
      ${list(tallies.map((t) => t.verdict))}::text[], ${list(tallies.map((t) => t.count))}::int[]) t(p, a, v, c) order by p, a, v
    on conflict (day, connection_id, pair, aspect, verdict) do update set count = reconciliation_count.count + excluded.count`;
}

export type ReadinessToSave = {
  shipmentId: string;
  list: ReadinessList;
  connectionId: number;
  pickingId: number;
  name: string;
  orderName: string | null;
  customer: string | null;
  carrier: string | null;
  warehouse: string | null;
  sinceMs: number;
  /** When to look again although nothing changes. */
  reviewAtMs: number;
  lines: ReadinessLine[];
  valueMinor: number | null;
  currency: string | null;
};

/** Replaces on which lists shipments stand. */
export async function replaceReadiness(
  tx: Tx,
  shipmentIds: readonly string[],
  rows: readonly ReadinessToSave[],
  now: Date,
): Promise<void> {
  await tx`delete from readiness_item where shipment_id = any(${list(shipmentIds)}::uuid[])
    and (shipment_id, list) not in (select s, l from unnest(${list(rows.map((r) => r.shipmentId))}::uuid[], ${list(rows.map((r) => r.list))}::text[]) t(s, l))`;
  if (rows.length === 0) return;
  await tx`insert into readiness_item (shipment_id, list, connection_id, picking_id, name, order_name, customer, carrier, warehouse, since, review_at, lines,
      value_minor, currency, checked_at)
    select s, l, cn, pk, na, o, cu, ca, wa, si, re, li::jsonb, vm, vc, ${now} from unnest(${list(rows.map((r) => r.shipmentId))}::uuid[],
      ${list(rows.map((r) => r.list))}::text[], ${list(rows.map((r) => r.connectionId))}::int[], ${list(rows.map((r) => r.pickingId))}::int[],
      ${list(rows.map((r) => r.name))}::text[], ${list(rows.map((r) => r.orderName))}::text[], ${list(rows.map((r) => r.customer))}::text[],
      ${list(rows.map((r) => r.carrier))}::text[], ${list(rows.map((r) => r.warehouse))}::text[],
      ${list(rows.map((r) => new Date(r.sinceMs).toISOString()))}::timestamptz[], ${list(rows.map((r) => new Date(r.reviewAtMs).toISOString()))}::timestamptz[], ${list(rows.map((r) => JSON.stringify(r.lines)))}::text[],
      ${list(rows.map((r) => r.valueMinor))}::bigint[], ${list(rows.map((r) => r.currency))}::text[]) t(s, l, cn, pk, na, o, cu, ca, wa, si, re, li, vm, vc)
    on conflict (shipment_id, list) do update set connection_id = excluded.connection_id, picking_id = excluded.picking_id, name = excluded.name,
      order_name = excluded.order_name, customer = excluded.customer, carrier = excluded.carrier, warehouse = excluded.warehouse,
      since = least(readiness_item.since, excluded.since), review_at = excluded.review_at, lines = excluded.lines, value_minor = excluded.value_minor, currency = excluded.currency,
      checked_at = excluded.checked_at`;
}

/** Since when shipments are known to be invoiced and not delivered, of those that are. */
export async function listInvoicedSince(tx: Tx, shipmentIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx<{ id: string; since: Date }[]>`select shipment_id as id, since from readiness_item
    where shipment_id = any(${list(shipmentIds)}::uuid[]) and list = 'invoiced_not_delivered'`;
  return new Map(rows.map(({ id, since }) => [id, since.getTime()]));
}

/** Shipments on a readiness list that it is time to look at again, longest due first. */
export async function listReadinessDue(tx: Tx, connectionId: number, now: Date, limit: number): Promise<string[]> {
  if (limit <= 0) return [];
  const rows = await tx<{ id: string }[]>`select shipment_id as id from readiness_item
    where connection_id = ${connectionId} and review_at <= ${now} order by review_at limit ${limit}`;
  return [...new Set(rows.map((row) => row.id))];
}

/** Which of these transfers Waypost has as shipments. */
export async function knownPickings(tx: Tx, connectionId: number, ids: readonly number[]): Promise<Set<number>> {
  const rows = await tx<
    { id: number }[]
  >`select distinct picking_id as id from shipment where connection_id = ${connectionId} and picking_id = any(${list(ids)}::int[])`;
  return new Set(rows.map((row) => row.id));
}
