import { z } from "zod";
import type { PostingKind } from "@/core/postings/kinds";

export const PHASES = ["1", "2", "3"] as const;
export type Phase = (typeof PHASES)[number];

/** One outcome of a phase. `kinds` is how it reaches Odoo. */
export type PhasePart = { name: string; what: string; kinds: readonly PostingKind[] };

export type PhaseSpec = {
  name: string;
  parts: readonly PhasePart[];
  /** Addresses of the screens that belong to it alone, shown while it is on. */
  modules: readonly { href: string; word: string }[];
};

/** A roll-out in three steps, each with its own screens; every posting kind belongs to one. Screens in none of them are there always. */
export const PHASE_SPECS: Readonly<Record<Phase, PhaseSpec>> = {
  "1": {
    name: "Shipments and tracking",
    parts: [
      {
        name: "Shipment creation",
        what: "Every outgoing transfer is a shipment; once the goods have left, its transfer is validated in Odoo.",
        kinds: ["transfer_validated"],
      },
      {
        name: "Tracking number synchronisation",
        what: "The number of whoever owns it stands on the transfer.",
        kinds: ["tracking_number"],
      },
      {
        name: "Delivery confirmation into Odoo",
        what: "A note at the milestones chosen for the connection, and the signed document attached.",
        kinds: ["status_note", "proof_of_delivery"],
      },
    ],
    modules: [
      { href: "/shipments", word: "Shipments" },
      { href: "/lookup", word: "Lookup" },
      { href: "/postings", word: "Postings" },
    ],
  },
  "2": {
    name: "Freight, returns and customers",
    parts: [
      {
        name: "Freight cost reconciliation",
        what: "Bills against what was expected, decided by people; then cost, bill, credit and landed cost into Odoo.",
        kinds: ["freight_cost", "vendor_bill", "vendor_credit", "landed_cost"],
      },
      {
        name: "Returns visibility",
        what: "Goods that turn back are seen, and their return is made in Odoo where it has none.",
        kinds: ["return_transfer"],
      },
      {
        name: "Exceptions and status in Odoo",
        what: "An activity for whoever has to act on an exception, and the delivery status as a field of the transfer.",
        kinds: ["exception_activity", "status_field"],
      },
      {
        name: "Invoicing of what was delivered",
        what: "The order is invoiced in Odoo once its delivery is certain.",
        kinds: ["customer_invoice"],
      },
      {
        name: "Customer notification orchestration",
        what: "One e-mail to the customer at each milestone chosen. It has a switch of its own, which this phase leaves as it is.",
        kinds: [],
      },
    ],
    modules: [
      { href: "/freight", word: "Freight" },
      { href: "/reconciliation", word: "Reconciliation" },
    ],
  },
  "3": {
    name: "Analytics",
    parts: [
      {
        name: "Event-driven analytics",
        what: "Latency, attainment and error budget of each workflow, counted as events come in.",
        kinds: [],
      },
      {
        name: "Carrier performance dashboards",
        what: "Scorecards of carriers by service and lane, counted from all that is stored, also from before this was turned on.",
        kinds: [],
      },
    ],
    modules: [
      { href: "/service-levels", word: "Service levels" },
      { href: "/carriers", word: "Carriers" },
    ],
  },
};

/** Stored is what is off, so that a workspace that never chose has everything. */
export const phasesSchema = z.object({ off: z.array(z.enum(PHASES)).max(PHASES.length).default([]) });

/** Reads which phases are off; what does not fit counts as none. */
export function phasesOff(stored: unknown): Phase[] {
  const parsed = phasesSchema.safeParse(stored ?? {});
  return parsed.success ? PHASES.filter((phase) => parsed.data.off.includes(phase)) : [];
}

export function kindsOfPhase(phase: Phase): PostingKind[] {
  return PHASE_SPECS[phase].parts.flatMap(({ kinds }) => kinds);
}

/** The phase to which the screen at an address belongs alone; null where it is there always. */
export function phaseAt(pathname: string): Phase | null {
  const isThere = ({ href }: { href: string }) => pathname === href || pathname.startsWith(`${href}/`);
  return PHASES.find((phase) => PHASE_SPECS[phase].modules.some(isThere)) ?? null;
}

/** Addresses that neither the rail, the palette nor the tower show while these phases are off. */
export function hiddenBy(off: readonly Phase[]): string[] {
  return off.flatMap((phase) => PHASE_SPECS[phase].modules.map(({ href }) => href));
}
