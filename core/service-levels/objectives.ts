import { z } from "zod";

/** Workflows with a clock (domain.md, Service levels); those measured by this version. */
export const WORKFLOWS = [
  "shipment_creation",
  "tracking_publication",
  "label_response",
  "delivery_exception",
  "proof_of_delivery",
  "status_update",
  "historical_reconciliation",
  "freight_settlement",
  "customer_notification",
] as const;
export type Workflow = (typeof WORKFLOWS)[number];

/** Workflows that are promised for a window and not for a number of seconds: kept is what was done before it ended. */
export const WINDOWED: ReadonlySet<Workflow> = new Set<Workflow>(["freight_settlement"]);

/**
 * Legs by which latency is split; `total` is the workflow's own clock. `held` stands beside them: what waited for a window, a pause or a
 * person is no latency and runs no clock, however fast it went after that.
 */
export const LEGS = ["total", "source", "interpret", "wait", "odoo", "held"] as const;
export type Leg = (typeof LEGS)[number];

export const objectiveSchema = z.object({
  percent: z.number().min(50).max(100),
  withinSeconds: z.number().int().min(1).max(604_800),
});
export type Objective = z.infer<typeof objectiveSchema>;

export const DEFAULT_OBJECTIVES: Readonly<Record<Workflow, Objective>> = {
  shipment_creation: { percent: 99, withinSeconds: 60 },
  tracking_publication: { percent: 99, withinSeconds: 60 },
  label_response: { percent: 99, withinSeconds: 30 },
  delivery_exception: { percent: 99, withinSeconds: 30 },
  proof_of_delivery: { percent: 99, withinSeconds: 60 },
  status_update: { percent: 95, withinSeconds: 300 },
  /** A day is reconciled by 06:00 of the next. */
  historical_reconciliation: { percent: 100, withinSeconds: 21_600 },
  /** What came on a day, or was approved on it, is settled by 06:00 of the next. */
  freight_settlement: { percent: 100, withinSeconds: 21_600 },
  customer_notification: { percent: 99, withinSeconds: 60 },
};
