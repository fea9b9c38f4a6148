import type { FeedClass } from "@/core/feeds/feed";
import type { OwnedField } from "@/core/shipments/ownership";

export const inWords = (word: string): string => word.replaceAll("_", " ");
export const sentence = (word: string): string => inWords(word).replace(/^./, (first) => first.toUpperCase());

const WORDS: Partial<Record<OwnedField, string>> = {
  milestones: "Milestones after hand-over",
  weight_grams: "Weight",
  eta: "Expected arrival",
  promised_delivery_at: "Promised delivery",
  promised_dispatch_at: "Promised dispatch",
  odoo_picking: "Odoo transfer",
  order_address: "Address of the order",
  label_address: "Address on the label",
};

export const fieldWord = (attribute: OwnedField): string => WORDS[attribute] ?? sentence(attribute);

export const CLASS_SHORT: Readonly<Record<FeedClass, string>> = {
  odoo: "Odoo",
  warehouse: "WMS",
  transport: "TMS",
  carrier: "Carrier",
  aggregator: "Aggreg.",
  marketplace: "Market",
  finance: "Finance",
  customer_service: "Service",
};
