import type { OdooHeld } from "@/core/reconciliation/compare";
import { invoicedOf } from "@/core/reconciliation/invoiced";
import { idOf, instantOf, linkOf, numberOf, type OdooDomain, type OdooRow, odooTime, textOf } from "./call";
import type { OdooClient } from "./client";
import { countsDoneApart, type Dialect, present } from "./dialect";
import { readInvoiced } from "./invoiced";
import { shipped } from "./shipped";

/** Products by id as they were met, so that each is read once; beyond `MOST_PRODUCTS` it begins anew. */
export type ProductWords = Map<number, string>;
const MOST_PRODUCTS = 50_000;
/** Archived products still name what was moved. */
const ANY_STATE = { active_test: false };
const MARK = /\[WP-([A-Za-z0-9_-]+)\]/;

/**
 * Reads transfers back with all that is compared and nothing else, in one reading call a model whatever their number. Transfers that are gone
 * are left out. Throws `OdooFailure`.
 */
export async function readHeld(
  client: OdooClient,
  pickingIds: readonly number[],
  words: ProductWords,
): Promise<Map<number, OdooHeld>> {
  if (pickingIds.length === 0) return new Map();
  if (words.size > MOST_PRODUCTS) words.clear();
  const dialect = await client.dialect();
  const [pickings, moves, proofs, activities] = await Promise.all([
    client.searchRead("stock.picking", [["id", "in", pickingIds]], present(dialect, "stock.picking", PICKING)),
    client.searchRead("stock.move", [["picking_id", "in", pickingIds]], present(dialect, "stock.move", MOVE)),
    client.searchRead("ir.attachment", attached(pickingIds), ["res_id", "checksum"]),
    client.searchRead("mail.activity", marked(pickingIds), ["res_id", "summary"]),
  ]);
  const [returns, shares] = await Promise.all([
    readReturns(client, dialect, moves, words),
    readInvoiced(client, dialect, moves),
    readProducts(client, moves, words),
  ]);
  const movesOf = Map.groupBy(moves, (move) => idOf(move.picking_id) ?? 0);
  const proofsOf = Map.groupBy(proofs, (row) => Number(row.res_id));
  const activitiesOf = Map.groupBy(activities, (row) => Number(row.res_id));
  return new Map(
    pickings.map((row) => {
      const mine = (movesOf.get(row.id) ?? []).filter(({ state }) => state !== "cancel");
      return [
        row.id,
        {
          ...headOf(row),
          lines: mine.map((move) => lineOf(move, dialect, words, shares.get(move.id))),
          proofs: (proofsOf.get(row.id) ?? []).flatMap(({ checksum }) => textOf(checksum) ?? []),
          returns: returns.get(row.id) ?? [],
          activities: (activitiesOf.get(row.id) ?? []).flatMap(({ summary }) => MARK.exec(String(summary))?.[1] ?? []),
          invoiced: linkOf(row.sale_id) === null ? null : invoicedOf(mine.flatMap(({ id }) => shares.get(id) ?? [])),
          ...writerOf(row, mine),
        },
      ];
    }),
  );
}

const PICKING = [
  "name",
  "state",
  "date_done",
  "carrier_tracking_ref",
  "carrier_price",
  "sale_id",
  "write_date",
  "write_uid",
];
const MOVE = [
  "picking_id",
  "product_id",
  "state",
  "product_uom_qty",
  "quantity",
  "quantity_done",
  "sale_line_id",
  "write_date",
  "write_uid",
];

function attached(ids: readonly number[]): OdooDomain {
  return [
    ["res_model", "=", "stock.picking"],
    ["res_id", "in", ids],
  ];
}

function marked(ids: readonly number[]): OdooDomain {
  return [...attached(ids), ["summary", "ilike", "[WP-"]];
}

function headOf(row: OdooRow) {
  return {
    pickingId: row.id,
    name: textOf(row.name) ?? "",
    state: textOf(row.state) ?? "",
    doneAtMs: msOf(row.date_done),
    trackingReference: textOf(row.carrier_tracking_ref),
    carrierPrice: numberOf(row.carrier_price),
    order: linkOf(row.sale_id)?.name ?? null,
  };
}

function msOf(value: unknown): number | null {
  const at = instantOf(value);
  return at === null ? null : Date.parse(at);
}

