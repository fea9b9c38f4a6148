import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

export type WorkingConnection = {
  id: number;
  name: string;
  url: string;
  database: string;
  login: string;
  sealedKey: Buffer;
  state: string;
  pollSeconds: number;
  ratePerSecond: number;
  concurrency: number;
  timeoutMs: number;
  settleMs: number;
  breaker: Json;
  policies: Json;
  pausedClasses: Json;
  pace: Json;
  failures: Json;
  createdAtMs: number;
  updatedAtMs: number;
};

/** Connections that are not archived, with what poll and sender need. */
export async function workingConnections(tx: Tx): Promise<WorkingConnection[]> {
  const rows = await tx<
    {
      id: number;
      name: string;
      url: string;
      database: string;
      login: string;
      sealed_key: Buffer;
      state: string;
      poll_seconds: number;
      rate_per_second: number;
      concurrency: number;
      timeout_ms: number;
      settle_ms: number;
      breaker: Json;
      policies: Json;
      paused_classes: Json;
      pace: Json;
      failures: Json;
      created_at: Date;
      updated_at: Date;
    }[]
  >`select id, name, url, database, login, sealed_key, state, poll_seconds, rate_per_second, concurrency, timeout_ms, settle_ms, breaker,
      policies, paused_classes, pace, failures, created_at, updated_at
    from odoo_connection where state <> 'archived' order by id`;
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    url: row.url,
    database: row.database,
    login: row.login,
    sealedKey: row.sealed_key,
    state: row.state,
    pollSeconds: row.poll_seconds,
    ratePerSecond: row.rate_per_second,
    concurrency: row.concurrency,
    timeoutMs: row.timeout_ms,
    settleMs: row.settle_ms,
    breaker: row.breaker,
    policies: row.policies,
    pausedClasses: row.paused_classes,
    pace: row.pace,
    failures: row.failures,
    createdAtMs: row.created_at.getTime(),
    updatedAtMs: row.updated_at.getTime(),
  }));
}

/** Keeps the breaker's value; `updated_at` stays, since nothing was changed by a person. */
export async function saveBreaker(tx: Tx, connectionId: number, breaker: Json): Promise<void> {
  await tx`update odoo_connection set breaker = ${tx.json(breaker)} where id = ${connectionId}`;
}

/** Keeps how hard a connection is worked, for the screens; nothing that a person changed. */
export async function savePace(tx: Tx, connectionId: number, pace: Json): Promise<void> {
  await tx`update odoo_connection set pace = ${tx.json(pace)} where id = ${connectionId}`;
}

/** The failure budget of a connection, for who changes it now; null where it is archived. */
export async function lockFailures(tx: Tx, connectionId: number): Promise<{ failures: Json; percent: number } | null> {
  const [row] = await tx<{ failures: Json; percent: number }[]>`
    select failures, failure_percent as percent from odoo_connection where id = ${connectionId} and state <> 'archived' for update`;
  return row ?? null;
}

export async function saveFailures(tx: Tx, connectionId: number, failures: Json): Promise<void> {
  await tx`update odoo_connection set failures = ${tx.json(failures)} where id = ${connectionId}`;
}

/** Keeps what the server said it is. */
export async function saveServer(tx: Tx, connectionId: number, transport: string, version: string): Promise<void> {
  await tx`update odoo_connection set transport = ${transport}, version = ${version}
    where id = ${connectionId} and (transport is distinct from ${transport} or version is distinct from ${version})`;
}

export type WatermarkRow = { model: string; watermark: string | null; seen: Json; polledAtMs: number | null };

export async function loadWatermarks(tx: Tx, connectionId: number): Promise<WatermarkRow[]> {
  const rows = await tx<{ model: string; watermark: string | null; seen: Json; polled_at: Date | null }[]>`
    select model, watermark, seen, polled_at from odoo_watermark where connection_id = ${connectionId}`;
  return rows.map((row) => ({
    model: row.model,
    watermark: row.watermark,
    seen: row.seen,
    polledAtMs: row.polled_at?.getTime() ?? null,
  }));
}

export async function saveWatermarks(
  tx: Tx,
  connectionId: number,
  rows: readonly { model: string; watermark: string | null; seen: Json; changed: boolean }[],
  now: Date,
): Promise<void> {
  for (const row of rows) {
    await tx`insert into odoo_watermark (connection_id, model, watermark, seen, polled_at, changed_at, last_error)
      values (${connectionId}, ${row.model}, ${row.watermark}, ${tx.json(row.seen)}, ${now}, ${row.changed ? now : null}, null)
      on conflict (connection_id, model) do update set watermark = excluded.watermark, seen = excluded.seen, polled_at = excluded.polled_at,
        changed_at = coalesce(excluded.changed_at, odoo_watermark.changed_at), last_error = null`;
  }
}

/** Notes that a poll failed, and why. */
export async function savePollError(
  tx: Tx,
  connectionId: number,
  models: readonly string[],
  error: string,
): Promise<void> {
  await tx`insert into odoo_watermark (connection_id, model, last_error) select ${connectionId}::int, m, ${error.slice(0, 500)} from unnest(${models as string[]}::text[]) m
    on conflict (connection_id, model) do update set last_error = excluded.last_error`;
}

export type MirrorRow = { model: string; recordId: number; values: Json; writeDate: string | null; open: boolean };

