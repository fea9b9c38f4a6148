import type { Thresholds } from "@/core/exceptions/thresholds";
import { readAddress } from "@/core/shipments/address";
import { NOT_KNOWN } from "@/core/shipments/filter";
import type { Milestone } from "@/core/shipments/milestones";
import { proofsOf } from "@/core/shipments/proofs";
import type { Shipment } from "@/core/shipments/shipment";
import type { Measure, Spread } from "./measures";
import { keyOfDuration } from "./spread";

/** What one shipment or bill adds to the daily counts. Days are UTC, "2026-11-03". */
export type Contribution = {
  counts: Record<string, Measure[]>;
  spreads: [spread: Spread, day: string, key: string, n: number][];
};

/** Limits that decide what is in time; another one means that all is counted anew. */
export type CountingRules = Pick<Thresholds, "dispatchGraceMinutes" | "deliveryGraceMinutes" | "podMinutes">;

export type CountedShipment = {
  provisional: boolean;
  createdAtMs: number;
  shipment: Partial<Shipment>;
  /** Whether an exception of it was ever the carrier's doing. */
  troubled: boolean;
  /** When its first failed delivery attempt happened; null where none is known. */
  firstAttemptAtMs: number | null;
};

const MINUTE_MS = 60_000;
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);
/** Milestones that a carrier tells; their delay is the latency of its data. */
const TOLD_BY_CARRIERS = [
  "picked_up",
  "in_transit",
  "arrived_facility",
  "departed_facility",
  "arrived_destination",
  "out_for_delivery",
  "available_for_pickup",
  "delivered",
] as const satisfies readonly Milestone[];

/**
 * What a shipment adds to the daily counts of its carrier; null where it counts nowhere: cancelled, or no order or picking is known for it.
 * `tracks` says whether a feed is a carrier's or speaks for one.
 */
export function contributionOf(
  of: CountedShipment,
  rules: CountingRules,
  tracks: (feedId: number) => boolean,
): Contribution | null {
  const { shipment } = of;
  if (of.provisional || shipment.terminal === "cancelled") return null;
  const book = new Book();
  const handedMs = handedOverAt(shipment);
  const deliveredMs = deliveredAt(shipment);
  countPromises(book, of, rules, handedMs, deliveredMs);
  if (handedMs !== null) {
    book.count(handedMs, "handed_over", deliveredMs !== null && "handed_over_delivered", of.troubled && "troubled");
  }
  countEnd(book, of, deliveredMs);
  if (deliveredMs !== null) countProof(book, shipment, rules, deliveredMs);
  if (handedMs !== null && deliveredMs !== null && deliveredMs > handedMs)
    book.spread("transit", deliveredMs, keyOfDuration("transit", deliveredMs - handedMs));
  countLatency(book, of, tracks);
  return book.contribution;
}

/** Where a shipment goes: country, with the state where the address has one as a code; `NOT_KNOWN` without a country. */
export function laneOf(shipment: Partial<Shipment>): string {
  for (const attribute of ["address", "order_address", "label_address"] as const) {
    const address = readAddress(shipment.attributes?.[attribute]?.value ?? null);
    const country = address?.country?.toUpperCase().slice(0, 40);
    if (!country) continue;
    const state = address?.state?.toUpperCase() ?? "";
    return /^[A-Z0-9]{1,3}$/.test(state) ? `${country}-${state}` : country;
  }
  return NOT_KNOWN;
}

/** Adds up what a subject counts for, day by day; an instant that no calendar holds counts nowhere. */
class Book {
  readonly contribution: Contribution = { counts: {}, spreads: [] };

  count(atMs: number, ...measures: (Measure | false)[]): void {
    const day = dayOf(atMs);
    if (day === null) return;
    const known = this.contribution.counts[day] ?? [];
    this.contribution.counts[day] = [...known, ...measures.filter((measure) => measure !== false)];
  }

  spread(spread: Spread, atMs: number, key: string, n = 1): void {
    const day = dayOf(atMs);
    if (day === null || n === 0) return;
    const known = this.contribution.spreads.find((one) => one[0] === spread && one[1] === day && one[2] === key);
    if (known) known[3] += n;
    else this.contribution.spreads.push([spread, day, key, n]);
  }
}

function dayOf(ms: number): string | null {
  return ms >= EARLIEST_MS && ms < LATEST_MS ? new Date(ms).toISOString().slice(0, 10) : null;
}

