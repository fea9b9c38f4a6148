import { RANK } from "@/core/shipments/milestones";
import { carrierSource, finding, fineUntil, MINUTE_MS, NOTHING, open, type Rule, utc } from "../rule";

/** Raises `delivery_late` while the promised delivery has passed and the shipment is neither delivered nor otherwise at its end. */
export const deliveryLate: Rule = ({ shipment, thresholds, nowMs }) => {
  const promisedAtMs = shipment.promisedDeliveryAtMs;
  if (promisedAtMs === null || shipment.terminal !== null) return NOTHING;
  if (shipment.milestone !== null && RANK[shipment.milestone] >= RANK.delivered) return NOTHING;
  const dueAtMs = promisedAtMs + thresholds.deliveryGraceMinutes * MINUTE_MS;
  if (nowMs <= dueAtMs) return fineUntil(dueAtMs + 1);
  const { source, name } = carrierSource(shipment);
  return open(
    finding("delivery_late", {
      subject: "shipment",
      occurrence: `promise ${utc(promisedAtMs)}`,
      cause: { source, what: "promised delivery" },
      text: name === null ? "The promised delivery has passed" : `The delivery promised with ${name} has passed`,
      evidence: { promised: utc(promisedAtMs), milestone: shipment.milestone },
      feedId: shipment.attributes.promised_delivery_at?.feedId ?? null,
    }),
  );
};
