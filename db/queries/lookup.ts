import type { ExceptionKind } from "@/core/exceptions/kinds";
import type { LookupFacts, Note, OpenException, Sibling } from "@/core/lookup/answer";
import type { Candidate } from "@/core/lookup/rank";
import { currentEvents } from "@/core/shipments/current";
import type { Milestone } from "@/core/shipments/milestones";
import type { Tx } from "@/db/client";
import {
  type FeedName,
  findShipmentHead,
  listEvents,
  listFeedNames,
  listMembers,
  listReferences,
} from "./shipment-page";

/** Most shipments that one key may bring: what more there is shows in the lists of shipments. */
const MOST_PER_KEY = 25;
const MOST_EVENTS = 300;

export type NumberHit = { id: string; value: string; kind: string; said: string; free: boolean };

/** Shipments (heads) that carry one of the numbers, each number by its index; `free` where the number may have been given away again. */
export async function findByNumbers(sql: Tx, values: readonly string[], now: Date): Promise<NumberHit[]> {
  if (values.length === 0) return [];
  return sql<NumberHit[]>`
    select coalesce(s.head_id, s.shipment_id) as id, r.value, r.kind, r.said, coalesce(r.live_until < ${now}, false) as free
    from unnest(${[...values]}::text[]) with ordinality v (value, nth)
    cross join lateral (select * from reference where value = v.value limit ${MOST_PER_KEY}) r
    join shipment s on s.shipment_id = r.shipment_id order by v.nth`;
}

export type ContactHit = { id: string; key: number };

/** Shipments (heads) of customers found by hashes: `key` numbers what was looked for. A customer brings the newest transfers. */
export async function findByContacts(sql: Tx, hashes: readonly { key: number; hash: string }[]): Promise<ContactHit[]> {
  if (hashes.length === 0) return [];
  return sql<ContactHit[]>`
    select distinct coalesce(s.head_id, s.shipment_id) as id, p.key
    from (
      select v.key, c.connection_id, c.partner_id
      from unnest(${hashes.map((one) => one.hash)}::text[], ${hashes.map((one) => one.key)}::int[]) v (hash, key)
      cross join lateral (
        select connection_id, partner_id from odoo_contact where hash = decode(v.hash, 'hex') limit ${MOST_PER_KEY}) c
      limit ${MOST_PER_KEY * 2}) p
    cross join lateral (
      select picking_id from odoo_recipient r where r.connection_id = p.connection_id and r.partner_id = p.partner_id
      order by picking_id desc limit ${MOST_PER_KEY}) r
    join shipment s on s.connection_id = p.connection_id and s.picking_id = r.picking_id`;
}

export type HitRow = Candidate & {
  name: string;
  milestone: Milestone | null;
  summary: string;
  carrier: string | null;
  warehouse: string | null;
  trackingNumber: string | null;
  promisedAtMs: number | null;
  lastEventAtMs: number | null;
  openExceptions: number;
};

/** Reads what a line of the short list shows. */
export async function listHits(sql: Tx, ids: readonly string[]): Promise<HitRow[]> {
  if (ids.length === 0) return [];
  const rows = await sql<
    (Omit<HitRow, "updatedAtMs" | "promisedAtMs" | "lastEventAtMs"> & Record<"u" | "p" | "l", Date | null>)[]
  >`
    select shipment_id as id, name, milestone, summary, terminal, carrier, warehouse, customer, tracking_number as "trackingNumber",
      open_exceptions as "openExceptions", updated_at as u, promised_at as p, last_event_at as l
    from shipment where shipment_id = any(${[...ids]}::uuid[])`;
  return rows.map(({ u, p, l, ...row }) => ({
    ...row,
    updatedAtMs: u?.getTime() ?? 0,
    promisedAtMs: p?.getTime() ?? null,
    lastEventAtMs: l?.getTime() ?? null,
  }));
}

export type LookupRead = { facts: LookupFacts; feeds: FeedName[]; carrier: string | null; warehouse: string | null };

