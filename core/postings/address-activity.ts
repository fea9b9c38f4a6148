import { addressesOf, addressInWords, holdsAddress } from "@/core/shipments/address";
import type { OdooPicking } from "@/core/shipments/attributes";
import { correctedAddress } from "@/core/shipments/correction";
import type { Shipment } from "@/core/shipments/shipment";
import type { Desire } from "./desire";
import type { DesiredExceptionActivity } from "./desired";
import type { ExistingPosting } from "./plan";

const SENT_NOT: ReadonlySet<string> = new Set(["planned", "held", "rejected", "dead"]);
const DAY_MS = 86_400_000;

/**
 * A corrected address goes to Odoo as an activity on the transfer, for a person: the address stands on a contact that orders, invoices and other
 * transfers share, and the rights of a warehouse user, which Waypost asks for, allow neither a new contact nor another person's master data to
 * be changed safely. The activity is closed as soon as Odoo holds the address, or when a later decision takes its place.
 */
export function addressActivities(
  shipment: Shipment,
  picking: OdooPicking,
  existing: readonly ExistingPosting[],
): Desire[] {
  const wanted = picking.state === "cancel" ? null : wantedOf(shipment, picking);
  const desires: Desire[] = [];
  const isThere = (name: string) => existing.some(({ key }) => key.endsWith(`-${name}`));
  if (wanted !== null && !isThere(`${wanted.marker}-open`)) {
    desires.push({ desired: wanted, name: `${wanted.marker}-open`, receivedAtMs: decidedAt(shipment) });
  }
  for (const { key, state, desired } of existing) {
    if (desired.kind !== "exception_activity" || desired.state !== "open" || !desired.marker.startsWith(MARK)) continue;
    if (desired.marker === wanted?.marker || isThere(`${desired.marker}-closed`)) continue;
    desires.push({
      desired: { ...desired, state: "closed", feedback: "Odoo holds the address now, or another was decided." },
      name: `${desired.marker}-closed`,
      receivedAtMs: decidedAt(shipment),
      supersedes: SENT_NOT.has(state) ? [key] : [],
    });
  }
  return desires;
}

const MARK = "address-";

/** Null where nobody decided, or where Odoo's own delivery address says the same: the fold then lists none that differs. */
function wantedOf(shipment: Shipment, picking: OdooPicking): DesiredExceptionActivity | null {
  const corrected = correctedAddress(shipment);
  const atMs = decidedAt(shipment);
  if (corrected === null || atMs === null) return null;
  const held = addressesOf(shipment).filter(({ role, feedClass }) => role === "delivery" && feedClass === "odoo");
  if (held.length === 0 || held.some(({ address }) => holdsAddress(address, corrected))) return null;
  const done = picking.state === "done" ? ["The transfer is done: tell the carrier as well."] : [];
  return {
    kind: "exception_activity",
    marker: `${MARK}${atMs.toString(36)}`,
    state: "open",
    summary: "Correct the delivery address",
    note: [
      `The delivery address of ${picking.name} was corrected in Waypost to:`,
      addressInWords(corrected),
      "Change it on the transfer's contact, or choose another delivery address.",
      ...done,
    ].join("\n"),
    dueOn: new Date(atMs + DAY_MS).toISOString().slice(0, 10),
    userId: null,
    feedback: null,
  };
}

function decidedAt({ attributes }: Shipment): number | null {
  return attributes.address?.occurredAtMs ?? null;
}
