/** Why a posting was refused, as far as it decides what a person does about it. */
export type Refusal = { failure: string | null; reason: string };

const LOCKED = /lock date|locked|period|fiscal year|closed/i;
const GONE = /is no longer in Odoo/;
const RIGHT = /not allowed to|access rights?|unauthorized/i;
const COMPANY = /unauthorized or invalid compan|by its company|company/i;

/** Says in one sentence what to do about a refused posting; null where the reason says so itself. */
export function adviceOn({ failure, reason }: Refusal): string | null {
  switch (failure) {
    case "missing_record":
    case "gone":
      return "The record was deleted in Odoo, or is hidden from the user: link the shipment to the right transfer, or cancel this posting.";
    case "access":
      return COMPANY.test(reason)
        ? "The integration user does not work for this company: add it to the user's companies in Odoo, then post again."
        : "The integration user lacks a right: give it the group that Odoo names, then post again.";
    case "refused":
      // an import says so in a message, not by an error
      if (RIGHT.test(reason)) return adviceOn({ failure: "access", reason });
      return LOCKED.test(reason)
        ? "The period is closed in Odoo: open it or have its lock date moved, then post again."
        : "Correct in Odoo what its sentence names, then post again.";
    case "wizard":
      return "Do this step by hand in Odoo and answer its question there; the posting then finds it done.";
    case "not_found_route":
      return "A module that this needs is not installed in Odoo: install it, or switch this kind off.";
    case "caller":
      return "This Odoo does not know a field or value of ours: test the connection, then post again; if it stays, tell us.";
    case "server":
      return "Odoo broke over it: look at its log, then post again.";
    case "not_sendable":
      return GONE.test(reason) ? adviceOn({ failure: "gone", reason }) : null;
    default:
      return null;
  }
}
