import type { FeedClass } from "@/core/feeds/feed";
import type { Attribute } from "./attributes";

/** What ownership decides: the attributes, and the milestones after the hand-over to the carrier. */
export type OwnedField = Attribute | "milestones";

/**
 * For each field the feed classes that may decide it, highest first; a class that is not listed decides only when no listed one spoke. Of
 * milestones none may be listed: then the earliest actual counts, whoever tells it.
 */
export type Ownership = Readonly<Record<OwnedField, readonly FeedClass[]>>;

const ORDER: readonly FeedClass[] = ["odoo", "marketplace", "warehouse", "transport", "carrier", "aggregator"];
const EXECUTION: readonly FeedClass[] = ["warehouse", "transport", "odoo", "carrier", "aggregator", "marketplace"];
const TRACKING: readonly FeedClass[] = ["carrier", "aggregator", "marketplace", "warehouse", "transport", "odoo"];

/** Defaults of domain.md: order data Odoo > marketplace; execution WMS > TMS > Odoo; tracking carrier > aggregator > marketplace > WMS. */
export const DEFAULT_OWNERSHIP: Ownership = {
  carrier: EXECUTION,
  service: EXECUTION,
  tracking_number: ["carrier", "aggregator", "warehouse", "transport", "marketplace", "odoo"],
  weight_grams: ["carrier", "aggregator", "warehouse", "transport", "odoo", "marketplace"],
  dimensions: ["carrier", "aggregator", "warehouse", "transport", "odoo", "marketplace"],
  promised_delivery_at: ORDER,
  promised_dispatch_at: ORDER,
  eta: TRACKING,
  address: ORDER,
  order_address: ORDER,
  label_address: EXECUTION,
  quantities: EXECUTION,
  returned_quantities: EXECUTION,
  expected_freight: ["finance", "transport", "odoo", "marketplace", "warehouse", "carrier", "aggregator"],
  order_value: ORDER,
  customer: ORDER,
  warehouse: EXECUTION,
  company: ORDER,
  channel: ["marketplace", "odoo", "warehouse", "transport"],
  odoo_picking: ["odoo"],
  signed_by: TRACKING,
  proof_of_delivery: TRACKING,
  tracking_url: TRACKING,
  ruled_out: ORDER,
  milestones: [],
};

/** The order in which milestones are decided once somebody names an owner for them, behind that owner. */
export const MILESTONES_ORDER: readonly FeedClass[] = TRACKING;

/** Attributes whose losing value is more than advice: a difference raises a mismatch (domain.md, The fold). */
export const MISMATCH_ATTRIBUTES: ReadonlySet<Attribute> = new Set(["tracking_number", "quantities", "address"]);
