import type { Json, OdooPicking } from "@/core/shipments/attributes";
import { MILESTONES, type Milestone, RANK } from "@/core/shipments/milestones";
import { quantitiesIn } from "@/core/shipments/quantities";
import type { PackageState, Reached, Shipment } from "@/core/shipments/shipment";
import {
  type DesiredPosting,
  type DesiredProofOfDelivery,
  type DesiredReturnTransfer,
  type DesiredStatusField,
  type DesiredTrackingNumber,
  type DesiredTransferValidated,
  desiredProofOfDelivery,
} from "./desired";
import type { PostingKind } from "./kinds";
import { noteOf } from "./note";
import { closedFor } from "./record-allows";

/** Milestones that leave a note unless a connection says otherwise (domain.md, Postings). */
const NOTED_MILESTONES: readonly Milestone[] = ["picked_up", "out_for_delivery", "delivered", "returned"];
const LONGEST_REFERENCE = 1_000;
const MOST_LINES = 5_000;

/** What a connection wants beyond the facts: which milestones leave a note, and whether an invoice waits for the proof of delivery. */
export type Wishes = { notes: readonly Milestone[]; invoiceNeedsProof: boolean };
export const DEFAULT_WISHES: Wishes = { notes: NOTED_MILESTONES, invoiceNeedsProof: false };

/** One effect that should be in Odoo: what tells it apart from others of its kind, and when the fact behind it was first received. */
export type Desire = {
  desired: DesiredPosting;
  name: string;
  receivedAtMs: number | null;
  /** Keys of postings not sent yet that it replaces, where its name alone does not tell. */
  supersedes?: string[];
  /** The order it is about, where it is not about the picking. */
  orderId?: number;
  /** Facts speak against it: it waits for a person. */
  contradicted?: boolean;
};

/**
 * Says what Odoo should hold, from the facts alone: independent of the order they came in, of policy and of what was posted before.
 * Nothing while no picking is linked, or when it was cancelled.
 */
export function desiredPostings(
  shipment: Shipment,
  picking: OdooPicking | null,
  wishes: Wishes = DEFAULT_WISHES,
): DesiredPosting[] {
  return desires(shipment, picking, wishes).map(({ desired }) => desired);
}

/** Lists the desired postings with their names, but for those notes and documents that `isThere` already, by kind and name. */
export function desires(
  shipment: Shipment,
  picking: OdooPicking | null,
  { notes, invoiceNeedsProof }: Wishes,
  isThere: (kind: PostingKind, name: string) => boolean = () => false,
): Desire[] {
  if (picking === null || picking.state === "cancel") return [];
  const found: Desire[] = [];
  const tracking = trackingOf(shipment);
  if (tracking !== null) found.push({ desired: tracking, name: "", receivedAtMs: null });
  if (hasLeft(shipment) && closedFor("transfer_validated", picking) === null) {
    found.push({ desired: transferOf(shipment, tracking), name: "", receivedAtMs: leftReceivedAt(shipment) });
  }
  for (const { desired, receivedAtMs } of proofsOf(shipment)) {
    const name = desired.sha1.slice(0, 20);
    if (!isThere("proof_of_delivery", name)) found.push({ desired, name, receivedAtMs });
  }
  for (const milestone of notes) {
    const reached = shipment.reached[milestone];
    if (reached === undefined || reached.inferred || isThere("status_note", milestone)) continue;
    const note = noteOf(shipment, milestone);
    if (note !== null) found.push({ desired: note, name: milestone, receivedAtMs: reached.receivedAtMs });
  }
  const status = statusOf(shipment);
  if (status !== null) found.push({ desired: status, name: "", receivedAtMs: null });
  const back = returnStart(shipment);
  const returned = back === null ? null : returnOf(shipment, picking);
  if (returned !== null) found.push({ desired: returned, name: "", receivedAtMs: back?.receivedAtMs ?? null });
  const invoice = back === null ? invoiceOf(shipment, picking, invoiceNeedsProof) : null;
  if (invoice !== null) found.push(invoice);
  return found;
}

