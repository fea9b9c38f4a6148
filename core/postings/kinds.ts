/** Effects in Odoo that this version plans (domain.md, Postings). */
export const POSTING_KINDS = [
  "tracking_number",
  "transfer_validated",
  "status_note",
  "proof_of_delivery",
  "exception_activity",
] as const;
export type PostingKind = (typeof POSTING_KINDS)[number];

/** Level postings state what a field should hold, the newest supersedes the waiting ones; edge postings happen once. */
export const POSTING_TYPE: Readonly<Record<PostingKind, "level" | "edge">> = {
  tracking_number: "level",
  transfer_validated: "edge",
  status_note: "edge",
  proof_of_delivery: "edge",
  exception_activity: "edge",
};

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
  "maintenance",
  "before_connection",
] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** Order in which kinds go to one Odoo record: the tracking number stands before the transfer is validated. */
export const POSTING_ORDER: Readonly<Record<PostingKind, number>> = {
  tracking_number: 10,
  transfer_validated: 20,
  proof_of_delivery: 30,
  status_note: 40,
  exception_activity: 50,
};
