import type { Keyset } from "@/core/keyset";
import type { PostingFilter } from "@/core/postings/filter";
import type { HoldReason, PostingKind, PostingState } from "@/core/postings/kinds";
import type { Json } from "@/core/shipments/attributes";
import { normaliseNumber } from "@/core/shipments/references";
import type { Tx } from "@/db/client";

export type PostingListRow = {
  id: string;
  micros: string;
  key: string;
  kind: PostingKind;
  state: PostingState;
  heldBecause: HoldReason | null;
  connectionId: number;
  connection: string;
  recordModel: string;
  recordId: number;
  recordName: string | null;
  shipmentId: string;
  shipmentName: string | null;
  /** The freight bill it is about; then it is no shipment's. */
  invoiceId: string | null;
  attempts: number;
  before: Json;
  after: Json;
  lastOutcome: string | null;
  lastReason: string | null;
  dueAt: Date;
  createdAt: Date;
  updatedAt: Date;
};

/** Counting stops here: a longer list says "10,000+". */
export const COUNT_LIMIT = 10_000;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Keys and correlation ids are in no index: only so many of the newest postings are looked through for one. */
const SEARCHED_BACK = 100_000;

/** Postings that searched words name, by shipment or by themselves. */
export type PostingsNamed = { shipments: string[]; postings: string[] };

/** Finds what words name: a posting or shipment id, any number of a shipment (whole, or its start), a posting key or correlation id. */
export async function namePostings(sql: Tx, words: string): Promise<PostingsNamed | null> {
  if (words === "") return null;
  if (UUID.test(words)) return { shipments: [words], postings: [words] };
  const value = normaliseNumber(words);
  const [exact, recent] = await Promise.all([
    sql<{ id: string; head: string | null }[]>`select s.shipment_id as id, s.head_id as head from reference r
      join shipment s on s.shipment_id = r.shipment_id where r.value = ${value} limit 1000`,
    sql<
      { id: string }[]
    >`select id from (select id, key, correlation_id from posting order by updated_at desc, id desc limit ${SEARCHED_BACK}) p
      where p.key = ${words} or p.correlation_id = ${words} limit 1000`,
  ]);
  const near =
    exact.length > 0 || recent.length > 0 || value.length < 3
      ? []
      : await sql<{ id: string; head: string | null }[]>`select s.shipment_id as id, s.head_id as head
          from (select value, shipment_id from reference where value >= ${value} order by value limit 2000) r
          join shipment s on s.shipment_id = r.shipment_id where starts_with(r.value, ${value}) limit 1000`;
  const shipments = [...exact, ...near].flatMap((row) => (row.head === null ? [row.id] : [row.id, row.head]));
  return { shipments: [...new Set(shipments)], postings: recent.map((row) => row.id) };
}

function where(
  sql: Tx,
  filter: PostingFilter,
  named: PostingsNamed | null,
  but: "state" | "kind" | "connection" | "held" | null = null,
) {
  const words =
    named === null
      ? sql``
      : sql`and (p.shipment_id = any(${named.shipments}::uuid[]) or p.id = any(${named.postings}::uuid[]))`;
  return sql`true
    ${but !== "state" && filter.state.length > 0 ? sql`and p.state = any(${filter.state}::text[])` : sql``}
    ${but !== "kind" && filter.kind.length > 0 ? sql`and p.kind = any(${filter.kind}::text[])` : sql``}
    ${but !== "connection" && filter.connection.length > 0 ? sql`and p.connection_id = any(${filter.connection}::int[])` : sql``}
    ${but !== "held" && filter.held.length > 0 ? sql`and p.state = 'held' and p.held_because = any(${filter.held}::text[])` : sql``}
    ${words}`;
}

const columns = (
  sql: Tx,
) => sql`p.id, (extract(epoch from p.updated_at) * 1000000)::bigint::text as micros, p.key, p.kind, p.state,
  p.held_because as "heldBecause", p.connection_id as "connectionId", coalesce(c.name, '') as connection, p.record_id as "recordId",
  p.record_model as "recordModel", p.record_name as "recordName", p.shipment_id as "shipmentId", s.name as "shipmentName", p.invoice_id as "invoiceId", p.attempts, p.before, p.after,
  p.last_outcome as "lastOutcome", p.last_reason as "lastReason", p.due_at as "dueAt", p.created_at as "createdAt", p.updated_at as "updatedAt"`;

