import { userError } from "./faults";
import { browse, create, type Env, HOOKS, type Values } from "./orm";
import { arrived, chain, fed, feeding, typeAfter } from "./routes";
import type { Row, Value } from "./store";

const LIVE = (move: Row) => move.state !== "done" && move.state !== "cancel";

function movesOf(env: Env, picking: Row): Row[] {
  return (env.store.lookup("stock.move", "picking_id", picking.id) ?? []).sort((one, other) => one.id - other.id);
}

function linesOf(env: Env, move: Row): Row[] {
  return (env.store.lookup("stock.move.line", "move_id", move.id) ?? []).sort((one, other) => one.id - other.id);
}

const doneField = (env: Env) => (env.store.version === "14" ? "quantity_done" : "quantity");
const number = (value: Value | undefined) => (typeof value === "number" ? value : 0);

HOOKS["stock.move"] = {
  written: (env, _before, after, values) => {
    // the lines follow what is written on their move
    const lines = linesOf(env, after);
    const first = lines[0];
    if (env.store.version === "19") {
      if (first && typeof values.quantity === "number")
        env.store.update("stock.move.line", first.id, { quantity: values.quantity });
      if (typeof values.picked === "boolean")
        for (const line of lines) env.store.update("stock.move.line", line.id, { picked: values.picked });
    } else if (typeof values.quantity_done === "number") {
      if (lines.length > 1)
        throw userError("Cannot set the done quantity from this stock move, work directly with the move lines.");
      if (first) env.store.update("stock.move.line", first.id, { qty_done: values.quantity_done });
      else addLine(env, after, 0, values.quantity_done);
    }
    if (after.state === "done" && typeof values[doneField(env)] === "number") refreshOrder(env, after);
  },
};

HOOKS["stock.move.line"] = {
  written: (env, _before, after) => {
    const move = env.store.get("stock.move", number(after.move_id));
    if (!move) return;
    const lines = linesOf(env, move);
    const field = env.store.version === "14" ? "qty_done" : "quantity";
    env.store.update("stock.move", move.id, {
      [doneField(env)]: lines.reduce((sum, line) => sum + number(line[field]), 0),
      write_date: env.store.tick(),
      ...(env.store.version === "19" && { picked: lines.some((line) => line.picked === true) }),
    });
  },
};

HOOKS["stock.picking"] = {
  beforeWrite: (env, row, values) => {
    if (env.store.version === "14" && "scheduled_date" in values && (row.state === "done" || row.state === "cancel"))
      throw userError("You cannot change the Scheduled Date on a done or cancelled transfer.");
  },
  written: (env, before, after, values) => {
    if ("x_waypost_status" in values && before.x_waypost_status !== after.x_waypost_status) {
      const at = new Date(env.store.tick() / 1_000).toISOString();
      const effect = { kind: "status_field", model: "stock.picking", id: after.id } as const;
      env.effects.add({ at, ...effect, mark: String(after.x_waypost_status), correlationId: env.correlationId });
    }
    if ("carrier_price" in values && before.carrier_price !== after.carrier_price) {
      const at = new Date(env.store.tick() / 1_000).toISOString();
      const effect = { kind: "freight_cost", model: "stock.picking", id: after.id } as const;
      env.effects.add({ at, ...effect, mark: String(after.carrier_price), correlationId: env.correlationId });
    }
    if (!("carrier_tracking_ref" in values)) return;
    const carrier = env.store.get("delivery.carrier", number(after.carrier_id));
    const template = typeof carrier?.tracking_url === "string" ? carrier.tracking_url : null;
    const url = template?.replace("<shipmenttrackingnumber>", String(after.carrier_tracking_ref)) ?? null;
    env.store.update("stock.picking", after.id, { carrier_tracking_url: after.carrier_tracking_ref ? url : null });
    if (before.carrier_tracking_ref === after.carrier_tracking_ref) return;
    const at = new Date(env.store.tick() / 1_000).toISOString();
    const effect = { kind: "tracking_number", model: "stock.picking", id: after.id } as const;
    env.effects.add({ at, ...effect, mark: String(after.carrier_tracking_ref), correlationId: env.correlationId });
  },
  beforeUnlink: (env, row) => {
    if (row.state === "done") throw userError("You can not delete a transfer that is done. Cancel it instead.");
    for (const move of movesOf(env, row)) {
      for (const line of linesOf(env, move)) env.store.remove("stock.move.line", line.id);
      env.store.remove("stock.move", move.id);
    }
  },
};

