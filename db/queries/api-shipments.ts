import type { Shipment } from "@/core/shipments/shipment";
import type { Tx } from "@/db/client";

export type ApiShipment = {
  id: string;
  name: string;
  milestone: string | null;
  stage: string | null;
  summary: string;
  terminal: string | null;
  carrier: string | null;
  warehouse: string | null;
  promisedAt: Date | null;
  etaAt: Date | null;
  openExceptions: number;
  pickingId: number | null;
  connection: string | null;
  updatedAt: Date;
  state: Partial<Shipment>;
};

/** The given shipments (heads), in no order. */
export async function listApiShipments(sql: Tx, ids: readonly string[]): Promise<ApiShipment[]> {
  if (ids.length === 0) return [];
  return sql<
    ApiShipment[]
  >`select s.shipment_id as id, s.name, s.milestone, s.stage, s.summary, s.terminal, s.carrier, s.warehouse,
      s.promised_at as "promisedAt", s.eta_at as "etaAt", s.open_exceptions as "openExceptions", s.picking_id as "pickingId",
      c.name as connection, s.updated_at as "updatedAt", s.state
    from shipment s left join odoo_connection c on c.id = s.connection_id where s.shipment_id = any(${[...ids]}::uuid[])`;
}

export type ApiReference = { shipmentId: string; kind: string; issuer: string; value: string };

/** References of the given heads and of the shipments linked into them, each named by its head. */
export async function listApiReferences(sql: Tx, ids: readonly string[]): Promise<ApiReference[]> {
  if (ids.length === 0) return [];
  return sql<ApiReference[]>`
    with family as (select shipment_id, coalesce(head_id, shipment_id) as head from shipment
      where shipment_id = any(${[...ids]}::uuid[]) or head_id = any(${[...ids]}::uuid[]))
    select distinct f.head as "shipmentId", r.kind, r.issuer, r.said as value from family f
    join reference r on r.shipment_id = f.shipment_id order by 2, 3, 4 limit 20000`;
}
