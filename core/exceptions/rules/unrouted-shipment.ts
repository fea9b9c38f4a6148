import { saidIn, subjectOf } from "@/core/routing/decide";
import { homeDueAtMs, isHomeless, isUnrouted, tellerOf } from "../homeless";
import { duration, finding, fineUntil, NOTHING, open, type Rule } from "../rule";

/** Raises `unrouted_shipment` for facts without a home that could belong to several Odoos, once the grace time is over and no rule says to which. */
export const unroutedShipment: Rule = (input) => {
  const { shipment, thresholds, nowMs } = input;
  if (!isHomeless(input) || !isUnrouted(input)) return NOTHING;
  const dueAtMs = homeDueAtMs(input);
  if (nowMs < dueAtMs) return fineUntil(dueAtMs);
  const feedId = tellerOf(shipment);
  const { warehouse, company, country, channel } = subjectOf([], saidIn(shipment.attributes));
  const words = Object.entries({ warehouse, company, channel, country }).filter(([, value]) => value !== null);
  const known = words.map(([field, value]) => `${field} ${value}`).join(", ");
  return open(
    finding("unrouted_shipment", {
      subject: "shipment",
      occurrence: "route",
      cause: {
        source: `feed:${feedId ?? ""}`,
        what: `no rule for ${known === "" ? "facts without a warehouse" : known}`,
      },
      text: `No rule says to which of ${input.odoos} Odoos this belongs (${known === "" ? "no warehouse, company, channel or country was told" : known}), and none of them has claimed it after ${duration(thresholds.unknownShipmentGraceMinutes)}`,
      evidence: {
        warehouse,
        company,
        channel,
        country,
        numbers: shipment.packages.slice(0, 10).map(({ number }) => number),
      },
      feedId,
    }),
  );
};