function addLine(env: Env, move: Row, reserved: number, done: number): Row {
  const is14 = env.store.version === "14";
  const quantities = is14 ? { product_uom_qty: reserved, qty_done: done } : { quantity: reserved, picked: false };
  const now = env.store.tick();
  return env.store.insert("stock.move.line", {
    move_id: move.id,
    picking_id: move.picking_id ?? null,
    product_id: move.product_id ?? null,
    product_uom_id: move.product_uom ?? null,
    company_id: move.company_id ?? null,
    create_date: now,
    write_date: now,
    ...quantities,
  });
}

/** Puts a move on a picking and its product's demand beside it. */
export function addMove(env: Env, picking: Row, values: Values): Row {
  return create(env, "stock.move", {
    picking_id: picking.id,
    company_id: picking.company_id,
    state: "confirmed",
    ...values,
  });
}

/** Free quantity of a product: what is in stock and not reserved by a live move. */
function free(env: Env, productId: number): number {
  const product = env.store.get("product.product", productId);
  const counted = env.store.version === "14" ? product?.type === "product" : product?.is_storable === true;
  if (!counted) return Number.POSITIVE_INFINITY;
  const held = env.store
    .all("stock.move")
    .filter((move) => move.product_id === productId && LIVE(move))
    .reduce((sum, move) => sum + number(move[env.store.version === "14" ? "reserved_availability" : "quantity"]), 0);
  return Math.max(0, number(product?.qty_available) - held);
}

/** `action_assign`: reserves what is in stock, move by move, and says so in the states. */
export function assign(env: Env, ids: readonly number[]): true {
  for (const picking of browse(env, "stock.picking", ids, "error")) {
    if (picking.state === "done" || picking.state === "cancel") continue;
    for (const move of movesOf(env, picking).filter(LIVE)) {
      const is14 = env.store.version === "14";
      const reserved = number(is14 ? move.reserved_availability : move.quantity);
      const inStock = waitsForStep(env, move) ? arrived(env, move) - reserved : free(env, number(move.product_id));
      const more = Math.min(number(move.product_uom_qty) - reserved, inStock);
      if (more > 0) {
        const line = linesOf(env, move)[0] ?? addLine(env, move, 0, 0);
        env.store.update("stock.move.line", line.id, { [is14 ? "product_uom_qty" : "quantity"]: reserved + more });
      }
      const total = reserved + Math.max(0, more);
      const full = total >= number(move.product_uom_qty) - 1e-6;
      env.store.update("stock.move", move.id, {
        [is14 ? "reserved_availability" : "quantity"]: total,
        state: full ? "assigned" : total > 0 ? "partially_available" : unreserved(env, move),
        write_date: env.store.tick(),
      });
    }
    const moves = movesOf(env, picking).filter(LIVE);
    const ready = moves.some(({ state }) => state === "assigned" || state === "partially_available");
    const waits = moves.some(({ state }) => state === "waiting");
    env.store.update("stock.picking", picking.id, {
      state: ready ? "assigned" : waits ? "waiting" : "confirmed",
      write_date: env.store.tick(),
    });
  }
  return true;
}

/** Up to 17 goods that are not counted wait for no step before theirs. */
function waitsForStep(env: Env, move: Row): boolean {
  const product = env.store.get("product.product", number(move.product_id));
  return feeding(env, move).length > 0 && !(env.store.version === "14" && product?.type === "consu");
}

