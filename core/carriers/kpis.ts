import type { Measure } from "./measures";

/** Below so many nothing is concluded: the figure is shown, greyed, with how wide it may be off. */
export const MINIMUM = 20;

export const BASES = ["delivered", "first_attempt"] as const;
/** What counts as the end of an on-time delivery: the delivery, or the first attempt at it. */
export type Basis = (typeof BASES)[number];

export const KPIS = [
  "on_time_delivery",
  "on_time_pickup",
  "delivery_rate",
  "first_attempt",
  "transit_time",
  "exception_rate",
  "damage_rate",
  "proof_in_time",
  "billing_accuracy",
  "cost_per_shipment",
  "data_latency",
] as const;
export type Kpi = (typeof KPIS)[number];

export type KpiSpec = {
  label: string;
  unit: "share" | "duration" | "money";
  better: "up" | "down";
  /** In words, for the screen and the docs. */
  numerator: string;
  denominator: string;
  /** On which day something counts, and what is left out. */
  day: string;
  excludes: string;
};

const CANCELLED = "Cancelled shipments, and those that no order is known for.";

/** Definitions of the figures; docs/carriers.md has the same table. */
export const KPI_SPECS: Readonly<Record<Kpi, KpiSpec>> = {
  on_time_delivery: {
    label: "On-time delivery",
    unit: "share",
    better: "up",
    numerator: "delivered by the promise and its grace (or, on the other basis, tried by then for the first time)",
    denominator: "promised deliveries, also those that are overdue and not delivered",
    day: "The day on which the promise ends; counted once that day is over.",
    excludes: `Shipments without a promise. ${CANCELLED} Late by force majeure counts as late.`,
  },
  on_time_pickup: {
    label: "On-time pickup",
    unit: "share",
    better: "up",
    numerator: "picked up, or scanned for the first time by the carrier, by the promised dispatch and its grace",
    denominator: "promised dispatches, also those that never left",
    day: "The day on which the promise ends; counted once that day is over.",
    excludes: `A booking is no pickup. Who was late, warehouse or carrier, is not told apart. ${CANCELLED}`,
  },
  delivery_rate: {
    label: "Delivered",
    unit: "share",
    better: "up",
    numerator: "delivered until now",
    denominator: "handed over to the carrier, also what is still on its way",
    day: "The day of the hand-over.",
    excludes: `What was only booked. ${CANCELLED}`,
  },
  first_attempt: {
    label: "First attempt",
    unit: "share",
    better: "up",
    numerator: "delivered with no failed attempt before",
    denominator: "delivered, and those that came back after an attempt",
    day: "The day of the end.",
    excludes: `Carriers that never tell of an attempt: nothing is computed for them. ${CANCELLED}`,
  },
  transit_time: {
    label: "Transit time",
    unit: "duration",
    better: "down",
    numerator: "median (p50) and p90 from hand-over to delivery, in calendar time",
    denominator: "delivered shipments whose hand-over has a time",
    day: "The day of the delivery.",
    excludes: `Shipments of which only the delivery was told. ${CANCELLED}`,
  },
  exception_rate: {
    label: "Exceptions",
    unit: "share",
    better: "down",
    numerator: "with at least one exception that is the carrier's doing, whatever became of it",
    denominator: "handed over to the carrier",
    day: "The day of the hand-over.",
    excludes: `Exceptions of other parties (shipper, consignee, customs, weather). ${CANCELLED}`,
  },
  damage_rate: {
    label: "Damaged",
    unit: "share",
    better: "down",
    numerator: "reported as damaged, or destroyed",
    denominator: "delivered or destroyed",
    day: "The day of the end.",
    excludes: `What is damaged and still on its way. ${CANCELLED}`,
  },
  proof_in_time: {
    label: "Proof in time",
    unit: "share",
    better: "up",
    numerator: "with a proof of delivery within the limit after the delivery",
    denominator: "delivered",
    day: "The day on which the limit ends; counted once that day is over.",
    excludes: `Carriers of which no proof ever came: nothing is computed for them. ${CANCELLED}`,
  },
  billing_accuracy: {
    label: "Bills right",
    unit: "share",
    better: "up",
    numerator: "bills without an objection",
    denominator: "bills that could be compared with an expectation",
    day: "The day on which the bill came.",
    excludes: "Credits, bills without an expected figure, and those that wait for a gap in the set-up to be filled.",
  },
  cost_per_shipment: {
    label: "Cost a shipment",
    unit: "money",
    better: "down",
    numerator: "approved freight less credits, all classes of charges",
    denominator: "shipments that the bills name",
    day: "The day on which the bill came.",
    excludes:
      "Bills that are not approved or name no shipment. Currencies are not converted: the one with most shipments is shown.",
  },
  data_latency: {
    label: "Data latency",
    unit: "duration",
    better: "down",
    numerator: "median (p50) and p95 from the event to its receipt here",
    denominator: "milestones that a carrier's feed told with a time",
    day: "The day of the receipt.",
    excludes: "Times told to the day only, and what happened before the shipment was known here.",
  },
};

/** The shares: part and whole as they are counted. */
export const SHARES = {
  on_time_delivery: ["delivered_in_time", "delivery_due"],
  on_time_pickup: ["picked_up_in_time", "pickup_due"],
  delivery_rate: ["handed_over_delivered", "handed_over"],
  first_attempt: ["first_time", "ended"],
  exception_rate: ["troubled", "handed_over"],
  damage_rate: ["damaged", "delivered"],
  proof_in_time: ["proof_in_time", "proof_due"],
  billing_accuracy: ["bills_clean", "bills_checked"],
} as const satisfies Partial<Record<Kpi, readonly [Measure, Measure]>>;

export type ShareKpi = keyof typeof SHARES;
