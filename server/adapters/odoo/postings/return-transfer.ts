import { idOf, linkOf, numberOf, type OdooCall, type OdooRow, textOf } from "../call";
import { type Dialect, hasField, present } from "../dialect";
import { allocate, type Move, sameQuantity } from "./allocate";
import {
  companiesContext,
  companyContext,
  type Next,
  type PostingKindOf,
  RECORD_GONE,
  type Readback,
  type RequestOf,
  readPickings,
  recordIds,
} from "./kind";
import { moveOf } from "./transfer-validated";

type Return = RequestOf<"return_transfer">;
type Seen = { picking: OdooRow; moves: (Move & { uomId: number | null })[]; back: OdooRow[] };

function seenOf(request: Return, [pickings = [], moves = [], back = []]: Readback, dialect: Dialect): Seen | null {
  const picking = pickings.find((row) => row.id === request.record.id);
  if (!picking) return null;
  const own = moves.filter((row) => idOf(row.picking_id) === picking.id && row.state === "done");
  const ids = new Set(own.map((row) => row.id));
  return {
    picking,
    moves: own.map((row) => ({ ...moveOf(row, dialect), uomId: idOf(row.product_uom) })),
    back: back.filter((row) => ids.has(idOf(row.origin_returned_move_id) ?? 0)),
  };
}

type Wanted = { ok: true; byMove: Map<number, number> } | { ok: false; reason: string };

/** How much of each move comes back: all that left, or what is known; never more than left. */
function wantedByMove({ desired }: Return, moves: readonly Move[]): Wanted {
  if (desired.quantities === null) return { ok: true, byMove: new Map(moves.map((move) => [move.id, move.done])) };
  const wanted = allocate(
    desired.quantities,
    moves.map((move) => ({ ...move, demand: move.done })),
  );
  if (!wanted.ok) return wanted;
  for (const move of moves) {
    const quantity = wanted.byMove.get(move.id) ?? 0;
    if (quantity > move.done + 0.000_01)
      return {
        ok: false,
        reason: `${quantity} of ${move.productCode ?? `move ${move.id}`} came back, and only ${move.done} left with this transfer.`,
      };
  }
  return wanted;
}

/** `action_create_returns` since 18, `create_returns` before. */
const button = (dialect: Dialect) => (dialect.series >= 18 ? "action_create_returns" : "create_returns");

function refuse(reason: string, field: string | null = null): Next {
  return { do: "refuse", reason, field };
}

function next(request: Return, readback: Readback, dialect: Dialect): Next {
  const seen = seenOf(request, readback, dialect);
  if (!seen) return refuse(RECORD_GONE.reason);
  const { picking, moves, back } = seen;
  const [there] = back;
  if (there) return { do: "nothing", reason: `Odoo has a return of this transfer: ${linkOf(there.picking_id)?.name}.` };
  if (picking.state !== "done")
    return refuse("The transfer is not validated in Odoo, so nothing can be returned from it.", "state");
  const wanted = wantedByMove(request, moves);
  if (!wanted.ok) return refuse(wanted.reason, "quantities");
  const lines = moves.flatMap((move) => {
    const quantity = wanted.byMove.get(move.id) ?? 0;
    if (quantity <= 0) return [];
    const uom = dialect.series < 18 && move.uomId !== null ? { uom_id: move.uomId } : {};
    return [[0, 0, { product_id: move.productId, quantity, move_id: move.id, ...uom }]];
  });
  if (lines.length === 0) return refuse("Nothing left with this transfer, so nothing can come back.", "quantities");
  const context = companyContext(request);
  const place = hasField(dialect, "stock.return.picking", "location_id")
    ? { location_id: idOf(picking.location_id) }
    : {};
  const values = { picking_id: picking.id, ...place, product_return_moves: lines };
  return {
    do: "send",
    calls: [
      { model: "stock.return.picking", method: "create", args: { vals_list: [values] }, context },
      { model: "stock.return.picking", method: button(dialect), context, onMade: true },
    ],
  };
}

/**
 * Makes the return of a done picking through Odoo's own wizard, so that locations, routes and refunds are as Odoo sets them. Whether it is
 * there is read from the moves that return this picking's moves, whoever made them; a second one is never made.
 */
export const returnTransfer: PostingKindOf<"return_transfer"> = {
  kind: "return_transfer",
  looksFirst: true,
  together: null,
  read: (requests, dialect) => {
    const ids = recordIds(requests);
    const context = companiesContext(requests);
    const quantities = ["quantity", "picked", "quantity_done", "reserved_availability"];
    const search = (domain: unknown[], fields: string[]): OdooCall => ({
      model: "stock.move",
      method: "search_read",
      args: { domain, fields: present(dialect, "stock.move", fields) },
      context,
    });
    return [
      readPickings(requests, ["state", "location_id"]),
      search(
        [["picking_id", "in", ids]],
        ["picking_id", "product_id", "product_uom", "state", "product_uom_qty", ...quantities],
      ),
      search(
        [
          ["origin_returned_move_id.picking_id", "in", ids],
          ["state", "!=", "cancel"],
        ],
        ["picking_id", "origin_returned_move_id", "product_uom_qty", "state"],
      ),
    ];
  },
  call: (request, seen, dialect) => next(request, seen, dialect),
  verify: (request, readback, dialect) => {
    const seen = seenOf(request, readback, dialect);
    if (!seen) return RECORD_GONE;
    const { picking, moves, back } = seen;
    const names = [...new Set(back.map((row) => linkOf(row.picking_id)?.name ?? ""))];
    const byMove = new Map<number, number>();
    for (const row of back) {
      const id = idOf(row.origin_returned_move_id) ?? 0;
      byMove.set(id, (byMove.get(id) ?? 0) + (numberOf(row.product_uom_qty) ?? 0));
    }
    const returned = moves.map((move) => ({ productCode: move.productCode, quantity: byMove.get(move.id) ?? 0 }));
    const found = { state: textOf(picking.state), returns: names, returned };
    if (back.length === 0)
      return picking.state === "cancel"
        ? { verdict: "impossible", reason: "The transfer is cancelled in Odoo.", found }
        : { verdict: "absent", reason: "Odoo has no return of this transfer.", found };
    if (names.length > 1) return { verdict: "differs", reason: `Odoo has ${names.length} returns of it.`, found };
    const wanted = wantedByMove(request, moves);
    const other =
      request.desired.quantities === null || !wanted.ok
        ? undefined
        : moves.find((move) => !sameQuantity(byMove.get(move.id) ?? 0, wanted.byMove.get(move.id) ?? 0));
    if (other)
      return {
        verdict: "differs",
        reason: `${names[0]} returns ${byMove.get(other.id) ?? 0} of ${other.productCode ?? `move ${other.id}`}, and ${wanted.ok ? (wanted.byMove.get(other.id) ?? 0) : 0} came back.`,
        found,
      };
    return { verdict: "holds", reason: `Odoo has the return ${names[0]}.`, found };
  },
};
