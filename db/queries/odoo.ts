import type { HoldReason, PostingKind, PostingState } from "@/core/postings/kinds";
import type { Json } from "@/core/shipments/attributes";
import type { Shipment } from "@/core/shipments/shipment";
import type { Tx } from "@/db/client";
import { heldNow, waitedUntil } from "./posting-holds";

export type ConnectionRow = {
  id: number;
  name: string;
  url: string;
  database: string;
  login: string;
  keyHint: string;
  transport: "json2" | "jsonrpc" | null;
  version: string | null;
  state: "active" | "paused" | "archived";
  observing: boolean;
  kinds: Partial<Record<PostingKind, "on" | "off">>;
  dryRuns: Partial<Record<PostingKind, string>>;
  notes: string[];
  policies: Json;
  pausedClasses: Json;
  pace: Json;
  invoiceNeedsProof: boolean;
  postSince: Date | null;
  pollSeconds: number;
  ratePerSecond: number;
  concurrency: number;
  failurePercent: number;
  failures: Json;
  timeoutMs: number;
  settleMs: number;
  breaker: Json;
  lastTest: Json;
  createdAt: Date;
  updatedAt: Date;
};

const columns = (
  sql: Tx,
) => sql`c.id, c.name, c.url, c.database, c.login, c.key_hint as "keyHint", c.transport, c.version, c.state,
  c.observing, c.kinds, c.dry_runs as "dryRuns", c.notes, c.invoice_needs_proof as "invoiceNeedsProof", c.policies, c.paused_classes as "pausedClasses", c.pace, c.post_since as "postSince", c.poll_seconds as "pollSeconds",
  c.rate_per_second as "ratePerSecond", c.concurrency, c.failure_percent as "failurePercent", c.failures, c.timeout_ms as "timeoutMs", c.settle_ms as "settleMs", c.breaker,
  c.last_test as "lastTest", c.created_at as "createdAt", c.updated_at as "updatedAt"`;

/** Connections to Odoo without their keys; archived ones last. */
export async function listConnections(sql: Tx): Promise<ConnectionRow[]> {
  return sql<
    ConnectionRow[]
  >`select ${columns(sql)} from odoo_connection c order by (c.state = 'archived'), c.name limit 200`;
}

export async function findConnection(sql: Tx, id: number): Promise<ConnectionRow | null> {
  const [row] = await sql<ConnectionRow[]>`select ${columns(sql)} from odoo_connection c where c.id = ${id}`;
  return row ?? null;
}

/** The sealed key, for those who talk to Odoo; null where there is no such connection. */
export async function findSealedKey(sql: Tx, id: number): Promise<Buffer | null> {
  const [row] = await sql<{ key: Buffer }[]>`select sealed_key as key from odoo_connection where id = ${id}`;
  return row?.key ?? null;
}

export type WatermarkRow = {
  connectionId: number;
  model: string;
  watermark: string | null;
  polledAt: Date | null;
  changedAt: Date | null;
  backfill: Json;
  lastError: string | null;
};

/** How far each model of each connection was read. */
export async function listWatermarks(sql: Tx): Promise<WatermarkRow[]> {
  return sql<
    WatermarkRow[]
  >`select connection_id as "connectionId", model, watermark, polled_at as "polledAt", changed_at as "changedAt",
      backfill, last_error as "lastError" from odoo_watermark where model not in ('contacts', 'activities', 'history', 'hint') order by connection_id, model`;
}

export type Backlog = {
  connectionId: number;
  state: PostingState;
  kind: PostingKind;
  heldBecause: HoldReason | null;
  /** Rank of the class. */
  urgency: number;
  count: number;
  oldest: Date | null;
  /** When the first of what waits for a window or batch may go. */
  dueAt: Date | null;
};

/** Postings that wait or run, by connection, state, kind and reason. Reads only the parts of the table that partial indexes hold. */
export async function listBacklog(sql: Tx): Promise<Backlog[]> {
  return sql<Backlog[]>`
    select connection_id as "connectionId", state, kind, held_because as "heldBecause", urgency, count(*)::int as count, min(created_at) as oldest,
      min(due_at) as "dueAt"
    from posting where state in ('planned', 'unconfirmed', 'sending', 'held', 'rejected', 'dead') group by 1, 2, 3, 4, 5`;
}

export type PostedSince = { connectionId: number; urgency: number; posted: number; lastMinute: number };

/** Postings of each connection and class that Odoo took since an instant, and those of the last minute before `now`. */
export async function countPostedSince(sql: Tx, since: Date, now: Date): Promise<PostedSince[]> {
  const minute = new Date(now.getTime() - 60_000);
  return sql<PostedSince[]>`
    select connection_id as "connectionId", urgency, count(*)::int as posted,
      (count(*) filter (where posted_at >= ${minute}))::int as "lastMinute" from posting
    where state in ('posted', 'verified') and updated_at >= ${since} and posted_at >= ${since} group by 1, 2`;
}

