import { carrierSource, duration, finding, fineUntil, MINUTE_MS, NOTHING, open, type Rule, utc } from "../rule";

/** Raises `pod_missing` where a proof is required and none came in time after the delivery. */
export const podMissing: Rule = ({ shipment, thresholds, nowMs }) => {
  const deliveredAtMs = shipment.reached.delivered?.occurredAtMs ?? null;
  if (!thresholds.podRequired || deliveredAtMs === null) return NOTHING;
  if (shipment.reached.pod_received || shipment.attributes.proof_of_delivery) return NOTHING;
  const dueAtMs = deliveredAtMs + thresholds.podMinutes * MINUTE_MS;
  if (nowMs < dueAtMs) return fineUntil(dueAtMs);
  const { source, name } = carrierSource(shipment);
  return open(
    finding("pod_missing", {
      subject: "shipment",
      occurrence: `delivered ${utc(deliveredAtMs)}`,
      cause: { source, what: "proof of delivery" },
      text: `No proof of delivery from ${name ?? "the carrier"} ${duration(thresholds.podMinutes)} after delivery`,
      evidence: { delivered: utc(deliveredAtMs) },
      feedId: shipment.reached.delivered?.feedId ?? null,
    }),
  );
};
