import { finding, NOTHING, open, type Rule, utc } from "../rule";

const MOST_SHOWN = 10;

/** Raises `implausible_time` per feed whose events lie before 2000 or too far after their receipt; they are kept and never applied. */
export const implausibleTime: Rule = ({ shipment, feedName }) => {
  if (shipment.implausible.length === 0) return NOTHING;
  const byFeed = Map.groupBy(shipment.implausible, ({ feedId }) => feedId);
  return open(
    ...[...byFeed].map(([feedId, events]) => {
      const sorted = events.toSorted((a, b) => (a.key < b.key ? -1 : 1));
      return finding("implausible_time", {
        subject: `feed:${feedId}`,
        occurrence: `${sorted.length} ${sorted[sorted.length - 1]?.key}`,
        cause: { source: `feed:${feedId}`, what: "event time" },
        text: `${feedName(feedId)} sent event times that cannot be right`,
        evidence: {
          events: events.length,
          times: sorted
            .slice(0, MOST_SHOWN)
            .map(({ rawTime, receivedAtMs }) => ({ said: rawTime, received: utc(receivedAtMs) })),
        },
        feedId,
      });
    }),
  );
};
