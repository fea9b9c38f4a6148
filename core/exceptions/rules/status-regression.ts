import { finding, NOTHING, open, type Rule, utc } from "../rule";

const MOST_SHOWN = 10;

/** Raises `status_regression` for scans after the end that changed nothing; another such scan is another occurrence. */
export const statusRegression: Rule = ({ shipment, feedName }) => {
  const last = shipment.regressions[shipment.regressions.length - 1];
  if (last === undefined) return NOTHING;
  const end = shipment.terminal ?? shipment.milestone ?? "the end";
  return open(
    finding("status_regression", {
      subject: "shipment",
      occurrence: `${shipment.regressions.length} ${last.key}`,
      cause: { source: `feed:${last.feedId}`, what: `${last.kind} after ${end}` },
      text: `${feedName(last.feedId)} reports ${last.kind.replaceAll("_", " ")} after ${end.replaceAll("_", " ")}`,
      evidence: {
        events: shipment.regressions.length,
        scans: shipment.regressions
          .slice(-MOST_SHOWN)
          .map(({ kind, occurredAtMs }) => ({ kind, at: utc(occurredAtMs) })),
      },
      feedId: last.feedId,
    }),
  );
};