const LOOKED_BACK = 2_000;

/** When Odoo last took a posting of each kind of each connection, among the newest of the kind. */
export async function listLastPosted(
  sql: Tx,
  kinds: readonly PostingKind[],
): Promise<{ connectionId: number; kind: PostingKind; at: Date }[]> {
  return sql<{ connectionId: number; kind: PostingKind; at: Date }[]>`
    select p.connection_id as "connectionId", k.kind, max(p.posted_at) as at from unnest(${[...kinds]}::text[]) k(kind) cross join lateral (
      select connection_id, posted_at from posting where kind = k.kind order by updated_at desc, id desc limit ${LOOKED_BACK}) p
    where p.posted_at is not null group by 1, 2`;
}

export type NewConnection = {
  name: string;
  url: string;
  database: string;
  login: string;
  sealedKey: Buffer;
  keyHint: string;
  pollSeconds: number;
  ratePerSecond: number;
  concurrency: number;
  failurePercent: number;
};

/** Inserts a connection that observes; null where another has the name. */
export async function insertOdooConnection(tx: Tx, row: NewConnection, now: Date): Promise<number | null> {
  const [made] = await tx<
    { id: number }[]
  >`insert into odoo_connection (name, url, database, login, sealed_key, key_hint, poll_seconds,
      rate_per_second, concurrency, failure_percent, created_at, updated_at)
    values (${row.name}, ${row.url}, ${row.database}, ${row.login}, ${row.sealedKey}, ${row.keyHint}, ${row.pollSeconds},
      ${row.ratePerSecond}, ${row.concurrency}, ${row.failurePercent}, ${now}, ${now})
    on conflict (name) do nothing returning id`;
  return made?.id ?? null;
}

export type ConnectionChange = Omit<NewConnection, "sealedKey" | "keyHint"> & {
  notes: readonly string[];
  invoiceNeedsProof: boolean;
  postSince: Date | null;
  key: { sealed: Buffer; hint: string } | null;
};

/** Writes the settings of a connection unless somebody changed them since `seen`; a key of null stays. Another address is another server. */
export async function updateConnectionRow(
  tx: Tx,
  id: number,
  change: ConnectionChange,
  seen: Date,
  now: Date,
): Promise<boolean> {
  const rows =
    await tx`update odoo_connection set name = ${change.name}, url = ${change.url}, database = ${change.database},
      login = ${change.login}, poll_seconds = ${change.pollSeconds}, rate_per_second = ${change.ratePerSecond},
      concurrency = ${change.concurrency}, failure_percent = ${change.failurePercent}, notes = ${tx.json([...change.notes])}, invoice_needs_proof = ${change.invoiceNeedsProof}, post_since = ${change.postSince},
      transport = case when url = ${change.url} then transport end, version = case when url = ${change.url} then version end,
      updated_at = ${now}
      ${change.key === null ? tx`` : tx`, sealed_key = ${change.key.sealed}, key_hint = ${change.key.hint}`}
    where id = ${id} and state <> 'archived' and date_trunc('milliseconds', updated_at) = ${seen} returning id`;
  return rows.length > 0;
}

/** Moves a connection from one state to another; false where it was not in it. */
export async function moveConnection(
  tx: Tx,
  id: number,
  from: readonly ("active" | "paused")[],
  to: "active" | "paused",
  now: Date,
): Promise<boolean> {
  const rows =
    await tx`update odoo_connection set state = ${to}, updated_at = ${now} where id = ${id} and state = any(${from}::text[]) returning id`;
  return rows.length > 0;
}

/** Keeps what a connection test found. */
export async function saveConnectionTest(
  tx: Tx,
  id: number,
  test: { result: Json; transport: "json2" | "jsonrpc" | null; version: string | null },
): Promise<boolean> {
  const rows =
    await tx`update odoo_connection set last_test = ${tx.json(test.result)}, transport = coalesce(${test.transport}, transport),
      version = coalesce(${test.version}, version) where id = ${id} returning id`;
  return rows.length > 0;
}

/** Notes when a posting kind had its dry run. */
export async function saveDryRun(tx: Tx, id: number, kind: PostingKind, at: Date): Promise<boolean> {
  const rows =
    await tx`update odoo_connection set dry_runs = dry_runs || ${tx.json({ [kind]: at.toISOString() })} where id = ${id}
    and state <> 'archived' returning id`;
  return rows.length > 0;
}

export type Switched = { observing: boolean; postSince: Date | null };

/**
 * Switches a posting kind, if it stands the other way. Switching on ends the observing and, the first time, sets the instant from which on
 * facts are posted; it needs a dry run made after `dryRunAfter`.
 */
