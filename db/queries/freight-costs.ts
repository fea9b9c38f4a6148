import type { Json, OdooPicking } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

export type CostlyBill = {
  id: string;
  vendor: string;
  number: string;
  numberKey: string;
  kind: "invoice" | "credit";
  currency: string;
  billedMinor: number;
  payMinor: number | null;
  decidedAt: Date;
  messageId: string;
  correlationId: string | null;
  shipments: string[];
};

/** Approved bills whose real cost is to be planned now; another worker's are skipped. */
export async function takeCostly(tx: Tx, now: Date, limit: number): Promise<CostlyBill[]> {
  return tx<CostlyBill[]>`
    with due as (select invoice_id from freight_case where cost_at <= ${now} order by cost_at limit ${limit} for update skip locked)
    select c.invoice_id as id, f.vendor, f.number, f.number_key as "numberKey", f.kind, c.currency, c.billed_minor::float8 as "billedMinor",
      c.pay_minor::float8 as "payMinor", c.decided_at as "decidedAt", f.message_id as "messageId", f.correlation_id as "correlationId",
      coalesce((select array_agg(distinct l.shipment_id) from freight_line_case l where l.invoice_id = c.invoice_id and l.shipment_id is not null), '{}') as shipments
    from due join freight_case c on c.invoice_id = due.invoice_id join freight_invoice f on f.id = c.invoice_id`;
}

export type CostRow = {
  shipmentId: string;
  currency: string;
  amountMinor: number;
};

/**
 * What was approved for shipments, by currency: charges of bills less credits; where a bill is about one shipment alone, also what was paid
 * short, and what its total has beyond its charges.
 */
export async function sumCosts(tx: Tx, shipmentIds: readonly string[]): Promise<CostRow[]> {
  if (shipmentIds.length === 0) return [];
  return tx<CostRow[]>`
    with mine as (
      select l.shipment_id, l.invoice_id, sum(l.amount_minor) as amount from freight_line_case l
        join freight_case c on c.invoice_id = l.invoice_id
      where l.shipment_id = any(${[...shipmentIds]}::uuid[]) and c.state in ('approved', 'short_paid') group by 1, 2)
    select m.shipment_id as "shipmentId", c.currency, sum(case when f.kind = 'credit' then -abs(m.amount) else m.amount end
      + case when f.kind = 'invoice' and a.shipments = 1 then coalesce(c.pay_minor, c.billed_minor) - a.amount else 0 end)::float8 as "amountMinor"
    from mine m join freight_case c on c.invoice_id = m.invoice_id join freight_invoice f on f.id = m.invoice_id
      cross join lateral (select count(distinct o.shipment_id) as shipments, sum(o.amount_minor) as amount from freight_line_case o
        where o.invoice_id = m.invoice_id) a
    group by 1, 2`;
}

export type CostTarget = { shipmentId: string; picking: OdooPicking | null; currency: string | null };

/** Transfers of shipments, and the currency that Odoo counts their order in. */
export async function loadCostTargets(tx: Tx, shipmentIds: readonly string[]): Promise<CostTarget[]> {
  if (shipmentIds.length === 0) return [];
  const rows = await tx<{ shipmentId: string; picking: Json; expected: string | null; ordered: string | null }[]>`
    select shipment_id as "shipmentId", state->'attributes'->'odoo_picking'->'value' as picking,
      state->'attributes'->'expected_freight'->'value'->>'currency' as expected, state->'attributes'->'order_value'->'value'->>'currency' as ordered
    from shipment where shipment_id = any(${[...shipmentIds]}::uuid[])`;
  return rows.map(({ shipmentId, picking, expected, ordered }) => ({
    shipmentId,
    picking: picking !== null && typeof picking === "object" ? (picking as unknown as OdooPicking) : null,
    currency: ordered ?? expected,
  }));
}

/** Costs that were planned for shipments before. */
export async function listCostPostings(
  tx: Tx,
  shipmentIds: readonly string[],
): Promise<{ shipmentId: string; key: string; state: string; price: string; currency: string }[]> {
  if (shipmentIds.length === 0) return [];
  return tx<{ shipmentId: string; key: string; state: string; price: string; currency: string }[]>`
    select shipment_id as "shipmentId", key, state, desired->>'price' as price, desired->>'currency' as currency from posting
    where shipment_id = any(${[...shipmentIds]}::uuid[]) and kind = 'freight_cost'`;
}

/** Notes when to look at each bill's cost again; null: never. */
export async function saveCostAt(tx: Tx, rows: readonly { id: string; at: Date | null }[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`update freight_case c set cost_at = t.at from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.at?.toISOString() ?? null)}::timestamptz[]) t(id, at)
    where c.invoice_id = t.id`;
}
