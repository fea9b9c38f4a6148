import { carrierSource, duration, finding, fineUntil, MINUTE_MS, NOTHING, open, type Rule, utc } from "../rule";

/** Raises `first_scan_late` when a shipment was booked (or the warehouse gave it away) and no carrier has scanned it in time. */
export const firstScanLate: Rule = ({ shipment, thresholds, nowMs }) => {
  if (shipment.firstCarrierScanAtMs !== null || shipment.terminal !== null) return NOTHING;
  const sinceMs = shipment.reached.booked?.occurredAtMs ?? shipment.reached.picked_up?.occurredAtMs ?? null;
  if (sinceMs === null) return NOTHING;
  const dueAtMs = sinceMs + thresholds.firstScanMinutes * MINUTE_MS;
  if (nowMs < dueAtMs) return fineUntil(dueAtMs);
  const { source, name } = carrierSource(shipment);
  return open(
    finding("first_scan_late", {
      subject: "shipment",
      occurrence: `booked ${utc(sinceMs)}`,
      cause: { source, what: "no first scan" },
      text: `No scan by ${name ?? "the carrier"} ${duration(thresholds.firstScanMinutes)} after booking`,
      evidence: { booked: utc(sinceMs), due: utc(dueAtMs) },
      feedId: shipment.reached.booked?.feedId ?? null,
    }),
  );
};
