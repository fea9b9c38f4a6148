/** The models of the sandbox and their fields, as far as Waypost uses them, for the two ends of the range: Odoo 14 and Odoo 19. */
export type Version = "14" | "19";

export type FieldType =
  | "char"
  | "html"
  | "integer"
  | "float"
  | "boolean"
  | "date"
  | "datetime"
  | "selection"
  | "binary"
  | "many2one"
  | "many2many"
  | "one2many";

export type Field = {
  type: FieldType;
  /** Model on the other side of a relation. */
  to?: string;
  /** The many2one on the other side of a one2many. */
  by?: string;
  values?: readonly string[];
  /** The field exists in one version only. */
  only?: Version;
  /** A searched column gets a hash index, a list one by each of its items. */
  index?: boolean;
  /** Reads along a path of many2ones instead of a column. */
  related?: string;
};

export type Model = {
  fields: Record<string, Field>;
  /** A deleted or archived record hides from searches unless active_test is false. */
  archives?: boolean;
  /** Methods the integration user may not use: what its groups do not give. */
  adminOnly?: readonly ("read" | "write" | "create" | "unlink")[];
};

const char: Field = { type: "char" };
const float: Field = { type: "float" };
const integer: Field = { type: "integer" };
const boolean: Field = { type: "boolean" };
const datetime: Field = { type: "datetime" };
const many2one = (to: string, more: Partial<Field> = {}): Field => ({ type: "many2one", to, ...more });
const one2many = (to: string, by: string, more: Partial<Field> = {}): Field => ({ type: "one2many", to, by, ...more });
const many2many = (to: string, more: Partial<Field> = {}): Field => ({ type: "many2many", to, ...more });
const selection = (...values: string[]): Field => ({ type: "selection", values });
const only = (version: Version, field: Field): Field => ({ ...field, only: version });

const MASTER = ["write", "create", "unlink"] as const;
const ALL = ["read", ...MASTER] as const;

