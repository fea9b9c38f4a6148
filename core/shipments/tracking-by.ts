import { PEOPLE } from "@/core/feeds/feed";
import type { StoredClaim } from "./attributes";
import { ruledOutIn } from "./correction";
import type { TimedEvent } from "./facts-in-order";
import { classRank, numbersIn } from "./owned";
import type { Ownership } from "./ownership";
import type { Advisory, FieldValue, Shipment } from "./shipment";

type Said = { feedClass: string; feedId: number; numbers: Set<string>; occurredAtMs: number };

/**
 * Gathers the tracking numbers by who says them: what sources claim, and the numbers under which a carrier or aggregator tells its
 * scans. The owner's numbers, sorted and comma-separated as Odoo keeps them, are the attribute. `told`: Odoo was given a number, so that its
 * field, found empty since, is something it says.
 */
export function trackingOf(
  claims: readonly StoredClaim[],
  events: readonly TimedEvent[],
  ownership: Ownership,
  told = false,
): { trackingBy: Shipment["trackingBy"]; attribute: FieldValue | null; advisories: Advisory[] } {
  const said = new Map<number, Said>();
  const add = (feedId: number, feedClass: string, numbers: readonly string[], atMs: number) => {
    const known = said.get(feedId);
    if (known === undefined) said.set(feedId, { feedClass, feedId, numbers: new Set(numbers), occurredAtMs: atMs });
    else {
      for (const number of numbers) known.numbers.add(number);
      known.occurredAtMs = Math.max(known.occurredAtMs, atMs);
    }
  };
  for (const claim of claims) {
    if (claim.attribute !== "tracking_number") continue;
    const numbers = numbersIn(claim.value);
    if (numbers.length > 0) add(claim.feedId, claim.feedClass, numbers, claim.occurredAtMs);
  }
  for (const { event, atMs } of events) {
    if (event.package === null || (event.feedClass !== "carrier" && event.feedClass !== "aggregator")) continue;
    const known = said.get(event.feedId);
    if (known?.numbers.has(event.package)) known.occurredAtMs = Math.max(known.occurredAtMs, atMs);
    else add(event.feedId, event.feedClass, [event.package], atMs);
  }
  const order = ownership.tracking_number;
  const sources = [...said.values()].sort((a, b) => classRank(a, order) - classRank(b, order) || a.feedId - b.feedId);
  const trackingBy = sources.map(({ feedClass, feedId, numbers }) => ({
    feedClass,
    feedId,
    numbers: [...numbers].sort(),
  }));
  const ruledOut = ruledOutIn(claims, "tracking_number");
  const standing = ruledOut.size === 0 ? sources : sources.flatMap((source) => without(source, ruledOut));
  const owner = standing[0];
  if (owner === undefined) return { trackingBy, attribute: null, advisories: [] };
  const ofOwner = standing.filter((source) => source.feedClass === owner.feedClass);
  const value = completed(ofOwner, standing);
  const occurredAtMs = Math.max(...ofOwner.map((source) => source.occurredAtMs));
  const advisories = sources.flatMap((source): Advisory[] => {
    const other = [...source.numbers].sort().join(",");
    if (source.feedClass === owner.feedClass || other === value) return [];
    const { feedId, feedClass } = source;
    const said = { value: other, feedId, feedClass, occurredAtMs: source.occurredAtMs };
    return [{ ...said, attribute: "tracking_number", subject: "", mismatch: true }];
  });
  const emptied = told ? claims.find(isEmptyInOdoo) : undefined;
  if (emptied !== undefined && value !== "") {
    const { feedId, feedClass, occurredAtMs: atMs } = emptied;
    const said = { value: "", feedId, feedClass, occurredAtMs: atMs };
    advisories.push({ ...said, attribute: "tracking_number", subject: "", mismatch: false });
  }
  return {
    trackingBy,
    attribute: { value, feedId: owner.feedId, feedClass: owner.feedClass, occurredAtMs },
    advisories,
  };
}

const isEmptyInOdoo = ({ attribute, feedClass, value }: StoredClaim) =>
  attribute === "tracking_number" && feedClass === "odoo" && numbersIn(value).length === 0;

/** What a source says without what a person ruled out; nothing where that is all. What people decided themselves stands. */
function without(source: Said, ruledOut: ReadonlySet<string>): Said[] {
  if (source.feedClass === PEOPLE.class) return [source];
  const numbers = new Set([...source.numbers].filter((number) => !ruledOut.has(number)));
  return numbers.size === 0 ? [] : [{ ...source, numbers }];
}

/** The owner's numbers; a source that names all of them and more only completes them, since a carrier may have seen one piece so far. */
function completed(ofOwner: readonly Said[], sources: readonly Said[]): string {
  let numbers = new Set(ofOwner.flatMap((source) => [...source.numbers]));
  for (const source of sources) {
    const more = source.numbers;
    if (more.size > numbers.size && [...numbers].every((number) => more.has(number))) numbers = more;
  }
  return [...numbers].sort().join(",");
}
