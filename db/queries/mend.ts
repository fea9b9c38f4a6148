import type { CrosswalkKind } from "@/core/feeds/feed";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

export type FeedForMending = {
  id: number;
  slug: string;
  name: string;
  adapter: string;
  generation: number;
  mappingVersion: number;
  settings: Json;
  zone: string | null;
};

/** The feed, locked until the transaction ends: one mapping version at a time. */
export async function lockFeedForMending(tx: Tx, slug: string): Promise<FeedForMending | null> {
  const [row] = await tx<
    {
      id: number;
      slug: string;
      name: string;
      adapter: string;
      generation: number;
      mapping_version: number;
      settings: Json;
      zone: string | null;
    }[]
  >`
    select id, slug, name, adapter, generation, mapping_version, settings, zone from feed where slug = ${slug} for update`;
  return row ? { ...row, mappingVersion: row.mapping_version } : null;
}

/** Issues the next generation of a feed: a mapping version or a replay that is to count over what was read before. */
export async function nextGeneration(tx: Tx, feedId: number): Promise<number> {
  const [row] = await tx<
    { generation: number }[]
  >`update feed set generation = generation + 1 where id = ${feedId} returning generation`;
  if (!row) throw new Error(`no feed ${feedId}`);
  return row.generation;
}

/** Puts a new mapping version in force. */
export async function insertMappingVersion(
  tx: Tx,
  version: {
    feedId: number;
    number: number;
    generation: number;
    settings: Json;
    zone: string | null;
    note: string;
    byPerson: string | null;
    at: Date;
  },
): Promise<void> {
  await tx`insert into mapping_version (feed_id, number, generation, settings, zone, note, by_person, at)
    values (${version.feedId}, ${version.number}, ${version.generation}, ${tx.json(version.settings)}, ${version.zone}, ${version.note}, ${version.byPerson}, ${version.at})`;
  await tx`update feed set mapping_version = ${version.number}, settings = ${tx.json(version.settings)}, zone = ${version.zone}, updated_at = ${version.at}
    where id = ${version.feedId}`;
  await tx`select pg_notify('waypost_feeds', '')`;
}

/** Lets a word mean something else from one version on; null ends its meaning. */
export async function setCrosswalkEntry(
  tx: Tx,
  entry: { feedId: number; kind: CrosswalkKind; word: string; to: string | null; since: number },
): Promise<void> {
  await tx`update crosswalk_entry set until = ${entry.since}
    where feed_id = ${entry.feedId} and kind = ${entry.kind} and word = ${entry.word} and until is null`;
  if (entry.to === null) return;
  await tx`insert into crosswalk_entry (feed_id, kind, word, since, "to", source)
    values (${entry.feedId}, ${entry.kind}, ${entry.word}, ${entry.since}, ${entry.to}, 'person')`;
}

export type AffectedEvent = {
  shipmentId: string;
  shipment: string;
  kind: string;
  word: string;
  description: string | null;
  occurredAt: Date | null;
  messageId: string;
};

export type AffectedCursor = { shipmentId: string; key: string };

/**
 * Events with a word that would mean something else under `to`, of no reading that a newer one replaced: how many, of how many shipments, and
 * whether there are more than the `most` that are looked at.
 */
export async function countAffected(
  tx: Tx,
  of: { feedId: number; word: string; to: string },
  most: number,
): Promise<{ events: number; shipments: number; more: boolean }> {
  const [row] = await tx<{ events: number; shipments: number; more: boolean }[]>`
    with told as materialized (${told(tx, of, most + 1)})
    select count(*)::int as events, count(distinct shipment_id)::int as shipments, (select count(*) > ${most} from told) as more
    from told where kind <> ${of.to}`;
  return row ?? { events: 0, shipments: 0, more: false };
}

/** The same events, of the newest shipments first, a page after `after`. */
export async function listAffected(
  tx: Tx,
  of: { feedId: number; word: string; to: string },
  page: { after: AffectedCursor | null; limit: number; most: number },
): Promise<(AffectedEvent & { key: string })[]> {
  const { after, limit, most } = page;
  return tx<(AffectedEvent & { key: string })[]>`
    with told as materialized (${told(tx, of, most + 1)}),
    page as (select * from told where kind <> ${of.to}
      ${after ? tx`and (shipment_id, key) < (${after.shipmentId}::uuid, ${after.key}::uuid)` : tx``}
      order by shipment_id desc, key desc limit ${limit})
    select e.shipment_id as "shipmentId", e.key, s.name as shipment, e.kind, e.word, e.description, e.occurred_at as "occurredAt",
      e.message_id as "messageId"
    from page p join event e using (shipment_id, key, generation) join shipment s on s.shipment_id = e.shipment_id
    order by e.shipment_id desc, e.key desc`;
}

const told = (tx: Tx, of: { feedId: number; word: string }, limit: number) => tx`
  select e.shipment_id, e.key, e.generation, e.kind from event e where e.feed_id = ${of.feedId} and e.word = ${of.word} and not e.withdrawn
    and not exists (select 1 from event n where n.shipment_id = e.shipment_id and n.key = e.key and n.generation > e.generation) limit ${limit}`;

/** Receipts of the messages that first told events with a word. */
export async function messagesWithWord(tx: Tx, feedId: number, word: string, limit: number): Promise<string[]> {
  const rows = await tx<
    { id: string }[]
  >`select distinct message_id as id from event where feed_id = ${feedId} and word = ${word} limit ${limit}`;
  return rows.map((row) => row.id);
}

/** Id of a feed by its slug. */
export async function findFeedId(tx: Tx, slug: string): Promise<number | null> {
  const [row] = await tx<{ id: number }[]>`select id from feed where slug = ${slug}`;
  return row?.id ?? null;
}