export const MODELS: Record<string, Model> = {
  "res.users": {
    fields: {
      name: char,
      login: char,
      partner_id: many2one("res.partner"),
      company_id: many2one("res.company"),
      company_ids: many2many("res.company"),
      group_ids: only("19", many2many("res.groups")),
      groups_id: only("14", many2many("res.groups")),
      tz: char,
    },
    adminOnly: MASTER,
  },
  "res.groups": { fields: { name: char, full_name: char }, adminOnly: MASTER },
  "res.company": { fields: { name: char, currency_id: many2one("res.currency") }, adminOnly: MASTER },
  "res.currency": { fields: { name: char }, adminOnly: MASTER },
  "res.country": { fields: { name: char, code: char }, adminOnly: MASTER },
  "res.country.state": {
    fields: { name: char, code: char, country_id: many2one("res.country") },
    adminOnly: MASTER,
  },
  "res.partner": {
    fields: {
      name: char,
      is_company: boolean,
      street: char,
      street2: char,
      city: char,
      zip: char,
      state_id: many2one("res.country.state"),
      country_id: many2one("res.country"),
      phone: char,
      mobile: only("14", char),
      email: char,
      ref: char,
    },
    archives: true,
    adminOnly: ["create", "unlink"],
  },
  "res.users.apikeys": {
    fields: { name: char, user_id: many2one("res.users"), expiration_date: only("19", datetime) },
    adminOnly: MASTER,
  },
  "ir.config_parameter": { fields: { key: char, value: char }, adminOnly: ALL },
  "ir.module.module": { fields: { name: char, state: char }, adminOnly: MASTER },
  "ir.model.data": {
    fields: { module: char, name: char, model: char, res_id: integer, complete_name: { type: "char", index: true } },
    adminOnly: ALL,
  },
  "uom.uom": { fields: { name: char }, adminOnly: MASTER },
  "product.product": {
    fields: {
      name: char,
      default_code: char,
      barcode: char,
      type: selection("product", "consu", "service"),
      is_storable: only("19", boolean),
      weight: float,
      list_price: float,
      invoice_policy: selection("order", "delivery"),
      uom_id: many2one("uom.uom"),
      qty_available: float,
    },
    archives: true,
    adminOnly: MASTER,
  },
  "delivery.carrier": {
    fields: { name: char, delivery_type: selection("fixed", "base_on_rule", "ups"), tracking_url: char },
    archives: true,
    adminOnly: MASTER,
  },
  "stock.warehouse": {
    fields: {
      name: char,
      code: char,
      company_id: many2one("res.company"),
      delivery_steps: selection("ship_only", "pick_ship", "pick_pack_ship"),
      pick_type_id: many2one("stock.picking.type"),
      pack_type_id: many2one("stock.picking.type"),
      out_type_id: many2one("stock.picking.type"),
    },
    adminOnly: MASTER,
  },
  "stock.location": { fields: { name: char, usage: char }, adminOnly: MASTER },
  "stock.picking.type": {
    fields: {
      name: char,
      code: char,
      warehouse_id: many2one("stock.warehouse"),
      company_id: many2one("res.company"),
      sequence_code: char,
    },
    adminOnly: MASTER,
  },
  "sale.order": {
    fields: {
      name: char,
      state: selection("draft", "sent", "sale", "done", "cancel"),
      locked: only("19", boolean),
      partner_id: many2one("res.partner"),
      partner_shipping_id: many2one("res.partner"),
      client_order_ref: { type: "char", index: true },
      origin: char,
      company_id: many2one("res.company"),
      warehouse_id: many2one("stock.warehouse"),
      carrier_id: many2one("delivery.carrier"),
      date_order: datetime,
      commitment_date: datetime,
      expected_date: datetime,
      effective_date: datetime,
      delivery_status: only("19", selection("pending", "started", "partial", "full")),
      invoice_status: selection("no", "to invoice", "invoiced", "upselling"),
      currency_id: many2one("res.currency"),
      amount_total: float,
      invoice_ids: many2many("account.move"),
      order_line: one2many("sale.order.line", "order_id"),
      picking_ids: one2many("stock.picking", "sale_id"),
    },
    adminOnly: ["unlink"],
  },
  "sale.order.line": {
    fields: {
      order_id: many2one("sale.order", { index: true }),
      product_id: many2one("product.product"),
      name: char,
      product_uom_qty: float,
      qty_delivered: float,
      qty_invoiced: float,
      qty_to_invoice: float,
      product_uom_id: only("19", many2one("uom.uom")),
      product_uom: only("14", many2one("uom.uom")),
      price_unit: float,
      is_delivery: boolean,
    },
  },
  "stock.picking": {
    fields: {
      name: char,
      state: selection("draft", "waiting", "confirmed", "assigned", "done", "cancel"),
      partner_id: many2one("res.partner"),
      picking_type_id: many2one("stock.picking.type"),
      picking_type_code: { type: "char", related: "picking_type_id.code" },
      location_id: many2one("stock.location"),
      location_dest_id: many2one("stock.location"),
      origin: char,
      sale_id: many2one("sale.order", { index: true }),
      company_id: many2one("res.company"),
      carrier_id: many2one("delivery.carrier"),
      carrier_tracking_ref: char,
      carrier_tracking_url: char,
      carrier_price: float,
      delivery_type: { type: "char", related: "carrier_id.delivery_type" },
      weight: float,
      shipping_weight: float,
      weight_uom_name: char,
      scheduled_date: datetime,
      date_deadline: datetime,
      date_done: datetime,
      priority: selection("0", "1"),
      note: { type: "html" },
      backorder_id: many2one("stock.picking", { index: true }),
      backorder_ids: one2many("stock.picking", "backorder_id"),
      return_id: only("19", many2one("stock.picking", { index: true })),
      move_ids: only("19", one2many("stock.move", "picking_id")),
      move_lines: only("14", one2many("stock.move", "picking_id")),
      move_line_ids: one2many("stock.move.line", "picking_id"),
    },
    adminOnly: ["unlink"],
  },
  "stock.move": {
    fields: {
      picking_id: many2one("stock.picking", { index: true }),
      picking_type_id: many2one("stock.picking.type", { related: "picking_id.picking_type_id" }),
      product_id: many2one("product.product"),
      product_uom: many2one("uom.uom"),
      product_uom_qty: float,
      quantity: only("19", float),
      picked: only("19", boolean),
      quantity_done: only("14", float),
      reserved_availability: only("14", float),
      state: selection("draft", "waiting", "confirmed", "partially_available", "assigned", "done", "cancel"),
      sale_line_id: many2one("sale.order.line", { index: true }),
      name: only("14", char),
      /** When it is to be done; once done, when it was. */
      date: datetime,
      origin_returned_move_id: many2one("stock.move", { index: true }),
      move_orig_ids: many2many("stock.move", { index: true }),
      move_dest_ids: many2many("stock.move", { index: true }),
      to_refund: boolean,
      location_id: many2one("stock.location"),
      location_dest_id: many2one("stock.location"),
      company_id: many2one("res.company"),
      weight: float,
      move_line_ids: one2many("stock.move.line", "move_id"),
    },
  },
  "stock.move.line": {
    fields: {
      move_id: many2one("stock.move", { index: true }),
      picking_id: many2one("stock.picking", { index: true }),
      product_id: many2one("product.product"),
      product_uom_id: many2one("uom.uom"),
      quantity: only("19", float),
      picked: only("19", boolean),
      product_uom_qty: only("14", float),
      qty_done: only("14", float),
      result_package_id: many2one("stock.package"),
      company_id: many2one("res.company"),
    },
  },
  "account.move": {
    fields: {
      name: char,
      move_type: selection("entry", "out_invoice", "out_refund", "in_invoice", "in_refund"),
      state: selection("draft", "posted", "cancel"),
      partner_id: many2one("res.partner"),
      company_id: many2one("res.company"),
      ref: { type: "char", index: true },
      invoice_date: { type: "date" },
      invoice_date_due: { type: "date" },
      currency_id: many2one("res.currency"),
      amount_untaxed: float,
      amount_total: float,
      payment_state: selection("not_paid", "in_payment", "paid", "partial", "reversed"),
      invoice_origin: char,
      invoice_line_ids: one2many("account.move.line", "move_id"),
    },
    adminOnly: ["unlink"],
  },
  "account.tax": { fields: { name: char }, adminOnly: MASTER },
  "account.move.line": {
    fields: {
      move_id: many2one("account.move", { index: true }),
      product_id: many2one("product.product"),
      name: char,
      quantity: float,
      price_unit: float,
      tax_ids: many2many("account.tax"),
      sale_line_ids: many2many("sale.order.line"),
      company_id: many2one("res.company"),
    },
    adminOnly: ["unlink"],
  },
  "sale.advance.payment.inv": {
    fields: {
      advance_payment_method: selection("delivered", "percentage", "fixed"),
      sale_order_ids: only("19", many2many("sale.order")),
    },
  },
  "stock.return.picking": {
    fields: {
      picking_id: many2one("stock.picking"),
      location_id: only("14", many2one("stock.location")),
      product_return_moves: one2many("stock.return.picking.line", "wizard_id"),
    },
  },
  "stock.return.picking.line": {
    fields: {
      wizard_id: many2one("stock.return.picking", { index: true }),
      product_id: many2one("product.product"),
      quantity: float,
      move_id: many2one("stock.move"),
      uom_id: many2one("uom.uom"),
    },
  },
  "stock.landed.cost": {
    fields: {
      name: char,
      state: selection("draft", "done", "cancel"),
      picking_ids: many2many("stock.picking", { index: true }),
      description: char,
      amount_total: float,
      cost_lines: one2many("stock.landed.cost.lines", "cost_id"),
    },
    adminOnly: ALL,
  },
  "stock.landed.cost.lines": {
    fields: {
      cost_id: many2one("stock.landed.cost", { index: true }),
      product_id: many2one("product.product"),
      name: char,
      split_method: selection("equal", "by_quantity", "by_current_cost_price", "by_weight", "by_volume"),
      price_unit: float,
    },
    adminOnly: ALL,
  },
  "confirm.stock.sms": { fields: {}, adminOnly: ["unlink"] },
  "stock.package": { fields: { name: char } },
  "mail.message": {
    fields: {
      model: char,
      res_id: { type: "integer", index: true },
      body: { type: "html" },
      message_type: selection("email", "comment", "notification", "user_notification", "auto_comment"),
      subtype_id: many2one("mail.message.subtype"),
      message_id: { type: "char", index: true },
      author_id: many2one("res.partner"),
      date: datetime,
      mail_activity_type_id: many2one("mail.activity.type"),
      attachment_ids: many2many("ir.attachment"),
    },
  },
  "mail.message.subtype": { fields: { name: char }, adminOnly: MASTER },
  "mail.activity.type": { fields: { name: char }, adminOnly: MASTER },
  "mail.activity": {
    fields: {
      res_model: char,
      res_model_id: many2one("ir.model"),
      res_id: { type: "integer", index: true },
      res_name: char,
      activity_type_id: many2one("mail.activity.type"),
      summary: char,
      note: { type: "html" },
      date_deadline: { type: "date" },
      user_id: many2one("res.users"),
      active: only("19", boolean),
      feedback: { type: "html" },
    },
  },
  "ir.model.fields": {
    fields: {
      model_id: many2one("ir.model"),
      name: char,
      ttype: selection("char", "selection", "datetime"),
      field_description: char,
      help: char,
      store: boolean,
      copied: boolean,
      index: boolean,
      selection_ids: one2many("ir.model.fields.selection", "field_id"),
    },
    adminOnly: ALL,
  },
  "ir.model.fields.selection": {
    fields: { field_id: many2one("ir.model.fields"), value: char, name: char, sequence: integer },
    adminOnly: ALL,
  },
  "ir.model": { fields: { name: char, model: char }, adminOnly: ALL },
  "ir.attachment": {
    fields: {
      name: char,
      datas: { type: "binary" },
      checksum: char,
      file_size: integer,
      mimetype: char,
      description: char,
      res_model: char,
      res_id: { type: "integer", index: true },
    },
  },
};

const LOG_FIELDS: Record<string, Field> = {
  create_date: datetime,
  write_date: datetime,
  create_uid: many2one("res.users"),
  write_uid: many2one("res.users"),
};

/** The fields that a model has in one version; undefined for a model that is not there. */
export function fieldsOf(model: string, version: Version): Record<string, Field> | undefined {
  const known = MODELS[model];
  if (!known) return undefined;
  const own = Object.entries(known.fields).filter(([, field]) => field.only === undefined || field.only === version);
  const active: Record<string, Field> = known.archives ? { active: boolean } : {};
  return { id: integer, display_name: char, ...LOG_FIELDS, ...active, ...Object.fromEntries(own) };
}
