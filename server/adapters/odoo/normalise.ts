import { idOf, idsOf, instantOf, linkOf, numberOf, type OdooRow, textOf } from "./call";
import { countsDoneApart, type Dialect, hasField } from "./dialect";
import {
  type OdooMoveRecord,
  type OdooOrderRecord,
  type OdooPartner,
  type OdooPickingRecord,
  type OdooProduct,
  odooOrderRecord,
  odooPickingRecord,
} from "./record";

/** Rows that records point to, by model and id. */
export type Lookup = (model: string, id: number | null) => OdooRow | undefined;

/** `[CODE] Name` without its code: products are shown with it, and the code has a place of its own. */
function withoutCode(name: string, code: string | null): string {
  return code !== null && name.startsWith(`[${code}] `) ? name.slice(code.length + 3) : name;
}

function product(value: unknown, lookup: Lookup): OdooProduct | null {
  const link = linkOf(value);
  if (!link) return null;
  const row = lookup("product.product", link.id);
  const code = textOf(row?.default_code);
  return { id: link.id, name: withoutCode(link.name, code), code, barcode: textOf(row?.barcode) };
}

function partner(value: unknown, lookup: Lookup): OdooPartner | null {
  const link = linkOf(value);
  if (!link) return null;
  const row = lookup("res.partner", link.id);
  return {
    ...link,
    street: textOf(row?.street),
    street2: textOf(row?.street2),
    city: textOf(row?.city),
    zip: textOf(row?.zip),
    stateCode: textOf(lookup("res.country.state", idOf(row?.state_id))?.code),
    countryCode: textOf(lookup("res.country", idOf(row?.country_id))?.code),
    isCompany: row?.is_company === true,
  };
}

function warehouse(value: unknown, lookup: Lookup) {
  const link = linkOf(value);
  return link && { ...link, code: textOf(lookup("stock.warehouse", link.id)?.code) };
}

/** Turns the rows of an order and what it points to into its record; throws ZodError when the server's rows make no sense. */
export function orderRecord(
  row: OdooRow,
  lines: readonly OdooRow[],
  lookup: Lookup,
  dialect: Dialect,
): OdooOrderRecord {
  const state = row.state === "done" ? "sale" : row.state;
  const record = {
    model: "sale.order",
    id: row.id,
    name: textOf(row.name) ?? "",
    clientOrderRef: textOf(row.client_order_ref),
    origin: textOf(row.origin),
    state,
    locked: hasField(dialect, "sale.order", "locked") ? row.locked === true : row.state === "done",
    company: linkOf(row.company_id),
    warehouse: warehouse(row.warehouse_id, lookup),
    partner: linkOf(row.partner_id),
    shippingPartner: partner(row.partner_shipping_id, lookup),
    orderedAt: instantOf(row.date_order),
    commitmentAt: instantOf(row.commitment_date),
    expectedAt: instantOf(row.expected_date),
    effectiveAt: instantOf(row.effective_date),
    deliveryStatus: textOf(row.delivery_status),
    invoiceStatus: textOf(row.invoice_status),
    amountTotal: numberOf(row.amount_total) ?? 0,
    currency: linkOf(row.currency_id)?.name ?? null,
    pickingIds: idsOf(row.picking_ids),
    lines: lines.map((line) => ({
      id: line.id,
      product: product(line.product_id, lookup),
      description: textOf(line.name),
      ordered: numberOf(line.product_uom_qty) ?? 0,
      delivered: numberOf(line.qty_delivered) ?? 0,
      invoiced: numberOf(line.qty_invoiced) ?? 0,
      uom: linkOf(line.product_uom_id ?? line.product_uom)?.name ?? null,
      isDelivery: line.is_delivery === true,
    })),
    createdAt: instantOf(row.create_date),
    writtenAt: instantOf(row.write_date),
    writtenBy: idOf(row.write_uid),
  };
  return odooOrderRecord.parse(record);
}

function moveRecord(
  row: OdooRow,
  lookup: Lookup,
  dialect: Dialect,
): Omit<OdooMoveRecord, "product" | "state"> & {
  product: OdooProduct | null;
  state: unknown;
} {
  const apart = countsDoneApart(dialect);
  const quantity = numberOf(apart ? row.quantity_done : row.quantity) ?? 0;
  const isDone = row.state === "done";
  return {
    id: row.id,
    product: product(row.product_id, lookup),
    state: row.state,
    demand: numberOf(row.product_uom_qty) ?? 0,
    done: apart || isDone || row.picked === true ? quantity : 0,
    reserved: apart ? (numberOf(row.reserved_availability) ?? 0) : isDone ? 0 : quantity,
    uom: linkOf(row.product_uom)?.name ?? "",
    saleLineId: idOf(row.sale_line_id),
    writtenAt: instantOf(row.write_date) ?? "",
  };
}

function carrierOf(row: OdooRow) {
  const link = linkOf(row.carrier_id);
  return link && { ...link, deliveryType: textOf(row.delivery_type) };
}

function saleOf(row: OdooRow, lookup: Lookup) {
  const link = linkOf(row.sale_id);
  if (!link) return null;
  const order = lookup("sale.order", link.id);
  return {
    ...link,
    clientOrderRef: textOf(order?.client_order_ref),
    commitmentAt: instantOf(order?.commitment_date),
    currency: linkOf(order?.currency_id)?.name ?? null,
  };
}

/** Turns the rows of a picking and what belongs to it into its record; throws ZodError when the server's rows make no sense. */
export function pickingRecord(
  row: OdooRow,
  moves: readonly OdooRow[],
  lines: readonly OdooRow[],
  lookup: Lookup,
  dialect: Dialect,
): OdooPickingRecord {
  const type = linkOf(row.picking_type_id);
  const typeRow = lookup("stock.picking.type", type?.id ?? null);
  const packages = new Map<number, { id: number; name: string }>();
  for (const line of lines) {
    const pack = linkOf(line.result_package_id);
    if (pack) packages.set(pack.id, pack);
  }
  const record = {
    model: "stock.picking",
    id: row.id,
    name: textOf(row.name) ?? "",
    state: row.state,
    direction: typeRow?.code === "outgoing" ? "outgoing" : "dropship",
    type,
    company: linkOf(row.company_id),
    warehouse: warehouse(typeRow?.warehouse_id, lookup),
    origin: textOf(row.origin),
    sale: saleOf(row, lookup),
    partner: partner(row.partner_id, lookup),
    carrier: carrierOf(row),
    trackingReference: textOf(row.carrier_tracking_ref),
    carrierPrice: numberOf(row.carrier_price),
    weight: numberOf(row.weight),
    shippingWeight: numberOf(row.shipping_weight),
    weightUnit: textOf(row.weight_uom_name),
    scheduledAt: instantOf(row.scheduled_date),
    deadlineAt: instantOf(row.date_deadline),
    doneAt: instantOf(row.date_done),
    backorderOf: linkOf(row.backorder_id),
    moves: [...moves].sort((one, other) => one.id - other.id).map((move) => moveRecord(move, lookup, dialect)),
    packages: [...packages.values()],
    createdAt: instantOf(row.create_date),
    writtenAt: instantOf(row.write_date),
    writtenBy: idOf(row.write_uid),
  };
  return odooPickingRecord.parse(record);
}
