import { instantOfUuidV7 } from "@/core/ids";
import type { Keyset } from "@/core/keyset";
import type { MessageFilter, MessageStatus } from "@/core/messages/filter";
import type { Problem } from "@/core/outcome";
import type { Tx } from "@/db/client";

export type MessageRow = {
  id: string;
  micros: string;
  feedId: number;
  receivedAt: Date;
  size: number;
  name: string | null;
  deliveryId: string | null;
  correlationId: string;
  contentType: string | null;
  verdict: string;
  altered: boolean;
  status: MessageStatus;
  problems: number;
  firstProblem: Problem | null;
  ignored: string | null;
  events: number;
  repeated: number;
  readings: number;
  shipmentIds: string[];
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
/** A correlation id is in no index: only so many of the feed's newest messages are looked through for one. */
export const SEARCHED_BACK = 100_000;

const instantOf = (id: string) => new Date(instantOfUuidV7(id));

function candidates(sql: Tx, filter: MessageFilter, after: Keyset | null, limit: number) {
  const { feedId, search } = filter;
  const within = (at: ReturnType<Tx>, id: ReturnType<Tx>) => sql`
    ${filter.since ? sql`and ${at} >= ${filter.since}` : sql``} ${filter.until ? sql`and ${at} < ${filter.until}` : sql``}
    ${
      after === null
        ? sql``
        : sql`and (${at}, ${id}) < ('epoch'::timestamptz + ${after.micros}::float8 * interval '1 microsecond', ${after.id}::uuid)`
    }`;
  if (search !== "") {
    const digest = /^[0-9a-f]{64}$/i.test(search) ? `${search.slice(0, 32)}` : null;
    const byKey = sql`select message_id as id from message_key where feed_id = ${feedId}
      and (delivery = ${search} ${digest ? sql`or (delivery = '' and digest = ${digest}::uuid)` : sql``})`;
    const byCorrelation = sql`select id from (select id, correlation_id from message where feed_id = ${feedId}
      order by received_at desc, id desc limit ${SEARCHED_BACK}) recent where correlation_id = ${search}`;
    const byId = UUID.test(search) ? sql`union select ${search}::uuid` : sql``;
    // a message is found by id and instant together: the instant in its id names the partition
    return sql`select m.id, m.received_at from (${byKey} union ${byCorrelation} ${byId}) k
      join message m on m.id = k.id and m.received_at = ${timeOf(sql, sql`k.id`)}
      where m.feed_id = ${feedId} ${within(sql`m.received_at`, sql`m.id`)} order by m.received_at desc, m.id desc limit ${limit}`;
  }
  if (filter.show === "waiting")
    return sql`select m.id, m.received_at from inbox i join message m on m.id = i.message_id and m.received_at = ${timeOf(sql, sql`i.message_id`)}
      where m.feed_id = ${feedId} ${within(sql`m.received_at`, sql`m.id`)} order by m.received_at desc, m.id desc limit ${limit}`;
  if (filter.show === "set_aside")
    return sql`select m.id, m.received_at from set_aside a join message m on m.id = a.message_id and m.received_at = ${timeOf(sql, sql`a.message_id`)}
      where a.feed_id = ${feedId} ${within(sql`m.received_at`, sql`m.id`)} order by m.received_at desc, m.id desc limit ${limit}`;
  if (filter.show === "altered")
    return sql`select m.id, m.received_at from message m where m.feed_id = ${feedId} and m.altered = 1 ${within(sql`m.received_at`, sql`m.id`)}
      order by m.received_at desc, m.id desc limit ${limit}`;
  // the prefix is `RECOVERED`, in the words of the index's condition
  if (filter.show === "recovered")
    return sql`select m.id, m.received_at from message m where m.feed_id = ${feedId} and m.name like 'recovered %'
      ${within(sql`m.received_at`, sql`m.id`)} order by m.received_at desc, m.id desc limit ${limit}`;
  if (filter.show === "all")
    return sql`select m.id, m.received_at from message m where m.feed_id = ${feedId} ${within(sql`m.received_at`, sql`m.id`)}
      order by m.received_at desc, m.id desc limit ${limit}`;
  const wanted = {
    failed: sql`r.status = 'failed'`,
    ignored: sql`r.status = 'ignored'`,
    problems: sql`r.problems is not null`,
  }[filter.show];
  return sql`select r.message_id as id, r.received_at from interpretation r
    where r.feed_id = ${feedId} and (r.status <> 'interpreted' or r.problems is not null) and ${wanted}
      and not exists (select from interpretation n where n.message_id = r.message_id and n.received_at = r.received_at and n.number > r.number)
      ${within(sql`r.received_at`, sql`r.message_id`)} order by r.received_at desc, r.message_id desc limit ${limit}`;
}

function timeOf(sql: Tx, id: ReturnType<Tx>) {
  return sql`to_timestamp(('x' || translate(substr(${id}::text, 1, 13), '-', ''))::bit(48)::bigint / 1000.0)`;
}

/** Lists the messages of one feed, newest first, with what their newest reading made of them. */
export async function listMessages(
  sql: Tx,
  options: { filter: MessageFilter; after: Keyset | null; limit: number },
): Promise<MessageRow[]> {
  return sql<MessageRow[]>`
    with page as (${candidates(sql, options.filter, options.after, options.limit)})
    select m.id, (extract(epoch from m.received_at) * 1000000)::bigint::text as micros, m.feed_id as "feedId", m.received_at as "receivedAt",
      m.size, m.name, m.delivery_id as "deliveryId", m.correlation_id as "correlationId", m.content_type as "contentType", m.verdict,
      m.altered = 1 as altered,
      case when a.message_id is not null then 'set_aside' else coalesce(i.status, 'waiting') end as status,
      case when i.problems is null then 0 else jsonb_array_length(i.problems) end as problems, i.problems->0 as "firstProblem", i.ignored,
      coalesce(i.events, 0) as events, coalesce(i.repeated, 0) as repeated, coalesce(i.number, 0)::int as readings,
      coalesce(i.shipment_ids[1:20], '{}') as "shipmentIds"
    from page join message m on m.id = page.id and m.received_at = page.received_at
    left join lateral (select * from interpretation r where r.message_id = m.id and r.received_at = m.received_at
      order by number desc limit 1) i on true
    left join set_aside a on a.message_id = m.id
    order by m.received_at desc, m.id desc`;
}

export type InspectedMessage = {
  id: string;
  feedId: number;
  receivedAt: Date;
  size: number;
  name: string | null;
  deliveryId: string | null;
  correlationId: string;
  contentType: string | null;
  headers: Record<string, string> | null;
  verdict: string;
  altered: boolean;
  digest: string;
  /** False once retention has taken the bytes. */
  kept: boolean;
  waiting: boolean;
  setAside: { error: string; attempts: number; at: string } | null;
  acknowledgement: {
    fileName: string;
    contentType: string;
    body: string;
    accepted: boolean;
    createdAt: string;
    writtenAt: string | null;
  } | null;
};

/** One message without its body; null where there is none of that id. */
export async function findMessage(sql: Tx, id: string): Promise<InspectedMessage | null> {
  const [row] = await sql<InspectedMessage[]>`
    select m.id, m.feed_id as "feedId", m.received_at as "receivedAt", m.size, m.name, m.delivery_id as "deliveryId",
      m.correlation_id as "correlationId", m.content_type as "contentType", m.headers, m.verdict, m.altered = 1 as altered,
      encode(m.digest, 'hex') as digest, m.body is not null as kept,
      exists (select from inbox i where i.message_id = m.id and i.lane = m.lane) as waiting,
      (select jsonb_build_object('error', a.error, 'attempts', a.attempts, 'at', a.at) from set_aside a where a.message_id = m.id) as "setAside",
      (select jsonb_build_object('fileName', k.file_name, 'contentType', k.content_type, 'body', k.body, 'accepted', k.accepted,
        'createdAt', k.created_at, 'writtenAt', k.written_at) from acknowledgement k where k.message_id = m.id) as acknowledgement
    from message m where m.id = ${id}::uuid and m.received_at = ${instantOf(id)}`;
  return row ?? null;
}

/** Reads a stretch of the raw bytes; null where there is no such message or retention has taken them. */
export async function readBody(sql: Tx, id: string, offset: number, length: number): Promise<Buffer | null> {
  const [row] = await sql<{ part: Buffer | null }[]>`
    select substring(body from ${offset + 1} for ${length}) as part from message where id = ${id}::uuid and received_at = ${instantOf(id)}`;
  return row?.part ?? null;
}

export type Reading = {
  number: number;
  status: "interpreted" | "failed" | "ignored";
  adapterVersion: number;
  mappingVersion: number;
  generation: number;
  runId: string | null;
  revision: number | null;
  problems: Problem[] | null;
  ignored: string | null;
  events: number;
  repeated: number;
  shipmentIds: string[];
  at: Date;
};

/** All readings of a message, the newest first: it counts, the others are superseded. */
export async function listReadings(sql: Tx, id: string): Promise<Reading[]> {
  return sql<
    Reading[]
  >`select number, status, adapter_version as "adapterVersion", mapping_version as "mappingVersion", generation,
      run_id as "runId", revision, problems, ignored, events, repeated, shipment_ids as "shipmentIds", at
    from interpretation where message_id = ${id}::uuid and received_at = ${instantOf(id)} order by number desc limit 50`;
}

export type EventOfMessage = {
  shipmentId: string;
  shipment: string;
  key: string;
  generation: number;
  withdrawn: boolean;
  kind: string;
  classifier: number;
  occurredAt: Date | null;
  offsetMinutes: number | null;
  precision: number | null;
  basis: number | null;
  package: string | null;
  word: string | null;
  code: string | null;
  description: string | null;
  location: string | null;
  rest: { id?: string; time?: string; place?: string; reason?: string } | null;
};

/** Events that a message gave to the shipments its readings name; the newest generation of each. */
export async function listEventsOfMessage(
  sql: Tx,
  id: string,
  shipmentIds: readonly string[],
): Promise<EventOfMessage[]> {
  return sql<EventOfMessage[]>`select * from (
      select distinct on (e.shipment_id, e.key) e.shipment_id as "shipmentId", s.name as shipment, e.key, e.generation, e.withdrawn, e.kind,
        e.classifier, e.occurred_at as "occurredAt", e.offset_minutes as "offsetMinutes", e.precision, e.basis, e.package, e.word, e.code,
        e.description, e.location, e.rest
      from event e join shipment s on s.shipment_id = e.shipment_id
      where e.shipment_id = any(${shipmentIds}::uuid[]) and e.message_id = ${id}::uuid
      order by e.shipment_id, e.key, e.generation desc) e
    order by "occurredAt" desc nulls last limit 500`;
}

export type ShipmentOfMessage = { id: string; name: string; stage: string | null; summary: string };

export async function listShipmentsOfMessage(sql: Tx, ids: readonly string[]): Promise<ShipmentOfMessage[]> {
  return sql<
    ShipmentOfMessage[]
  >`select shipment_id as id, name, stage, summary from shipment where shipment_id = any(${ids}::uuid[]) limit 200`;
}