/** A move that the step before it still has to feed waits; one that only lacks stock is confirmed. */
function unreserved(env: Env, move: Row): string {
  return feeding(env, move).some(({ state }) => state !== "done" && state !== "cancel") ? "waiting" : "confirmed";
}

/** `action_cancel`. */
export function cancel(env: Env, ids: readonly number[]): true {
  for (const picking of browse(env, "stock.picking", ids, "error")) {
    if (picking.state === "done")
      throw userError(
        "You cannot cancel a stock move that has been set to 'Done'. Create a return in order to reverse the moves which took place.",
      );
    const freed = env.store.version === "14" ? { reserved_availability: 0, quantity_done: 0 } : { quantity: 0 };
    for (const move of movesOf(env, picking)) env.store.update("stock.move", move.id, { state: "cancel", ...freed });
    env.store.update("stock.picking", picking.id, { state: "cancel", write_date: env.store.tick() });
    refreshOrder(env, picking);
  }
  return true;
}

const ZERO =
  "Transfer trouble alert! Validating a zero quantity transfer? Give it some love by adding quantities before attempting again.";
const ZERO_14 =
  "You cannot validate a transfer if no quantities are reserved nor done. To force the transfer, switch in edit more and encode the done quantities.";

function wizard(model: string, context: Values): Values {
  return { type: "ir.actions.act_window", res_model: model, view_mode: "form", target: "new", context };
}

/** `button_validate`: `true` when done; a wizard, with nothing done, where the context has not answered its question. */
export function buttonValidate(env: Env, ids: readonly number[]): unknown {
  const pickings = browse(env, "stock.picking", ids, "error");
  const is14 = env.store.version === "14";
  const open = pickings.filter((picking) => picking.state !== "done");
  if (is14 && open.length < pickings.length) throw userError(ZERO_14);
  for (const picking of open) {
    const moves = movesOf(env, picking).filter(LIVE);
    const nothing = moves.every(
      (move) => number(move[doneField(env)]) === 0 && number(move.reserved_availability) === 0,
    );
    if (picking.state === "cancel" || nothing) throw userError(is14 ? ZERO_14 : ZERO);
    if (is14 && moves.every((move) => number(move.quantity_done) === 0))
      return env.context.skip_immediate
        ? true
        : wizard("stock.immediate.transfer", { button_validate_picking_ids: ids });
    if (!is14 && !moves.some((move) => move.picked === true))
      for (const move of moves)
        if (number(move.quantity) > 0) env.store.update("stock.move", move.id, { picked: true });
  }
  if (open.length === 0) return true;
  const texting = open.some((picking) => env.store.get("res.partner", number(picking.partner_id))?.phone);
  if (texting && !env.context.skip_sms) return wizard("confirm.stock.sms", { default_pick_ids: ids });
  const partial = open.filter((picking) =>
    movesOf(env, picking)
      .filter(LIVE)
      .some((move) => processed(env, move) < number(move.product_uom_qty) - 1e-6),
  );
  if (partial.length > 0 && !env.context.skip_backorder)
    return wizard("stock.backorder.confirmation", {
      button_validate_picking_ids: ids,
      default_pick_ids: partial.map((picking) => [4, picking.id]),
      default_show_transfers: false,
    });
  const dropped = env.context.picking_ids_not_to_backorder;
  for (const picking of open) finish(env, picking, Array.isArray(dropped) && dropped.includes(picking.id));
  return true;
}

function processed(env: Env, move: Row): number {
  if (env.store.version === "14") return number(move.quantity_done);
  return move.picked === true ? number(move.quantity) : 0;
}

