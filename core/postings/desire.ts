import type { OdooPicking } from "@/core/shipments/attributes";
import { type Milestone, RANK } from "@/core/shipments/milestones";
import { quantitiesIn } from "@/core/shipments/quantities";
import type { Shipment } from "@/core/shipments/shipment";
import {
  type DesiredPosting,
  type DesiredProofOfDelivery,
  type DesiredTrackingNumber,
  type DesiredTransferValidated,
  desiredProofOfDelivery,
} from "./desired";
import type { PostingKind } from "./kinds";
import { noteOf } from "./note";

/** Milestones that leave a note unless a connection says otherwise (domain.md, Postings). */
export const NOTED_MILESTONES: readonly Milestone[] = ["picked_up", "out_for_delivery", "delivered", "returned"];
const LONGEST_REFERENCE = 1_000;
const MOST_LINES = 5_000;

/** One effect that should be in Odoo: what tells it apart from others of its kind, and when the fact behind it was first received. */
export type Desire = { desired: DesiredPosting; name: string; receivedAtMs: number | null };

/**
 * Says what Odoo should hold, from the facts alone: independent of the order they came in, of policy and of what was posted before.
 * Nothing while no picking is linked, or when it was cancelled.
 */
export function desiredPostings(
  shipment: Shipment,
  picking: OdooPicking | null,
  notes: readonly Milestone[] = NOTED_MILESTONES,
): DesiredPosting[] {
  return desires(shipment, picking, notes).map(({ desired }) => desired);
}

/** Lists the desired postings with their names, but for those notes and documents that `isThere` already, by kind and name. */
export function desires(
  shipment: Shipment,
  picking: OdooPicking | null,
  notes: readonly Milestone[],
  isThere: (kind: PostingKind, name: string) => boolean = () => false,
): Desire[] {
  if (picking === null || picking.state === "cancel") return [];
  const found: Desire[] = [];
  const tracking = trackingOf(shipment);
  if (tracking !== null) found.push({ desired: tracking, name: "", receivedAtMs: null });
  if (hasLeft(shipment) && picking.state !== "done") {
    found.push({ desired: transferOf(shipment, tracking), name: "", receivedAtMs: leftReceivedAt(shipment) });
  }
  const proof = proofOf(shipment);
  const name = proof?.sha1.slice(0, 20) ?? "";
  if (proof !== null && !isThere("proof_of_delivery", name)) found.push({ desired: proof, name, receivedAtMs: null });
  for (const milestone of notes) {
    const reached = shipment.reached[milestone];
    if (reached === undefined || reached.inferred || isThere("status_note", milestone)) continue;
    const note = noteOf(shipment, milestone);
    if (note !== null) found.push({ desired: note, name: milestone, receivedAtMs: reached.receivedAtMs });
  }
  return found;
}

/** The tracking numbers Odoo holds by itself, comma-separated; null when it holds none, or only what Waypost posted. */
export function trackingInOdoo(shipment: Shipment): string | null {
  return shipment.trackingBy.find(({ feedClass }) => feedClass === "odoo")?.numbers.join(",") ?? null;
}

/** Known from anybody but Odoo itself, and not what Odoo holds already. */
function trackingOf(shipment: Shipment): DesiredTrackingNumber | null {
  const owned = shipment.attributes.tracking_number;
  if (owned === undefined || owned.feedClass === "odoo" || typeof owned.value !== "string") return null;
  const trackingReference = shortened(owned.value);
  if (trackingReference === "" || trackingReference === trackingInOdoo(shipment)) return null;
  return { kind: "tracking_number", trackingReference, carrierId: null };
}

/** As many whole numbers as the field takes. */
function shortened(numbers: string): string {
  if (numbers.length <= LONGEST_REFERENCE) return numbers;
  return numbers.slice(0, numbers.lastIndexOf(",", LONGEST_REFERENCE));
}

/** Picked up or later, reached or inferred, on the forward track or on the way back. */
function hasLeft({ milestone, terminal }: Shipment): boolean {
  return milestone !== null && terminal !== "cancelled" && RANK[milestone] >= RANK.picked_up;
}

function leftReceivedAt({ reached, milestone }: Shipment): number | null {
  const fact = reached.picked_up ?? (milestone === null ? undefined : reached[milestone]);
  return fact?.receivedAtMs ?? null;
}

function transferOf(shipment: Shipment, tracking: DesiredTrackingNumber | null): DesiredTransferValidated {
  const { carrierId = null, trackingReference = "" } = tracking ?? {};
  return {
    kind: "transfer_validated",
    quantities: shippedQuantities(shipment),
    backorder: "create",
    tracking: tracking === null || trackingInOdoo(shipment) !== null ? null : { trackingReference, carrierId },
  };
}

/** What the warehouse says it shipped; null, meaning all that is reserved, where it has not said. */
function shippedQuantities({ attributes }: Shipment): DesiredTransferValidated["quantities"] {
  const said = attributes.quantities;
  if (said === undefined || said.feedClass !== "warehouse") return null;
  const lines = [...quantitiesIn(said.value)]
    .flatMap(([productCode, { done }]) => (done === null ? [] : [{ item: { productCode }, quantity: done }]))
    .sort((a, b) => (a.item.productCode < b.item.productCode ? -1 : 1));
  return lines.length === 0 || lines.length > MOST_LINES ? null : lines;
}

/** A document that is kept: a mere name of who signed is none. */
function proofOf({ attributes }: Shipment): DesiredProofOfDelivery | null {
  const value = attributes.proof_of_delivery?.value;
  if (value === null || typeof value !== "object" || Array.isArray(value)) return null;
  const proof = desiredProofOfDelivery.safeParse({ ...value, kind: "proof_of_delivery" });
  return proof.success ? proof.data : null;
}
