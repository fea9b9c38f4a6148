/** Why a posting was refused, as far as it decides what a person does about it. */
export type Refusal = { failure: string | null; reason: string };

/** What stands in the way, by what a person has to do about it. */
export const REFUSALS = [
  "deleted",
  "archived",
  "wrong_company",
  "missing_right",
  "locked_period",
  "rule",
  "question",
  "not_installed",
  "not_known",
  "broke",
  "ours",
] as const;
export type RefusalClass = (typeof REFUSALS)[number];

type Words = {
  title: string;
  /** What to do, in one sentence for a mail or a line; null where the reason says so itself. */
  sentence: string | null;
  /** The same step by step. */
  steps: readonly string[];
};

const POST_AGAIN = "Post it again from here: Odoo is asked first what it holds.";

/** What to do about each sort of refusal, in words. */
export const REFUSAL_WORDS: Readonly<Record<RefusalClass, Words>> = {
  deleted: {
    title: "The record is gone",
    sentence:
      "The record was deleted in Odoo, or is hidden from the user: link the shipment to the right transfer, or resolve this with the reason.",
    steps: [
      "Look in Odoo whether the record was deleted, or only hidden from the integration user by a rule or a company.",
      "Deleted and made anew: link the shipment to the new transfer; what is posted follows it.",
      "Deleted for good: resolve this with the reason; nothing is sent again.",
    ],
  },
  archived: {
    title: "Something it needs is archived",
    sentence: "What Odoo names is archived: bring it back in Odoo, or name another, then post again.",
    steps: [
      "Open what Odoo names (partner, product, carrier), show archived records by the filter Archived, and bring it back.",
      "Should it stay archived, give the record another one; for a carrier's partner, in the freight settings.",
      POST_AGAIN,
    ],
  },
  wrong_company: {
    title: "Another company's record",
    sentence:
      "The integration user does not work for this company: add it to the user's companies in Odoo, then post again.",
    steps: [
      "In Odoo open Settings, Users, and the user of the connection.",
      "Add the company of the record under Allowed Companies.",
      POST_AGAIN,
    ],
  },
  missing_right: {
    title: "The user lacks a right",
    sentence: "The integration user lacks a right: give it the group that Odoo names, then post again.",
    steps: [
      "In Odoo open Settings, Users, and the user of the connection.",
      "Give it one of the groups that Odoo's sentence names, and no more than that.",
      POST_AGAIN,
    ],
  },
  locked_period: {
    title: "The period is closed",
    sentence: "The period is closed in Odoo: open it or have its lock date moved, then post again.",
    steps: [
      "Ask accounting to open the period, or to move the lock date under Accounting, Lock Dates.",
      POST_AGAIN,
      "Is the period to stay closed, do it by hand in Odoo with a later date, and resolve this with the reason.",
    ],
  },
  rule: {
    title: "A rule of Odoo forbids it",
    sentence: "Correct in Odoo what its sentence names, then post again.",
    steps: ["Open the record in Odoo and correct what its sentence names.", POST_AGAIN],
  },
  question: {
    title: "Odoo asks a person",
    sentence: "Do this step by hand in Odoo and answer its question there; the posting then finds it done.",
    steps: [
      "Open the record in Odoo, do the step by hand, and answer its question.",
      "Come back and post again: what is done is found, and nothing is sent a second time.",
    ],
  },
  not_installed: {
    title: "A module is missing",
    sentence: "A module that this needs is not installed in Odoo: install it, or switch this kind off.",
    steps: [
      "Install the module that Odoo names, or switch this kind of posting off for the connection under Odoo.",
      POST_AGAIN,
    ],
  },
  not_known: {
    title: "Odoo does not know a field",
    sentence:
      "This Odoo does not know a field or value of ours: test the connection, then post again; if it stays, tell us.",
    steps: [
      "Test the connection under Odoo: it says which fields this Odoo has.",
      "Was the field renamed or its module removed, bring it back or switch this kind of posting off.",
      POST_AGAIN,
    ],
  },
  broke: {
    title: "Odoo broke over it",
    sentence: "Odoo broke over it: look at its log, then post again.",
    steps: ["Look in Odoo's log at the time of the attempt.", POST_AGAIN],
  },
  ours: {
    title: "It cannot be posted as it stands",
    sentence: null,
    steps: ["Mend in Odoo, or at the source, what the sentence says.", POST_AGAIN],
  },
};

const LOCKED = /lock date|locked|period|fiscal year|closed/i;
const GONE = /is no longer in Odoo/;
const ARCHIVED = /\barchived\b|\binactive\b/i;
const RIGHT = /not allowed to|access rights?|unauthorized/i;
const COMPANY = /unauthorized or invalid compan|by its company|company/i;

/** Tells what sort of refusal it is, by the class of the failure and, where that leaves it open, by Odoo's words; null where nothing failed. */
export function refusalOf({ failure, reason }: Refusal): RefusalClass | null {
  switch (failure) {
    case "missing_record":
    case "gone":
      return "deleted";
    case "access":
      return COMPANY.test(reason) ? "wrong_company" : "missing_right";
    case "refused":
      // an import says so in a message, not by an error
      if (RIGHT.test(reason)) return refusalOf({ failure: "access", reason });
      if (ARCHIVED.test(reason)) return "archived";
      return LOCKED.test(reason) ? "locked_period" : "rule";
    case "wizard":
      return "question";
    case "not_found_route":
      return "not_installed";
    case "caller":
      return "not_known";
    case "server":
      return "broke";
    case "not_sendable":
      if (GONE.test(reason)) return "deleted";
      return ARCHIVED.test(reason) ? "archived" : "ours";
    default:
      return null;
  }
}

/** Says in one sentence what to do about a refused posting; null where the reason says so itself. */
export function adviceOn(refusal: Refusal): string | null {
  const sort = refusalOf(refusal);
  return sort === null ? null : REFUSAL_WORDS[sort].sentence;
}
