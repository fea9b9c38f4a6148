import { RANK } from "@/core/shipments/milestones";
import type { Shipment } from "@/core/shipments/shipment";
import { carrierSource, finding, MINUTE_MS, NOTHING, open, type Rule, utc } from "../rule";

/** Raises `delivery_at_risk` while the latest estimate lies after a promise that can still be kept; once it has passed it is `delivery_late`. */
export const deliveryAtRisk: Rule = ({ shipment, thresholds, nowMs }) => {
  const { promisedDeliveryAtMs: promisedAtMs, etaMs } = shipment;
  if (promisedAtMs === null || etaMs === null || shipment.terminal !== null) return NOTHING;
  if (shipment.milestone !== null && RANK[shipment.milestone] >= RANK.delivery_arrived) return NOTHING;
  // the moment after which delivery_late speaks; it asks to be looked at again just then
  if (nowMs > promisedAtMs + thresholds.deliveryGraceMinutes * MINUTE_MS) return NOTHING;
  const earliestMs = earliestOf(shipment, etaMs);
  if (earliestMs <= promisedAtMs + thresholds.atRiskMinutes * MINUTE_MS) return NOTHING;
  const { source, name } = carrierSource(shipment);
  return open(
    finding("delivery_at_risk", {
      subject: "shipment",
      occurrence: `promise ${utc(promisedAtMs)} estimate ${utc(earliestMs).slice(0, 10)}`,
      cause: { source, what: "estimate after promise" },
      text: `${name ?? "The carrier"} expects the delivery after the promised time`,
      evidence: { promised: utc(promisedAtMs), estimate: utc(etaMs), milestone: shipment.milestone },
      feedId: shipment.attributes.eta?.feedId ?? null,
    }),
  );
};

/** An estimate that names a day only may be kept from its first moment on. */
function earliestOf(shipment: Shipment, etaMs: number): number {
  const said = shipment.attributes.eta?.value;
  return typeof said === "string" && /^\d{4}-\d{2}-\d{2}$/.test(said) ? Date.parse(said) : etaMs;
}
