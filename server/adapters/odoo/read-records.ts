import { inBatches } from "./batches";
import { idOf, type OdooDomain } from "./call";
import type { OdooClient } from "./client";
import { CONTACT_FIELDS, type Recipients, recipientsOf } from "./contacts";
import { type Dialect, present } from "./dialect";
import { both, lookups, PARTNER_FIELDS, PRODUCT_FIELDS, places } from "./lookups";
import { orderRecord, pickingRecord } from "./normalise";
import type { OdooOrderRecord, OdooPickingRecord } from "./record";
import { readReturns } from "./returns";
import { shipped } from "./shipped";
import { readSteps } from "./steps";

/** Reads whole orders; the transfers they name are those that leave. */
export async function readOrders(client: OdooClient, dialect: Dialect, ids: number[]): Promise<OdooOrderRecord[]> {
  const fields = present(dialect, "sale.order", [
    "name",
    "client_order_ref",
    "origin",
    "state",
    "locked",
    "company_id",
    "warehouse_id",
    "partner_id",
    "partner_shipping_id",
    "date_order",
    "commitment_date",
    "expected_date",
    "effective_date",
    "delivery_status",
    "invoice_status",
    "amount_total",
    "currency_id",
    "picking_ids",
    "create_date",
    "write_date",
    "write_uid",
  ]);
  const lineFields = present(dialect, "sale.order.line", [
    "order_id",
    "product_id",
    "name",
    "product_uom_qty",
    "qty_delivered",
    "qty_invoiced",
    "product_uom_id",
    "product_uom",
    "is_delivery",
  ]);
  const [rows, lines] = await Promise.all([
    client.searchRead("sale.order", [["id", "in", ids]], fields, { order: "id" }),
    client.searchRead("sale.order.line", [["order_id", "in", ids]], lineFields, { order: "id" }),
  ]);
  const partnerIds = rows.map((row) => idOf(row.partner_shipping_id));
  const lookup = await lookups(client, [
    ["res.partner", partnerIds, PARTNER_FIELDS],
    ["product.product", lines.map((line) => idOf(line.product_id)), PRODUCT_FIELDS],
    ["stock.warehouse", rows.map((row) => idOf(row.warehouse_id)), ["code"]],
  ]);
  const full = await places(client, lookup, partnerIds);
  const linesOf = Map.groupBy(lines, (line) => idOf(line.order_id));
  const records = rows.map((row) => orderRecord(row, linesOf.get(row.id) ?? [], full, dialect));
  // An order's transfers include returns and the steps inside a warehouse; only those that leave are shipments.
  const transferIds = records.flatMap(({ pickingIds }) => pickingIds);
  const leaving = await inBatches(transferIds, ids.length, (batch) =>
    client.searchRead("stock.picking", [["id", "in", batch], ...shipped("")], ["id"], { order: "id" }),
  );
  const leavingIds = new Set(leaving.map(({ id }) => id));
  return records.map((record) => ({ ...record, pickingIds: record.pickingIds.filter((id) => leavingIds.has(id)) }));
}

type ReadPicking = { record: OdooPickingRecord; recipients: Recipients };

/** Reads whole transfers that ship, with what brings their goods back and the steps before, and whom each is for. */
export async function readPickings(client: OdooClient, dialect: Dialect, ids: number[]): Promise<ReadPicking[]> {
  const fields = present(dialect, "stock.picking", [
    "name",
    "state",
    "picking_type_id",
    "company_id",
    "origin",
    "sale_id",
    "partner_id",
    "carrier_id",
    "delivery_type",
    "carrier_tracking_ref",
    "carrier_price",
    "weight",
    "shipping_weight",
    "weight_uom_name",
    "scheduled_date",
    "date_deadline",
    "date_done",
    "backorder_id",
    "create_date",
    "write_date",
    "write_uid",
  ]);
  const moveFields = present(dialect, "stock.move", [
    "picking_id",
    "product_id",
    "product_uom",
    "product_uom_qty",
    "quantity",
    "picked",
    "quantity_done",
    "reserved_availability",
    "state",
    "sale_line_id",
    "write_date",
  ]);
  const packed: OdooDomain = [
    ["picking_id", "in", ids],
    ["result_package_id", "!=", false],
  ];
  const [rows, moves, lines] = await Promise.all([
    client.searchRead("stock.picking", [["id", "in", ids], ...shipped("")], fields, { order: "id" }),
    client.searchRead("stock.move", [["picking_id", "in", ids]], moveFields, { order: "id" }),
    client.searchRead("stock.move.line", packed, ["picking_id", "result_package_id"], { order: "id" }),
  ]);
  const partnerIds = rows.map((row) => idOf(row.partner_id));
  const partnerFields = [...PARTNER_FIELDS, ...present(dialect, "res.partner", CONTACT_FIELDS)];
  const found = await lookups(client, [
    ["res.partner", partnerIds, partnerFields],
    ["product.product", moves.map((move) => idOf(move.product_id)), PRODUCT_FIELDS],
    ["stock.picking.type", rows.map((row) => idOf(row.picking_type_id)), ["code", "warehouse_id"]],
    [
      "sale.order",
      rows.map((row) => idOf(row.sale_id)),
      ["client_order_ref", "commitment_date", "partner_id", "currency_id"],
    ],
  ]);
  const customerIds = rows
    .map((row) => idOf(found("sale.order", idOf(row.sale_id))?.partner_id))
    .filter((id) => !partnerIds.includes(id));
  const lookup = both(found, await lookups(client, [["res.partner", customerIds, partnerFields]]));
  const types = rows.map((row) => lookup("stock.picking.type", idOf(row.picking_type_id)));
  const [withPlaces, houses, returns, steps] = await Promise.all([
    places(client, lookup, [...partnerIds, ...customerIds]),
    lookups(client, [["stock.warehouse", types.map((type) => idOf(type?.warehouse_id)), ["code"]]]),
    readReturns(
      client,
      moves.filter((move) => move.state === "done"),
    ),
    readSteps(client, moves),
  ]);
  const full = both(withPlaces, houses);
  const movesOf = Map.groupBy(moves, (move) => idOf(move.picking_id));
  const linesOf = Map.groupBy(lines, (line) => idOf(line.picking_id));
  return rows.map((row) => ({
    record: {
      ...pickingRecord(row, movesOf.get(row.id) ?? [], linesOf.get(row.id) ?? [], full, dialect),
      ...returns.get(row.id),
      ...(steps.has(row.id) && { steps: steps.get(row.id) }),
    },
    recipients: recipientsOf(row, full),
  }));
}

/** Reads some records whatever their write_date: for a first comparison, a repair, or one picking a person looks at. */
export async function fetchRecords(
  client: OdooClient,
  ids: { orders?: readonly number[]; pickings?: readonly number[] },
  limit = 200,
): Promise<{ orders: OdooOrderRecord[]; pickings: OdooPickingRecord[] }> {
  const dialect = await client.dialect();
  const pickings = await inBatches(ids.pickings ?? [], limit, (batch) => readPickings(client, dialect, batch));
  return {
    orders: await inBatches(ids.orders ?? [], limit, (batch) => readOrders(client, dialect, batch)),
    pickings: pickings.map(({ record }) => record),
  };
}
