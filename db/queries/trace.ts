import { PEOPLE } from "@/core/feeds/feed";
import { instantOfUuidV7 } from "@/core/ids";
import type { PostingState } from "@/core/postings/kinds";
import type { RouteDecision } from "@/core/routing/decide";
import type { Tx } from "@/db/client";

/** Newest messages that a family's events, numbers and fields were told by. The id of a message begins with its receipt. */
export async function listTellers(sql: Tx, shipmentIds: readonly string[], limit: number): Promise<string[]> {
  const ids = [...shipmentIds];
  const rows = await sql<{ id: string }[]>`
    select message_id as id from event where shipment_id = any(${ids}::uuid[])
    union select first_message from reference where shipment_id = any(${ids}::uuid[])
    union select (v.value->>'m')::uuid from claim c, jsonb_each(c."values") v where c.shipment_id = any(${ids}::uuid[]) and c.feed_id <> ${PEOPLE.feedId}
    order by 1 desc limit ${limit}`;
  return rows.map((row) => row.id);
}

export type TracedReading = {
  messageId: string;
  receivedAt: Date;
  feedId: number;
  number: number;
  status: "interpreted" | "failed" | "ignored";
  problems: number;
  at: Date;
  transformUs: number | null;
  routeUs: number | null;
  enrichUs: number | null;
  shipmentIds: string[];
};

/** The newest reading of each message. */
export async function listNewestReadings(sql: Tx, ids: readonly string[]): Promise<TracedReading[]> {
  if (ids.length === 0) return [];
  const times = ids.map(instantOfUuidV7);
  return sql<TracedReading[]>`
    select distinct on (message_id) message_id as "messageId", received_at as "receivedAt", feed_id as "feedId", number, status,
      case when problems is null then 0 else jsonb_array_length(problems) end as problems, at,
      transform_us as "transformUs", route_us as "routeUs", enrich_us as "enrichUs", shipment_ids[1:200] as "shipmentIds"
    from interpretation where message_id = any(${[...ids]}::uuid[])
      and received_at between ${new Date(Math.min(...times))} and ${new Date(Math.max(...times))}
    order by message_id, number desc`;
}

/** Members and heads of these shipments, and they themselves. */
export async function listFamilyIds(sql: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    with heads as (select distinct coalesce(head_id, shipment_id) as id from shipment where shipment_id = any(${[...ids]}::uuid[]))
    select id from heads union select s.shipment_id from shipment s join heads h on s.head_id = h.id limit 1000`;
  return rows.map((row) => row.id);
}

export type PostingOfMessage = {
  id: string;
  kind: string;
  state: PostingState;
  heldBecause: string | null;
  recordName: string | null;
  connectionId: number;
  messageId: string;
  plannedAt: Date;
  postedAt: Date | null;
  verifiedAt: Date | null;
  calls: { startedAt: string; durationMs: number | null }[];
};

/** Postings that these messages asked for, with the calls that sent them. */
export async function listPostingsOfMessages(
  sql: Tx,
  shipmentIds: readonly string[],
  messageIds: readonly string[],
): Promise<PostingOfMessage[]> {
  return sql<PostingOfMessage[]>`
    select p.id, p.kind, p.state, p.held_because as "heldBecause", p.record_name as "recordName", p.connection_id as "connectionId",
      p.message_id as "messageId", p.created_at as "plannedAt", p.posted_at as "postedAt", p.verified_at as "verifiedAt",
      coalesce((select jsonb_agg(jsonb_build_object('startedAt', a.started_at, 'durationMs', a.duration_ms) order by a.started_at)
        from posting_attempt a where a.shipment_id = p.shipment_id and a.posting_key = p.key and a.purpose = 'send' and a.outcome is not null), '[]') as calls
    from posting p where p.shipment_id = any(${[...shipmentIds]}::uuid[]) and p.message_id = any(${[...messageIds]}::uuid[])
    order by p.created_at limit 500`;
}

export type ExceptionOfMessage = {
  id: string;
  kind: string;
  messageId: string;
  openedAt: Date;
  resolvedAt: Date | null;
};

/** Exceptions that these messages opened, about themselves or about their shipments. */
export async function listExceptionsOfMessages(
  sql: Tx,
  shipmentIds: readonly string[],
  messageIds: readonly string[],
): Promise<ExceptionOfMessage[]> {
  return sql<ExceptionOfMessage[]>`
    select id, kind, message_id as "messageId", opened_at as "openedAt", resolved_at as "resolvedAt" from exception
    where home_id = any(${[...shipmentIds, ...messageIds]}::uuid[]) and message_id = any(${[...messageIds]}::uuid[])
    order by opened_at limit 500`;
}

export type RouteOfShipment = { id: string; connectionId: number | null; route: RouteDecision | null };

/** To which Odoo each of these shipments belongs, by the head it is linked to. */
export async function listRoutes(sql: Tx, ids: readonly string[]): Promise<RouteOfShipment[]> {
  return sql<RouteOfShipment[]>`select s.shipment_id as id, h.connection_id as "connectionId", h.route
    from shipment s join shipment h on h.shipment_id = coalesce(s.head_id, s.shipment_id) where s.shipment_id = any(${[...ids]}::uuid[])`;
}
