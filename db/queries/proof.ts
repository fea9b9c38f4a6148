import type { SealedAttempt } from "@/core/proof/seal";
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

export type StoredBytes = {
  /** True where the stored bytes give the hash and the length that were taken at receipt; null where they are gone or more than `most`. */
  agree: boolean | null;
  /** True where the key by which duplicates are told carries the same hash; null where a long delivery id names that key by its own hash. */
  keyAgrees: boolean | null;
};

/** A delivery id of this length was cut (server/messages/receive.ts). */
const LONGEST_DELIVERY = 200;

/** Compares the stored bytes of a message with the hash taken at receipt, inside the database; null where there is no such message. */
export async function compareBytes(sql: Tx, id: string, at: Date, most: number): Promise<StoredBytes | null> {
  const [row] = await sql<StoredBytes[]>`
    select case when octet_length(m.body) <= ${most} then sha256(m.body) = m.digest and octet_length(m.body) = m.size end as agree,
      case when length(m.delivery_id) >= ${LONGEST_DELIVERY} then null else exists (select from message_key k where k.feed_id = m.feed_id
        and k.delivery = coalesce(m.delivery_id, '') and k.digest = encode(substring(m.digest for 16), 'hex')::uuid) end as "keyAgrees"
    from message m where m.id = ${id}::uuid and m.received_at = ${at}`;
  return row ?? null;
}

/** Attempts of a posting as their rows stand, the newest first. */
export async function listSealed(
  sql: Tx,
  shipmentId: string,
  key: string,
): Promise<(SealedAttempt & { seal: string | null })[]> {
  return sql<(SealedAttempt & { seal: string | null })[]>`
    select id, started_at as "startedAt", shipment_id as "shipmentId", posting_key as "postingKey", number, purpose, request, outcome, reason,
      answer, duration_ms as "durationMs", owner, correlation_id as "correlationId", of, seal
    from posting_attempt where shipment_id = ${shipmentId}::uuid and posting_key = ${key} order by started_at desc, id desc limit 300`;
}

/** How many attempts before one are asked whether they carry a seal. */
const LOOKED_BEFORE = 50;

/** Those of these attempts, without a seal themselves, before which attempts with one were recorded: ids grow with time. */
export async function findSealedBefore(sql: Tx, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await sql<{ id: string }[]>`
    select t.id from unnest(${[...ids]}::uuid[]) t(id) where exists (
      select from (select seal from posting_attempt a where a.id < t.id order by a.id desc limit ${LOOKED_BEFORE}) before where seal is not null)`;
  return new Set(rows.map((row) => row.id));
}
