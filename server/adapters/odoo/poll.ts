import { idOf, instantOf, type OdooDomain, type OdooRow, odooTime } from "./call";
import type { OdooClient } from "./client";
import { type Dialect, present } from "./dialect";
import { type Lookup, orderRecord, pickingRecord } from "./normalise";
import type { OdooDeletion, OdooOrderRecord, OdooPickingRecord } from "./record";
import { advance, readFrom, type Stamp, toRead, type WatchedModel, type Watermarks } from "./watermark";

export type PollOptions = {
  /** How far before the watermark to read again; minutes, because long transactions appear late. */
  overlapSeconds: number;
  /** Records a reading call. */
  limit: number;
  /** Milliseconds since 1970. */
  nowMs: number;
  /** Most changes of one model taken in one poll; the rest follows in the next. */
  most?: number;
};

export type Changes = {
  orders: OdooOrderRecord[];
  pickings: OdooPickingRecord[];
  /** How many moves and move lines had changed; their pickings are among `pickings`. */
  moves: number;
  next: Watermarks;
  /** True when `most` cut the poll short: poll again at once. */
  more: boolean;
};

/** Outgoing and drop-ship transfers; a drop-ship is known by its ends, because its type is `incoming` in older versions. */
function shipped(prefix: string): OdooDomain {
  return [
    "|",
    [`${prefix}picking_type_id.code`, "=", "outgoing"],
    "&",
    [`${prefix}location_id.usage`, "=", "supplier"],
    [`${prefix}location_dest_id.usage`, "=", "customer"],
  ];
}

const WATCHED: Readonly<Record<WatchedModel, { domain: OdooDomain; fields: readonly string[] }>> = {
  "sale.order": { domain: [["state", "not in", ["draft", "sent"]]], fields: ["write_date"] },
  "stock.picking": { domain: shipped(""), fields: ["write_date"] },
  "stock.move": {
    domain: [["picking_id", "!=", false], ...shipped("picking_id.")],
    fields: ["write_date", "picking_id"],
  },
  "stock.move.line": {
    domain: [["picking_id", "!=", false], ...shipped("picking_id.")],
    fields: ["write_date", "picking_id"],
  },
};

const MOST_AT_ONCE = 20_000;

async function changed(client: OdooClient, model: WatchedModel, marks: Watermarks, options: PollOptions) {
  const mark = marks[model];
  const { domain, fields } = WATCHED[model];
  const from = readFrom(mark, options.overlapSeconds);
  const since: OdooDomain = from === null ? [] : [["write_date", ">=", odooTime(from)]];
  let most = options.most ?? MOST_AT_ONCE;
  for (;;) {
    const rows = await client.searchRead(model, [...since, ...domain], fields, {
      order: "write_date asc, id asc",
      limit: most + 1,
    });
    const cut = rows.length > most;
    const kept = rows.slice(0, most);
    const stamps: Stamp[] = kept.map((row) => ({ id: row.id, writtenAt: instantOf(row.write_date) ?? "" }));
    const last = stamps.at(-1)?.writtenAt ?? "";
    // a cut must lead beyond the overlap, or the next poll would read the same again and never get on
    const getsOn = (readFrom({ at: last || null, seen: [] }, options.overlapSeconds) ?? "") > (from ?? "");
    if (cut && !getsOn) {
      most *= 4;
      continue;
    }
    const wanted = new Set(toRead(mark, stamps, options.nowMs));
    const rowsToRead = kept.filter((row) => wanted.has(row.id));
    return { rows: rowsToRead, next: advance(mark, stamps, options.overlapSeconds, options.nowMs), cut };
  }
}

async function inBatches<T>(
  ids: readonly number[],
  limit: number,
  read: (batch: number[]) => Promise<T[]>,
): Promise<T[]> {
  const found: T[] = [];
  for (let at = 0; at < ids.length; at += limit) found.push(...(await read(ids.slice(at, at + limit))));
  return found;
}

/** Reads the rows that others point to, each model once, and answers look-ups from them. */
async function lookups(
  client: OdooClient,
  wanted: readonly (readonly [string, Iterable<number | null>, readonly string[]])[],
) {
  const tables = new Map<string, Map<number, OdooRow>>();
  await Promise.all(
    wanted.map(async ([model, all, fields]) => {
      const ids = [...new Set([...all].filter((id): id is number => id !== null))];
      const rows =
        ids.length === 0 ? [] : await client.searchRead(model, [["id", "in", ids]], fields, { context: ANY_STATE });
      tables.set(model, new Map(rows.map((row) => [row.id, row])));
    }),
  );
  const lookup: Lookup = (model, id) => (id === null ? undefined : tables.get(model)?.get(id));
  return lookup;
}

/** Archived partners and products still name those they were used for. */
const ANY_STATE = { active_test: false };

const PARTNER_FIELDS = ["street", "street2", "city", "zip", "state_id", "country_id", "is_company"];
const PRODUCT_FIELDS = ["default_code", "barcode"];

function both(one: Lookup, other: Lookup): Lookup {
  return (model, id) => one(model, id) ?? other(model, id);
}

