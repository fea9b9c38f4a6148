import type { FeedClass } from "@/core/feeds/feed";
import { instantOfUuidV7 } from "@/core/ids";
import { RECOVERED } from "@/core/messages/recovered";
import type { RouteDecision } from "@/core/routing/decide";
import type { Json, StoredClaim } from "@/core/shipments/attributes";
import { mergeClaims } from "@/core/shipments/claims";
import type { StoredEvent } from "@/core/shipments/event";
import type { Shipment } from "@/core/shipments/shipment";
import type { Tx } from "@/db/client";
import { listNoticesOf, type NoticeRow } from "./notices";
import { EVENT_COLUMNS, eventOf, loadClaims, type RawEvent } from "./pipeline/load";

export type ShipmentHead = {
  id: string;
  name: string;
  stage: string | null;
  milestone: string | null;
  summary: string;
  terminal: string | null;
  provisional: boolean;
  carrier: string | null;
  service: string | null;
  warehouse: string | null;
  customer: string | null;
  channel: string | null;
  trackingNumber: string | null;
  connectionId: number | null;
  pickingId: number | null;
  promisedAt: Date | null;
  etaAt: Date | null;
  firstFeedId: number;
  createdAt: Date;
  lastEventAt: Date | null;
  updatedAt: Date;
  openExceptions: number;
  route: RouteDecision | null;
  state: Shipment | Record<string, never>;
};

/** Finds the shipment itself, or the head it is linked to; null where there is none of that id. */
export async function findShipmentHead(sql: Tx, id: string): Promise<ShipmentHead | null> {
  const [row] = await sql<ShipmentHead[]>`
    select s.shipment_id as id, s.name, s.stage, s.milestone, s.summary, s.terminal, s.provisional, s.carrier, s.service, s.warehouse,
      s.customer, s.channel, s.tracking_number as "trackingNumber", s.connection_id as "connectionId", s.picking_id as "pickingId",
      s.promised_at as "promisedAt", s.eta_at as "etaAt", s.first_feed_id as "firstFeedId", s.created_at as "createdAt",
      s.last_event_at as "lastEventAt", s.updated_at as "updatedAt", s.open_exceptions as "openExceptions", s.route, s.state
    from shipment s where s.shipment_id = (select coalesce(head_id, shipment_id) from shipment where shipment_id = ${id}::uuid)`;
  return row ?? null;
}

export type Member = { id: string; name: string; createdAt: Date };

/** Shipments linked into this head. */
export async function listMembers(sql: Tx, headId: string): Promise<Member[]> {
  return sql<
    Member[]
  >`select shipment_id as id, name, created_at as "createdAt" from shipment where head_id = ${headId}::uuid
    order by created_at limit 200`;
}

/** The newest `limit` event rows of a family by event time, every generation of them; those without a time come first. */
export async function listEvents(
  sql: Tx,
  ids: readonly string[],
  classOf: (feedId: number) => FeedClass,
  limit: number,
): Promise<StoredEvent[]> {
  const rows = await sql<
    RawEvent[]
  >`select ${sql.unsafe(EVENT_COLUMNS)} from event where shipment_id = any(${ids}::uuid[])
    order by occurred_at desc nulls first, key limit ${limit}`;
  return rows.map((row) => eventOf(row, classOf));
}

export type ReferenceOfShipment = {
  kind: string;
  issuer: string;
  value: string;
  said: string;
  feedId: number;
  package: boolean;
  master: boolean;
  liveUntil: Date | null;
  firstMessage: string;
};

export async function listReferences(sql: Tx, ids: readonly string[]): Promise<ReferenceOfShipment[]> {
  return sql<
    ReferenceOfShipment[]
  >`select distinct on (kind, issuer, value) kind, issuer, value, said, feed_id as "feedId", package, master,
      live_until as "liveUntil", first_message as "firstMessage"
    from reference where shipment_id = any(${ids}::uuid[]) order by kind, issuer, value limit 500`;
}

