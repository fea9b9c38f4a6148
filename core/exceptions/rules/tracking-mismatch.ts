import { finding, NOTHING, open, type Rule } from "../rule";

/** Raises `tracking_mismatch` when two classes of source each name a number that the other does not; naming fewer is no contradiction. */
export const trackingMismatch: Rule = ({ shipment, feedName }) => {
  const { trackingBy } = shipment;
  const owner = trackingBy[0];
  if (owner === undefined || trackingBy.length < 2) return NOTHING;
  for (const [index, one] of trackingBy.entries()) {
    for (const other of trackingBy.slice(index + 1)) {
      if (one.feedClass === other.feedClass || within(one.numbers, other.numbers) || within(other.numbers, one.numbers))
        continue;
      return open(
        finding("tracking_mismatch", {
          subject: "shipment",
          occurrence: `${one.numbers.join()} ${other.numbers.join()}`,
          cause: { source: `feed:${other.feedId}`, what: `tracking_number:${one.feedClass}/${other.feedClass}` },
          text: `${feedName(one.feedId)} and ${feedName(other.feedId)} name different tracking numbers`,
          evidence: Object.fromEntries(
            trackingBy.map(({ feedId, numbers }) => [feedName(feedId), numbers.slice(0, 20)]),
          ),
          feedId: other.feedId,
        }),
      );
    }
  }
  return NOTHING;
};

function within(some: readonly string[], all: readonly string[]): boolean {
  return some.every((number) => all.includes(number));
}