function lineOf(
  move: OdooRow,
  dialect: Dialect,
  words: ProductWords,
  share: number | undefined,
): OdooHeld["lines"][number] {
  const product = linkOf(move.product_id);
  const done = numberOf(countsDoneApart(dialect) ? move.quantity_done : move.quantity) ?? 0;
  const demand = numberOf(move.product_uom_qty) ?? 0;
  const isDone = move.state === "done";
  return {
    code: (product && words.get(product.id)) ?? product?.name ?? "",
    demand,
    done: isDone ? done : null,
    // what came back and is refunded was taken off already where it has no share
    invoiced: (isDone ? done : demand) * (share ?? 1),
  };
}

/** Who wrote last, to the transfer or to one of its moves. */
function writerOf(row: OdooRow, moves: readonly OdooRow[]): Pick<OdooHeld, "writtenAtMs" | "writtenBy"> {
  let last = row;
  for (const move of moves) if (String(move.write_date) > String(last.write_date)) last = move;
  return { writtenAtMs: msOf(last.write_date), writtenBy: linkOf(last.write_uid) };
}

/** Returns of transfers, by the transfer whose goods they bring back. */
async function readReturns(
  client: OdooClient,
  dialect: Dialect,
  moves: readonly OdooRow[],
  words: ProductWords,
): Promise<Map<number, OdooHeld["returns"]>> {
  const pickingOf = new Map(
    moves.filter(({ state }) => state === "done").map((move) => [move.id, idOf(move.picking_id)]),
  );
  if (pickingOf.size === 0) return new Map();
  const rows = await client.searchRead(
    "stock.move",
    [
      ["origin_returned_move_id", "in", [...pickingOf.keys()]],
      ["state", "!=", "cancel"],
    ],
    present(dialect, "stock.move", [...MOVE, "origin_returned_move_id", "create_date"]),
  );
  await readProducts(client, rows, words);
  const byTransfer = Map.groupBy(rows, (row) => pickingOf.get(idOf(row.origin_returned_move_id) ?? 0) ?? 0);
  return new Map(
    [...byTransfer].map(([of, mine]) => {
      const byReturn = Map.groupBy(mine, (row) => idOf(row.picking_id) ?? 0);
      return [of, [...byReturn].flatMap(([back, some]) => (back === 0 ? [] : returnOf(some, dialect, words)))];
    }),
  );
}

/** One return with the moves that are of it; done when all of them are. */
function returnOf(moves: readonly OdooRow[], dialect: Dialect, words: ProductWords): OdooHeld["returns"] {
  const name = linkOf(moves[0]?.picking_id)?.name;
  if (name === undefined) return [];
  const open = moves.find(({ state }) => state !== "done");
  const instants = (field: string) => moves.flatMap((move) => msOf(move[field]) ?? []);
  const [created, written] = [instants("create_date"), instants("write_date")];
  return [
    {
      name,
      state: String((open ?? moves[0])?.state),
      createdAtMs: created.length === 0 ? null : Math.min(...created),
      writtenAtMs: written.length === 0 ? null : Math.max(...written),
      lines: moves.map((move) => {
        const { code, demand, done } = lineOf(move, dialect, words, undefined);
        return { code, quantity: done ?? demand };
      }),
    },
  ];
}

async function readProducts(client: OdooClient, moves: readonly OdooRow[], words: ProductWords): Promise<void> {
  const links = moves.flatMap((move) => linkOf(move.product_id) ?? []);
  const unknown = [...new Set(links.map(({ id }) => id))].filter((id) => !words.has(id));
  if (unknown.length === 0) return;
  const rows = await client.searchRead(
    "product.product",
    [["id", "in", unknown]],
    ["default_code", "barcode", "name"],
    {
      context: ANY_STATE,
    },
  );
  for (const row of rows) words.set(row.id, textOf(row.default_code) ?? textOf(row.barcode) ?? textOf(row.name) ?? "");
}

/** Transfers that leave, written in a span, after an id: a page of ids with their names and states. */
export async function listWritten(
  client: OdooClient,
  span: { fromMs: number; toMs: number; afterId: number },
  limit: number,
): Promise<{ id: number; name: string; state: string; writtenAtMs: number | null }[]> {
  const domain: OdooDomain = [
    ["id", ">", span.afterId],
    ["state", "not in", ["draft", "cancel"]],
    ["write_date", ">=", odooTime(new Date(span.fromMs).toISOString())],
    ["write_date", "<", odooTime(new Date(span.toMs).toISOString())],
    ...shipped(""),
  ];
  const rows = await client.searchRead("stock.picking", domain, ["name", "state", "write_date"], {
    order: "id",
    limit,
  });
  return rows.map((row) => ({
    id: row.id,
    name: textOf(row.name) ?? "",
    state: textOf(row.state) ?? "",
    writtenAtMs: msOf(row.write_date),
  }));
}
