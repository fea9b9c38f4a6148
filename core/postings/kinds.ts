/** Effects in Odoo that this version plans (domain.md, Postings). */
export const POSTING_KINDS = [
  "tracking_number",
  "transfer_validated",
  "status_note",
  "proof_of_delivery",
  "exception_activity",
  "status_field",
  "return_transfer",
  "customer_invoice",
  "freight_cost",
  "vendor_bill",
  "vendor_credit",
  "landed_cost",
] as const;
export type PostingKind = (typeof POSTING_KINDS)[number];

/** Level postings state what a field should hold, the newest supersedes the waiting ones; edge postings happen once. */
export const POSTING_TYPE: Readonly<Record<PostingKind, "level" | "edge">> = {
  tracking_number: "level",
  transfer_validated: "edge",
  status_note: "edge",
  proof_of_delivery: "edge",
  exception_activity: "edge",
  status_field: "level",
  return_transfer: "edge",
  customer_invoice: "edge",
  freight_cost: "level",
  vendor_bill: "edge",
  vendor_credit: "edge",
  landed_cost: "edge",
};

/** Kinds that need a decision or a set-up of their own: switching posting on as a whole leaves them off. */
export const OPT_IN_KINDS: ReadonlySet<PostingKind> = new Set<PostingKind>(["status_field", "customer_invoice"]);

export const POSTING_STATES = [
  "planned",
  "held",
  "sending",
  "posted",
  "verified",
  "unconfirmed",
  "rejected",
  "dead",
  "superseded",
  "cancelled",
] as const;
export type PostingState = (typeof POSTING_STATES)[number];

export const HOLD_REASONS = [
  "observe",
  "kind_off",
  "not_linked",
  "paused",
  "breaker",
  "window",
  "interval",
  "degraded",
  "maintenance",
  "before_connection",
  "contradicted",
  "invalid",
] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** Order in which kinds go to one Odoo record: the tracking number stands before the transfer is validated. */
export const POSTING_ORDER: Readonly<Record<PostingKind, number>> = {
  tracking_number: 10,
  transfer_validated: 20,
  proof_of_delivery: 30,
  status_note: 40,
  exception_activity: 50,
  status_field: 60,
  return_transfer: 70,
  customer_invoice: 80,
  freight_cost: 90,
  vendor_bill: 100,
  vendor_credit: 100,
  landed_cost: 110,
};

/** Kinds whose record a posting makes itself: until then it has none, and a number made of what it is about keeps their order. */
export const MAKES_RECORD: ReadonlySet<PostingKind> = new Set(["vendor_bill", "vendor_credit", "landed_cost"]);
