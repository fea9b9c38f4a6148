import { userError } from "./faults";
import { browse, create, type Env, HOOKS, type Values } from "./orm";
import { chain, type Step, stepsBefore, typeOf } from "./routes";
import { addMove, assign, nextPickingName, nextStep, refreshInvoiceStatus } from "./stock";
import type { Row, Value } from "./store";

const number = (value: Value | undefined) => (typeof value === "number" ? value : 0);

function linesOf(env: Env, order: Row): Row[] {
  return (env.store.lookup("sale.order.line", "order_id", order.id) ?? []).sort((one, other) => one.id - other.id);
}

HOOKS["sale.order"] = {
  defaults: (env, values) => {
    const allowed = env.context.allowed_company_ids;
    const own = env.store.get("res.users", env.uid)?.company_id ?? 1;
    const companyId = number(values.company_id as Value) || (Array.isArray(allowed) ? Number(allowed[0]) : own);
    const warehouse = env.store.all("stock.warehouse").find((row) => row.company_id === companyId);
    return {
      name: `S${String(env.store.count("sale.order") + 1).padStart(5, "0")}`,
      state: "draft",
      company_id: companyId,
      warehouse_id: warehouse?.id ?? false,
      currency_id: env.store.get("res.company", number(companyId as Value))?.currency_id ?? false,
      partner_shipping_id: values.partner_id,
      invoice_status: "no",
    };
  },
  created: (env, row) => {
    env.store.update("sale.order", row.id, { date_order: Math.floor(number(row.create_date) / 1e6) * 1e6 });
    total(env, row);
  },
  beforeUnlink: (_env, row) => {
    if (row.state === "sale" || row.state === "done")
      throw userError("You can not delete a sent quotation or a confirmed sales order. You must first cancel it.");
  },
};

HOOKS["sale.order.line"] = {
  defaults: (env, values) => {
    const product = env.store.get("product.product", number(values.product_id as Value));
    const uom = product?.uom_id ?? false;
    return {
      name: product ? String(product.name) : false,
      product_uom_qty: 1,
      price_unit: product?.list_price ?? 0,
      ...(env.store.version === "14" ? { product_uom: uom } : { product_uom_id: uom }),
    };
  },
  created: (env, row) => touch(env, row),
  written: (env, _before, after) => touch(env, after),
};

/** A line's change moves its order's write_date. */
function touch(env: Env, line: Row): void {
  const order = env.store.get("sale.order", number(line.order_id));
  if (!order) return;
  env.store.update("sale.order", order.id, { write_date: env.store.tick() });
  total(env, order);
}

function total(env: Env, order: Row): void {
  const amount = linesOf(env, order).reduce(
    (sum, line) => sum + number(line.product_uom_qty) * number(line.price_unit),
    0,
  );
  env.store.update("sale.order", order.id, { amount_total: Math.round(amount * 100) / 100 });
}

/** `action_confirm` on orders: makes the delivery and reserves it. 19 refuses a second time, 14 does not mind. */
export function confirmOrders(env: Env, ids: readonly number[]): true {
  for (const order of browse(env, "sale.order", ids, "error")) {
    if (order.state !== "draft" && order.state !== "sent") {
      if (env.store.version === "14") continue;
      throw userError("Some orders are not in a state requiring confirmation.");
    }
    const now = env.store.tick();
    env.store.update("sale.order", order.id, {
      state: "sale",
      date_order: Math.floor(now / 1e6) * 1e6,
      expected_date: Math.floor(now / 1e6) * 1e6,
      invoice_status: "no",
      write_date: now,
    });
    const picking = deliver(env, { ...order, expected_date: Math.floor(now / 1e6) * 1e6 });
    if (picking && env.store.version === "19") env.store.update("sale.order", order.id, { delivery_status: "pending" });
    const at = new Date(now / 1_000).toISOString();
    const effect = { kind: "order_confirmed", model: "sale.order", id: order.id, mark: "" } as const;
    env.effects.add({ at, ...effect, correlationId: env.correlationId });
  }
  return true;
}

