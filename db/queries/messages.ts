import { isUtf8 } from "node:buffer";
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
  const { packed, isText, starts } = pack(rows);
  const stored = await tx<{ id: string }[]>`
    with packed as materialized (
      select case when ${isText} then convert_to(p, 'UTF8') else decode(p, 'hex') end as bytes from (select ${packed}::text) as t (p)
    ), given as (
      select * from unnest(
        ${literal(rows, (r) => r.id)}::uuid[], ${literal(rows, (r) => `"${isoOf(r.receivedAtMs)}"`)}::timestamptz[],
        ${literal(rows, (r) => r.lane)}::smallint[], ${literal(rows, (r) => r.urgency)}::smallint[],
        ${literal(rows, (r) => r.feedId)}::integer[], ${texts(rows, (r) => r.delivery)}::text[],
        ${texts(rows, (r) => r.deliveryId)}::text[], ${texts(rows, (r) => r.correlationId)}::text[],
        ${texts(rows, (r) => r.contentType)}::text[], ${texts(rows, (r) => (r.headers ? JSON.stringify(r.headers) : null))}::text[],
        ${texts(rows, (r) => r.name)}::text[], ${texts(rows, (r) => r.verdict)}::text[],
        ${literal(rows, (r) => keyDigest(r.digest))}::uuid[], ${literal(rows, (r) => r.digest.slice(32))}::uuid[],
        ${starts}::integer[], ${literal(rows, (r) => r.body.byteLength)}::integer[],
        ${literal(rows, (r) => (r.altered ? 1 : 0))}::smallint[]
      ) as t (id, received_at, lane, urgency, feed_id, delivery, delivery_id, correlation_id, content_type, headers, name, verdict,
              digest, digest_rest, start, size, altered)
    ), fresh as (
      insert into message_key (digest, feed_id, delivery, message_id)
      select digest, feed_id, delivery, id from given
      on conflict do nothing
      returning message_id
    ), kept as (
      insert into message (id, received_at, lane, feed_id, delivery_id, correlation_id, content_type, headers, name, verdict,
                           digest, size, body, altered)
      select g.id, g.received_at, g.lane, g.feed_id, g.delivery_id, g.correlation_id, g.content_type, g.headers::jsonb, g.name,
             g.verdict, uuid_send(g.digest) || uuid_send(g.digest_rest), g.size,
             substring((select bytes from packed) from g.start for g.size),
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
    from unnest(${literal(keys, (k) => k.feedId)}::integer[], ${texts(keys, (k) => k.delivery)}::text[],
                ${literal(keys, (k) => keyDigest(k.digest))}::uuid[])
      with ordinality as t (feed_id, delivery, digest, n)
    join message_key k on k.feed_id = t.feed_id and k.delivery = t.delivery and k.digest = t.digest`;
  const found: (string | null)[] = keys.map(() => null);
  for (const row of rows) found[Number(row.n) - 1] = row.id;
  return found;
}

/**
 * Wakes the workers; a notification of its own, so that no commit of messages waits for the lock that a NOTIFY takes. Nothing is lost
 * with it, so its commit does not wait for the disk.
 */
export async function notifyInbox(tx: Tx): Promise<void> {
  await tx`select set_config('synchronous_commit', 'off', true), pg_notify('waypost_inbox', '')`;
}

/** The uuid that stands for a body in its key: the first 16 bytes of its SHA-256. */
function keyDigest(digest: string): string {
  return digest.slice(0, 32);
}

/**
 * All bodies as one text, since an array of bytea would be escaped element by element on both sides: as it is where the bytes are UTF-8
 * that PostgreSQL takes as text, which is half as long, else in hex. `starts` counts from 1.
 */
function pack(rows: readonly MessageRow[]): { packed: string; isText: boolean; starts: string } {
  let at = 1;
  const starts = literal(rows, ({ body }) => {
    const start = at;
    at += body.byteLength;
    return start;
  });
  const bytes = Buffer.concat(
    rows.map((row) => row.body),
    at - 1,
  );
  const isText = isUtf8(bytes) && !bytes.includes(0);
  return { packed: bytes.toString(isText ? "utf8" : "hex"), isText, starts };
}

/** An array literal of texts. */
function texts<T>(rows: readonly T[], textOf: (row: T) => string | null): string {
  let text = "{";
  for (let i = 0; i < rows.length; i++) {
    if (i > 0) text += ",";
    const one = textOf(rows[i] as T);
    if (one === null) text += "NULL";
    else text += QUOTED.test(one) ? `"${one.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"` : `"${one}"`;
  }
  return `${text}}`;
}

const QUOTED = /["\\]/;

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

/** How many messages wait for the pipeline, counted up to `most`. */
export async function countWaiting(tx: Tx, most: number): Promise<number> {
  const [row] = await tx<
    { count: number }[]
  >`select count(*)::int as count from (select 1 from inbox limit ${most}) waiting`;
  return row?.count ?? 0;
}