/** Moves what was entered, puts the rest on a backorder or drops it, and tells the order. */
function finish(env: Env, picking: Row, dropRest: boolean): void {
  const is14 = env.store.version === "14";
  const rest: { move: Row; quantity: number }[] = [];
  for (const move of movesOf(env, picking).filter(LIVE)) {
    const quantity = processed(env, move);
    const demand = number(move.product_uom_qty);
    const now = env.store.tick();
    if (quantity === 0) {
      rest.push({ move, quantity: demand });
      continue;
    }
    if (quantity < demand - 1e-6) rest.push({ move, quantity: demand - quantity });
    const kept = quantity < demand - 1e-6 && !dropRest ? { product_uom_qty: quantity } : {};
    const quantities = is14 ? { quantity_done: quantity, reserved_availability: 0 } : { quantity, picked: true };
    env.store.update("stock.move", move.id, { state: "done", date: now, write_date: now, ...quantities, ...kept });
    for (const line of linesOf(env, move))
      if (is14) env.store.update("stock.move.line", line.id, { product_uom_qty: 0 });
    const product = env.store.get("product.product", number(move.product_id));
    if (product && !isInside(env, picking))
      env.store.update("product.product", product.id, { qty_available: number(product.qty_available) - quantity });
  }
  if (rest.length > 0 && dropRest) {
    for (const { move } of rest)
      if (LIVE(move) && processed(env, move) === 0) env.store.update("stock.move", move.id, { state: "cancel" });
  } else if (rest.length > 0) backorder(env, picking, rest);
  shipper(env, picking);
  const now = env.store.tick();
  env.store.update("stock.picking", picking.id, {
    state: "done",
    date_done: Math.floor(now / 1e6) * 1e6,
    write_date: now,
    write_uid: env.uid,
  });
  passOn(env, picking);
  refreshOrder(env, picking);
  const at = new Date(now / 1_000).toISOString();
  const effect = { kind: "transfer_validated", model: "stock.picking", id: picking.id } as const;
  env.effects.add({ at, ...effect, mark: "", correlationId: env.correlationId });
}

function isInside(env: Env, picking: Row): boolean {
  return env.store.get("stock.picking.type", number(picking.picking_type_id))?.code === "internal";
}

/** What a step moved is there for the next one, which since 18 is made only now. */
function passOn(env: Env, picking: Row): void {
  const next = typeAfter(env, env.store.get("stock.picking.type", number(picking.picking_type_id)));
  if (!next) return;
  const moved = movesOf(env, picking).filter(({ state }) => state === "done");
  for (const move of moved) if (fed(env, move).length === 0) push(env, picking, move, next);
  const after = moved.flatMap(({ id }) => fed(env, env.store.get("stock.move", id) ?? { id }));
  assign(env, [...new Set(after.map((move) => number(move.picking_id)))]);
}

function push(env: Env, from: Row, move: Row, type: Row): void {
  const open = (env.store.lookup("stock.picking", "sale_id", from.sale_id ?? null) ?? []).find(
    (one) => one.picking_type_id === type.id && one.state !== "done" && one.state !== "cancel",
  );
  const to = open ?? nextStep(env, from, type);
  const same = movesOf(env, to).find((one) => LIVE(one) && one.sale_line_id === move.sale_line_id);
  if (same) {
    const wanted = number(same.product_uom_qty) + number(move.quantity);
    chain(env, move, env.store.update("stock.move", same.id, { product_uom_qty: wanted }));
    return;
  }
  const made = addMove(env, to, {
    product_id: move.product_id,
    product_uom: move.product_uom,
    product_uom_qty: move.quantity,
    sale_line_id: move.sale_line_id ?? false,
    weight: move.weight ?? 0,
  });
  chain(env, move, made);
}

/** Makes the transfer of a step, empty, after the likeness of the one before or after it. */
export function nextStep(env: Env, like: Row, type: Row): Row {
  const usage = (name: string) => env.store.all("stock.location").find((row) => row.usage === name)?.id ?? null;
  const { id: _id, backorder_id: _backorder, ...copied } = like;
  const now = env.store.tick();
  return env.store.insert("stock.picking", {
    ...copied,
    name: nextPickingName(env, { picking_type_id: type.id }),
    picking_type_id: type.id,
    location_id: usage("internal"),
    location_dest_id: usage(type.code === "outgoing" ? "customer" : "internal"),
    state: "waiting",
    date_done: null,
    create_date: now,
    write_date: now,
  });
}