/** Lists postings, newest change first; each state asked for is one ordered scan of its index. */
export async function listPostings(
  sql: Tx,
  options: { filter: PostingFilter; after: Keyset | null; limit: number },
): Promise<PostingListRow[]> {
  const { filter, after, limit } = options;
  const named = await namePostings(sql, filter.search);
  const beyond =
    after === null
      ? sql``
      : sql`and (p.updated_at, p.id) < ('epoch'::timestamptz + ${after.micros}::float8 * interval '1 microsecond', ${after.id}::uuid)`;
  const found =
    filter.state.length > 0
      ? sql`select f.* from unnest(${filter.state}::text[]) as v (state) cross join lateral (select p.shipment_id, p.key, p.updated_at, p.id
          from posting p where p.state = v.state and ${where(sql, filter, named, "state")} ${beyond}
          order by p.updated_at desc, p.id desc limit ${limit}) f`
      : sql`select p.shipment_id, p.key, p.updated_at, p.id from posting p where ${where(sql, filter, named)} ${beyond}
          order by p.updated_at desc, p.id desc limit ${limit}`;
  return sql<PostingListRow[]>`
    with page as (select * from (${found}) f order by updated_at desc, id desc limit ${limit})
    select ${columns(sql)} from page join posting p using (shipment_id, key) left join odoo_connection c on c.id = p.connection_id
      left join shipment s on s.shipment_id = p.shipment_id
    order by p.updated_at desc, p.id desc`;
}

export type PostingCounts = {
  state: Partial<Record<PostingState, number>>;
  kind: { value: PostingKind; count: number }[];
  connection: { value: number; name: string; count: number }[];
  held: { value: HoldReason; count: number }[];
};

/** Counts per state, kind, connection and reason to wait under all other filters, each up to `COUNT_LIMIT`. */
export async function countPostings(
  sql: Tx,
  filter: PostingFilter,
  lists: { states: readonly PostingState[]; kinds: readonly PostingKind[]; holds: readonly HoldReason[] },
): Promise<PostingCounts> {
  const named = await namePostings(sql, filter.search);
  const bounded = (rest: ReturnType<typeof where>) =>
    sql`(select count(*)::int from (select 1 from posting p where ${rest} limit ${COUNT_LIMIT + 1}) n)`;
  const [state, kind, connection, held] = await Promise.all([
    sql<{ value: PostingState; count: number }[]>`select v as value,
      ${bounded(sql`p.state = v and ${where(sql, filter, named, "state")}`)} as count from unnest(${lists.states}::text[]) v`,
    sql<{ value: PostingKind; count: number }[]>`select v as value,
      ${bounded(sql`p.kind = v and ${where(sql, filter, named, "kind")}`)} as count from unnest(${lists.kinds}::text[]) v`,
    sql<{ value: number; name: string; count: number }[]>`select c.id as value, c.name,
      ${bounded(sql`p.connection_id = c.id and ${where(sql, filter, named, "connection")}`)} as count from odoo_connection c order by c.name`,
    sql<{ value: HoldReason; count: number }[]>`select v as value,
      ${bounded(sql`p.state = 'held' and p.held_because = v and ${where(sql, filter, named, "held")}`)} as count from unnest(${lists.holds}::text[]) v`,
  ]);
  return {
    state: Object.fromEntries(state.map((row) => [row.value, row.count])),
    kind: kind.filter((row) => row.count > 0),
    connection: connection.filter((row) => row.count > 0),
    held: held.filter((row) => row.count > 0),
  };
}

export type FailedCount = { kind: PostingKind; state: PostingState; count: number };

/** Counts postings in these states that came there in a window, by kind and state, up to `COUNT_LIMIT` and one more. */
export async function countFailed(
  sql: Tx,
  window: { since: Date; until: Date; kinds: readonly PostingKind[]; connections: readonly number[] },
  states: readonly PostingState[],
): Promise<FailedCount[]> {
  const kinds = window.kinds.length > 0 ? sql`and p.kind = any(${window.kinds as string[]}::text[])` : sql``;
  const connections =
    window.connections.length > 0 ? sql`and p.connection_id = any(${window.connections as number[]}::int[])` : sql``;
  return sql<FailedCount[]>`select f.kind, f.state, count(*)::int as count from (
      select p.kind, p.state from posting p where p.state = any(${states as string[]}::text[])
        and p.updated_at >= ${window.since} and p.updated_at < ${window.until} ${kinds} ${connections} limit ${COUNT_LIMIT + 1}) f
    group by f.kind, f.state order by count(*) desc, f.kind, f.state`;
}

