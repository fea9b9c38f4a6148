import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

/** Connections that are not archived, with the report of their last test. */
export async function listRouteTargets(tx: Tx): Promise<{ id: number; name: string; lastTest: Json }[]> {
  return tx<
    { id: number; name: string; lastTest: Json }[]
  >`select id, name, last_test as "lastTest" from odoo_connection where state <> 'archived' order by name`;
}

/** Shipments without an end, newest change first. */
export async function listOpenShipments(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx<
    { id: string }[]
  >`select shipment_id as id from shipment where head_id is null and terminal is null
    order by updated_at desc nulls first, shipment_id desc nulls first limit ${limit}`;
  return rows.map((row) => row.id);
}

/** Of these shipments those that a rule sends to an Odoo and that no transfer is linked to. */
export async function listRuledWithoutTransfer(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx<
    { id: string }[]
  >`select shipment_id as id from shipment where shipment_id = any(${[...ids]}::uuid[])
    and head_id is null and picking_id is null and route->>'by' = 'rule'`;
  return rows.map((row) => row.id);
}
