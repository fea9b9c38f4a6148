import type { Tx } from "@/db/client";

export type MappingFacts = {
  version: number;
  note: string;
  by: string | null;
  at: Date;
  /** What the word meant at that version, and since which; null where it had no entry. */
  to: string | null;
  since: number | null;
  source: string | null;
};

/** A mapping version of a feed with what one status word meant in it; null where the version is not stored. */
export async function findMappingFacts(
  sql: Tx,
  feedId: number,
  version: number,
  word: string | null,
): Promise<MappingFacts | null> {
  const [row] = await sql<MappingFacts[]>`
    select v.number as version, v.note, p.name as by, v.at, e."to", e.since, e.source
    from mapping_version v left join person p on p.id = v.by_person
      left join crosswalk_entry e on e.feed_id = v.feed_id and e.kind = 'status' and e.word = ${word}
        and e.since <= v.number and (e.until is null or e.until > v.number)
    where v.feed_id = ${feedId} and v.number = ${version}`;
  return row ?? null;
}

/** Reads the bytes of a message as a whole; null where they are gone or more than `most`. */
export async function readWholeBody(sql: Tx, id: string, at: Date, most: number): Promise<Buffer | null> {
  const [row] = await sql<{ body: Buffer | null }[]>`
    select body from message where id = ${id}::uuid and received_at = ${at} and size <= ${most}`;
  return row?.body ?? null;
}
