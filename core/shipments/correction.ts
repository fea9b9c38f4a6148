import { z } from "zod";
import { PEOPLE } from "@/core/feeds/feed";
import { addressesOf, addressKey, postalAddress, postcodeFault, readAddress } from "./address";
import type { Attribute, Json, StoredClaim } from "./attributes";
import { normaliseNumber } from "./references";
import type { Shipment } from "./shipment";

/** What a person decides about a shipment where sources disagree or are wrong. */
export const correction = z.discriminatedUnion("what", [
  z.object({
    what: z.literal("tracking_number"),
    numbers: z.array(z.string().trim().min(1).max(100)).min(1).max(50),
  }),
  z.object({ what: z.literal("address"), address: postalAddress }),
]);
export type Correction = z.infer<typeof correction>;

/** Fields that a person may decide. */
export const CORRECTABLE = ["tracking_number", "address"] as const;
export type Correctable = (typeof CORRECTABLE)[number];

/** Values of the sources that a decision stands against, so that only a new one raises the question again. */
type RuledOut = Partial<Record<Correctable, string[]>>;

/** What a decision makes of a shipment's claims by people, or why it cannot be taken. */
export type Corrected =
  | { ok: true; value: Json; ruledOut: string[] }
  | { ok: false; refusal: string; field: string | null };

/** Turns a decision into what is claimed by it: the value, and all that sources say otherwise at this moment. */
export function correctionOf(shipment: Shipment, decided: Correction): Corrected {
  if (decided.what === "tracking_number") {
    const chosen = [...new Set(decided.numbers.map(normaliseNumber))].sort();
    const named = new Set(sourcesOfTracking(shipment).flatMap(({ numbers }) => numbers));
    const stray = chosen.find((number) => !named.has(number));
    if (stray !== undefined)
      return { ok: false, refusal: `No source names the tracking number ${stray}.`, field: "numbers" };
    return { ok: true, value: chosen.join(","), ruledOut: [...named].filter((number) => !chosen.includes(number)) };
  }
  const { address } = decided;
  if (!address.street || !address.city || !address.country)
    return {
      ok: false,
      refusal: "An address needs a street, a town and a country.",
      field: !address.street ? "street" : !address.city ? "city" : "country",
    };
  if (!/^[A-Za-z]{2}$/.test(address.country))
    return { ok: false, refusal: "Write the country as its code of two letters, like DE.", field: "country" };
  const value = { ...address, country: address.country.toUpperCase() };
  const fault = postcodeFault(value);
  if (fault !== null) return { ok: false, refusal: `${fault}.`, field: "zip" };
  const own = addressKey(value);
  const others = addressesOf(shipment).filter(({ feedClass, key }) => feedClass !== PEOPLE.class && key !== own);
  return { ok: true, value, ruledOut: [...new Set(others.map(({ key }) => key))].sort() };
}

/** The tracking numbers by source, without what a person decided. */
export function sourcesOfTracking(shipment: Pick<Shipment, "trackingBy">): Shipment["trackingBy"] {
  return shipment.trackingBy.filter(({ feedClass }) => feedClass !== PEOPLE.class);
}

/** Names what the sources say of a field at this moment, so that a decision made on an older picture can be told. */
export function standingOf(
  shipment: Pick<Shipment, "trackingBy" | "attributes" | "advisories">,
  of: Correctable,
): string {
  const said =
    of === "tracking_number"
      ? sourcesOfTracking(shipment).map(({ feedId, numbers }) => `${feedId}:${numbers.join("+")}`)
      : addressesOf(shipment)
          .filter(({ feedClass }) => feedClass !== PEOPLE.class)
          .map(({ role, feedId, key }) => `${role}:${feedId}:${key}`);
  return [...said.sort(), `decided:${JSON.stringify(decisionOn(shipment, of))}`].join(" ");
}

/** What a person decided about a field; null where nobody did. */
export function decisionOn(shipment: Pick<Shipment, "attributes">, of: Correctable): Json {
  const own = shipment.attributes[of];
  return own?.feedClass === PEOPLE.class ? own.value : null;
}

/** Values of a field that a person ruled out, in the form in which sources are compared. */
export function ruledOut(shipment: Pick<Shipment, "attributes">, of: Correctable): ReadonlySet<string> {
  const said = shipment.attributes.ruled_out;
  return said?.feedClass === PEOPLE.class ? listIn(said.value, of) : NONE;
}

/** The same from the claims, before they are folded. */
export function ruledOutIn(claims: readonly StoredClaim[], of: Correctable): ReadonlySet<string> {
  const claim = claims.find(({ attribute, feedClass }) => attribute === "ruled_out" && feedClass === PEOPLE.class);
  return listIn(claim?.value, of);
}

function listIn(value: Json | undefined, of: Correctable): ReadonlySet<string> {
  if (value === null || value === undefined || typeof value !== "object" || Array.isArray(value)) return NONE;
  const list = value[of];
  return Array.isArray(list) ? new Set(list.map(String)) : NONE;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * The claims by people after a decision, or after one was taken back (`null`). One without a value decides nothing of the field itself and only
 * rules out what does not belong there.
 */
export function claimsAfter(
  shipment: Pick<Shipment, "attributes">,
  of: Correctable,
  corrected: { value?: Json; ruledOut: readonly string[] } | null,
): { attribute: Attribute; value: Json }[] {
  const out: RuledOut = {};
  for (const one of CORRECTABLE) {
    const list = one === of ? (corrected?.ruledOut ?? []) : [...ruledOut(shipment, one)];
    if (list.length > 0) out[one] = [...list];
  }
  const claims: { attribute: Attribute; value: Json }[] = [];
  for (const one of CORRECTABLE) {
    const value =
      one !== of || (corrected !== null && corrected.value === undefined)
        ? decisionOn(shipment, one)
        : (corrected?.value ?? null);
    if (value !== null) claims.push({ attribute: one, value });
  }
  if (Object.keys(out).length > 0) claims.push({ attribute: "ruled_out", value: out });
  return claims;
}

/** The corrected address that a person decided on; null where nobody did. */
export function correctedAddress(shipment: Pick<Shipment, "attributes">) {
  const decided = decisionOn(shipment, "address");
  return decided === null ? null : readAddress(decided);
}
