import { idOf, linkOf, numberOf, type OdooCall, type OdooRow, textOf } from "../call";
import { countsDoneApart, type Dialect, movesField, present } from "../dialect";
import { allocate, type Move, sameQuantity } from "./allocate";
import {
  companiesContext,
  companyContext,
  type Next,
  type PostingKindOf,
  RECORD_GONE,
  type Readback,
  type RequestOf,
  recordIds,
} from "./kind";
import { trackingValues } from "./tracking-number";

type Transfer = RequestOf<"transfer_validated">;

type Line = { id: number; moveId: number; reserved: number };
type Seen = { picking: OdooRow; moves: Move[]; lines: Line[]; backorders: OdooRow[] };

/** `[CODE] Name` is how Odoo shows a product with a code; reading it from the display name saves a call a product. */
function codeInName(name: string): string | null {
  return /^\[([^\]]+)\]/.exec(name)?.[1] ?? null;
}

/** Reads a move, whatever the version calls its quantities. */
export function moveOf(row: OdooRow, dialect: Dialect): Move {
  const state = textOf(row.state) ?? "draft";
  const product = linkOf(row.product_id);
  const apart = countsDoneApart(dialect);
  const quantity = numberOf(apart ? row.quantity_done : row.quantity) ?? 0;
  const picked = apart ? quantity > 0 : row.picked === true;
  return {
    id: row.id,
    productId: product?.id ?? null,
    productCode: product ? codeInName(product.name) : null,
    state,
    demand: numberOf(row.product_uom_qty) ?? 0,
    done: state === "done" || apart || picked ? quantity : 0,
    reserved: apart ? (numberOf(row.reserved_availability) ?? 0) : quantity,
    picked,
  };
}

/** Answers of `read`, whose last two calls are left out where nothing would come of them. */
function seenOf(request: Transfer, readback: Readback, dialect: Dialect) {
  const [pickings = [], moves = []] = readback;
  const lines = countsDoneApart(dialect) ? (readback[2] ?? []) : [];
  const { id } = request.record;
  const picking = pickings.find((row) => row.id === id);
  if (!picking) return null;
  const seen: Seen = {
    picking,
    moves: moves.filter((row) => idOf(row.picking_id) === id).map((row) => moveOf(row, dialect)),
    lines: lines
      .filter((row) => idOf(row.picking_id) === id)
      .map((row) => ({
        id: row.id,
        moveId: idOf(row.move_id) ?? 0,
        reserved: numberOf(row.product_uom_qty ?? row.reserved_uom_qty) ?? 0,
      })),
    backorders: pickings.filter((row) => idOf(row.backorder_id) === id && row.state !== "cancel"),
  };
  return seen;
}

/** What each move is to be done with: as shipped, or what is reserved for it. */
function wantedByMove(request: Transfer, moves: readonly Move[]) {
  const { quantities } = request.desired;
  if (quantities) return allocate(quantities, moves);
  const live = moves.filter((move) => move.state !== "cancel");
  return { ok: true as const, byMove: new Map(live.map((move) => [move.id, move.reserved])) };
}

/** 19 validates every move with what is reserved for it where none is picked: nothing has to be written first. */
function takenAsReserved(moves: readonly Move[], wanted: ReadonlyMap<number, number>, dialect: Dialect): boolean {
  const live = moves.filter((move) => move.state !== "cancel");
  return (
    dialect.series >= 19 &&
    live.every((move) => !move.picked && sameQuantity(wanted.get(move.id) ?? 0, move.reserved) && move.reserved > 0)
  );
}

/** 17 and later: one quantity and a flag a move. A move with nothing keeps its reservation, so that the backorder inherits it. */
function commandsWithPicked(moves: readonly Move[], wanted: ReadonlyMap<number, number>): unknown[] {
  return moves.flatMap((move) => {
    const quantity = wanted.get(move.id);
    if (quantity === undefined) return [];
    if (quantity === 0) return move.picked ? [[1, move.id, { picked: false }]] : [];
    if (sameQuantity(quantity, move.reserved)) return move.picked ? [] : [[1, move.id, { picked: true }]];
    return [[1, move.id, { quantity, picked: true }]];
  });
}