export type ExceptionOfShipment = {
  id: string;
  kind: string;
  severity: string;
  state: string;
  text: string;
  openedAt: Date;
  dueAt: Date;
  resolvedAt: Date | null;
  assignee: string | null;
};

/** Exceptions of a family: open ones first, worst first. */
export async function listExceptionsOfShipment(sql: Tx, ids: readonly string[]): Promise<ExceptionOfShipment[]> {
  return sql<
    ExceptionOfShipment[]
  >`select e.id, e.kind, e.severity, e.state, e.text, e.opened_at as "openedAt", e.due_at as "dueAt",
      e.resolved_at as "resolvedAt", p.name as assignee
    from exception e left join person p on p.id = e.assignee_id where e.shipment_id = any(${ids}::uuid[])
    order by (e.state = 'resolved'), e.rank, e.opened_at desc limit 200`;
}

export type PostingOfShipment = {
  id: string;
  key: string;
  kind: string;
  state: string;
  heldBecause: string | null;
  connectionId: number;
  recordId: number;
  recordName: string | null;
  attempts: number;
  before: Json;
  after: Json;
  lastReason: string | null;
  createdAt: Date;
  sentAt: Date | null;
  postedAt: Date | null;
  verifiedAt: Date | null;
  dueAt: Date;
};

export async function listPostingsOfShipment(sql: Tx, ids: readonly string[]): Promise<PostingOfShipment[]> {
  return sql<
    PostingOfShipment[]
  >`select id, key, kind, state, held_because as "heldBecause", connection_id as "connectionId",
      record_id as "recordId", record_name as "recordName", attempts, before, after, last_reason as "lastReason", created_at as "createdAt",
      sent_at as "sentAt", posted_at as "postedAt", verified_at as "verifiedAt", due_at as "dueAt"
    from posting where shipment_id = any(${ids}::uuid[]) order by created_at limit 200`;
}

export type MessageOfShipment = {
  id: string;
  feedId: number;
  receivedAt: Date;
  size: number;
  name: string | null;
  verdict: string;
  altered: boolean;
  status: string | null;
  problems: number;
  readings: number;
};

/** Reads messages by id with their newest reading. The instant in the id names the partition. */
export async function listMessagesById(sql: Tx, ids: readonly string[]): Promise<MessageOfShipment[]> {
  if (ids.length === 0) return [];
  const instants = ids.map((id) => new Date(instantOfUuidV7(id)).toISOString());
  return sql<MessageOfShipment[]>`
    select m.id, m.feed_id as "feedId", m.received_at as "receivedAt", m.size, m.name, m.verdict, m.altered = 1 as altered, i.status,
      coalesce(i.problems, 0)::int as problems, coalesce(i.number, 0)::int as readings
    from unnest(${ids}::uuid[], ${instants}::timestamptz[]) as t (id, at)
    join message m on m.id = t.id and m.received_at = t.at
    left join lateral (select status, number, case when problems is null then 0 else jsonb_array_length(problems) end as problems
      from interpretation r where r.message_id = m.id and r.received_at = m.received_at order by number desc limit 1) i on true
    order by m.received_at desc`;
}

/** Which of these messages were recovered. The instant in the id names the partition. */
async function listRecovered(sql: Tx, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const instants = ids.map((id) => new Date(instantOfUuidV7(id)).toISOString());
  const rows = await sql<
    { id: string }[]
  >`select m.id from unnest(${ids}::uuid[], ${instants}::timestamptz[]) as t (id, at)
    join message m on m.id = t.id and m.received_at = t.at where m.name like ${`${RECOVERED}%`}`;
  return rows.map((row) => row.id);
}

export type ActOnShipment = {
  id: string;
  at: Date;
  action: string;
  actorKind: string;
  actorName: string;
  subject: string;
  reason: string | null;
  before: Json;
  after: Json;
};