/** Keeps records as Odoo last showed them, for comparison. */
export async function upsertMirror(tx: Tx, connectionId: number, rows: readonly MirrorRow[], now: Date): Promise<void> {
  if (rows.length === 0) return;
  await tx`insert into odoo_mirror (connection_id, model, record_id, "values", write_date, open, seen_at)
    select ${connectionId}::int, m, r, v::jsonb, w, o = 1, ${now} from unnest(${rows.map((r) => r.model)}::text[], ${rows.map((r) => r.recordId)}::int[],
      ${rows.map((r) => JSON.stringify(r.values))}::text[], ${rows.map((r) => r.writeDate)}::text[], ${rows.map((r) => (r.open ? 1 : 0))}::int[]) t(m, r, v, w, o)
    on conflict (connection_id, model, record_id) do update set "values" = excluded."values", write_date = excluded.write_date, open = excluded.open,
      seen_at = excluded.seen_at, deleted_at = null`;
}

/** Names of the newest records of a model that were read and not deleted, by number. */
export async function listNewestMirrored(
  tx: Tx,
  connectionId: number,
  model: string,
  limit: number,
): Promise<Map<number, string>> {
  const rows = await tx<
    { id: number; name: string }[]
  >`select record_id as id, "values"->>'name' as name from odoo_mirror
    where connection_id = ${connectionId} and model = ${model} and deleted_at is null and "values"->>'name' is not null
    order by record_id desc limit ${limit}`;
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Takes open mirrored records to look for deletions among, those not looked at for longest first. */
export type OpenMirrored = { model: string; id: number; name: string | null; companyId: number | null };

export async function takeOpenMirrored(
  tx: Tx,
  connectionId: number,
  limit: number,
  now: Date,
): Promise<OpenMirrored[]> {
  return tx<OpenMirrored[]>`
    update odoo_mirror o set seen_at = ${now} from (
      select model, record_id from odoo_mirror where connection_id = ${connectionId} and open order by seen_at limit ${limit}) due
    where o.connection_id = ${connectionId} and o.model = due.model and o.record_id = due.record_id
    returning o.model, o.record_id as id, o."values"->>'name' as name, (o."values"#>>'{company,id}')::int as "companyId"`;
}

export async function markDeleted(
  tx: Tx,
  connectionId: number,
  rows: readonly { model: string; id: number }[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  await tx`update odoo_mirror o set deleted_at = ${now}, open = false from unnest(${rows.map((r) => r.model)}::text[], ${rows.map((r) => r.id)}::int[]) t(m, i)
    where o.connection_id = ${connectionId} and o.model = t.m and o.record_id = t.i`;
}

/**
 * Replaces the hashes by which partners are found; a partner without any row in `rows` loses them. `knownOnly` leaves alone those for whom
 * no transfer is known.
 */
export async function replaceContacts(
  tx: Tx,
  connectionId: number,
  partnerIds: readonly number[],
  rows: readonly { partnerId: number; hash: string }[],
  options: { knownOnly?: boolean } = {},
): Promise<void> {
  if (partnerIds.length === 0) return;
  await tx`with known as (
      select p as partner_id from unnest(${[...partnerIds]}::int[]) p
      where ${options.knownOnly !== true} or exists (
        select from odoo_recipient r where r.connection_id = ${connectionId} and r.partner_id = p)),
    wanted as (
      select distinct decode(h, 'hex') as hash, p as partner_id
      from unnest(${rows.map((row) => row.hash)}::text[], ${rows.map((row) => row.partnerId)}::int[]) t(h, p)
      where p in (select partner_id from known)),
    gone as (
      delete from odoo_contact c using known k where c.connection_id = ${connectionId} and c.partner_id = k.partner_id
        and not exists (select from wanted w where w.hash = c.hash and w.partner_id = c.partner_id))
    insert into odoo_contact (hash, connection_id, partner_id) select hash, ${connectionId}::int, partner_id from wanted
    order by 1, 3 on conflict do nothing`;
}

/** Replaces for whom some transfers are. */
export async function replaceRecipients(
  tx: Tx,
  connectionId: number,
  pickingIds: readonly number[],
  rows: readonly { pickingId: number; partnerId: number }[],
): Promise<void> {
  if (pickingIds.length === 0) return;
  await tx`with wanted as (
      select distinct k as picking_id, p as partner_id
      from unnest(${rows.map((row) => row.pickingId)}::int[], ${rows.map((row) => row.partnerId)}::int[]) t(k, p)),
    gone as (
      delete from odoo_recipient r where r.connection_id = ${connectionId} and r.picking_id = any(${[...pickingIds]}::int[])
        and not exists (select from wanted w where w.picking_id = r.picking_id and w.partner_id = r.partner_id))
    insert into odoo_recipient (connection_id, partner_id, picking_id) select ${connectionId}::int, partner_id, picking_id from wanted
    order by 2, 3 on conflict do nothing`;
}

/** Mirrored transfers after an id of which nobody has noted whom they are for; `last` is how far was looked, null at the end. */
export async function listUnreadRecipients(
  tx: Tx,
  connectionId: number,
  after: number,
  limit: number,
): Promise<{ pickingIds: number[]; last: number | null }> {
  const rows = await tx<{ id: number; known: boolean }[]>`
    select m.record_id as id, exists (
      select from odoo_recipient r where r.connection_id = m.connection_id and r.picking_id = m.record_id) as known
    from odoo_mirror m where m.connection_id = ${connectionId} and m.model = 'stock.picking' and m.record_id > ${after}
    order by m.record_id limit ${limit}`;
  return { pickingIds: rows.filter((row) => !row.known).map((row) => row.id), last: rows.at(-1)?.id ?? null };
}

/** Feed through which a connection's records arrive. */
export async function findOdooFeed(
  tx: Tx,
  connectionId: number,
): Promise<{ id: number; urgency: number; state: string } | null> {
  const [row] = await tx<
    { id: number; urgency: number; state: string }[]
  >`select id, urgency, state from feed where adapter = 'odoo' and connection_id = ${connectionId}`;
  return row ?? null;
}