export async function switchKindRow(
  tx: Tx,
  id: number,
  kind: PostingKind,
  to: "on" | "off",
  now: Date,
  dryRunAfter: Date,
): Promise<Switched | null> {
  const [row] = await tx<Switched[]>`update odoo_connection set kinds = kinds || ${tx.json({ [kind]: to })},
      observing = case when ${to} = 'on' then false else observing end,
      post_since = case when ${to} = 'on' then coalesce(post_since, ${now}) else post_since end, updated_at = ${now}
    where id = ${id} and state <> 'archived' and coalesce(kinds->>${kind}, 'off') <> ${to}
      and (${to} = 'off' or (dry_runs->>${kind})::timestamptz >= ${dryRunAfter})
    returning observing, post_since as "postSince"`;
  return row ?? null;
}

/** Frees what was held because its kind was off: level postings, and edges for facts received since posting began; older edges stay held. */
export async function releaseHeld(
  tx: Tx,
  id: number,
  kind: PostingKind,
  postSince: Date,
  now: Date,
): Promise<{ released: number; kept: number }> {
  const [row] = await tx<{ released: number; kept: number }[]>`
    with waiting as (select shipment_id, key from posting where connection_id = ${id} and kind = ${kind} and state = 'held'
        and held_because in ('observe', 'kind_off') order by shipment_id, key for update),
      moved as (update posting p set
          state = case when p.level or p.received_at >= ${postSince} then 'planned' else 'held' end,
          held_because = case when p.level or p.received_at >= ${postSince} then null else 'before_connection' end,
          ${waitedUntil(tx, now)}, due_at = ${now}, updated_at = ${now}
        from waiting w where p.shipment_id = w.shipment_id and p.key = w.key returning p.state)
    select count(*) filter (where state = 'planned')::int as released, count(*) filter (where state = 'held')::int as kept from moved`;
  return row ?? { released: 0, kept: 0 };
}

/** Holds what is planned of a kind that is switched off; what is under way goes on. */
export async function holdPlanned(tx: Tx, id: number, kind: PostingKind, now: Date): Promise<number> {
  const [row] = await tx<{ held: number }[]>`
    with waiting as (select shipment_id, key from posting where connection_id = ${id} and kind = ${kind} and state = 'planned'
        order by shipment_id, key for update),
      moved as (update posting p set ${heldNow(tx, now)}, held_because = 'kind_off', updated_at = ${now} from waiting w
        where p.shipment_id = w.shipment_id and p.key = w.key and p.state = 'planned' returning 1)
    select count(*)::int as held from moved`;
  return row?.held ?? 0;
}

export type WouldPost = {
  /** The posting that waits; null for a mere example. */
  id: string | null;
  recordId: number;
  recordName: string | null;
  shipmentId: string;
  before: Json;
  after: Json;
  level: boolean;
  receivedAt: Date | null;
  createdAt: Date;
};

/** Postings of a kind that wait only for their kind to be switched on; oldest first. `released` are those that would go at once. */
export async function listWouldPost(
  sql: Tx,
  id: number,
  kind: PostingKind,
  postSince: Date,
  limit: number,
): Promise<{ rows: WouldPost[]; would: number; kept: number }> {
  const held = sql`from posting p where p.connection_id = ${id} and p.kind = ${kind} and p.state = 'held' and p.held_because in ('observe', 'kind_off')`;
  const [rows, [counts]] = await Promise.all([
    sql<
      WouldPost[]
    >`select p.id, p.record_id as "recordId", p.record_name as "recordName", p.shipment_id as "shipmentId", p.before, p.after,
        p.level, p.received_at as "receivedAt", p.created_at as "createdAt" ${held} and (p.level or p.received_at >= ${postSince})
      order by p.created_at limit ${limit}`,
    sql<
      { would: number; kept: number }[]
    >`select count(*) filter (where p.level or p.received_at >= ${postSince})::int as would,
      count(*) filter (where not (p.level or coalesce(p.received_at >= ${postSince}, false)))::int as kept ${held}`,
  ]);
  return { rows, would: counts?.would ?? 0, kept: counts?.kept ?? 0 };
}

export type LinkedShipment = { shipmentId: string; name: string; state: Shipment };

/** The newest transfers of a connection as shipments, as they were last folded. */
export async function listNewestLinked(sql: Tx, id: number, limit: number): Promise<LinkedShipment[]> {
  return sql<LinkedShipment[]>`select shipment_id as "shipmentId", name, state from shipment
    where connection_id = ${id} and picking_id is not null and head_id is null order by picking_id desc limit ${limit}`;
}

/** Marks a connection as changed, so that whoever speaks to it asks the server anew what it has. */
export async function touchConnection(tx: Tx, id: number, now: Date): Promise<void> {
  await tx`update odoo_connection set updated_at = ${now} where id = ${id}`;
}
