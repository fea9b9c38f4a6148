import type { Tx } from "@/db/client";

export type Producer = {
  kind: string;
  feedId: number;
  slug: string;
  name: string;
  owner: string | null;
  adapter: string;
  mappingVersion: number;
  words: number;
  /** One of its words, as the source writes it. */
  sample: string;
};

/** Which feeds have words for which kind of event, by the mapping that holds. */
export async function listProducers(sql: Tx): Promise<Producer[]> {
  return sql<Producer[]>`
    select e."to" as kind, f.id as "feedId", f.slug, f.name, f.owner, f.adapter, f.mapping_version as "mappingVersion", count(*)::int as words, min(e.word) as sample
    from crosswalk_entry e join feed f on f.id = e.feed_id
    where e.kind = 'status' and e.since <= f.mapping_version and (e.until is null or e.until > f.mapping_version) and f.state <> 'archived'
    group by 1, 2, 3, 4, 5, 6, 7 order by 1, 4 limit 2000`;
}

/** What a feed told of a kind of event in its newest messages. */
export type Told = {
  kind: string;
  feedId: number;
  /** In how many of its newest messages. */
  count: number;
  lastAt: Date;
  /** The newest of them: where they are stored. */
  newest: { shipmentId: string; key: string }[];
};

/** A message names the shipments that it touched; of a file only so many are looked at. */
const SHIPMENTS_OF_MESSAGE = 20;
const NEWEST = 5;

/** Counts the kinds of events in the newest `most` messages of each feed, by the time index of messages and the key of events. */
export async function listTold(sql: Tx, most: number): Promise<Told[]> {
  return sql<Told[]>`
    with told as (
      select m.feed_id, m.id, e.kind, e.shipment_id, e.key, e.overall, m.received_at
      from feed f cross join lateral (
        select id, received_at, feed_id from message where feed_id = f.id order by received_at desc nulls first, id desc nulls first limit ${most}) m
      cross join lateral (
        select shipment_ids from interpretation i where i.message_id = m.id and i.received_at = m.received_at order by number desc limit 1) i
      cross join lateral unnest(i.shipment_ids[1:${SHIPMENTS_OF_MESSAGE}]) s(id)
      join event e on e.shipment_id = s.id and e.message_id = m.id and not e.withdrawn
      where f.state <> 'archived'),
    ranked as (select *, row_number() over (partition by feed_id, kind order by overall, received_at desc, key) as n from told)
    select kind, feed_id as "feedId", count(distinct id)::int as count, max(received_at) as "lastAt",
      jsonb_agg(jsonb_build_object('shipmentId', shipment_id, 'key', key) order by n) filter (where n <= ${NEWEST}) as newest
    from ranked group by 1, 2 order by 1, 3 desc`;
}

export type CatalogueFeed = {
  id: number;
  slug: string;
  name: string;
  owner: string | null;
  class: string;
  adapter: string;
  mappingVersion: number;
  urgency: number;
};

/** Feeds that are not archived, as the event catalogue shows them. */
export async function listCatalogueFeeds(sql: Tx): Promise<CatalogueFeed[]> {
  return sql<CatalogueFeed[]>`select id, slug, name, owner, class, adapter, mapping_version as "mappingVersion", urgency
    from feed where state <> 'archived' order by name, id limit 1000`;
}
