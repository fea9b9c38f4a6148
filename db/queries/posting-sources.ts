import type { FeedClass } from "@/core/feeds/feed";
import type { Shipment } from "@/core/shipments/shipment";
import type { Tx } from "@/db/client";
import { type ClaimRow, loadClaims } from "./pipeline/load";

export type PostedState = {
  /** The shipment asked for; `state` is that of its head, `family` are all that are linked with it. */
  shipmentId: string;
  family: string[];
  state: Partial<Shipment>;
};

/** How the shipments of postings stand now. */
export async function listPostedStates(sql: Tx, ids: readonly string[]): Promise<PostedState[]> {
  if (ids.length === 0) return [];
  return sql<PostedState[]>`
    select s.shipment_id as "shipmentId", h.state,
      array[h.shipment_id] || array(select m.shipment_id from shipment m where m.head_id = h.shipment_id order by m.created_at limit 200) as family
    from shipment s join shipment h on h.shipment_id = coalesce(s.head_id, s.shipment_id)
    where s.shipment_id = any(${[...ids]}::uuid[])`;
}

export type ValueSources = {
  claims: ClaimRow[];
  events: { key: string; feedId: number; word: string | null }[];
};

/** What sources wrote about shipments linked with each other: their claims, and the words of the events of these keys. */
export async function loadValueSources(
  sql: Tx,
  family: readonly string[],
  keys: readonly string[],
  feeds: readonly { id: number; class: FeedClass }[],
): Promise<ValueSources> {
  if (family.length === 0) return { claims: [], events: [] };
  const classes = new Map(feeds.map((feed) => [feed.id, feed.class]));
  const [claims, events] = await Promise.all([
    loadClaims(sql, family, (feedId) => classes.get(feedId) ?? "carrier"),
    sql<ValueSources["events"]>`select distinct on (key) key, feed_id as "feedId", word from event
      where shipment_id = any(${[...family]}::uuid[]) and key = any(${[...keys]}::uuid[]) order by key, generation desc`,
  ]);
  return { claims, events };
}
