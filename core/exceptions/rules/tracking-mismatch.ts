import { ruledOut } from "@/core/shipments/correction";
import { numbersIn } from "@/core/shipments/owned";
import { type DetectInput, finding, NOTHING, open, type Rule } from "../rule";

/**
 * Raises `tracking_mismatch` when two classes of source each name a number that the other does not; naming fewer is no contradiction, and
 * a number that a person ruled out, or accepted from Odoo, is none.
 */
export const trackingMismatch: Rule = ({ shipment, feedName, posted }) => {
  const out = ruledOut(shipment, "tracking_number");
  const trackingBy = shipment.trackingBy
    .map((said) => ({ ...said, numbers: said.numbers.filter((number) => !out.has(number)) }))
    .filter(({ numbers }) => numbers.length > 0);
  const owner = trackingBy[0];
  if (owner === undefined || trackingBy.length < 2) return NOTHING;
  for (const [index, one] of trackingBy.entries()) {
    for (const other of trackingBy.slice(index + 1)) {
      if (one.feedClass === other.feedClass || within(one.numbers, other.numbers) || within(other.numbers, one.numbers))
        continue;
      if ([one, other].some(({ feedClass, numbers }) => feedClass === "odoo" && accepted(numbers, posted))) continue;
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

function accepted(numbers: readonly string[], posted: DetectInput["posted"]): boolean {
  return posted.some(
    (one) =>
      one.attribute === "tracking_number" && one.accepted != null && numbersIn(one.accepted).join() === numbers.join(),
  );
}
