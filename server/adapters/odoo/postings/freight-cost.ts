import { idOf, numberOf, type OdooCall, type OdooRow } from "../call";
import { hasField } from "../dialect";
import {
  companiesContext,
  companyContext,
  type PostingKindOf,
  RECORD_GONE,
  type Readback,
  type RequestOf,
  readPickings,
  recordIds,
  type Step,
} from "./kind";

type Cost = RequestOf<"freight_cost">;

const same = (value: unknown, price: string) => Math.abs((numberOf(value) ?? 0) - Number(price)) < 0.005;

function seenOf(request: Cost, [pickings = [], lines = []]: Readback) {
  const picking = pickings.find((row) => row.id === request.record.id) ?? null;
  const orderId = picking === null ? null : idOf(picking.sale_id);
  const line: OdooRow | null = request.desired.onOrder
    ? (lines.find((row) => orderId !== null && idOf(row.order_id) === orderId) ?? null)
    : null;
  return { picking, line };
}

/** Writes what carrying a transfer cost: its carrier price, and the order's delivery line where wanted and not yet invoiced. */
export const freightCost: PostingKindOf<"freight_cost"> = {
  kind: "freight_cost",
  looksFirst: true,
  together: { most: 200, like: ({ desired }) => String(desired.onOrder) },
  read: (requests, dialect) => {
    const fields = hasField(dialect, "stock.picking", "sale_id") ? ["carrier_price", "sale_id"] : ["carrier_price"];
    const lines: OdooCall = {
      model: "sale.order.line",
      method: "search_read",
      args: {
        domain: [
          ["order_id.picking_ids", "in", recordIds(requests)],
          ["is_delivery", "=", true],
        ],
        fields: ["order_id", "price_unit", "qty_invoiced"],
      },
      context: companiesContext(requests),
    };
    const onOrder =
      requests.some(({ desired }) => desired.onOrder) && hasField(dialect, "sale.order.line", "is_delivery");
    return [readPickings(requests, fields), ...(onOrder ? [lines] : [])];
  },
  call: (request, seen, dialect) => {
    if (!hasField(dialect, "stock.picking", "carrier_price"))
      return {
        do: "refuse",
        reason: "This Odoo has no carrier price on transfers: its delivery module is not installed.",
        field: "carrier_price",
      };
    const { picking, line } = seenOf(request, seen);
    if (picking === null) return { do: "refuse", reason: RECORD_GONE.reason, field: null };
    const { price } = request.desired;
    const context = companyContext(request);
    const calls: Step[] = [];
    if (!same(picking.carrier_price, price))
      calls.push({
        model: "stock.picking",
        method: "write",
        ids: [picking.id],
        args: { vals: { carrier_price: Number(price) } },
        context,
        row: { fields: [".id", "carrier_price"], data: [String(picking.id), String(Number(price))] },
      });
    if (line !== null && !same(line.price_unit, price) && !((numberOf(line.qty_invoiced) ?? 0) > 0))
      calls.push({
        model: "sale.order.line",
        method: "write",
        ids: [line.id],
        args: { vals: { price_unit: Number(price) } },
        context,
        row: { fields: [".id", "price_unit"], data: [String(line.id), String(Number(price))] },
      });
    return calls.length === 0 ? { do: "nothing", reason: "Odoo holds the cost." } : { do: "send", calls };
  },
  verify: (request, seen) => {
    const { picking, line } = seenOf(request, seen);
    if (picking === null) return RECORD_GONE;
    const found = { carrierPrice: numberOf(picking.carrier_price), deliveryLine: numberOf(line?.price_unit) };
    const { price } = request.desired;
    if (!same(picking.carrier_price, price))
      return { verdict: "absent", reason: `Odoo's carrier price is ${found.carrierPrice ?? 0}.`, found };
    if (line !== null && !same(line.price_unit, price) && !((numberOf(line.qty_invoiced) ?? 0) > 0))
      return { verdict: "absent", reason: `The order's delivery line is ${found.deliveryLine ?? 0}.`, found };
    return { verdict: "holds", reason: "Odoo holds the cost.", found };
  },
};