/** Where the shipment stands, once anybody but Odoo has something to say of it. */
function statusOf({ summary, milestone, reached, terminal, conditions }: Shipment): DesiredStatusField | null {
  const isNews = MILESTONES.some((kind) => RANK[kind] >= RANK.booked && reached[kind]?.inferred === false);
  if (summary === "unknown" || !(isNews || terminal !== null || conditions.length > 0)) return null;
  const day = (fact: Reached | undefined) =>
    fact?.occurredAtMs == null
      ? null
      : new Date(fact.occurredAtMs + (fact.offsetMinutes ?? 0) * 60_000).toISOString().slice(0, 10);
  const delivered = terminal === "delivered" ? reached.delivered?.occurredAtMs : null;
  return {
    kind: "status_field",
    status: summary,
    milestone,
    shippedOn: day(reached.picked_up),
    deliveredAt: delivered == null ? null : `${new Date(delivered).toISOString().slice(0, 19)}Z`,
  };
}

const RETURNING: readonly Milestone[] = ["return_initiated", "return_in_transit", "returned"];

/** The fact by which the goods turned back; null while they have not. */
function returnStart({ reached }: Shipment): Reached | null {
  const first = RETURNING.find((milestone) => reached[milestone] !== undefined && !reached[milestone].inferred);
  return first === undefined ? null : (reached[first] ?? null);
}

const isBack = ({ milestone }: PackageState) => milestone !== null && RANK[milestone] >= RANK.return_initiated;

/**
 * The return of a picking that left and of which Odoo has none: with what came back where somebody says so, else with all of it. Of a
 * shipment of which only some packages come back nobody knows what: that stays with the exception.
 */
function returnOf(shipment: Shipment, picking: OdooPicking): DesiredReturnTransfer | null {
  if (closedFor("return_transfer", picking) !== null) return null;
  const quantities = saidLines(shipment.attributes.returned_quantities?.value);
  if (quantities === null) {
    const parcels = shipment.packages.filter(({ master }) => !master);
    if (parcels.length > 1 && parcels.some(isBack) && !parcels.every(isBack)) return null;
  }
  return { kind: "return_transfer", quantities };
}

/** The invoice of a delivery, by policy with its proof; later scans that contradict it make it wait for a person. */
function invoiceOf(shipment: Shipment, picking: OdooPicking, needsProof: boolean): Desire | null {
  const { pickingId, saleOrderId } = picking;
  const { reached, terminal, regressions, attributes } = shipment;
  const { delivered, pod_received: proof } = reached;
  if (terminal !== "delivered" || delivered === undefined || saleOrderId === null) return null;
  if (closedFor("customer_invoice", picking) !== null) return null;
  if (needsProof && proof === undefined && attributes.proof_of_delivery === undefined) return null;
  const times = [delivered.receivedAtMs, needsProof ? (proof?.receivedAtMs ?? null) : null].filter((ms) => ms !== null);
  return {
    desired: { kind: "customer_invoice", pickingId },
    name: "",
    receivedAtMs: times.length === 0 ? null : Math.max(...times),
    orderId: saleOrderId,
    ...(regressions.length > 0 && { contradicted: true }),
  };
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
  return saidLines(said.value);
}

/** What a claimed list says was done of each product; null where it says nothing of use. */
function saidLines(value: Json | undefined): DesiredTransferValidated["quantities"] {
  const lines = [...quantitiesIn(value ?? null)]
    .flatMap(([productCode, { done }]) => (done === null ? [] : [{ item: { productCode }, quantity: done }]))
    .sort((a, b) => (a.item.productCode < b.item.productCode ? -1 : 1));
  return lines.length === 0 || lines.length > MOST_LINES ? null : lines;
}

/** Documents that are kept, each once; a mere name of who signed is none. */
function proofsOf({ attributes }: Shipment): { desired: DesiredProofOfDelivery; receivedAtMs: number | null }[] {
  const value = attributes.proof_of_delivery?.value;
  const proofs = new Map<string, { desired: DesiredProofOfDelivery; receivedAtMs: number | null }>();
  for (const one of Array.isArray(value) ? value : [value]) {
    if (one === null || typeof one !== "object" || Array.isArray(one)) continue;
    const proof = desiredProofOfDelivery.safeParse({ ...one, kind: "proof_of_delivery" });
    if (!proof.success || proofs.has(proof.data.sha1)) continue;
    const receivedAtMs = typeof one.receivedAt === "string" ? Date.parse(one.receivedAt) : Number.NaN;
    proofs.set(proof.data.sha1, {
      desired: proof.data,
      receivedAtMs: Number.isNaN(receivedAtMs) ? null : receivedAtMs,
    });
  }
  return [...proofs.values()];
}
