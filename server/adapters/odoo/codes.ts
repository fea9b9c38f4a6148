import type { EventKind } from "@/core/shipments/milestones";

/**
 * States of Odoo's records and what they say of a shipment (domain.md, The fold). "done" is a person's word that the goods left: the carrier's
 * custody is implied, not seen. States that are not listed say nothing yet.
 */
export const ODOO_STATUS: Readonly<Record<string, EventKind>> = {
  "sale.order/sale": "order_released",
  "stock.picking/confirmed": "order_released",
  "stock.picking/waiting": "order_released",
  "stock.picking/assigned": "allocated",
  "stock.picking/done": "picked_up",
  "stock.picking/cancel": "cancelled",
  "stock.picking/deleted": "cancelled",
};

/** States of the steps inside a warehouse, before the transfer that ships. Mappings that are older than these words do not have them. */
export const ODOO_STEP_STATUS: Readonly<Record<string, EventKind>> = {
  "stock.picking/pick_assigned": "allocated",
  "stock.picking/pick_done": "picked",
  "stock.picking/pack_done": "packed",
  "stock.picking/other_done": "info",
};

/**
 * Carriers by the provider of Odoo's delivery method (`delivery_type`). Price rules (fixed, base_on_rule) and shipping platforms name none, and
 * stand in no table.
 */
export const ODOO_CARRIER: Readonly<Record<string, string>> = {
  ups: "ups",
  ups_rest: "ups",
  fedex: "fedex",
  fedex_rest: "fedex",
  usps: "usps",
  usps_rest: "usps",
  dhl: "dhl_express",
  dhl_rest: "dhl_express",
  bpost: "bpost",
  mondialrelay: "mondial_relay",
};
