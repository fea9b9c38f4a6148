import { duration, finding, fineUntil, MINUTE_MS, NOTHING, open, type Rule } from "../rule";

/** Raises `unknown_shipment` for facts without a home once the grace time is over: the order or picking may simply come later. */
export const unknownShipment: Rule = (input) => {
  const { shipment, thresholds, nowMs } = input;
  const homeless = input.provisional || (input.odooExpected && input.picking === null);
  if (!homeless) return NOTHING;
  const dueAtMs = input.firstReceivedAtMs + thresholds.unknownShipmentGraceMinutes * MINUTE_MS;
  if (nowMs < dueAtMs) return fineUntil(dueAtMs);
  const source = shipment.trackingBy[0] ?? Object.values(shipment.reached)[0];
  const feedId = source?.feedId ?? null;
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