/** Up to 16: done quantities on the reserved lines (a move with several lots takes none itself), the rest on the last of them. */
function commandsDoneApart(seen: Seen, wanted: ReadonlyMap<number, number>) {
  const onLines: unknown[] = [];
  const onMoves: unknown[] = [];
  for (const move of seen.moves) {
    const quantity = wanted.get(move.id);
    if (quantity === undefined) continue;
    const lines = seen.lines.filter((line) => line.moveId === move.id);
    const last = lines.at(-1);
    if (!last) {
      if (!sameQuantity(quantity, move.done)) onMoves.push([1, move.id, { quantity_done: quantity }]);
      continue;
    }
    let left = quantity;
    for (const line of lines) {
      const share = line === last ? left : Math.min(left, line.reserved);
      onLines.push([1, line.id, { qty_done: share }]);
      left -= share;
    }
  }
  return { onLines, onMoves };
}

/**
 * All that has to be written before validation in one call, so in one transaction: tracking number and carrier (without a number Odoo
 * would order a label from the carrier), then quantities. Null when nothing has to be.
 */
function preparation(request: Transfer, seen: Seen, wanted: ReadonlyMap<number, number>, dialect: Dialect) {
  const { tracking } = request.desired;
  const vals: Record<string, unknown> = {};
  if (tracking) {
    const values = trackingValues(tracking);
    if (textOf(seen.picking.carrier_tracking_ref) !== values.carrier_tracking_ref) Object.assign(vals, values);
  }
  if (countsDoneApart(dialect)) {
    const { onLines, onMoves } = commandsDoneApart(seen, wanted);
    if (onLines.length > 0) vals.move_line_ids = onLines;
    if (onMoves.length > 0) vals[movesField(dialect)] = onMoves;
  } else {
    const commands = takenAsReserved(seen.moves, wanted, dialect) ? [] : commandsWithPicked(seen.moves, wanted);
    if (commands.length > 0) vals[movesField(dialect)] = commands;
  }
  if (Object.keys(vals).length === 0) return null;
  const call: OdooCall = {
    model: "stock.picking",
    method: "write",
    ids: [request.record.id],
    args: { vals },
    context: companyContext(request),
  };
  return call;
}

const carriersIn = (readback: Readback, dialect: Dialect): readonly OdooRow[] =>
  readback[countsDoneApart(dialect) ? 3 : 2] ?? [];

function wouldBuyLabel(request: Transfer, picking: OdooRow, carriers: readonly OdooRow[]): boolean {
  if (request.desired.tracking || textOf(picking.carrier_tracking_ref)) return false;
  const carrier = carriers.find((row) => row.id === idOf(picking.carrier_id));
  return carrier !== undefined && !["fixed", "base_on_rule"].includes(String(carrier.delivery_type));
}

function refuse(reason: string, field: string | null = null): Next {
  return { do: "refuse", reason, field };
}

function next(request: Transfer, readback: Readback, dialect: Dialect, round: number): Next {
  const seen = seenOf(request, readback, dialect);
  if (!seen) return refuse(RECORD_GONE.reason);
  const { picking, moves } = seen;
  if (picking.state === "done") return { do: "nothing", reason: "The transfer is done in Odoo." };
  if (picking.state === "cancel") return refuse("The transfer is cancelled in Odoo.", "state");
  if (wouldBuyLabel(request, picking, carriersIn(readback, dialect)))
    return refuse(
      "Validating now would make Odoo order a label from the carrier, because no tracking number is known.",
      "carrier_tracking_ref",
    );
  // taken all the same, Odoo would count goods out of a place that they never reached
  if (picking.state === "waiting")
    return refuse(
      "It waits for another transfer in Odoo, such as its pick, that is not done. Do that one first, then post this again.",
      "state",
    );
  const context = companyContext(request);
  const wanted = wantedByMove(request, moves);
  if (!wanted.ok) return refuse(wanted.reason, "quantities");
  const total = [...wanted.byMove.values()].reduce((sum, quantity) => sum + quantity, 0);
  if (picking.state === "draft" && round === 0)
    return {
      do: "send_and_look",
      calls: [{ model: "stock.picking", method: "action_confirm", ids: [picking.id], context }],
    };
  if (total === 0 && request.desired.quantities === null && picking.state !== "assigned" && round <= 1)
    return {
      do: "send_and_look",
      calls: [{ model: "stock.picking", method: "action_assign", ids: [picking.id], context }],
    };
  if (total === 0)
    return refuse("Nothing is reserved for this transfer and no shipped quantity is known.", "quantities");
  const prepare = preparation(request, seen, wanted.byMove, dialect);
  const validate: OdooCall = {
    model: "stock.picking",
    method: "button_validate",
    ids: [picking.id],
    context: {
      ...context,
      skip_sms: true,
      skip_backorder: true,
      skip_expired: true,
      ...(request.desired.backorder === "cancel" && { picking_ids_not_to_backorder: [picking.id] }),
    },
  };
  return { do: "send", calls: prepare ? [prepare, validate] : [validate] };
}