function backorder(env: Env, picking: Row, rest: { move: Row; quantity: number }[]): void {
  const { id: _id, carrier_tracking_ref: _ref, carrier_tracking_url: _url, carrier_price: _price, ...copied } = picking;
  const now = env.store.tick();
  const next = env.store.insert("stock.picking", {
    ...copied,
    name: nextPickingName(env, picking),
    backorder_id: picking.id,
    state: "confirmed",
    date_done: null,
    create_date: now,
    write_date: now,
  });
  for (const { move, quantity } of rest) {
    if (processed(env, move) === 0) {
      env.store.update("stock.move", move.id, { picking_id: next.id, write_date: env.store.tick() });
      for (const line of linesOf(env, move)) env.store.update("stock.move.line", line.id, { picking_id: next.id });
      continue;
    }
    const split = addMove(env, next, {
      product_id: move.product_id,
      product_uom: move.product_uom,
      product_uom_qty: quantity,
      sale_line_id: move.sale_line_id ?? false,
      weight: move.weight,
    });
    for (const one of feeding(env, move)) chain(env, one, split);
    for (const one of fed(env, move)) if (LIVE(one)) chain(env, split, one);
  }
  assign(env, [next.id]);
}

/** With a carrier and no tracking number Odoo calls the carrier: fixed ones lose their price and say so in the chatter. */
function shipper(env: Env, picking: Row): void {
  if (!picking.carrier_id || picking.carrier_tracking_ref) return;
  env.store.update("stock.picking", picking.id, { carrier_price: 0 });
  const carrier = env.store.get("delivery.carrier", number(picking.carrier_id));
  create(env, "mail.message", {
    model: "stock.picking",
    res_id: picking.id,
    body: `<p>Shipment sent to carrier ${carrier?.name} for shipping with tracking number False</p>`,
  });
}

/** As Odoo's own sequences, these go on whatever is rolled back or deleted. */
const sequences = new WeakMap<Env["store"], Map<string, number>>();

/** The next number of the warehouse's sequence, in Odoo's form. */
export function nextPickingName(env: Env, like: Pick<Row, string>): string {
  const type = env.store.get("stock.picking.type", number(like.picking_type_id));
  const warehouse = env.store.get("stock.warehouse", number(type?.warehouse_id));
  const prefix = `${warehouse?.code ?? "WH"}/${type?.sequence_code ?? "OUT"}/`;
  const given = sequences.get(env.store) ?? new Map<string, number>();
  sequences.set(env.store, given);
  const last =
    given.get(prefix) ?? env.store.all("stock.picking").filter((row) => String(row.name).startsWith(prefix)).length;
  given.set(prefix, last + 1);
  return `${prefix}${String(last + 1).padStart(5, "0")}`;
}

/** Delivered quantities, delivery status and effective date of the order behind a picking or move. */
function refreshOrder(env: Env, record: Row): void {
  const picking = "sale_id" in record ? record : env.store.get("stock.picking", number(record.picking_id));
  const order = env.store.get("sale.order", number(picking?.sale_id));
  if (!order) return;
  const pickings = env.store.lookup("stock.picking", "sale_id", order.id) ?? [];
  const delivered = new Map<number, number>();
  for (const move of pickings.filter((one) => !isInside(env, one)).flatMap((one) => movesOf(env, one)))
    if (move.state === "done" && typeof move.sale_line_id === "number") {
      const sign = move.origin_returned_move_id ? -1 : 1;
      delivered.set(move.sale_line_id, (delivered.get(move.sale_line_id) ?? 0) + sign * number(move[doneField(env)]));
    }
  for (const [id, quantity] of delivered) {
    const line = env.store.get("sale.order.line", id);
    if (!line) continue;
    const toInvoice = quantity - number(line.qty_invoiced);
    env.store.update("sale.order.line", id, { qty_delivered: quantity, qty_to_invoice: toInvoice });
  }
  if (delivered.size > 0) refreshInvoiceStatus(env, order.id);
  const live = pickings.filter((one) => one.state !== "cancel");
  const done = live.filter((one) => one.state === "done");
  const begun = done.length === 0 ? "pending" : delivered.size > 0 ? "partial" : "started";
  const status = live.length === 0 ? null : done.length === live.length ? "full" : begun;
  // since 18 a step inside the warehouse is written on the order only where its status changes by it
  const isQuiet = env.store.version === "19" && picking !== undefined && isInside(env, picking);
  if (isQuiet && order.delivery_status === status) return;
  const dates = done.filter((one) => !isInside(env, one)).map((one) => number(one.date_done));
  env.store.update("sale.order", order.id, {
    ...(env.store.version === "19" && { delivery_status: status }),
    effective_date: dates.length > 0 ? Math.min(...dates) : null,
    write_date: env.store.tick(),
  });
}