function deliver(env: Env, order: Row): Row | null {
  const { store } = env;
  const lines = linesOf(env, order).filter((line) => {
    const product = store.get("product.product", number(line.product_id));
    return product && product.type !== "service" && number(line.product_uom_qty) > 0;
  });
  const types = store.all("stock.picking.type");
  const before = stepsBefore(env, order.warehouse_id);
  const isPushed = before.length > 0 && store.version === "19";
  const type = isPushed
    ? typeOf(env, order.warehouse_id, before[0])
    : types.find((row) => row.code === "outgoing" && row.warehouse_id === order.warehouse_id);
  if (lines.length === 0 || !type) return null;
  const when = order.commitment_date ?? order.expected_date ?? store.tick();
  const usage = (name: string) => store.all("stock.location").find((row) => row.usage === name)?.id ?? null;
  const now = store.tick();
  const picking = store.insert("stock.picking", {
    name: nextPickingName(env, { picking_type_id: type.id }),
    state: "confirmed",
    partner_id: order.partner_shipping_id ?? order.partner_id ?? null,
    picking_type_id: type.id,
    location_id: usage("internal"),
    location_dest_id: usage(isPushed ? "internal" : "customer"),
    origin: order.name ?? null,
    sale_id: order.id,
    company_id: order.company_id ?? null,
    carrier_id: order.carrier_id ?? null,
    scheduled_date: when,
    date_deadline: when,
    priority: "0",
    weight_uom_name: "kg",
    create_date: now,
    write_date: now,
    create_uid: env.uid,
    write_uid: env.uid,
  });
  let weight = 0;
  for (const line of lines) {
    const product = store.get("product.product", number(line.product_id));
    const lineWeight = number(product?.weight) * number(line.product_uom_qty);
    weight += lineWeight;
    addMove(env, picking, {
      product_id: line.product_id,
      product_uom: product?.uom_id ?? false,
      product_uom_qty: line.product_uom_qty,
      sale_line_id: line.id,
      weight: lineWeight,
    });
  }
  store.update("stock.picking", picking.id, { weight, shipping_weight: weight });
  create(env, "mail.message", {
    model: "stock.picking",
    res_id: picking.id,
    body: `<p>This transfer has been created from: ${order.name}</p>`,
  });
  assign(env, [...(isPushed ? [] : stepsOf(env, picking, before)), picking.id]);
  return store.get("stock.picking", picking.id) ?? null;
}

/** Up to 17 the steps before a delivery are made with it, the last first; their ids in the order in which they are done. */
function stepsOf(env: Env, delivery: Row, before: readonly Step[]): number[] {
  const warehouse = env.store.get("stock.picking.type", number(delivery.picking_type_id))?.warehouse_id;
  let next = delivery;
  const made: number[] = [];
  for (const step of [...before].reverse()) {
    const type = typeOf(env, warehouse, step);
    if (!type) continue;
    const picking = nextStep(env, next, type);
    for (const move of env.store.lookup("stock.move", "picking_id", next.id) ?? [])
      chain(
        env,
        addMove(env, picking, {
          product_id: move.product_id,
          product_uom: move.product_uom,
          product_uom_qty: move.product_uom_qty,
          weight: move.weight,
        }),
        move,
      );
    made.unshift(picking.id);
    next = picking;
  }
  return made;
}

const NOTHING =
  "Cannot create an invoice. No items are available to invoice.\n\nTo resolve this issue, please ensure that the products have been delivered.";
const NOTHING_14 = "There is nothing to invoice!";

/** The invoice wizard's button: a draft invoice of what each order has delivered and not invoiced. 14 takes the orders from the context. */
export function createInvoices(env: Env, ids: readonly number[]): Values {
  const [wizard] = browse(env, "sale.advance.payment.inv", ids, "error");
  const is14 = env.store.version === "14";
  const chosen = is14 ? env.context.active_ids : wizard?.sale_order_ids;
  const made: number[] = [];
  for (const order of browse(env, "sale.order", Array.isArray(chosen) ? chosen.map(Number) : [], "error")) {
    const lines = linesOf(env, order).filter((line) => number(line.qty_to_invoice) > 0);
    if (lines.length === 0) throw userError(is14 ? NOTHING_14 : NOTHING);
    const invoice = create(env, "account.move", {
      move_type: "out_invoice",
      state: "draft",
      partner_id: order.partner_id,
      company_id: order.company_id,
      invoice_origin: order.name,
    });
    const marks: string[] = [];
    for (const line of lines) {
      const quantity = number(line.qty_to_invoice);
      const row = create(env, "account.move.line", {
        move_id: invoice.id,
        product_id: line.product_id,
        name: line.name,
        quantity,
        price_unit: line.price_unit,
        company_id: order.company_id,
      });
      env.store.update("account.move.line", row.id, { sale_line_ids: [line.id] });
      const invoiced = number(line.qty_invoiced) + quantity;
      env.store.update("sale.order.line", line.id, { qty_invoiced: invoiced, qty_to_invoice: 0 });
      marks.push(`${line.id}:${invoiced}`);
    }
    const known = Array.isArray(order.invoice_ids) ? order.invoice_ids : [];
    env.store.update("sale.order", order.id, { invoice_ids: [...known, invoice.id], write_date: env.store.tick() });
    refreshInvoiceStatus(env, order.id);
    made.push(invoice.id);
    const at = new Date(env.store.tick() / 1_000).toISOString();
    const effect = { kind: "invoice_made", model: "sale.order", id: order.id, mark: marks.join(",") } as const;
    env.effects.add({ at, ...effect, correlationId: env.correlationId });
  }
  if (made.length === 0) throw userError(is14 ? NOTHING_14 : NOTHING);
  return { type: "ir.actions.act_window", res_model: "account.move", res_id: made[0] };
}