/** The pick-up as somebody saw it, else the carrier's first scan: a booking is none. */
function handedOverAt({ reached, firstCarrierScanAtMs }: Partial<Shipment>): number | null {
  return reached?.picked_up?.occurredAtMs ?? firstCarrierScanAtMs ?? null;
}

function deliveredAt({ reached, terminal, terminalAtMs }: Partial<Shipment>): number | null {
  return reached?.delivered?.occurredAtMs ?? (terminal === "delivered" ? (terminalAtMs ?? null) : null);
}

/** On the day on which a promise and its grace end. */
function countPromises(
  book: Book,
  { shipment, firstAttemptAtMs }: CountedShipment,
  rules: CountingRules,
  handedMs: number | null,
  deliveredMs: number | null,
): void {
  const { promisedDispatchAtMs, promisedDeliveryAtMs } = shipment;
  if (promisedDispatchAtMs != null) {
    const dueMs = promisedDispatchAtMs + rules.dispatchGraceMinutes * MINUTE_MS;
    book.count(dueMs, "pickup_due", handedMs !== null && handedMs <= dueMs && "picked_up_in_time");
  }
  if (promisedDeliveryAtMs != null) {
    const dueMs = promisedDeliveryAtMs + rules.deliveryGraceMinutes * MINUTE_MS;
    const inTime = (atMs: number | null) => atMs !== null && atMs <= dueMs;
    book.count(
      dueMs,
      "delivery_due",
      inTime(deliveredMs) && "delivered_in_time",
      (inTime(deliveredMs) || inTime(firstAttemptAtMs)) && "tried_in_time",
    );
  }
}

/** On the day of the end: delivered, destroyed, or come back after an attempt. */
function countEnd(book: Book, { shipment, firstAttemptAtMs }: CountedShipment, deliveredMs: number | null): void {
  const attempted = (shipment.attempts ?? 0) > 0;
  const endMs = deliveredMs ?? shipment.terminalAtMs ?? null;
  if (endMs === null) return;
  const destroyed = deliveredMs === null && shipment.terminal === "destroyed";
  if (deliveredMs !== null || destroyed) {
    const damaged = destroyed || (shipment.conditions ?? []).some(({ kind }) => kind === "damaged");
    book.count(endMs, "delivered", damaged && "damaged");
  }
  if (deliveredMs !== null) {
    const failedBefore = attempted && (firstAttemptAtMs === null || firstAttemptAtMs < deliveredMs);
    book.count(endMs, "ended", attempted && "attempted", !failedBefore && "first_time");
  } else if (shipment.terminal === "returned" && attempted) book.count(endMs, "ended", "attempted");
}

/** On the day on which the time for a proof ends. */
function countProof(book: Book, shipment: Partial<Shipment>, rules: CountingRules, deliveredMs: number): void {
  const dueMs = deliveredMs + rules.podMinutes * MINUTE_MS;
  const proofMs = proofAt(shipment);
  const known = proofMs !== null || shipment.reached?.pod_received !== undefined;
  book.count(dueMs, "proof_due", known && "proof_known", proofMs !== null && proofMs <= dueMs && "proof_in_time");
}

function proofAt(shipment: Partial<Shipment>): number | null {
  const documents = proofsOf(shipment).map(({ receivedAt }) => Date.parse(receivedAt ?? ""));
  const said = shipment.attributes?.proof_of_delivery?.occurredAtMs;
  const times = [shipment.reached?.pod_received?.occurredAtMs, ...documents, documents.length > 0 ? null : said];
  const known = times.filter((ms): ms is number => ms != null && !Number.isNaN(ms));
  return known.length === 0 ? null : Math.min(...known);
}

/** On the day of receipt. A time told to the day is no latency, and what happened before Waypost knew the shipment was told as history. */
function countLatency(
  book: Book,
  { shipment, createdAtMs }: CountedShipment,
  tracks: (feedId: number) => boolean,
): void {
  for (const milestone of TOLD_BY_CARRIERS) {
    const told = shipment.reached?.[milestone];
    if (!told || told.inferred || told.precision === "date" || told.feedId === null || !tracks(told.feedId)) continue;
    if (told.occurredAtMs === null || told.receivedAtMs === null || told.occurredAtMs < createdAtMs) continue;
    const tookMs = told.receivedAtMs - told.occurredAtMs;
    if (tookMs >= 0) book.spread("latency", told.receivedAtMs, keyOfDuration("latency", tookMs));
  }
}
