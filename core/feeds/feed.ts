/** Classes of outside systems (domain.md, Words). */
export const FEED_CLASSES = [
  "odoo",
  "warehouse",
  "transport",
  "carrier",
  "aggregator",
  "marketplace",
  "finance",
  "customer_service",
] as const;
export type FeedClass = (typeof FEED_CLASSES)[number];

/** What people of ours decided about a shipment is told beside what feeds say, under a number that no feed has, and outranks all of them. */
export const PEOPLE = { feedId: 0, class: "person", name: "A person of ours" } as const;
export type SourceClass = FeedClass | (typeof PEOPLE)["class"];

export const WAYS_IN = ["push", "file", "poll", "stream"] as const;
export type WayIn = (typeof WAYS_IN)[number];

export const ADAPTERS = ["easypost", "x12", "edifact", "csv", "bills", "document", "odoo"] as const;
export type AdapterName = (typeof ADAPTERS)[number];

/** How the sender proves itself (standards.md 1.7). `none` is allowed for feeds that enter by file or poll only. */
export const VERIFY_SCHEMES = ["easypost", "standard_webhooks", "hmac", "api_key", "none"] as const;
export type VerifyScheme = (typeof VERIFY_SCHEMES)[number];

/** Classes in which messages overtake each other in the inbox, by rank: the lower goes first. A feed has one. */
export const FEED_URGENCIES = ["urgent", "normal", "may wait"] as const;
export const MOST_URGENT = 0;
export const LEAST_URGENT = FEED_URGENCIES.length - 1;

export const FEED_STATES = ["active", "paused", "archived"] as const;
export type FeedState = (typeof FEED_STATES)[number];

/** Kinds of crosswalk tables: from a feed's word to ours. */
export const CROSSWALK_KINDS = ["status", "carrier", "service", "warehouse", "product", "address", "charge"] as const;
export type CrosswalkKind = (typeof CROSSWALK_KINDS)[number];
