import { RANK } from "@/core/shipments/milestones";
import { finding, fineUntil, MINUTE_MS, NOTHING, nameIn, open, type Rule, utc } from "../rule";

/** Raises `dispatch_late` while the promised dispatch has passed and the goods have not left. */
export const dispatchLate: Rule = ({ shipment, thresholds, nowMs }) => {
  const promisedAtMs = shipment.promisedDispatchAtMs;
  if (promisedAtMs === null || shipment.terminal !== null) return NOTHING;
  if (shipment.milestone !== null && RANK[shipment.milestone] >= RANK.picked_up) return NOTHING;
  const dueAtMs = promisedAtMs + thresholds.dispatchGraceMinutes * MINUTE_MS;
  if (nowMs <= dueAtMs) return fineUntil(dueAtMs + 1);
  const name = nameIn(shipment.attributes.warehouse?.value);
  return open(
    finding("dispatch_late", {
      subject: "shipment",
      occurrence: `promise ${utc(promisedAtMs)}`,
      cause: { source: `warehouse:${name?.toLowerCase() ?? ""}`, what: "promised dispatch" },
      text: name === null ? "The promised dispatch has passed" : `The promised dispatch from ${name} has passed`,
      evidence: { promised: utc(promisedAtMs), milestone: shipment.milestone },
      feedId: shipment.attributes.promised_dispatch_at?.feedId ?? null,
    }),
  );
};