/** What an order has to invoice: what is delivered of it and not invoiced. */
export function refreshInvoiceStatus(env: Env, orderId: number): void {
  const lines = env.store.lookup("sale.order.line", "order_id", orderId) ?? [];
  const waits = lines.some((line) => number(line.qty_to_invoice) > 0);
  const all = lines.every((line) => number(line.qty_invoiced) >= number(line.product_uom_qty));
  env.store.update("sale.order", orderId, { invoice_status: waits ? "to invoice" : all ? "invoiced" : "no" });
}

/** The return wizard's button: a transfer back with what its lines name, whatever was returned before. */
export function createReturns(env: Env, ids: readonly number[]): Values {
  const [wizard] = browse(env, "stock.return.picking", ids, "error");
  const picking = env.store.get("stock.picking", number(wizard?.picking_id));
  if (!wizard || !picking) throw userError("Select a transfer to return.");
  const lines = (env.store.lookup("stock.return.picking.line", "wizard_id", wizard.id) ?? []).filter(
    (line) => number(line.quantity) > 0,
  );
  if (lines.length === 0) throw userError("Please specify at least one non-zero quantity.");
  const incoming = env.store
    .all("stock.picking.type")
    .find((row) => row.code === "incoming" && row.company_id === picking.company_id);
  const now = env.store.tick();
  const back = env.store.insert("stock.picking", {
    name: nextPickingName(env, { picking_type_id: incoming?.id ?? null }),
    state: "assigned",
    partner_id: picking.partner_id,
    picking_type_id: incoming?.id ?? null,
    location_id: picking.location_dest_id,
    location_dest_id: picking.location_id,
    origin: `Return of ${picking.name}`,
    sale_id: picking.sale_id,
    company_id: picking.company_id,
    create_date: now,
    write_date: now,
    create_uid: env.uid,
    write_uid: env.uid,
    ...(env.store.version === "19" && { return_id: picking.id }),
  });
  for (const line of lines) {
    const origin = env.store.get("stock.move", number(line.move_id));
    const move = addMove(env, back, {
      product_id: line.product_id,
      product_uom: origin?.product_uom ?? false,
      product_uom_qty: line.quantity,
      sale_line_id: origin?.sale_line_id ?? false,
      origin_returned_move_id: origin?.id ?? false,
      to_refund: true,
      location_id: picking.location_dest_id ?? false,
      location_dest_id: picking.location_id ?? false,
    });
    const reserved = env.store.version === "14" ? "reserved_availability" : "quantity";
    env.store.update("stock.move", move.id, { state: "assigned", [reserved]: number(line.quantity) });
  }
  const at = new Date(now / 1_000).toISOString();
  const effect = { kind: "return_made", model: "stock.picking", id: picking.id, mark: "" } as const;
  env.effects.add({ at, ...effect, correlationId: env.correlationId });
  return { type: "ir.actions.act_window", res_model: "stock.picking", res_id: back.id };
}