async function places(client: OdooClient, lookup: Lookup, partnerIds: readonly (number | null)[]): Promise<Lookup> {
  const partners = partnerIds.map((id) => lookup("res.partner", id));
  const found = await lookups(client, [
    ["res.country", partners.map((row) => idOf(row?.country_id)), ["code"]],
    ["res.country.state", partners.map((row) => idOf(row?.state_id)), ["code"]],
  ]);
  return both(lookup, found);
}

async function readOrders(client: OdooClient, dialect: Dialect, ids: number[]): Promise<OdooOrderRecord[]> {
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

async function readPickings(client: OdooClient, dialect: Dialect, ids: number[]): Promise<OdooPickingRecord[]> {
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
  const lookup = await lookups(client, [
    ["res.partner", partnerIds, PARTNER_FIELDS],
    ["product.product", moves.map((move) => idOf(move.product_id)), PRODUCT_FIELDS],
    ["stock.picking.type", rows.map((row) => idOf(row.picking_type_id)), ["code", "warehouse_id"]],
    ["sale.order", rows.map((row) => idOf(row.sale_id)), ["client_order_ref", "commitment_date"]],
  ]);
  const types = rows.map((row) => lookup("stock.picking.type", idOf(row.picking_type_id)));
  const [withPlaces, houses] = await Promise.all([
    places(client, lookup, partnerIds),
    lookups(client, [["stock.warehouse", types.map((type) => idOf(type?.warehouse_id)), ["code"]]]),
  ]);
  const full = both(withPlaces, houses);
  const movesOf = Map.groupBy(moves, (move) => idOf(move.picking_id));
  const linesOf = Map.groupBy(lines, (line) => idOf(line.picking_id));
  return rows.map((row) => pickingRecord(row, movesOf.get(row.id) ?? [], linesOf.get(row.id) ?? [], full, dialect));
}

/**
 * Reads what changed in Odoo since the watermarks: confirmed orders, and outgoing and drop-ship pickings, also those of which only a
 * move or its lines changed. Keep `next` only after the records were stored. Throws `OdooFailure`.
 */
export async function fetchChanges(client: OdooClient, marks: Watermarks, options: PollOptions): Promise<Changes> {
  const dialect = await client.dialect();
  const [orders, pickings, moves, lines] = await Promise.all([
    changed(client, "sale.order", marks, options),
    changed(client, "stock.picking", marks, options),
    changed(client, "stock.move", marks, options),
    changed(client, "stock.move.line", marks, options),
  ]);
  const orderIds = orders.rows.map((row) => row.id);
  const pickingIds = new Set(pickings.rows.map((row) => row.id));
  for (const row of [...moves.rows, ...lines.rows]) {
    const id = idOf(row.picking_id);
    if (id !== null) pickingIds.add(id);
  }
  return {
    orders: await inBatches(orderIds, options.limit, (batch) => readOrders(client, dialect, batch)),
    pickings: await inBatches(
      [...pickingIds].sort((one, other) => one - other),
      options.limit,
      (batch) => readPickings(client, dialect, batch),
    ),
    moves: moves.rows.length + lines.rows.length,
    next: {
      "sale.order": orders.next,
      "stock.picking": pickings.next,
      "stock.move": moves.next,
      "stock.move.line": lines.next,
    },
    more: orders.cut || pickings.cut || moves.cut || lines.cut,
  };
}

/** Reads some records whatever their write_date: for a first comparison, a repair, or one picking a person looks at. */
export async function fetchRecords(
  client: OdooClient,
  ids: { orders?: readonly number[]; pickings?: readonly number[] },
  limit = 200,
): Promise<{ orders: OdooOrderRecord[]; pickings: OdooPickingRecord[] }> {
  const dialect = await client.dialect();
  return {
    orders: await inBatches(ids.orders ?? [], limit, (batch) => readOrders(client, dialect, batch)),
    pickings: await inBatches(ids.pickings ?? [], limit, (batch) => readPickings(client, dialect, batch)),
  };
}

/** Says which of the records that Waypost holds open are no longer in Odoo: deletions leave no trace in write_date. */
export async function fetchDeleted(
  client: OdooClient,
  open: readonly { model: OdooDeletion["deletedModel"]; id: number; name: string | null }[],
  nowMs: number,
  limit = 1_000,
): Promise<OdooDeletion[]> {
  const noticedAt = new Date(nowMs).toISOString().replace(/\.\d+Z$/, "Z");
  const gone: OdooDeletion[] = [];
  for (const [deletedModel, records] of Map.groupBy(open, (record) => record.model)) {
    const ids = records.map((record) => record.id);
    const there = await inBatches(ids, limit, (batch) =>
      client.searchRead(deletedModel, [["id", "in", batch]], ["id"], { context: ANY_STATE }),
    );
    const present = new Set(there.map((row) => row.id));
    for (const { id, name } of records)
      if (!present.has(id)) gone.push({ model: "deleted", deletedModel, id, name, noticedAt });
  }
  return gone;
}
