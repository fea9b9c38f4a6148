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

/** Kinds of delivery method that are Odoo's own price rules and name no carrier. */
export const RULE_DELIVERY_TYPES: ReadonlySet<string> = new Set(["fixed", "base_on_rule"]);
