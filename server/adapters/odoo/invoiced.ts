import { invoicedShares, type LineMove, type OrderLine } from "@/core/reconciliation/invoiced";
import { idOf, instantOf, numberOf, type OdooDomain, type OdooRow } from "./call";
import type { OdooClient } from "./client";
import { countsDoneApart, type Dialect, hasField, present } from "./dialect";
import { OdooFailure } from "./errors";
import { shipped } from "./shipped";

/**
 * Which share of each move is invoiced, by move: the order's lines and all their moves to the customer, those of other transfers too, because
 * Odoo counts what is invoiced by line. A move is left out where nothing of it is to be invoiced, or where the user may not see what was sold.
 */
export async function readInvoiced(
  client: OdooClient,
  dialect: Dialect,
  moves: readonly OdooRow[],
): Promise<Map<number, number>> {
  const ids = [...new Set(moves.flatMap((move) => idOf(move.sale_line_id) ?? []))];
  if (ids.length === 0) return new Map();
  try {
    const [lines, siblings] = await Promise.all([
      client.searchRead("sale.order.line", [["id", "in", ids]], present(dialect, "sale.order.line", LINE)),
      client.searchRead("stock.move", movesOf(ids, dialect), present(dialect, "stock.move", MOVE)),
    ]);
    return sharesOf(lines, siblings, dialect);
  } catch (error) {
    // a user of the warehouse alone may not see what was sold: then nothing is known of invoices
    if (error instanceof OdooFailure && error.kind === "access") return new Map();
    throw error;
  }
}

const LINE = ["product_uom_qty", "qty_delivered", "qty_invoiced"];
const MOVE = [
  "state",
  "date",
  "product_id",
  "product_uom_qty",
  "quantity",
  "quantity_done",
  "sale_line_id",
  "origin_returned_move_id",
  "to_refund",
];

/** What goes to customers for these lines, and what came back and is taken off what was delivered. */
function movesOf(lineIds: readonly number[], dialect: Dialect): OdooDomain {
  const goods = shipped("picking_id.");
  const back: OdooDomain = ["&", ["to_refund", "=", true], ["origin_returned_move_id", "!=", false]];
  return [
    ["sale_line_id", "in", lineIds],
    ["state", "!=", "cancel"],
    ...(hasField(dialect, "stock.move", "to_refund") ? (["|", ...goods, ...back] as OdooDomain) : goods),
  ];
}

function sharesOf(lines: readonly OdooRow[], rows: readonly OdooRow[], dialect: Dialect): Map<number, number> {
  const byLine = Map.groupBy(rows, (row) => idOf(row.sale_line_id) ?? 0);
  const shares = new Map<number, number>();
  for (const line of lines) {
    const counted: OrderLine = {
      ordered: numberOf(line.product_uom_qty) ?? 0,
      delivered: numberOf(line.qty_delivered) ?? 0,
      invoiced: numberOf(line.qty_invoiced) ?? 0,
    };
    for (const [id, share] of invoicedShares(counted, goodsOut(byLine.get(line.id) ?? [], dialect)))
      shares.set(id, share);
  }
  return shares;
}

/** Moves to the customer, less what came back of each; goods that go out again after a return count as Odoo counts them. */
function goodsOut(rows: readonly OdooRow[], dialect: Dialect): LineMove[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const isBack = (row: OdooRow): boolean => {
    const origin = idOf(row.origin_returned_move_id);
    if (origin === null) return false;
    const other = byId.get(origin);
    return other === undefined || !isBack(other);
  };
  const returned = new Map<number, number>();
  for (const row of rows) {
    const origin = idOf(row.origin_returned_move_id);
    if (origin === null || row.state !== "done" || !isBack(row)) continue;
    returned.set(origin, (returned.get(origin) ?? 0) + doneOf(row, dialect));
  }
  return rows
    .filter((row) => !isBack(row))
    .map((row) => {
      const isDone = row.state === "done";
      const at = instantOf(row.date);
      return {
        id: row.id,
        productId: idOf(row.product_id),
        quantity: isDone ? doneOf(row, dialect) - (returned.get(row.id) ?? 0) : (numberOf(row.product_uom_qty) ?? 0),
        doneAtMs: isDone ? (at === null ? 0 : Date.parse(at)) : null,
      };
    });
}

function doneOf(row: OdooRow, dialect: Dialect): number {
  return numberOf(countsDoneApart(dialect) ? row.quantity_done : row.quantity) ?? 0;
}
