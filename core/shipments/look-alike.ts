import { areCompatible } from "./anchors";
import type { Json } from "./attributes";
import { quantitiesIn } from "./quantities";

/** What is compared of two shipments that may be one. */
export type LookAlike = {
  createdAtMs: number;
  /** Names of its anchors (`anchorName`). */
  anchors: readonly string[];
  /** Numbers of orders and invoices that name it, as "kind value". */
  orders: readonly string[];
  customer: string | null;
  address: Json;
  quantities: Json;
};

/** Names where goods go and what they are, as one text; null where a source told too little to compare: no postcode, or no goods. */
export function likenessOf({ address, quantities }: Pick<LookAlike, "address" | "quantities">): string | null {
  const place = placeOf(address);
  const goods = goodsOf(quantities);
  return place === null || goods === null ? null : `${place}\u001f${goods}`;
}

/**
 * Says in words why two shipments may be one: the same destination and the same goods within the time window, under different numbers. null
 * where they are not alike, or where anchors of the same kind say that they are two.
 */
export function reasonsAlike(a: LookAlike, b: LookAlike, windowMs: number): string[] | null {
  const likeness = likenessOf(a);
  if (likeness === null || likeness !== likenessOf(b)) return null;
  const apartMs = Math.abs(a.createdAtMs - b.createdAtMs);
  if (apartMs > windowMs || !areCompatible(a.anchors, b.anchors)) return null;
  const shared = a.orders.find((order) => b.orders.includes(order));
  return [
    ...(shared === undefined ? [] : [`the same order ${shared.slice(shared.indexOf(" ") + 1)}`]),
    `the same destination ${placeOf(a.address)?.replace("\u001f", " ").trim()}`,
    `the same goods: ${shown(a.quantities)}`,
    ...(a.customer !== null && sameWords(a.customer, b.customer) ? [`the same customer ${a.customer}`] : []),
    `first heard of ${apartIn(apartMs)} apart`,
  ];
}

function placeOf(address: Json): string | null {
  if (address === null || typeof address !== "object" || Array.isArray(address)) return null;
  const postcode = compact(address.zip ?? address.postcode ?? address.postalCode);
  const country = compact(address.countryCode ?? address.country);
  return postcode === "" ? null : `${country.length === 2 ? country : ""}\u001f${postcode}`;
}

/** Upper-case without blanks and hyphens, as numbers are compared. */
function compact(value: Json | undefined): string {
  return typeof value === "string" ? value.toUpperCase().replace(/[\s-]+/g, "") : "";
}

function goodsOf(quantities: Json): string | null {
  const lines = linesOf(quantities);
  return lines.length === 0 ? null : lines.map(({ code, amount }) => `${compact(code)}=${amount}`).join("\u001e");
}

function linesOf(quantities: Json): { code: string; amount: number }[] {
  return [...quantitiesIn(quantities)]
    .map(([code, { ordered, done }]) => ({ code, amount: ordered ?? done ?? 0 }))
    .filter(({ amount }) => amount > 0)
    .sort((one, other) => (one.code < other.code ? -1 : 1));
}

function shown(quantities: Json): string {
  const lines = linesOf(quantities);
  const first = lines.slice(0, 3).map(({ code, amount }) => `${amount} × ${code}`);
  return [...first, ...(lines.length > 3 ? [`${lines.length - 3} more`] : [])].join(", ");
}

function sameWords(one: string, other: string | null): boolean {
  return other !== null && one.trim().toLowerCase() === other.trim().toLowerCase();
}

function apartIn(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
