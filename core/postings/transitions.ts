import { CANCELLABLE, REPOSTABLE } from "./filter";
import type { PostingState } from "./kinds";

export type PostingTransition = { from: PostingState; to: PostingState; when: string };

/** How a posting moves, and when (domain.md, Postings). Each state has an owner: planning, the sender, reading back, or a person. */
export const POSTING_TRANSITIONS: readonly PostingTransition[] = [
  { from: "held", to: "planned", when: "what held it is over: kind on, window open, connection resumed" },
  { from: "planned", to: "held", when: "something holds it: kind off, paused, window, breaker" },
  { from: "planned", to: "sending", when: "its turn has come for its record" },
  { from: "sending", to: "posted", when: "Odoo took it" },
  { from: "sending", to: "planned", when: "it never reached Odoo, or was rolled back there" },
  { from: "sending", to: "unconfirmed", when: "no answer came" },
  { from: "sending", to: "rejected", when: "Odoo refused it" },
  { from: "sending", to: "dead", when: "the last attempt failed" },
  { from: "posted", to: "verified", when: "Odoo was read back and holds it" },
  { from: "posted", to: "planned", when: "Odoo was read back and does not hold it" },
  { from: "posted", to: "rejected", when: "Odoo holds other values, or can no longer take it" },
  { from: "posted", to: "unconfirmed", when: "not seen in Odoo yet" },
  { from: "posted", to: "dead", when: "not in Odoo after the last attempt" },
  { from: "unconfirmed", to: "verified", when: "Odoo was read and holds it" },
  { from: "unconfirmed", to: "planned", when: "not in Odoo, and no call can be running any more" },
  { from: "unconfirmed", to: "rejected", when: "Odoo holds other values, or can no longer take it" },
  { from: "unconfirmed", to: "dead", when: "not in Odoo after the last attempt" },
  { from: "planned", to: "superseded", when: "a newer value was planned, or the facts ask for it no more" },
  { from: "held", to: "superseded", when: "a newer value was planned, or the facts ask for it no more" },
  { from: "rejected", to: "superseded", when: "a newer value of the same field was planned" },
  { from: "dead", to: "superseded", when: "a newer value of the same field was planned" },
  ...CANCELLABLE.map((from) => ({ from, to: "cancelled" as const, when: "a person cancels it" })),
  ...REPOSTABLE.filter((from) => from !== "planned").map((from) => ({
    from,
    to: "planned" as const,
    when: "a person posts it again",
  })),
];
