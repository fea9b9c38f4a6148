import { isStrong, REFERENCE_KINDS, type ReferenceKind } from "@/core/shipments/references";

/** By what a shipment was found: a number of it, its address, the start of a number, or the customer's e-mail address or telephone number. */
export type FoundBy =
  | { by: "number"; kind: string; said: string; free: boolean }
  | { by: "start"; kind: string; said: string }
  | { by: "email" | "phone"; said: string }
  | { by: "address" };

/** What ranking looks at; instants in ms. */
export type Candidate = { id: string; customer: string | null; terminal: string | null; updatedAtMs: number };

/** How far a finding speaks for a shipment: an address or a strong live number most, the start of a number least. */
function weightOf(found: FoundBy): number {
  switch (found.by) {
    case "address":
      return 5;
    case "number":
      return found.free ? 2 : isKind(found.kind) && isStrong(found.kind) ? 4 : 3;
    case "email":
    case "phone":
      return 2;
    case "start":
      return 1;
  }
}

function isKind(kind: string): kind is ReferenceKind {
  return (REFERENCE_KINDS as readonly string[]).includes(kind);
}

/** Orders what was found: what speaks most first, then what is still under way, then the newest. Each keeps its reasons, best first. */
export function ranked<T extends Candidate>(
  candidates: readonly T[],
  reasons: ReadonlyMap<string, readonly FoundBy[]>,
): (T & { reasons: FoundBy[] })[] {
  return candidates
    .map((one) => ({
      ...one,
      reasons: [...(reasons.get(one.id) ?? [])].sort((a, b) => weightOf(b) - weightOf(a)),
    }))
    .sort(
      (a, b) =>
        best(b) - best(a) ||
        Number(a.terminal !== null) - Number(b.terminal !== null) ||
        b.updatedAtMs - a.updatedAtMs ||
        (a.id < b.id ? -1 : 1),
    );
}

function best(one: { reasons: readonly FoundBy[] }): number {
  return one.reasons[0] === undefined ? 0 : weightOf(one.reasons[0]);
}

/**
 * The shipment to answer for at once: the only one, one that a strong number names where nothing else is named as well, or the first where
 * all are one customer's. Null where a person must choose, so that nobody reads out another customer's parcel.
 */
export function chosenOf(hits: readonly (Candidate & { reasons: readonly FoundBy[] })[]): string | null {
  const [first, second] = hits;
  if (first === undefined) return null;
  if (second === undefined || best(first) > Math.max(best(second), 3)) return first.id;
  const one = first.customer !== null && hits.every(({ customer }) => customer === first.customer);
  return one ? first.id : null;
}
