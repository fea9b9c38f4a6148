import type { CrosswalkKind } from "@/core/feeds/feed";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

export type CrosswalkRow = { kind: CrosswalkKind; word: string; to: string; source: "pack" | "person"; since: number };

/** The mapping of a feed as it stands. */
export async function listCrosswalk(sql: Tx, feedId: number): Promise<CrosswalkRow[]> {
  return sql<CrosswalkRow[]>`select kind, word, "to", source, since from crosswalk_entry
    where feed_id = ${feedId} and until is null order by kind, word limit 20000`;
}

/** The entry of one word as it stands; null where nobody mapped it. */
export async function findCrosswalkEntry(
  sql: Tx,
  feedId: number,
  kind: CrosswalkKind,
  word: string,
): Promise<CrosswalkRow | null> {
  const [row] = await sql<CrosswalkRow[]>`select kind, word, "to", source, since from crosswalk_entry
    where feed_id = ${feedId} and kind = ${kind} and word = ${word} and until is null`;
  return row ?? null;
}

export type UnmappedRow = {
  kind: CrosswalkKind;
  word: string;
  count: number;
  firstAt: Date;
  lastAt: Date;
  sampleMessage: string;
};

/** Words of a feed that met no entry and have none now, the most frequent first. */
export async function listUnmapped(sql: Tx, feedId: number): Promise<UnmappedRow[]> {
  return sql<
    UnmappedRow[]
  >`select u.kind, u.word, sum(u.count)::float8 as count, min(u.first_at) as "firstAt", max(u.last_at) as "lastAt",
      (array_agg(u.sample_message order by u.last_at desc))[1] as "sampleMessage"
    from unmapped_word u where u.feed_id = ${feedId} and not exists (select from crosswalk_entry c
      where c.feed_id = u.feed_id and c.kind = u.kind and c.word = u.word and c.until is null)
    group by u.kind, u.word order by count desc, u.word limit 1000`;
}

/** Number of words without a meaning by feed. */
export async function countUnmapped(sql: Tx): Promise<{ feedId: number; words: number }[]> {
  return sql<
    { feedId: number; words: number }[]
  >`select u.feed_id as "feedId", count(distinct (u.kind, u.word))::int as words
    from unmapped_word u where not exists (select from crosswalk_entry c
      where c.feed_id = u.feed_id and c.kind = u.kind and c.word = u.word and c.until is null) group by 1`;
}

export type MappingVersionRow = {
  number: number;
  generation: number;
  note: string;
  zone: string | null;
  settings: Json;
  by: string | null;
  at: Date;
};

/** Versions of a feed's mapping, newest first. */
export async function listMappingVersions(sql: Tx, feedId: number): Promise<MappingVersionRow[]> {
  return sql<MappingVersionRow[]>`select v.number, v.generation, v.note, v.zone, v.settings, p.name as by, v.at
    from mapping_version v left join person p on p.id = v.by_person where v.feed_id = ${feedId} order by v.number desc limit 100`;
}

/** How often status words came in the feed's newest messages: shows which entries are in use, not how often ever. */
export async function countRecentWords(
  sql: Tx,
  feedId: number,
  messages: number,
): Promise<{ word: string; count: number }[]> {
  return sql<{ word: string; count: number }[]>`
    with recent as (select i.message_id, i.shipment_ids from (select id, received_at from message where feed_id = ${feedId}
        order by received_at desc, id desc limit ${messages}) m
      join interpretation i on i.message_id = m.id and i.received_at = m.received_at where cardinality(i.shipment_ids) <= 50)
    select e.word, count(*)::int as count from recent r cross join lateral unnest(r.shipment_ids) s (id)
      join event e on e.shipment_id = s.id and e.message_id = r.message_id
    where e.word is not null and not e.withdrawn group by 1`;
}
