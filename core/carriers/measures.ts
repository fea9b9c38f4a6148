/** What is counted of shipments and bills, each on a day of its own (UTC); columns of the daily counts. What is new stands at the end. */
export const MEASURES = [
  "pickup_due",
  "picked_up_in_time",
  "delivery_due",
  "delivered_in_time",
  "tried_in_time",
  "handed_over",
  "handed_over_delivered",
  "troubled",
  "delivered",
  "damaged",
  "ended",
  "attempted",
  "first_time",
  "proof_due",
  "proof_in_time",
  "proof_known",
  "bills_checked",
  "bills_clean",
] as const;
export type Measure = (typeof MEASURES)[number];

/** Counted on the day on which a time ran out: before that day is over nothing is known of them. */
export const DUE_MEASURES: ReadonlySet<Measure> = new Set<Measure>([
  "pickup_due",
  "picked_up_in_time",
  "delivery_due",
  "delivered_in_time",
  "tried_in_time",
  "proof_due",
  "proof_in_time",
  "proof_known",
]);

/** Counted by a further key: a bucket of durations for the first two, a currency for the others. */
export const SPREADS = ["transit", "latency", "billed", "off", "paid", "paid_shipments"] as const;
export type Spread = (typeof SPREADS)[number];
/** Counted for the carrier as a whole alone: who bills, and how soon a carrier tells, does not differ by lane. */
export const WHOLE_SPREADS: ReadonlySet<Spread> = new Set<Spread>([
  "latency",
  "billed",
  "off",
  "paid",
  "paid_shipments",
]);

/** By what counts are kept apart; a lane is the destination, since no source tells more of the origin than the warehouse. */
export const DIMENSIONS = ["carrier", "service", "lane", "warehouse"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** What is added up over days and cells. */
export type Sums = {
  counts: Readonly<Record<Measure, number>>;
  spreads: Readonly<Partial<Record<Spread, ReadonlyMap<string, number>>>>;
};

/** What a row of counts is of: a carrier, a part of it, the three parts together, or a part over all carriers. */
export const LEVELS = [
  "carrier",
  "service",
  "lane",
  "warehouse",
  "combined",
  "all_service",
  "all_lane",
  "all_warehouse",
] as const;
export type Level = (typeof LEVELS)[number];

/** Adds counts up; of none, all are nought. */
export function addCounts(parts: readonly Readonly<Record<Measure, number>>[]): Record<Measure, number> {
  const sum = Object.fromEntries(MEASURES.map((measure) => [measure, 0])) as Record<Measure, number>;
  for (const part of parts) for (const measure of MEASURES) sum[measure] += part[measure];
  return sum;
}