/** Reads all that the answer about one shipment needs, each part by an index; null where there is no such shipment. */
export async function readLookup(
  sql: Tx,
  id: string,
  may: { exceptions: boolean; notes: boolean },
): Promise<LookupRead | null> {
  const [head, feeds] = await Promise.all([findShipmentHead(sql, id), listFeedNames(sql)]);
  if (head === null) return null;
  const ids = [head.id, ...(await listMembers(sql, head.id)).map((member) => member.id)];
  const classes = new Map(feeds.map((feed) => [feed.id, feed.class]));
  const [events, references, siblings, exceptions, notes] = await Promise.all([
    listEvents(sql, ids, (feedId) => classes.get(feedId) ?? "carrier", MOST_EVENTS),
    listReferences(sql, ids),
    listSiblings(sql, ids),
    may.exceptions ? listOpenExceptions(sql, ids) : null,
    may.notes ? listNotes(sql, ids) : null,
  ]);
  const { name, carrier, service, customer, warehouse, trackingNumber, provisional, state } = head;
  const facts: LookupFacts = {
    id: head.id,
    name,
    carrier,
    service,
    customer,
    warehouse,
    trackingNumber,
    provisional,
    createdAtMs: head.createdAt.getTime(),
    state,
    events: currentEvents(events),
    references,
    siblings,
    exceptions,
    notes,
  };
  return { facts, feeds, carrier, warehouse };
}

/** Other shipments of the same order, by the numbers that name the order. */
async function listSiblings(sql: Tx, ids: readonly string[]): Promise<Sibling[]> {
  const rows = await sql<(Omit<Sibling, "promisedAtMs" | "etaAtMs"> & Record<"p" | "e", Date | null>)[]>`
    select s.shipment_id as id, s.name, s.milestone, s.summary, s.terminal, s.carrier, s.warehouse,
      s.tracking_number as "trackingNumber", s.promised_at as p, s.eta_at as e, s.open_exceptions as "openExceptions"
    from shipment s where s.shipment_id in (
      select coalesce(o.head_id, o.shipment_id) from (
        select distinct value, kind, issuer from reference
        where shipment_id = any(${[...ids]}::uuid[]) and kind in ('sales_order', 'marketplace_order') limit 5) mine
      cross join lateral (
        select shipment_id from reference r where r.value = mine.value and r.kind = mine.kind and r.issuer = mine.issuer limit 40) r
      join shipment o on o.shipment_id = r.shipment_id)
    and s.shipment_id <> all(${[...ids]}::uuid[]) order by s.created_at limit 30`;
  return rows.map(({ p, e, ...row }) => ({
    ...row,
    promisedAtMs: p?.getTime() ?? null,
    etaAtMs: e?.getTime() ?? null,
  }));
}

async function listOpenExceptions(sql: Tx, ids: readonly string[]): Promise<OpenException[]> {
  const rows = await sql<
    {
      id: string;
      kind: ExceptionKind;
      severity: string;
      party: string;
      text: string;
      at: Date;
      assignee: string | null;
    }[]
  >`
    select e.id, e.kind, e.severity, e.party, e.text, e.opened_at as at, p.name as assignee
    from exception e left join person p on p.id = e.assignee_id
    where e.shipment_id = any(${[...ids]}::uuid[]) and e.state <> 'resolved' order by e.rank, e.opened_at desc limit 30`;
  return rows.map(({ at, ...row }) => ({ ...row, openedAtMs: at.getTime() }));
}

/** Notes that stand in Odoo's chatter or are on their way there. */
async function listNotes(sql: Tx, ids: readonly string[]): Promise<Note[]> {
  const rows = await sql<{ id: string; state: string; headline: string | null; lines: string[] | null; at: Date }[]>`
    select id, state, desired->>'headline' as headline, desired->'lines' as lines, coalesce(posted_at, created_at) as at
    from posting where shipment_id = any(${[...ids]}::uuid[]) and kind = 'status_note' and state not in ('superseded', 'cancelled')
    order by created_at limit 50`;
  return rows.map(({ at, headline, lines, ...row }) => ({
    ...row,
    headline: headline ?? "Note",
    lines: lines ?? [],
    atMs: at.getTime(),
    told: row.state === "posted" || row.state === "verified",
  }));
}
