/**
 * received: not judged yet. second: approved once, waits for another person. approved and short_paid: a bill goes to Odoo. withdrawn: its
 * message, read again, no longer yields it.
 */
export const FREIGHT_STATES = [
  "received",
  "open",
  "second",
  "approved",
  "short_paid",
  "disputed",
  "rejected",
  "withdrawn",
] as const;
export type FreightState = (typeof FREIGHT_STATES)[number];

/** States in which a person has still to decide, so that news may change the verdict. */
export const UNDECIDED = ["received", "open", "second", "disputed"] as const satisfies readonly FreightState[];
/** States in which it is paid, so that another of the same number cannot be. */
export const PAID = ["approved", "short_paid"] as const satisfies readonly FreightState[];

/**
 * What the check says of a bill, the worst first. blocked: it makes no bill in Odoo, or one that its own words do not explain. unchecked:
 * nothing is wrong, but no expected figure is known for some of it.
 */
export const VERDICTS = ["blocked", "duplicate", "invalid", "unmatched", "variance", "unchecked", "clean"] as const;
export type Verdict = (typeof VERDICTS)[number];

export const MATCHINGS = ["none", "partial", "full"] as const;
export type Matching = (typeof MATCHINGS)[number];

export const LINE_VERDICTS = [
  "unmapped",
  "invalid",
  "duplicate",
  "unmatched",
  "over",
  "under",
  "no_expected",
  "within",
  "credit",
] as const;
export type LineVerdict = (typeof LINE_VERDICTS)[number];

export const CHECKS = [
  "totals",
  "currency",
  "vendor",
  "amount",
  "unmapped",
  "duplicate",
  "charge",
  "unmatched",
  "variance",
  "expected",
] as const;
export type Check = (typeof CHECKS)[number];

/**
 * One thing that speaks against a bill. A person who may approve overrides it with a reason; `final` ones nobody can, because without them
 * there is no bill that Odoo could hold: no partner, no currency, no amount.
 */
export type Objection = { check: Check; text: string; final: boolean };
