import { finding, NOTHING, open, type Rule } from "../rule";

/** Raises `event_flood` while a shipment has more events than are folded one by one. */
export const eventFlood: Rule = ({ shipment, thresholds }) =>
  shipment.flooded
    ? open(
        finding("event_flood", {
          subject: "shipment",
          occurrence: "flood",
          cause: { source: `feed:${shipment.trackingBy[0]?.feedId ?? ""}`, what: "event_flood" },
          text: `More than ${thresholds.floodEvents} events on one shipment`,
          evidence: { limit: thresholds.floodEvents },
          feedId: shipment.trackingBy[0]?.feedId ?? null,
        }),
      )
    : NOTHING;
