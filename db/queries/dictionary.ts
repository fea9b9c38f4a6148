import type { Tx } from "@/db/client";

export type Producer = {
  kind: string;
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
    select e."to" as kind, f.slug, f.name, f.owner, f.adapter, f.mapping_version as "mappingVersion", count(*)::int as words, min(e.word) as sample
    from crosswalk_entry e join feed f on f.id = e.feed_id
    where e.kind = 'status' and e.since <= f.mapping_version and (e.until is null or e.until > f.mapping_version) and f.state <> 'archived'
    group by 1, 2, 3, 4, 5, 6 order by 1, 3 limit 2000`;
}
