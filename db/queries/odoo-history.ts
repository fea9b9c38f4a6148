import { type History, type HistoryCounts, historySchema } from "@/core/odoo/history";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

/** Rows beside the watermarks of records that tell of the poll itself. */
const HISTORY = "history";
const HINT = "hint";

/** Where the reading of a connection's history stands; null for one that began before it was kept, or that was never polled. */
export async function findHistory(sql: Tx, connectionId: number, lock = false): Promise<History | null> {
  const [row] = await sql<{ backfill: Json }[]>`select backfill from odoo_watermark
    where connection_id = ${connectionId} and model = ${HISTORY} ${lock ? sql`for update` : sql``}`;
  const parsed = historySchema.safeParse(row?.backfill);
  return parsed.success ? parsed.data : null;
}

export async function saveHistory(tx: Tx, connectionId: number, history: History): Promise<void> {
  await tx`insert into odoo_watermark (connection_id, model, backfill) values (${connectionId}, ${HISTORY}, ${tx.json(history)})
    on conflict (connection_id, model) do update set backfill = excluded.backfill`;
}

/** Orders and transfers of a connection that are here: each counts once, however often it was read. */
export async function countMirrored(sql: Tx, connectionId: number): Promise<HistoryCounts> {
  const [row] = await sql<HistoryCounts[]>`select count(*) filter (where model = 'sale.order')::int as orders,
      count(*) filter (where model = 'stock.picking')::int as pickings from odoo_mirror where connection_id = ${connectionId}`;
  return row ?? { orders: 0, pickings: 0 };
}

export type PollAside = { connectionId: number; history: Json; hintedAt: Date | null };

/** History and last hint of every connection. */
export async function listPollAsides(sql: Tx): Promise<PollAside[]> {
  return sql<
    PollAside[]
  >`select connection_id as "connectionId", max(backfill::text) filter (where model = ${HISTORY})::jsonb as history,
      max(changed_at) filter (where model = ${HINT}) as "hintedAt"
    from odoo_watermark where model in (${HISTORY}, ${HINT}) group by 1`;
}

/** Notes a hint and wakes the poll of its connection; false where there is no active connection of this id. */
export async function noteHint(sql: Tx, connectionId: number, now: Date): Promise<boolean> {
  const rows = await sql`insert into odoo_watermark (connection_id, model, changed_at)
      select id, ${HINT}, ${now} from odoo_connection where id = ${connectionId} and state = 'active'
    on conflict (connection_id, model) do update set changed_at = excluded.changed_at returning connection_id`;
  if (rows.length === 0) return false;
  await sql`select pg_notify('waypost_odoo_hint', ${String(connectionId)})`;
  return true;
}
