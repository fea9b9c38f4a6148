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
      updated_at: Date;
    }[]
  >`select id, name, url, database, login, sealed_key, state, poll_seconds, rate_per_second, concurrency, timeout_ms, settle_ms, breaker, updated_at
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
    updatedAtMs: row.updated_at.getTime(),
  }));
}

/** Keeps the breaker's value; `updated_at` stays, since nothing was changed by a person. */
export async function saveBreaker(tx: Tx, connectionId: number, breaker: Json): Promise<void> {
  await tx`update odoo_connection set breaker = ${tx.json(breaker)} where id = ${connectionId}`;
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

/** Takes open mirrored records to look for deletions among, those not looked at for longest first. */
export async function takeOpenMirrored(
  tx: Tx,
  connectionId: number,
  limit: number,
  now: Date,
): Promise<{ model: string; id: number; name: string | null }[]> {
  return tx<{ model: string; id: number; name: string | null }[]>`
    update odoo_mirror o set seen_at = ${now} from (
      select model, record_id from odoo_mirror where connection_id = ${connectionId} and open order by seen_at limit ${limit}) due
    where o.connection_id = ${connectionId} and o.model = due.model and o.record_id = due.record_id
    returning o.model, o.record_id as id, o."values"->>'name' as name`;
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
