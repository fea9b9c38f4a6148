import type { Tx } from "@/db/client";

/** A message on its way into the tables of the door. */
export type MessageRow = {
  id: string;
  receivedAtMs: number;
  lane: number;
  urgency: number;
  feedId: number;
  /** The sender's delivery id as part of the key, or "". */
  delivery: string;
  deliveryId: string | null;
  correlationId: string;
  contentType: string | null;
  headers: Readonly<Record<string, string>> | null;
  name: string | null;
  verdict: string;
  /** SHA-256 of the body, in hex. */
  digest: string;
  body: Uint8Array;
  altered: boolean;
};

export type MessageKey = { feedId: number; delivery: string; digest: string };

/**
 * Stores messages with their keys and their places in the inbox in one statement, so all of a row or nothing of it is there.
 * Rows must differ in their keys. Resolves to the ids that were new; rows whose key was known are left out.
 */
export async function insertMessages(tx: Tx, rows: readonly MessageRow[]): Promise<Set<string>> {
  const isoOf = isoCache();
  const { packed, starts } = pack(rows);
  const stored = await tx<{ id: string }[]>`
    with packed as materialized (
      select decode(${packed}, 'hex') as bytes
    ), given as (
      select * from unnest(
        ${literal(rows, (r) => r.id)}::uuid[], ${literal(rows, (r) => `"${isoOf(r.receivedAtMs)}"`)}::timestamptz[],
        ${literal(rows, (r) => r.lane)}::smallint[], ${literal(rows, (r) => r.urgency)}::smallint[],
        ${literal(rows, (r) => r.feedId)}::integer[], ${rows.map((r) => r.delivery)}::text[],
        ${rows.map((r) => r.deliveryId)}::text[], ${rows.map((r) => r.correlationId)}::text[],
        ${rows.map((r) => r.contentType)}::text[], ${rows.map((r) => (r.headers ? JSON.stringify(r.headers) : null))}::text[],
        ${rows.map((r) => r.name)}::text[], ${rows.map((r) => r.verdict)}::text[],
        ${literal(rows, (r) => keyDigest(r.digest))}::uuid[], ${`{${starts.join(",")}}`}::integer[],
        ${literal(rows, (r) => r.body.length)}::integer[], ${literal(rows, (r) => (r.altered ? 1 : 0))}::smallint[]
      ) as t (id, received_at, lane, urgency, feed_id, delivery, delivery_id, correlation_id, content_type, headers, name, verdict,
              digest, start, size, altered)
    ), fresh as (
      insert into message_key (digest, feed_id, delivery, message_id)
      select digest, feed_id, delivery, id from given
      on conflict do nothing
      returning message_id
    ), kept as (
      insert into message (id, received_at, lane, feed_id, delivery_id, correlation_id, content_type, headers, name, verdict,
                           digest, size, body, altered)
      select g.id, g.received_at, g.lane, g.feed_id, g.delivery_id, g.correlation_id, g.content_type, g.headers::jsonb, g.name,
             g.verdict, substring((select bytes from packed) from g.start + 1 for 32), g.size,
             substring((select bytes from packed) from g.start + 33 for g.size),
             case when g.altered = 1 or (g.delivery <> '' and exists (
               select from message_key k
               where k.feed_id = g.feed_id and k.delivery = g.delivery and k.digest <> g.digest)) then 1 else 0 end
      from given g join fresh f on f.message_id = g.id
    ), waiting as (
      insert into inbox (lane, urgency, message_id, size)
      select g.lane, g.urgency, g.id, g.size from given g join fresh f on f.message_id = g.id
    )
    select message_id as id from fresh`;
  return new Set(stored.map((row) => row.id));
}

/** Receipts of the messages that already hold these keys, in the order of the keys; null where none does. */
export async function findReceipts(tx: Tx, keys: readonly MessageKey[]): Promise<(string | null)[]> {
  const rows = await tx<{ n: string; id: string }[]>`
    select t.n, k.message_id as id
    from unnest(${literal(keys, (k) => k.feedId)}::integer[], ${keys.map((k) => k.delivery)}::text[],
                ${literal(keys, (k) => keyDigest(k.digest))}::uuid[])
      with ordinality as t (feed_id, delivery, digest, n)
    join message_key k on k.feed_id = t.feed_id and k.delivery = t.delivery and k.digest = t.digest`;
  const found: (string | null)[] = keys.map(() => null);
  for (const row of rows) found[Number(row.n) - 1] = row.id;
  return found;
}

/** Wakes the workers; a notification of its own, so that no commit of messages waits for the lock that a NOTIFY takes. */
export async function notifyInbox(tx: Tx): Promise<void> {
  await tx`select pg_notify('waypost_inbox', '')`;
}

/** The uuid that stands for a body in its key: the first 16 bytes of its SHA-256. */
function keyDigest(digest: string): string {
  return digest.slice(0, 32);
}

/** All digests and bodies as one text: an array of bytea would be escaped element by element on both sides. */
function pack(rows: readonly MessageRow[]): { packed: string; starts: number[] } {
  const starts: number[] = [];
  const parts: string[] = [];
  let at = 0;
  for (const { digest, body } of rows) {
    starts.push(at);
    at += 32 + body.byteLength;
    parts.push(digest, hexOf(body));
  }
  return { packed: parts.join(""), starts };
}

function hexOf(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString("hex");
}

/** An array literal of values that need no quoting. */
function literal<T>(rows: readonly T[], textOf: (row: T) => string | number): string {
  let text = "{";
  for (let i = 0; i < rows.length; i++) text += (i === 0 ? "" : ",") + textOf(rows[i] as T);
  return `${text}}`;
}

function isoCache(): (ms: number) => string {
  let lastMs = Number.NaN;
  let last = "";
  return (ms) => {
    if (ms !== lastMs) {
      lastMs = ms;
      last = new Date(ms).toISOString();
    }
    return last;
  };
}