/** Validates the picking, with what was shipped, and with a backorder of the rest where wanted. Judged by the state read back. */
export const transferValidated: PostingKindOf<"transfer_validated"> = {
  kind: "transfer_validated",
  looksFirst: true,
  together: { most: 20, like: ({ desired }) => desired.backorder },
  read: (requests, dialect) => {
    const ids = recordIds(requests);
    const context = companiesContext(requests);
    const search = (model: string, domain: unknown[], fields: string[]): OdooCall => ({
      model,
      method: "search_read",
      args: { domain, fields: present(dialect, model, fields) },
      context,
    });
    const lines = search(
      "stock.move.line",
      [["picking_id", "in", ids]],
      ["picking_id", "move_id", "product_uom_qty", "reserved_uom_qty"],
    );
    return [
      search(
        "stock.picking",
        ["|", ["id", "in", ids], ["backorder_id", "in", ids]],
        ["name", "state", "date_done", "carrier_id", "carrier_tracking_ref", "backorder_id"],
      ),
      search(
        "stock.move",
        [["picking_id", "in", ids]],
        [
          "picking_id",
          "product_id",
          "state",
          "product_uom_qty",
          "quantity",
          "picked",
          "quantity_done",
          "reserved_availability",
        ],
      ),
      ...(countsDoneApart(dialect) ? [lines] : []),
      ...(requests.some(({ desired }) => !desired.tracking) ? [search("delivery.carrier", [], ["delivery_type"])] : []),
    ];
  },
  call: (request, seen, dialect, { round }) => next(request, seen, dialect, round),
  verify: (request, readback, dialect) => {
    const seen = seenOf(request, readback, dialect);
    if (!seen) return RECORD_GONE;
    const { picking, moves, backorders } = seen;
    const done = moves.filter((move) => move.state === "done");
    const found = {
      state: picking.state,
      doneAt: textOf(picking.date_done),
      done: done.map((move) => ({ moveId: move.id, productCode: move.productCode, quantity: move.done })),
      backorders: backorders.map((row) => row.name),
      tracking: textOf(picking.carrier_tracking_ref),
    };
    if (picking.state === "cancel")
      return { verdict: "impossible", reason: "The transfer is cancelled in Odoo.", found };
    if (picking.state !== "done")
      return { verdict: "absent", reason: `The transfer is not done in Odoo: its state is ${picking.state}.`, found };
    const differs = (reason: string) => ({ verdict: "differs" as const, reason, found });
    if (request.desired.quantities) {
      const wanted = allocate(request.desired.quantities, moves);
      if (!wanted.ok)
        return differs(`The transfer is done, but ${wanted.reason.charAt(0).toLowerCase()}${wanted.reason.slice(1)}`);
      for (const [id, quantity] of wanted.byMove) {
        const move = done.find((candidate) => candidate.id === id);
        if (!sameQuantity(move?.done ?? 0, quantity))
          return differs(
            `The transfer is done with ${move?.done ?? 0} instead of ${quantity} of ${move?.productCode ?? `move ${id}`}.`,
          );
      }
    }
    if (request.desired.backorder === "cancel" && backorders.length > 0)
      return differs(`The transfer is done, but its rest stands in the backorder ${backorders[0]?.name}.`);
    if (request.desired.backorder === "create" && done.some((move) => move.done < move.demand - 0.000_01))
      return differs("The transfer is done with less than was demanded, and no backorder was made.");
    return { verdict: "holds", reason: "The transfer is done in Odoo.", found };
  },
};
