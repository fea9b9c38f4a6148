import { type QuantitySaid, quantitiesIn } from "@/core/shipments/quantities";
import { type DetectInput, finding, NOTHING, open, type Rule } from "../rule";

const MOST_SHOWN = 20;

/**
 * Raises `quantity_mismatch` when two sources did different amounts of a product, or more was shipped than Odoo ordered. What Odoo
 * holds as done counts only once its picking is done: before, it is a reservation.
 */
export const quantityMismatch: Rule = (input) => {
  const owner = input.shipment.attributes.quantities;
  if (owner === undefined) return NOTHING;
  const others = input.shipment.advisories.filter(
    ({ attribute, subject }) => attribute === "quantities" && subject === "",
  );
  if (others.length === 0) return NOTHING;
  const ours = quantitiesIn(owner.value);
  for (const other of others) {
    const theirs = quantitiesIn(other.value);
    const differing = differences(ours, owner.feedClass, theirs, other.feedClass, input);
    if (differing.length === 0) continue;
    return open(
      finding("quantity_mismatch", {
        subject: "shipment",
        occurrence: differing.map(({ code, ours: a, theirs: b }) => `${code} ${a} ${b}`).join(","),
        cause: { source: `feed:${other.feedId}`, what: `quantities:${owner.feedClass}/${other.feedClass}` },
        text: `${input.feedName(owner.feedId)} and ${input.feedName(other.feedId)} differ on quantities`,
        evidence: {
          sources: [input.feedName(owner.feedId), input.feedName(other.feedId)],
          lines: differing.slice(0, MOST_SHOWN).map((line) => ({ ...line })),
        },
        feedId: other.feedId,
      }),
    );
  }
  return NOTHING;
};

type Difference = { code: string; ours: number; theirs: number; compared: "done" | "ordered" };

function differences(
  ours: ReadonlyMap<string, QuantitySaid>,
  ourClass: string,
  theirs: ReadonlyMap<string, QuantitySaid>,
  theirClass: string,
  { picking }: DetectInput,
): Difference[] {
  const settled = (feedClass: string) => feedClass !== "odoo" || picking?.state === "done";
  const found: Difference[] = [];
  for (const [code, mine] of [...ours].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const other = theirs.get(code);
    if (other === undefined) continue;
    if (mine.done !== null && other.done !== null && settled(ourClass) && settled(theirClass)) {
      if (differ(mine.done, other.done)) found.push({ code, ours: mine.done, theirs: other.done, compared: "done" });
    } else if (theirClass === "odoo" && mine.done !== null && other.ordered !== null && mine.done > other.ordered) {
      found.push({ code, ours: mine.done, theirs: other.ordered, compared: "ordered" });
    }
  }
  return found;
}

/** Sums of decimal fractions are compared to a millionth. */
function differ(a: number, b: number): boolean {
  return Math.abs(a - b) > 1e-6 * Math.max(1, Math.abs(a), Math.abs(b));
}
