import type { LinkContent } from "@/core/proof/proof";
import type { Attribute, Json, StoredClaim } from "@/core/shipments/attributes";
import { currentEvents } from "@/core/shipments/current";
import type { StoredEvent } from "@/core/shipments/event";
import { canonicalJson } from "@/core/shipments/identity";
import type { Milestone } from "@/core/shipments/milestones";
import { numbersIn } from "@/core/shipments/owned";
import type { Ownership } from "@/core/shipments/ownership";
import type { Shipment } from "@/core/shipments/shipment";

/** The fact that decided and the rule by which it did; no fact where a rule or a person decided without one. */
export type Decision = { event: StoredEvent | null; claim: StoredClaim | null; content: LinkContent };

/** What of a shipment's facts a decision is read from. */
export type Known = {
  state: Shipment;
  events: readonly StoredEvent[];
  /** True where these are all events there are. */
  whole: boolean;
  claims: readonly StoredClaim[];
  ownership: Ownership;
  feedName: (feedId: number) => string;
};

const MOST_OTHERS = 20;
const iso = (ms: number | null | undefined): string | null => (ms == null ? null : new Date(ms).toISOString());

/** Says which event decided a milestone and by which rule of the fold; null where it is not reached. */
export function decideMilestone(known: Known, milestone: Milestone): Decision | null {
  const reached = known.state.reached[milestone];
  if (reached === undefined) return null;
  const current = currentEvents(known.events);
  const event = current.find((one) => one.key === reached.key) ?? null;
  const others = current.filter((one) => one.kind === milestone && one.key !== reached.key);
  const implied = reached.inferred && event !== null && event.kind !== milestone;
  const rule = implied ? "implied_by_later" : reached.inferred ? "implied_by_source" : "earliest_actual";
  return {
    event,
    claim: null,
    content: {
      rule,
      milestone,
      value: milestone,
      occurredAt: iso(reached.occurredAtMs),
      basis: reached.basis,
      // a fact that decided and is not stored any more is named all the same
      fact: event?.key ?? (known.whole ? reached.key : null),
      feed: reached.feedId === null ? null : known.feedName(reached.feedId),
      terminal: known.state.terminal,
      packages: known.state.packages.length,
      others: others.slice(0, MOST_OTHERS).map((one) => ({
        fact: one.key,
        feed: known.feedName(one.feedId),
        occurredAt: iso(one.time?.occurredAtMs),
        classifier: one.classifier,
      })),
    },
  };
}

/** Says which claim decided a field, in which order of ownership, and what lost against it; null where nobody has spoken. */
export function decideAttribute(known: Known, attribute: Attribute): Decision | null {
  const field = known.state.attributes[attribute];
  if (field === undefined) return null;
  const own = known.claims.filter((claim) => claim.attribute === attribute && claim.feedId === field.feedId);
  const claim =
    own.find((one) => canonicalJson(one.value) === canonicalJson(field.value)) ??
    own.toSorted((a, b) => b.occurredAtMs - a.occurredAtMs)[0] ??
    null;
  const event = claim === null && attribute === "tracking_number" ? scanUnder(known, field.feedId, field.value) : null;
  return {
    event,
    claim,
    content: {
      rule: field.feedClass === "person" ? "person_decides" : event ? "numbers_of_scans" : "owner_decides",
      attribute,
      value: field.value,
      order: [...known.ownership[attribute]],
      class: field.feedClass,
      feed: known.feedName(field.feedId),
      occurredAt: iso(field.occurredAtMs),
      fact: event?.key ?? claim?.hash ?? null,
      others: known.state.advisories
        .filter((advisory) => advisory.attribute === attribute)
        .slice(0, MOST_OTHERS)
        .map(({ value, feedId, feedClass, occurredAtMs }) => ({
          value,
          feed: known.feedName(feedId),
          class: feedClass,
          occurredAt: iso(occurredAtMs),
        })),
    },
  };
}

/** The first scan that a feed told under one of these numbers: it names the number although no claim does. */
function scanUnder(known: Known, feedId: number, value: Json): StoredEvent | null {
  const numbers = new Set(numbersIn(value));
  const told = currentEvents(known.events).filter(
    (event) => event.feedId === feedId && event.package !== null && numbers.has(event.package),
  );
  return told.toSorted((a, b) => a.receivedAtMs - b.receivedAtMs || (a.key < b.key ? -1 : 1))[0] ?? null;
}
