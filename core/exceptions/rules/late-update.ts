import { duration, finding, NOTHING, open, type Rule, utc } from "../rule";

const MOST_SHOWN = 10;

/** Raises `late_update` per feed that told of events later than the threshold after they happened; another such event is another occurrence. */
export const lateUpdate: Rule = ({ shipment, thresholds, feedName }) => {
  if (shipment.late.length === 0) return NOTHING;
  return open(
    ...[...Map.groupBy(shipment.late, ({ feedId }) => feedId)].map(([feedId, events]) => {
      const worst = events.reduce((longest, event) => (event.lateMs > longest.lateMs ? event : longest));
      const last = events[events.length - 1] ?? worst;
      return finding("late_update", {
        subject: `feed:${feedId}`,
        occurrence: `${events.length} ${last.key}`,
        cause: { source: `feed:${feedId}`, what: "late update" },
        text: `${feedName(feedId)} told of events more than ${duration(thresholds.lateUpdateMinutes)} after they happened`,
        evidence: {
          events: events.length,
          worst: `${Math.round(worst.lateMs / 3_600_000)} h`,
          told: events.slice(-MOST_SHOWN).map(({ kind, occurredAtMs, receivedAtMs }) => ({
            kind,
            occurred: utc(occurredAtMs),
            received: utc(receivedAtMs),
          })),
        },
        feedId,
      });
    }),
  );
};
