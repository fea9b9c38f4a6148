import type { SourceClass } from "@/core/feeds/feed";

/** Attributes that sources claim about a shipment or a package and that ownership decides (domain.md, The fold). */
export const ATTRIBUTES = [
  "carrier",
  "service",
  "tracking_number",
  "weight_grams",
  "dimensions",
  "promised_delivery_at",
  "promised_dispatch_at",
  "eta",
  "address",
  "order_address",
  "label_address",
  "quantities",
  "returned_quantities",
  "expected_freight",
  "order_value",
  "customer",
  "warehouse",
  "company",
  "channel",
  "odoo_picking",
  "signed_by",
  "proof_of_delivery",
  "tracking_url",
  "ruled_out",
] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** One value that a source claims; instants inside values are ISO 8601 in UTC, money is { amountMinor, currency }. */
export type Claim = { attribute: Attribute; value: Json; occurredAtMs: number };

/** A claim as stored: one per shipment, feed, subject (package number or "") and attribute; the latest by (generation, occurredAt, hash). */
export type StoredClaim = Claim & {
  subject: string;
  feedId: number;
  feedClass: SourceClass;
  messageId: string;
  generation: number;
  /** SHA-256 of the canonical JSON, hex: breaks ties without looking at the order of arrival. */
  hash: string;
};

/** Done, shipped or ordered amounts per product: `code` is the SKU as the owner of the product names it. */
export type Quantity = {
  code: string;
  line: string | null;
  ordered: number | null;
  done: number | null;
  uom: string | null;
};

/** The Odoo picking a shipment is linked to, as last read. */
export type OdooPicking = {
  connectionId: number;
  pickingId: number;
  name: string;
  state: string;
  companyId: number | null;
  saleOrderId: number | null;
  dateDone: string | null;
  /** Names of the transfers that bring its goods back, where Odoo has any. */
  returns?: string[];
};
