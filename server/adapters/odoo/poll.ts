import { inBatches } from "./batches";
import { idOf, instantOf, linkOf, type OdooDomain, type OdooRow, odooTime } from "./call";
import type { OdooClient } from "./client";
import { CONTACT_FIELDS, type Contact, contactOf, type Recipients, recipientsOf } from "./contacts";
import { type Dialect, present } from "./dialect";
import { type Lookup, orderRecord, pickingRecord } from "./normalise";
import type { OdooDeletion, OdooOrderRecord, OdooPickingRecord } from "./record";
import { fedPickings, INSIDE, readSteps } from "./steps";
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
  /** Whom each of the pickings is for; beside the records, because these go into no stored message. */
  recipients: Recipients[];
  /** How many moves and move lines had changed; their pickings are among `pickings`. */
  moves: number;
  next: Watermarks;
  /** True when `most` cut the poll short: poll again at once. */
  more: boolean;
};

/** Outgoing and drop-ship transfers; a drop-ship is known by its ends, because its type is `incoming` in older versions. */
export function shipped(prefix: string): OdooDomain {
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
  // with the moves that bring goods back, and those of the steps before: neither touches the transfer that ships
  "stock.move": {
    domain: [
      ["picking_id", "!=", false],
      "|",
      ["origin_returned_move_id", "!=", false],
      "|",
      ...shipped("picking_id."),
      INSIDE,
    ],
    fields: ["write_date", "picking_id", "origin_returned_move_id", "move_dest_ids"],
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

/** Transfers of which these moves bring something back. */
async function returnedPickings(client: OdooClient, moves: readonly OdooRow[], limit: number): Promise<number[]> {
  const origins = new Set(moves.flatMap((row) => idOf(row.origin_returned_move_id) ?? []));
  const rows = await inBatches([...origins], limit, (batch) =>
    client.searchRead("stock.move", [["id", "in", batch]], ["picking_id"], { order: "id" }),
  );
  return rows.flatMap((row) => idOf(row.picking_id) ?? []);
}

type Returns = Pick<OdooPickingRecord, "returns" | "returnsWrittenAt">;

/** Transfers that bring goods of these back, by the transfer they return, and when anything about them last changed. */
async function readReturns(client: OdooClient, moves: readonly OdooRow[]): Promise<Map<number, Returns>> {
  const pickingOf = new Map(moves.map((move) => [move.id, idOf(move.picking_id)]));
  const returns = new Map<number, Returns>();
  if (pickingOf.size === 0) return returns;
  const domain: OdooDomain = [["origin_returned_move_id", "in", [...pickingOf.keys()]]];
  const fields = ["picking_id", "origin_returned_move_id", "state", "write_date"];
  const rows = await client.searchRead("stock.move", domain, fields, { order: "id" });
  for (const row of rows) {
    const returned = pickingOf.get(idOf(row.origin_returned_move_id) ?? 0) ?? null;
    if (returned === null) continue;
    const known = returns.get(returned) ?? {};
    const written = instantOf(row.write_date) ?? undefined;
    const later = [known.returnsWrittenAt, written]
      .filter((at) => at !== undefined)
      .sort()
      .at(-1);
    const by = row.state === "cancel" ? null : linkOf(row.picking_id);
    const isNew = by !== null && !known.returns?.some(({ id }) => id === by.id);
    returns.set(returned, {
      ...known,
      ...(later !== undefined && { returnsWrittenAt: later }),
      ...(isNew && { returns: [...(known.returns ?? []), by] }),
    });
  }
  return returns;
}

type ReadPicking = { record: OdooPickingRecord; recipients: Recipients };

async function readPickings(client: OdooClient, dialect: Dialect, ids: number[]): Promise<ReadPicking[]> {
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

/**
 * Reads what changed in Odoo since the watermarks: confirmed orders, and outgoing and drop-ship pickings, also those of which only a
 * move, its lines, or a step inside the warehouse changed. Keep `next` only after the records were stored. Throws `OdooFailure`.
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
  const beside = await Promise.all([
    returnedPickings(client, moves.rows, options.limit),
    fedPickings(client, moves.rows),
  ]);
  for (const id of beside.flat()) pickingIds.add(id);
  const inOrder = [...pickingIds].sort((one, other) => one - other);
  const readPicking = await inBatches(inOrder, options.limit, (batch) => readPickings(client, dialect, batch));
  // since 18 a transfer behind steps is made long after its order was written
  const late = readPicking.flatMap(({ record: { steps, sale } }) => (steps && sale ? [sale.id] : []));
  const ofOrders = [...new Set([...orderIds, ...late])];
  const readOrder = await inBatches(ofOrders, options.limit, (batch) => readOrders(client, dialect, batch));
  return {
    orders: readOrder,
    pickings: readPicking.map(({ record }) => record),
    recipients: readPicking.map(({ recipients }) => recipients),
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
  const pickings = await inBatches(ids.pickings ?? [], limit, (batch) => readPickings(client, dialect, batch));
  return {
    orders: await inBatches(ids.orders ?? [], limit, (batch) => readOrders(client, dialect, batch)),
    pickings: pickings.map(({ record }) => record),
  };
}

/** Reads whom some pickings are for, and nothing else of them: for those stored before Waypost could find them by it. */
export async function fetchRecipients(client: OdooClient, pickingIds: readonly number[]): Promise<Recipients[]> {
  const dialect = await client.dialect();
  const rows = await client.searchRead(
    "stock.picking",
    [["id", "in", pickingIds]],
    ["partner_id", ...present(dialect, "stock.picking", ["sale_id"])],
    { order: "id" },
  );
  const sales = await lookups(client, [["sale.order", rows.map((row) => idOf(row.sale_id)), ["partner_id"]]]);
  const partnerIds = rows.flatMap((row) => [
    idOf(row.partner_id),
    idOf(sales("sale.order", idOf(row.sale_id))?.partner_id),
  ]);
  const fields = ["country_id", ...present(dialect, "res.partner", CONTACT_FIELDS)];
  const partners = await lookups(client, [["res.partner", partnerIds, fields]]);
  const full = await places(client, both(sales, partners), partnerIds);
  return rows.map((row) => recipientsOf(row, full));
}

/**
 * Reads how partners that changed since `since` (minus the overlap) can be reached, oldest change first, at least `limit` of them. `last`
 * leads beyond `since` or nothing newer changed.
 */
export async function fetchContactChanges(
  client: OdooClient,
  since: string,
  options: { overlapSeconds: number; limit: number },
): Promise<{ contacts: Contact[]; last: string | null }> {
  const dialect = await client.dialect();
  const fields = ["write_date", "country_id", ...present(dialect, "res.partner", CONTACT_FIELDS)];
  const from = new Date(Date.parse(since) - options.overlapSeconds * 1_000).toISOString();
  for (let limit = options.limit; ; limit *= 4) {
    const rows = await client.searchRead("res.partner", [["write_date", ">=", odooTime(from)]], fields, {
      order: "write_date asc, id asc",
      limit,
      context: ANY_STATE,
    });
    const last = instantOf(rows.at(-1)?.write_date);
    // a page that ends inside the overlap would be read again and again
    if (rows.length === limit && last !== null && last <= since) continue;
    const byId = new Map(rows.map((row) => [row.id, row]));
    const lookup: Lookup = (model, id) => (model === "res.partner" && id !== null ? byId.get(id) : undefined);
    const full = await places(client, lookup, [...byId.keys()]);
    return { contacts: [...byId.keys()].flatMap((id) => contactOf(id, full) ?? []), last };
  }
}

/** How many orders and transfers a first reading will find. */
export async function countWatched(client: OdooClient): Promise<{ orders: number; pickings: number }> {
  const count = async (model: WatchedModel) => {
    const answer = await client.call({ model, method: "search_count", args: { domain: WATCHED[model].domain } });
    return typeof answer === "number" ? answer : 0;
  };
  const [orders, pickings] = await Promise.all([count("sale.order"), count("stock.picking")]);
  return { orders, pickings };
}

/**
 * Says which of the records that Waypost holds open are no longer in Odoo: deletions leave no trace in write_date. A record of a company that the
 * user cannot see (any more) is hidden and not deleted: Odoo's answers do not tell the two apart, so those are left as they are.
 */
export async function fetchDeleted(
  client: OdooClient,
  open: readonly {
    model: OdooDeletion["deletedModel"];
    id: number;
    name: string | null;
    companyId: number | null;
  }[],
  nowMs: number,
  limit = 1_000,
): Promise<OdooDeletion[]> {
  const noticedAt = new Date(nowMs).toISOString().replace(/\.\d+Z$/, "Z");
  const unseen: (typeof open)[number][] = [];
  for (const [model, records] of Map.groupBy(open, (record) => record.model)) {
    const ids = records.map((record) => record.id);
    const there = await inBatches(ids, limit, (batch) =>
      client.searchRead(model, [["id", "in", batch]], ["id"], { context: ANY_STATE }),
    );
    const present = new Set(there.map((row) => row.id));
    unseen.push(...records.filter(({ id }) => !present.has(id)));
  }
  if (unseen.length === 0) return [];
  const companies = new Set((await client.searchRead("res.company", [], ["id"])).map((row) => row.id));
  return unseen
    .filter(({ companyId }) => companyId === null || companies.has(companyId))
    .map(({ model, id, name }) => ({ model: "deleted", deletedModel: model, id, name, noticedAt }));
}