/** What people did to the shipment and to its exceptions and postings, newest first. */
export async function listActs(sql: Tx, subjects: readonly string[]): Promise<ActOnShipment[]> {
  return sql<
    ActOnShipment[]
  >`select id, at, action, actor_kind as "actorKind", actor_name as "actorName", subject, reason, before, after
    from audit where subject = any(${subjects}::text[]) order by at desc limit 100`;
}

export type FeedName = { id: number; slug: string; name: string; class: FeedClass; adapter: string };

/** All feeds by name: a small table. */
export async function listFeedNames(sql: Tx): Promise<FeedName[]> {
  return sql<FeedName[]>`select id, slug, name, class, adapter from feed order by name`;
}

export type ConnectionName = { id: number; name: string; url: string; version: string | null };

export async function listConnectionNames(sql: Tx): Promise<ConnectionName[]> {
  return sql<ConnectionName[]>`select id, name, url, version from odoo_connection order by name`;
}

export type ShipmentPage = {
  head: ShipmentHead;
  members: Member[];
  feeds: FeedName[];
  connections: ConnectionName[];
  events: StoredEvent[];
  /** True where older events than those shown exist. */
  cut: boolean;
  references: ReferenceOfShipment[];
  /** One per feed, subject and field: the latest that the feed said of it. */
  claims: StoredClaim[];
  exceptions: ExceptionOfShipment[] | null;
  postings: PostingOfShipment[] | null;
  messages: MessageOfShipment[] | null;
  /** Of the events' messages those that their source did not send: they were fetched by reconciliation. */
  recovered: string[];
  acts: ActOnShipment[];
  /** What its customer was told, or why not. */
  notices: NoticeRow[];
};

const EVENTS_SHOWN = 1_000;

/** Reads all that the page of one shipment shows; what the viewer may not see is null. Null where there is no such shipment. */
export async function readShipmentPage(
  sql: Tx,
  id: string,
  may: { exceptions: boolean; postings: boolean; messages: boolean },
): Promise<ShipmentPage | null> {
  const [head, feeds, connections] = await Promise.all([
    findShipmentHead(sql, id),
    listFeedNames(sql),
    listConnectionNames(sql),
  ]);
  if (head === null) return null;
  const members = await listMembers(sql, head.id);
  const ids = [head.id, ...members.map((member) => member.id)];
  const classes = new Map(feeds.map((feed) => [feed.id, feed.class]));
  const classOf = (feedId: number): FeedClass => classes.get(feedId) ?? "carrier";
  const [read, references, said, exceptions, postings] = await Promise.all([
    listEvents(sql, ids, classOf, EVENTS_SHOWN + 1),
    listReferences(sql, ids),
    loadClaims(sql, ids, classOf),
    may.exceptions ? listExceptionsOfShipment(sql, ids) : null,
    may.postings ? listPostingsOfShipment(sql, ids) : null,
  ]);
  const events = read.slice(0, EVENTS_SHOWN);
  const { claims } = mergeClaims([], said);
  const told = [
    ...events.map((event) => event.messageId),
    ...references.map((reference) => reference.firstMessage),
    ...claims.map((claim) => claim.messageId),
  ];
  const subjects = [
    ...ids.map((one) => `shipment:${one}`),
    ...(exceptions ?? []).map((exception) => `exception:${exception.id}`),
    ...(postings ?? []).map((posting) => `posting:${posting.id}`),
  ];
  const [messages, recovered, acts, notices] = await Promise.all([
    may.messages ? listMessagesById(sql, [...new Set(told)].slice(0, 500)) : null,
    listRecovered(sql, [...new Set(events.map((event) => event.messageId))]),
    may.exceptions ? listActs(sql, subjects) : [],
    listNoticesOf(sql, ids),
  ]);
  return {
    head,
    members,
    feeds,
    connections,
    events,
    cut: read.length > EVENTS_SHOWN,
    references,
    claims,
    exceptions,
    postings,
    messages,
    recovered,
    acts,
    notices,
  };
}
