import type { Milestone } from "@/core/shipments/milestones";
import { finding, fineUntil, MINUTE_MS, NOTHING, open, type Rule, utc } from "../rule";

const RETURN: readonly Milestone[] = ["returned", "return_in_transit", "return_initiated"];

/** Raises `return_unannounced` when goods come back and Odoo, which has their transfer, has no return of it. */
export const returnUnannounced: Rule = (input) => {
  const { shipment, picking, thresholds, nowMs } = input;
  if (picking === null || (picking.returns !== undefined && picking.returns.length > 0)) return NOTHING;
  const milestone = RETURN.find((kind) => shipment.reached[kind] !== undefined);
  const reached = milestone === undefined ? undefined : shipment.reached[milestone];
  if (milestone === undefined || reached === undefined) return NOTHING;
  const sinceMs = reached.receivedAtMs ?? reached.occurredAtMs;
  if (sinceMs === null) return NOTHING;
  const dueAtMs = sinceMs + thresholds.returnGraceMinutes * MINUTE_MS;
  if (nowMs < dueAtMs) return fineUntil(dueAtMs);
  const name = reached.feedId === null ? "A source" : input.feedName(reached.feedId);
  return open(
    finding("return_unannounced", {
      subject: "shipment",
      occurrence: "return",
      cause: { source: `feed:${reached.feedId ?? ""}`, what: "no return in Odoo" },
      text: `${name} brings the goods back, and Odoo has no return of ${picking.name}`,
      evidence: {
        movement: milestone,
        at: reached.occurredAtMs === null ? null : utc(reached.occurredAtMs),
        picking: picking.name,
      },
      feedId: reached.feedId,
    }),
  );
};
