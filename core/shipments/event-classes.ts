import type { EventKind } from "./milestones";

/** How urgent the news of an event is: a person should act now, somebody waits for it, or it can go with the rest of the day. */
export const EVENT_URGENCIES = ["urgent", "normal", "bulk"] as const;
export type EventUrgency = (typeof EVENT_URGENCIES)[number];

export type EventClass = {
  urgency: EventUrgency;
  /** The step of the process that it depends on: until that was told, or passed, it is early; null where it may come first. */
  after: EventKind | null;
};

/**
 * The class of each kind of event; a new kind has to choose. The urgency decides in which class a note about it leaves for Odoo
 * (core/postings/policy.ts), the step before it for which step a missing one is looked for (core/exceptions/rules/missing-milestone.ts).
 */
export const EVENT_CLASSES: Readonly<Record<EventKind, EventClass>> = {
  order_released: { urgency: "bulk", after: null },
  allocated: { urgency: "bulk", after: "order_released" },
  picked: { urgency: "bulk", after: "allocated" },
  packed: { urgency: "bulk", after: "picked" },
  booked: { urgency: "normal", after: "packed" },
  pickup_arrived: { urgency: "bulk", after: "booked" },
  picked_up: { urgency: "bulk", after: "booked" },
  in_transit: { urgency: "bulk", after: "picked_up" },
  arrived_facility: { urgency: "bulk", after: "picked_up" },
  departed_facility: { urgency: "bulk", after: "picked_up" },
  customs_started: { urgency: "bulk", after: "picked_up" },
  customs_cleared: { urgency: "bulk", after: "customs_started" },
  arrived_destination: { urgency: "bulk", after: "in_transit" },
  out_for_delivery: { urgency: "normal", after: "picked_up" },
  delivery_arrived: { urgency: "normal", after: "out_for_delivery" },
  available_for_pickup: { urgency: "normal", after: "picked_up" },
  delivered: { urgency: "normal", after: "out_for_delivery" },
  pod_received: { urgency: "normal", after: "delivered" },
  return_initiated: { urgency: "normal", after: "picked_up" },
  return_in_transit: { urgency: "bulk", after: "return_initiated" },
  returned: { urgency: "normal", after: "return_in_transit" },
  cancelled: { urgency: "urgent", after: null },
  lost: { urgency: "urgent", after: "picked_up" },
  destroyed: { urgency: "urgent", after: "picked_up" },
  freight_invoiced: { urgency: "bulk", after: "delivered" },
  freight_approved: { urgency: "bulk", after: "freight_invoiced" },
  settled: { urgency: "bulk", after: "freight_approved" },
  delivery_attempted: { urgency: "urgent", after: "out_for_delivery" },
  delayed: { urgency: "normal", after: "picked_up" },
  held: { urgency: "urgent", after: "picked_up" },
  customs_hold: { urgency: "urgent", after: "customs_started" },
  address_issue: { urgency: "urgent", after: null },
  refused: { urgency: "urgent", after: "out_for_delivery" },
  damaged: { urgency: "urgent", after: "picked_up" },
  misrouted: { urgency: "urgent", after: "picked_up" },
  short: { urgency: "urgent", after: "delivered" },
  unclaimed: { urgency: "normal", after: "available_for_pickup" },
  no_info: { urgency: "bulk", after: null },
  expired: { urgency: "normal", after: null },
  unmapped_code: { urgency: "normal", after: null },
  found: { urgency: "normal", after: "lost" },
  label_failed: { urgency: "urgent", after: "packed" },
  eta_updated: { urgency: "bulk", after: null },
  appointment_set: { urgency: "normal", after: null },
  info: { urgency: "bulk", after: null },
};

/** The steps that an event depends on, the nearest first. */
export function stepsBefore(kind: EventKind): EventKind[] {
  const steps: EventKind[] = [];
  for (let at = EVENT_CLASSES[kind].after; at !== null; at = EVENT_CLASSES[at].after) steps.push(at);
  return steps;
}
