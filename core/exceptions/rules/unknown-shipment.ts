import { homeDueAtMs, isHomeless, isUnrouted, tellerOf } from "../homeless";
import { duration, finding, fineUntil, NOTHING, open, type Rule } from "../rule";

/** Raises `unknown_shipment` for facts without a home once the grace time is over: the order or picking may simply come later. */
export const unknownShipment: Rule = (input) => {
  const { shipment, thresholds, nowMs } = input;
  if (!isHomeless(input) || isUnrouted(input)) return NOTHING;
  const dueAtMs = homeDueAtMs(input);
  if (nowMs < dueAtMs) return fineUntil(dueAtMs);
  const feedId = tellerOf(shipment);
  const grace = duration(thresholds.unknownShipmentGraceMinutes);
  return open(
    finding("unknown_shipment", {
      subject: "shipment",
      occurrence: "home",
      cause: { source: `feed:${feedId ?? ""}`, what: input.odooExpected ? "no picking" : "no order" },
      text: `No ${input.odooExpected ? "Odoo picking" : "order or warehouse record"} is known for these facts after ${grace}`,
      evidence: { numbers: shipment.packages.slice(0, 10).map(({ number }) => number) },
      feedId,
    }),
  );
};
