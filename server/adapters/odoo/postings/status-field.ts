import { STATUS_FIELD } from "@/core/odoo/status-field";
import type { DesiredStatusField } from "@/core/postings/desired";
import type { Summary } from "@/core/shipments/milestones";
import { odooTime, textOf } from "../call";
import { type Dialect, hasField, present } from "../dialect";
import { companyContext, type PostingKindOf, RECORD_GONE, readPickings } from "./kind";

/** The words of the community module delivery_state for ours. `warehouse_delivered` is its word for goods at a pick-up point. */
const COMMUNITY: Readonly<Record<Summary, string>> = {
  unknown: "no_update",
  pre_transit: "shipping_recorded_in_carrier",
  in_transit: "in_transit",
  out_for_delivery: "in_transit",
  available_for_pickup: "warehouse_delivered",
  delivered: "customer_delivered",
  exception: "incidence",
  return_to_sender: "incidence",
  cancelled: "canceled_shipment",
};

/** What the status field is to hold in this Odoo: the field that the set-up made, else the community module's; null where there is none. */
export function statusValues(desired: DesiredStatusField, dialect: Dialect): Record<string, unknown> | null {
  if (hasField(dialect, "stock.picking", STATUS_FIELD)) return { [STATUS_FIELD]: desired.status };
  if (!hasField(dialect, "stock.picking", "delivery_state")) return null;
  const values = {
    delivery_state: COMMUNITY[desired.status],
    tracking_state: (desired.milestone ?? desired.status).replaceAll("_", " "),
    ...(desired.shippedOn !== null && { date_shipped: desired.shippedOn }),
    ...(desired.deliveredAt !== null && { date_delivered: odooTime(desired.deliveredAt) }),
  };
  const there = new Set(present(dialect, "stock.picking", Object.keys(values)));
  return Object.fromEntries(Object.entries(values).filter(([name]) => there.has(name)));
}

/** Writes where the shipment stands into a field of the picking; a level: the value itself says whether it happened. */
export const statusField: PostingKindOf<"status_field"> = {
  kind: "status_field",
  looksFirst: false,
  together: { most: 200, like: ({ desired }) => desired.status },
  read: (requests, dialect) => {
    const fields = [STATUS_FIELD, "delivery_state", "tracking_state", "date_shipped", "date_delivered"];
    return [readPickings(requests, ["state", ...present(dialect, "stock.picking", fields)])];
  },
  call: (request, _seen, dialect) => {
    const vals = statusValues(request.desired, dialect);
    if (vals === null)
      return {
        do: "refuse",
        reason:
          "This Odoo has no status field on transfers: make it with the set-up on the Odoo screen, or install delivery_state.",
        field: STATUS_FIELD,
      };
    const context = companyContext(request);
    return {
      do: "send",
      calls: [{ model: "stock.picking", method: "write", ids: [request.record.id], args: { vals }, context }],
    };
  },
  verify: (request, [pickings = []], dialect) => {
    const picking = pickings.find((row) => row.id === request.record.id);
    if (!picking) return RECORD_GONE;
    const wanted = Object.entries(statusValues(request.desired, dialect) ?? {});
    const found = Object.fromEntries(wanted.map(([name]) => [name, textOf(picking[name])]));
    const [first] = wanted;
    if (first === undefined) return { verdict: "absent", reason: "This Odoo has no status field on transfers.", found };
    const other = wanted.find(([name, value]) => textOf(picking[name]) !== value);
    if (other === undefined) return { verdict: "holds", reason: "Odoo holds the status.", found };
    if (textOf(picking[first[0]]) === null)
      return { verdict: "absent", reason: "Odoo's status field is empty.", found };
    return {
      verdict: "differs",
      reason: `Odoo holds ${textOf(picking[other[0]]) ?? "nothing"} in ${other[0]}.`,
      found,
    };
  },
};
