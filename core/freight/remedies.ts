import type { Check } from "./states";

/** What to do about an objection, and where; those that a reason answers say what the reason then does. */
export type Remedy = { text: string; href: string | null; place: string | null };

const SETTINGS = { href: "/settings/thresholds?tab=freight", place: "Freight settings" };

export const REMEDIES: Readonly<Partial<Record<Check, Remedy>>> = {
  vendor: {
    text: "Odoo takes no bill without a partner. An administrator names the carrier's; the bill is checked again at once.",
    ...SETTINGS,
  },
  currency: {
    text: "Odoo takes no bill without a currency. An administrator names the one that the carrier bills in, or the carrier sends a bill that says it.",
    ...SETTINGS,
  },
  amount: {
    text: "There is nothing that could be paid. Ask the carrier for a corrected bill, and reject or dispute this one.",
    href: null,
    place: null,
  },
  totals: {
    text: "Approved with a reason, the bill's own total is owed, and what its charges do not explain gets a line of its own in Odoo.",
    href: null,
    place: null,
  },
  unmapped: {
    text: "Say what it is, and the bill is checked again. Approved with a reason before that, it gets a line of its own in Odoo.",
    href: "/exceptions?view=list&kind=unmapped_code",
    place: "Words nobody has mapped",
  },
};
