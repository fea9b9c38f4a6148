/** Milestones with rank and stage, conditions and non-events (standards.md 1.0, codes.json). */
export const STAGES = [
  "order_released",
  "allocated",
  "picked",
  "packed",
  "booked",
  "dispatched",
  "in_transit",
  "delivered",
  "returning",
  "settled",
] as const;
export type Stage = (typeof STAGES)[number];

export const MILESTONES = [
  "order_released",
  "allocated",
  "picked",
  "packed",
  "booked",
  "pickup_arrived",
  "picked_up",
  "in_transit",
  "arrived_facility",
  "departed_facility",
  "customs_started",
  "customs_cleared",
  "arrived_destination",
  "out_for_delivery",
  "delivery_arrived",
  "available_for_pickup",
  "delivered",
  "pod_received",
  "return_initiated",
  "return_in_transit",
  "returned",
  "cancelled",
  "lost",
  "destroyed",
  "freight_invoiced",
  "freight_approved",
  "settled",
] as const;
export type Milestone = (typeof MILESTONES)[number];

/** Conditions never advance the state; they open and close exceptions. */
export const CONDITIONS = [
  "delivery_attempted",
  "delayed",
  "held",
  "customs_hold",
  "address_issue",
  "refused",
  "damaged",
  "misrouted",
  "short",
  "unclaimed",
  "no_info",
  "expired",
  "unmapped_code",
  "found",
  "label_failed",
] as const;
export type Condition = (typeof CONDITIONS)[number];

export const NON_EVENTS = ["eta_updated", "appointment_set", "info"] as const;

export const EVENT_KINDS = [...MILESTONES, ...CONDITIONS, ...NON_EVENTS] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export const TERMINALS = ["delivered", "returned", "cancelled", "lost", "destroyed"] as const;
export type Terminal = (typeof TERMINALS)[number];

/** Rank on the forward track (and the return track from 950); side tracks have none. */
export const RANK: Readonly<Record<Milestone, number>> = {
  order_released: 100,
  allocated: 200,
  picked: 300,
  packed: 400,
  booked: 500,
  pickup_arrived: 550,
  picked_up: 600,
  in_transit: 700,
  arrived_facility: 710,
  departed_facility: 720,
  customs_started: 730,
  customs_cleared: 740,
  arrived_destination: 760,
  out_for_delivery: 800,
  delivery_arrived: 820,
  available_for_pickup: 830,
  delivered: 900,
  pod_received: 920,
  return_initiated: 950,
  return_in_transit: 960,
  returned: 970,
  cancelled: 0,
  lost: 0,
  destroyed: 0,
  freight_invoiced: 0,
  freight_approved: 0,
  settled: 0,
};

/** The coarse words that users of tracking APIs know (api.md). */
export const SUMMARIES = [
  "unknown",
  "pre_transit",
  "in_transit",
  "out_for_delivery",
  "available_for_pickup",
  "delivered",
  "exception",
  "return_to_sender",
  "cancelled",
] as const;
export type Summary = (typeof SUMMARIES)[number];

/** Coarse word of one event kind (domain.md, Summary); conditions that say trouble are `exception`. */
export function summaryOf(kind: EventKind): Summary {
  return SUMMARY_OF[kind];
}

const SUMMARY_OF: Readonly<Record<EventKind, Summary>> = {
  order_released: "pre_transit",
  allocated: "pre_transit",
  picked: "pre_transit",
  packed: "pre_transit",
  booked: "pre_transit",
  pickup_arrived: "pre_transit",
  picked_up: "in_transit",
  in_transit: "in_transit",
  arrived_facility: "in_transit",
  departed_facility: "in_transit",
  customs_started: "in_transit",
  customs_cleared: "in_transit",
  arrived_destination: "in_transit",
  out_for_delivery: "out_for_delivery",
  delivery_arrived: "in_transit",
  available_for_pickup: "available_for_pickup",
  delivered: "delivered",
  pod_received: "delivered",
  return_initiated: "return_to_sender",
  return_in_transit: "return_to_sender",
  returned: "return_to_sender",
  cancelled: "cancelled",
  lost: "exception",
  destroyed: "exception",
  freight_invoiced: "unknown",
  freight_approved: "unknown",
  settled: "unknown",
  delivery_attempted: "exception",
  delayed: "exception",
  held: "exception",
  customs_hold: "exception",
  address_issue: "exception",
  refused: "exception",
  damaged: "exception",
  misrouted: "exception",
  short: "exception",
  unclaimed: "exception",
  no_info: "unknown",
  expired: "exception",
  unmapped_code: "unknown",
  found: "in_transit",
  label_failed: "exception",
  eta_updated: "unknown",
  appointment_set: "unknown",
  info: "unknown",
};

/** Stage of a milestone; delivery_arrived and available_for_pickup belong to in_transit (domain.md). */
export const STAGE_OF: Readonly<Record<Milestone, Stage>> = {
  order_released: "order_released",
  allocated: "allocated",
  picked: "picked",
  packed: "packed",
  booked: "booked",
  pickup_arrived: "dispatched",
  picked_up: "dispatched",
  in_transit: "in_transit",
  arrived_facility: "in_transit",
  departed_facility: "in_transit",
  customs_started: "in_transit",
  customs_cleared: "in_transit",
  arrived_destination: "in_transit",
  out_for_delivery: "in_transit",
  delivery_arrived: "in_transit",
  available_for_pickup: "in_transit",
  delivered: "delivered",
  pod_received: "delivered",
  return_initiated: "returning",
  return_in_transit: "returning",
  returned: "returning",
  cancelled: "order_released",
  lost: "in_transit",
  destroyed: "in_transit",
  freight_invoiced: "settled",
  freight_approved: "settled",
  settled: "settled",
};
