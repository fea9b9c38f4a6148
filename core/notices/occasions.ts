import type { Milestone } from "@/core/shipments/milestones";
import type { Shipment } from "@/core/shipments/shipment";

/** What a customer is told of, in the order in which it happens; one that comes later overtakes those before it. */
export const OCCASIONS = [
  "dispatched",
  "out_for_delivery",
  "delivery_attempted",
  "available_for_pickup",
  "delivered",
] as const;
export type Occasion = (typeof OCCASIONS)[number];

export const NOTICE_STATES = ["planned", "sent", "suppressed", "failed", "given_up"] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

/** Why a notice was suppressed, or why it waits or ended unsent. */
export const NOTICE_REASONS = [
  "overtaken",
  "ended",
  "withdrawn",
  "switched_off",
  "too_old",
  "no_address",
  "quiet_hours",
  "no_transfer",
  "odoo_down",
  "mail_down",
  "refused",
] as const;
export type NoticeReason = (typeof NOTICE_REASONS)[number];

/** As much of a shipment as decides about notices. */
export type Told = Pick<Shipment, "reached" | "conditions" | "terminal" | "attempts">;

/** The fact behind an occasion; `receivedAtMs` null: only its event says it. */
export type Fact = { key: string; occurredAtMs: number; dateOnly: boolean; receivedAtMs: number | null };

const REACHED_BY: Readonly<Record<Exclude<Occasion, "delivery_attempted">, readonly Milestone[]>> = {
  dispatched: ["picked_up", "in_transit", "arrived_facility", "departed_facility"],
  out_for_delivery: ["out_for_delivery"],
  available_for_pickup: ["available_for_pickup"],
  delivered: ["delivered"],
};

/** The fact by which an occasion stands; null where it does not, or where it was concluded from a later one and nobody told it. */
export function factOf(told: Told, occasion: Occasion): Fact | null {
  if (occasion === "delivery_attempted") {
    const standing = told.conditions?.find(({ kind }) => kind === "delivery_attempted");
    return standing ? { key: standing.key, occurredAtMs: standing.sinceMs, dateOnly: false, receivedAtMs: null } : null;
  }
  const facts = REACHED_BY[occasion].flatMap((milestone): Fact[] => {
    const one = told.reached?.[milestone];
    if (!one || one.inferred || one.key === null) return [];
    const occurredAtMs = one.occurredAtMs ?? one.receivedAtMs;
    if (occurredAtMs === null) return [];
    return [{ key: one.key, occurredAtMs, dateOnly: one.precision === "date", receivedAtMs: one.receivedAtMs }];
  });
  return facts.reduce<Fact | null>(
    (first, one) => (first && first.occurredAtMs <= one.occurredAtMs ? first : one),
    null,
  );
}

/** Whether a later occasion, or another end, came before the customer was told; null where neither did. */
export function overtaking(told: Told, occasion: Occasion): "overtaken" | "ended" | null {
  const turned = told.reached?.return_initiated ?? told.reached?.return_in_transit;
  if (turned || (told.terminal && told.terminal !== "delivered")) return "ended";
  if (occasion === "delivery_attempted" && factOf(told, occasion) === null && (told.attempts ?? 0) > 0)
    return "overtaken";
  const later = OCCASIONS.slice(OCCASIONS.indexOf(occasion) + 1);
  const isThere = (one: Occasion) =>
    one === "delivery_attempted" ? (told.attempts ?? 0) > 0 : factOf(told, one) !== null;
  return later.some(isThere) ? "overtaken" : null;
}

const DAY_MS = 86_400_000;

/** The instant that counts as that of a fact: of one told by its day alone the end of that day, but never after its receipt. */
export function instantOf({ occurredAtMs, dateOnly }: Fact, receivedAtMs: number): number {
  return dateOnly ? Math.max(occurredAtMs, Math.min(occurredAtMs + DAY_MS, receivedAtMs)) : occurredAtMs;
}
