import type { OdooCall } from "./call";

/** What an Odoo of one version and set of modules knows: asked of the server, so that versions between 14 and 19 need no table. */
export type Dialect = {
  /** "19.0", as the server says it. */
  version: string;
  series: number;
  transport: "json2" | "jsonrpc";
  /** The Odoo user behind the key; null where the server does not say. */
  userId: number | null;
  /** Field names present, by model; a model that is not installed has none. */
  fields: Readonly<Record<string, readonly string[]>>;
};

/** Models and the fields of theirs that exist in some versions or with some modules only. */
const ASKED: Readonly<Record<string, readonly string[]>> = {
  "stock.picking": [
    "move_ids",
    "move_lines",
    "sale_id",
    "carrier_id",
    "carrier_tracking_ref",
    "carrier_price",
    "delivery_type",
    "weight",
    "shipping_weight",
    "weight_uom_name",
    "date_deadline",
    "delivery_state",
    "tracking_state",
    "date_shipped",
    "date_delivered",
    "x_waypost_status",
  ],
  "stock.move": ["quantity", "picked", "quantity_done", "reserved_availability", "sale_line_id", "to_refund"],
  "stock.move.line": ["quantity", "qty_done", "product_uom_qty", "reserved_uom_qty", "picked", "result_package_id"],
  "sale.order": ["locked", "delivery_status", "warehouse_id", "picking_ids", "expected_date", "effective_date"],
  "sale.order.line": ["is_delivery", "product_uom", "product_uom_id", "qty_delivered", "qty_invoiced"],
  "delivery.carrier": ["delivery_type"],
  "mail.activity": ["active", "feedback"],
  // `mobile` is gone since 19
  "res.partner": ["email", "phone", "mobile"],
  "res.users": ["group_ids", "groups_id"],
  // gone since 18
  "stock.return.picking": ["location_id"],
  "sale.advance.payment.inv": ["sale_order_ids"],
  "stock.landed.cost": ["picking_ids"],
};

/** The calls that find a dialect out, one a model, in the order in which `dialectFrom` takes their answers. */
export function dialectCalls(): OdooCall[] {
  return Object.entries(ASKED).map(([model, allfields]) => ({
    model,
    method: "fields_get",
    args: { allfields, attributes: ["type"] },
  }));
}

/** Builds the dialect from the answers to `dialectCalls`; null stands for a model that is not there. */
export function dialectFrom(
  server: Omit<Dialect, "fields">,
  answers: readonly (Record<string, unknown> | null)[],
): Dialect {
  const models = Object.keys(ASKED);
  const fields = Object.fromEntries(models.map((model, at) => [model, Object.keys(answers[at] ?? {}).sort()]));
  return { ...server, fields };
}

export function hasField(dialect: Dialect, model: string, field: string): boolean {
  return dialect.fields[model]?.includes(field) ?? false;
}

/** Keeps the fields that this server has: those never asked about are taken to exist everywhere. */
export function present(dialect: Dialect, model: string, fields: readonly string[]): string[] {
  const asked = ASKED[model] ?? [];
  return fields.filter((field) => !asked.includes(field) || hasField(dialect, model, field));
}

/** The picking's list of moves: `move_lines` up to 15, `move_ids` since. */
export function movesField(dialect: Dialect): "move_ids" | "move_lines" {
  return hasField(dialect, "stock.picking", "move_ids") ? "move_ids" : "move_lines";
}

/** Up to 16 what is done and what is reserved are two fields; since 17 there is one quantity and a flag `picked`. */
export function countsDoneApart(dialect: Dialect): boolean {
  return hasField(dialect, "stock.move", "quantity_done");
}
