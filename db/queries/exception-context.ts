import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

export type ContextEvent = {
  key: string;
  kind: string;
  occurredAt: Date | null;
  offsetMinutes: number | null;
  receivedAt: Date;
  feedName: string;
  messageId: string;
  package: string | null;
  word: string | null;
  code: string | null;
  description: string | null;
  location: string | null;
  rawTime: string | null;
};

/**
 * Events of a shipment that an exception is about: those of its message, those that carried the words, else the newest. The newest reading of each;
 * at most `limit`.
 */
export async function listContextEvents(
  tx: Tx,
  of: { shipmentId: string; messageId: string | null; words: readonly string[] },
  limit: number,
): Promise<ContextEvent[]> {
  return tx<ContextEvent[]>`
    with newest as (select distinct on (key) * from event where shipment_id = ${of.shipmentId}::uuid order by key, generation desc)
    select e.key, e.kind, e.occurred_at as "occurredAt", e.offset_minutes as "offsetMinutes", e.received_at as "receivedAt", f.name as "feedName",
      e.message_id as "messageId", e.package, e.word, e.code, e.description, e.location, e.rest->>'time' as "rawTime"
    from newest e join feed f on f.id = e.feed_id where not e.withdrawn
    order by (e.word = any(${[...of.words]}::text[]) or e.code = any(${[...of.words]}::text[]) or e.message_id = ${of.messageId}::uuid) desc nulls last,
      e.occurred_at desc nulls last limit ${limit}`;
}

export type ContextPosting = {
  id: string;
  key: string;
  kind: string;
  state: string;
  recordModel: string;
  recordId: number;
  recordName: string | null;
  /** The freight bill that it posts; null where it is about a shipment. */
  invoiceId: string | null;
  connection: string;
  url: string | null;
  version: string | null;
  before: Json;
  after: Json;
  desired: Json;
  attempts: number;
  heldBecause: string | null;
  lastReason: string | null;
  sentAt: Date | null;
  postedAt: Date | null;
  updatedAt: Date;
};

/** The posting an exception is about, by its home (a shipment, or what stands for a bill) and key; else the newest ones of its shipment. */
export async function listContextPostings(
  tx: Tx,
  of: { homeId: string; postingKey: string | null },
  limit: number,
): Promise<ContextPosting[]> {
  return tx<
    ContextPosting[]
  >`select p.id, p.key, p.kind, p.state, p.record_model as "recordModel", p.record_id as "recordId",
      p.record_name as "recordName", p.invoice_id as "invoiceId", c.name as connection, c.url, c.version, p.before, p.after, p.desired, p.attempts, p.held_because as "heldBecause",
      p.last_reason as "lastReason", p.sent_at as "sentAt", p.posted_at as "postedAt", p.updated_at as "updatedAt"
    from posting p join odoo_connection c on c.id = p.connection_id where p.shipment_id = ${of.homeId}::uuid
      ${of.postingKey ? tx`and p.key = ${of.postingKey}` : tx`and p.state <> 'superseded'`} order by p.created_at desc, p.sequence desc limit ${limit}`;
}

export type ContextOdoo = {
  model: string;
  recordId: number;
  values: Json;
  seenAt: Date;
  connection: string;
  url: string | null;
  version: string | null;
};

/** The picking of a shipment as Odoo last showed it, or null. */
export async function findContextOdoo(tx: Tx, shipmentId: string): Promise<ContextOdoo | null> {
  const [row] = await tx<
    ContextOdoo[]
  >`select m.model, m.record_id as "recordId", m.values, m.seen_at as "seenAt", c.name as connection, c.url, c.version
    from shipment s join odoo_mirror m on m.connection_id = s.connection_id and m.model = 'stock.picking' and m.record_id = s.picking_id
    join odoo_connection c on c.id = m.connection_id where s.shipment_id = ${shipmentId}::uuid`;
  return row ?? null;
}

export type ContextCandidate = {
  id: string;
  name: string;
  stage: string | null;
  carrier: string | null;
  customer: string | null;
  trackingNumber: string | null;
  provisional: boolean;
  promisedAt: Date | null;
  lastEventAt: Date | null;
};

/** Shipments that may be the right one, for linking. */
export async function listContextCandidates(tx: Tx, ids: readonly string[]): Promise<ContextCandidate[]> {
  if (ids.length === 0) return [];
  return tx<
    ContextCandidate[]
  >`select shipment_id as id, name, stage, carrier, customer, tracking_number as "trackingNumber", provisional,
      promised_at as "promisedAt", last_event_at as "lastEventAt" from shipment where shipment_id = any(${[...ids]}::uuid[]) limit 50`;
}