export type PostingDetail = PostingListRow & {
  desired: Json;
  level: boolean;
  recordModel: string;
  companyId: number | null;
  connectionUrl: string | null;
  connectionVersion: string | null;
  correlationId: string | null;
  messageId: string | null;
  receivedAt: Date | null;
  sentAt: Date | null;
  leaseUntil: Date | null;
  postedAt: Date | null;
  verifiedAt: Date | null;
};

/** One posting with all that is known of it; null where there is none of that id. */
export async function findPosting(sql: Tx, id: string): Promise<PostingDetail | null> {
  const [row] = await sql<PostingDetail[]>`
    select ${columns(sql)}, p.desired, p.level, p.record_model as "recordModel", p.company_id as "companyId", c.url as "connectionUrl",
      c.version as "connectionVersion", p.correlation_id as "correlationId", p.message_id as "messageId", p.received_at as "receivedAt",
      p.sent_at as "sentAt", p.lease_until as "leaseUntil", p.posted_at as "postedAt", p.verified_at as "verifiedAt"
    from posting p left join odoo_connection c on c.id = p.connection_id left join shipment s on s.shipment_id = p.shipment_id
    where p.id = ${id}::uuid`;
  return row ?? null;
}

export type PostingAttempt = {
  id: string;
  number: number;
  purpose: "send" | "look_up" | "verify";
  startedAt: Date;
  outcome: string | null;
  reason: string | null;
  request: Json;
  answer: Json;
  durationMs: number | null;
  owner: string;
};

/** Attempts of a posting, newest first; the row that announced a call is shown only while no row of the same call tells its outcome. */
export async function listAttempts(sql: Tx, shipmentId: string, key: string): Promise<PostingAttempt[]> {
  return sql<PostingAttempt[]>`
    select a.id, a.number, a.purpose, coalesce(first.started_at, a.started_at) as "startedAt", a.outcome, a.reason,
      coalesce(first.request, a.request) as request, a.answer, a.duration_ms as "durationMs", a.owner
    from posting_attempt a
    left join posting_attempt first on first.shipment_id = a.shipment_id and first.posting_key = a.posting_key and first.id = a.of
    where a.shipment_id = ${shipmentId}::uuid and a.posting_key = ${key}
      and (a.outcome is not null or not exists (select from posting_attempt told
        where told.shipment_id = a.shipment_id and told.posting_key = a.posting_key and told.outcome is not null
          and (told.of = a.id or (told.of is null and told.number = a.number and told.purpose = a.purpose and told.started_at >= a.started_at))))
    order by a.started_at desc, a.id desc limit 100`;
}

/** Cancels postings that wait; those that are no longer waiting are left alone. Resolves to what was cancelled. */
export async function cancelWaiting(
  tx: Tx,
  ids: readonly string[],
  from: readonly PostingState[],
  now: Date,
  why: string,
): Promise<{ id: string; state: PostingState; shipmentId: string; key: string }[]> {
  return tx<{ id: string; state: PostingState; shipmentId: string; key: string }[]>`
    with asked as (select shipment_id, key, state as was from posting where id = any(${ids}::uuid[]) and state = any(${from}::text[]) order by shipment_id, key for update)
    update posting p set state = 'cancelled', held_because = null, last_reason = ${why}, updated_at = ${now}
    from asked a where p.shipment_id = a.shipment_id and p.key = a.key and p.state = any(${from}::text[])
    returning p.id, a.was as state, p.shipment_id as "shipmentId", p.key`;
}

/** Ids of the postings that a filter matches, newest first, for a bulk action. */
export async function listPostingIds(sql: Tx, filter: PostingFilter, limit: number): Promise<string[]> {
  const named = await namePostings(sql, filter.search);
  const rows = await sql<
    { id: string }[]
  >`select p.id from posting p where ${where(sql, filter, named)} order by p.updated_at desc, p.id desc limit ${limit}`;
  return rows.map((row) => row.id);
}
