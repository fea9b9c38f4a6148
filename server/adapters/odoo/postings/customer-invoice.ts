import { idOf, idsOf, numberOf, type OdooCall, type OdooRow, textOf } from "../call";
import { type Dialect, hasField } from "../dialect";
import {
  companiesContext,
  companyContext,
  type Next,
  type PostingKindOf,
  type Readback,
  type RequestOf,
  recordIds,
} from "./kind";

type Invoice = RequestOf<"customer_invoice">;
type Seen = { order: OdooRow; lines: OdooRow[]; open: OdooRow[]; isDone: boolean };

/** The order, the lines of it that this picking delivered, and which of them still wait for an invoice. */
function seenOf(request: Invoice, [orders = [], lines = [], moves = []]: Readback): Seen | null {
  const order = orders.find((row) => row.id === request.record.id);
  if (!order) return null;
  const done = moves.filter(
    (row) =>
      idOf(row.picking_id) === request.desired.pickingId && row.state === "done" && idOf(row.sale_line_id) !== null,
  );
  const delivered = new Set(done.map((row) => idOf(row.sale_line_id)));
  const own = lines.filter((row) => delivered.has(row.id));
  return {
    order,
    lines: own,
    open: own.filter((row) => (numberOf(row.qty_to_invoice) ?? 0) > 0.000_01),
    isDone: done.length > 0,
  };
}

const ORDER_GONE = "The order is no longer in Odoo, or the user may not see it.";

function refuse(reason: string, field: string | null = null): Next {
  return { do: "refuse", reason, field };
}

function next(request: Invoice, readback: Readback, dialect: Dialect): Next {
  const seen = seenOf(request, readback);
  if (!seen) return refuse(ORDER_GONE);
  const { order, open, isDone } = seen;
  if (order.state !== "sale" && order.state !== "done")
    return refuse(`The order is not confirmed in Odoo: its state is ${textOf(order.state)}.`, "state");
  if (!isDone) return refuse("The transfer is not validated in Odoo, so Odoo has nothing of it to invoice.", "state");
  if (open.length === 0) return { do: "nothing", reason: "All that this transfer delivered is invoiced in Odoo." };
  const ids = [order.id];
  const named = hasField(dialect, "sale.advance.payment.inv", "sale_order_ids");
  // older wizards take their orders from what is selected on the screen
  const selected = named ? {} : { active_model: "sale.order", active_ids: ids, active_id: order.id };
  const context = { ...companyContext(request), ...selected };
  const values = { advance_payment_method: "delivered", ...(named && { sale_order_ids: [[6, 0, ids]] }) };
  return {
    do: "send",
    calls: [
      { model: "sale.advance.payment.inv", method: "create", args: { vals_list: [values] }, context },
      { model: "sale.advance.payment.inv", method: "create_invoices", context, onMade: true },
    ],
  };
}

/**
 * Makes the draft invoice of an order by Odoo's own wizard, so that taxes, terms and down payments are as Odoo sets them. Odoo invoices what
 * is delivered and not invoiced, once: whether it is there is read from what the picking's order lines still wait for, whoever made it.
 */
export const customerInvoice: PostingKindOf<"customer_invoice"> = {
  kind: "customer_invoice",
  looksFirst: true,
  together: null,
  read: (requests) => {
    const ids = recordIds(requests);
    const context = companiesContext(requests);
    const search = (model: string, domain: unknown[], fields: string[]): OdooCall => ({
      model,
      method: "search_read",
      args: { domain, fields },
      context,
    });
    const pickingIds = [...new Set(requests.map(({ desired }) => desired.pickingId))];
    return [
      search("sale.order", [["id", "in", ids]], ["name", "state", "invoice_status", "invoice_ids"]),
      search(
        "sale.order.line",
        [["order_id", "in", ids]],
        ["order_id", "qty_delivered", "qty_invoiced", "qty_to_invoice"],
      ),
      search("stock.move", [["picking_id", "in", pickingIds]], ["picking_id", "state", "sale_line_id"]),
    ];
  },
  call: (request, seen, dialect) => next(request, seen, dialect),
  verify: (request, readback) => {
    const seen = seenOf(request, readback);
    if (!seen) return { verdict: "impossible", reason: ORDER_GONE, found: {} };
    const { order, lines, open, isDone } = seen;
    const found = {
      invoiceStatus: textOf(order.invoice_status),
      invoices: idsOf(order.invoice_ids),
      invoiced: lines.map((row) => numberOf(row.qty_invoiced) ?? 0),
      toInvoice: lines.map((row) => numberOf(row.qty_to_invoice) ?? 0),
    };
    if (order.state === "cancel") return { verdict: "impossible", reason: "The order is cancelled in Odoo.", found };
    if (isDone && open.length === 0)
      return { verdict: "holds", reason: "All that this transfer delivered is invoiced in Odoo.", found };
    return { verdict: "absent", reason: "Odoo has not invoiced what this transfer delivered.", found };
  },
};
