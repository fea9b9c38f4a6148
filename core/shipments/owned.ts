import { FEED_CLASSES } from "@/core/feeds/feed";
import type { Attribute, Json, StoredClaim } from "./attributes";
import { mergeClaims } from "./claims";
import { canonicalJson } from "./identity";
import { MISMATCH_ATTRIBUTES, type Ownership } from "./ownership";
import { normaliseNumber, splitNumbers } from "./references";
import type { Advisory, FieldValue } from "./shipment";

export type Owned = { attributes: Partial<Record<Attribute, FieldValue>>; advisories: Advisory[] };
export type Posted = { attribute: Attribute; value: Json };

/** Attributes that several packages add up to, where nobody speaks for the whole shipment. */
const ADDS_UP: Partial<Record<Attribute, (values: Json[]) => Json>> = {
  weight_grams: (values) => values.reduce<number>((sum, value) => sum + (typeof value === "number" ? value : 0), 0),
  eta: (values) => values.reduce((last, value) => (String(value) > String(last) ? value : last)),
};

/**
 * Lets the highest class that has spoken decide each attribute, within a class the latest claim, then the greater hash. What differs
 * and loses is kept as advisory. What Odoo merely echoes of our own postings is left out before.
 */
export function ownedAttributes(claims: readonly StoredClaim[], ownership: Ownership): Owned {
  const byAttribute = new Map<Attribute, StoredClaim[]>();
  for (const claim of claims) {
    if (claim.attribute === "tracking_number") continue;
    const known = byAttribute.get(claim.attribute);
    if (known) known.push(claim);
    else byAttribute.set(claim.attribute, [claim]);
  }
  const owned: Owned = { attributes: {}, advisories: [] };
  for (const [attribute, said] of byAttribute) decide(owned, attribute, said, ownership);
  return owned;
}

/** Drops claims of class odoo that equal what Waypost last posted: confirmations are no facts. Newest claims only. */
export function standingClaims(claims: readonly StoredClaim[], posted: readonly Posted[]): StoredClaim[] {
  const standing = mergeClaims([], claims).claims;
  if (posted.length === 0) return standing;
  return standing.filter(
    (claim) =>
      claim.feedClass !== "odoo" ||
      !posted.some((echo) => echo.attribute === claim.attribute && sameValue(claim.attribute, echo.value, claim.value)),
  );
}

/** Compares two values of an attribute: tracking numbers as sets of normalised numbers, all else as canonical JSON. */
export function sameValue(attribute: Attribute, a: Json, b: Json): boolean {
  if (a === b) return true;
  if (attribute === "tracking_number") return numbersIn(a).join() === numbersIn(b).join();
  return canonicalJson(a) === canonicalJson(b);
}

const PLAIN_NUMBER = /^[A-Z0-9]{1,100}$/;

/** Reads the tracking numbers out of a value: a string with one or several, or a list of them; normalised and sorted. */
export function numbersIn(value: Json): string[] {
  if (typeof value === "string" && PLAIN_NUMBER.test(value)) return [value];
  const texts = Array.isArray(value) ? value.map(String) : value === null ? [] : [String(value)];
  return [...new Set(texts.flatMap(splitNumbers).map(normaliseNumber))].sort();
}

function decide(owned: Owned, attribute: Attribute, said: StoredClaim[], ownership: Ownership): void {
  const order = ownership[attribute];
  const sorted = said.length === 1 ? said : [...said].sort((a, b) => compareClaims(a, b, order));
  const first = sorted[0];
  if (first === undefined) return;
  const rank = classRank(first, order);
  const wins = sorted.filter((claim) => classRank(claim, order) === rank);
  const whole = wins.find((claim) => claim.subject === "");
  const { winner, value } = whole ? { winner: whole, value: whole.value } : ofPackages(attribute, first, wins);
  const { feedId, feedClass, occurredAtMs } = winner;
  owned.attributes[attribute] = { value, feedId, feedClass, occurredAtMs };
  for (const claim of sorted) {
    if (claim === winner || (claim.subject !== "" && (claim.feedId === feedId || ADDS_UP[attribute]))) continue;
    if (sameValue(attribute, claim.value, value)) continue;
    owned.advisories.push({
      value: claim.value,
      feedId: claim.feedId,
      feedClass: claim.feedClass,
      occurredAtMs: claim.occurredAtMs,
      attribute,
      subject: claim.subject,
      mismatch: MISMATCH_ATTRIBUTES.has(attribute),
    });
  }
}

function ofPackages(
  attribute: Attribute,
  winner: StoredClaim,
  wins: readonly StoredClaim[],
): { winner: StoredClaim; value: Json } {
  const addUp = ADDS_UP[attribute];
  if (addUp === undefined) return { winner, value: winner.value };
  const newest = new Map<string, Json>();
  for (const claim of wins) if (!newest.has(claim.subject)) newest.set(claim.subject, claim.value);
  return { winner, value: addUp([...newest.values()]) };
}

function compareClaims(a: StoredClaim, b: StoredClaim, order: readonly string[]): number {
  return (
    classRank(a, order) - classRank(b, order) ||
    b.occurredAtMs - a.occurredAtMs ||
    (a.hash > b.hash ? -1 : a.hash < b.hash ? 1 : 0) ||
    a.feedId - b.feedId ||
    (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0)
  );
}

/** Place of a claim's class in the order of ownership; classes that the order does not name come after it. */
export function classRank(claim: { feedClass: string }, order: readonly string[]): number {
  const place = order.indexOf(claim.feedClass);
  return place >= 0 ? place : order.length + (FEED_CLASSES as readonly string[]).indexOf(claim.feedClass);
}
