import { FEED_CLASSES, PEOPLE } from "@/core/feeds/feed";
import type { Attribute, Json, StoredClaim } from "./attributes";
import { mergeClaims } from "./claims";
import { canonicalJson } from "./identity";
import { MISMATCH_ATTRIBUTES, type Ownership } from "./ownership";
import { normaliseNumber, splitNumbers } from "./references";
import type { Advisory, FieldValue } from "./shipment";

export type Owned = { attributes: Partial<Record<Attribute, FieldValue>>; advisories: Advisory[] };
/** `atMs`: when Odoo took it, where it did; what Odoo said before that instant it says no longer. */
export type Posted = { attribute: Attribute; value: Json; atMs?: number | null };

/** Attributes that several packages add up to, where nobody speaks for the whole shipment. */
const ADDS_UP: Partial<Record<Attribute, (values: Json[]) => Json>> = {
  weight_grams: (values) => values.reduce<number>((sum, value) => sum + (typeof value === "number" ? value : 0), 0),
  eta: (values) => values.reduce((last, value) => (String(value) > String(last) ? value : last)),
};

/** Attributes whose values stand beside one another, whoever said them: nobody's proof of a delivery takes another's away. */
const STANDS_BESIDE: ReadonlySet<Attribute> = new Set(["proof_of_delivery"]);
const MOST_BESIDE = 50;

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

/**
 * Drops claims of class odoo that equal what Waypost posted (confirmations are no facts) or that it has overwritten since. Newest claims only.
 * A value that was posted earlier and overwritten since, and stands in Odoo again, is a fact: somebody took ours back.
 */
export function standingClaims(claims: readonly StoredClaim[], posted: readonly Posted[]): StoredClaim[] {
  const standing = readLast(mergeClaims([], claims).claims, claims);
  if (posted.length === 0) return standing;
  const lastAtMs = new Map<Attribute, number>();
  for (const { attribute, atMs } of posted)
    lastAtMs.set(attribute, Math.max(lastAtMs.get(attribute) ?? Number.NEGATIVE_INFINITY, atMs ?? 0));
  const isEcho = (claim: StoredClaim, { attribute, value, atMs }: Posted): boolean => {
    if (attribute !== claim.attribute) return false;
    const youngest = (atMs ?? 0) + (isEmpty(claim) ? EMPTY_BEFORE_MS : -SECOND_MS);
    if (claim.occurredAtMs < youngest) return true;
    const overwritten = atMs != null && atMs < (lastAtMs.get(attribute) ?? 0);
    if (overwritten && claim.occurredAtMs > (lastAtMs.get(attribute) ?? 0) + CLOCKS_APART_MS) return false;
    return sameValue(attribute, value, claim.value);
  };
  return standing.filter((claim) => claim.feedClass !== "odoo" || !posted.some((echo) => isEcho(claim, echo)));
}

/** Odoo's tracking field as it was read last: a number that was there before has been taken out. */
function readLast(standing: StoredClaim[], claims: readonly StoredClaim[]): StoredClaim[] {
  const reads = new Set<string>();
  for (const { attribute, feedId, occurredAtMs } of claims)
    if (attribute === "odoo_picking") reads.add(`${feedId}`).add(`${feedId} ${occurredAtMs}`);
  if (reads.size === 0) return standing;
  return standing.filter(
    ({ attribute, feedClass, feedId, occurredAtMs }) =>
      attribute !== "tracking_number" ||
      feedClass !== "odoo" ||
      !reads.has(`${feedId}`) ||
      reads.has(`${feedId} ${occurredAtMs}`),
  );
}

/** Compares two values of an attribute: tracking numbers as sets of normalised numbers, all else as canonical JSON. */
export function sameValue(attribute: Attribute, a: Json, b: Json): boolean {
  if (a === b) return true;
  if (attribute === "tracking_number") return numbersIn(a).join() === numbersIn(b).join();
  return canonicalJson(a) === canonicalJson(b);
}

/** Odoo dates what is written to the second. */
const SECOND_MS = 1_000;
/** The field was empty before we wrote: that it was so in the second of our write, or the next, says nothing. */
const EMPTY_BEFORE_MS = 2_000;
const isEmpty = ({ attribute, value }: StoredClaim) => attribute === "tracking_number" && value === "";
/** As far as Odoo's clock may be ahead: what it says within it of our last write may be older than that. */
const CLOCKS_APART_MS = 30_000;
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
  if (STANDS_BESIDE.has(attribute)) {
    owned.attributes[attribute] = { value: besideOneAnother(sorted), feedId, feedClass, occurredAtMs };
    return;
  }
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

/** One value as it is, several as a list in the order of their JSON, each once. */
function besideOneAnother(claims: readonly StoredClaim[]): Json {
  const distinct = new Map(claims.map(({ value }) => [canonicalJson(value), value]));
  const values = [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  return values.length === 1 ? (values[0] as Json) : values.slice(0, MOST_BESIDE);
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

/** Place of a claim's class in the order of ownership: people before all, classes that the order does not name after it. */
export function classRank(claim: { feedClass: string }, order: readonly string[]): number {
  if (claim.feedClass === PEOPLE.class) return -1;
  const place = order.indexOf(claim.feedClass);
  return place >= 0 ? place : order.length + (FEED_CLASSES as readonly string[]).indexOf(claim.feedClass);
}
