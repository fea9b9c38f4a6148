import type { Json } from "@/core/shipments/attributes";
import { type Reference, type ReferenceKind, reference } from "@/core/shipments/references";
import { element, type Segment } from "./tokenize";

/** Qualifiers of element 128 that name a shipment (L11, REF, N9); the others say other things. */
const QUALIFIERS: Readonly<Record<string, ReferenceKind>> = {
  "2I": "tracking_number",
  BM: "bill_of_lading",
  MB: "bill_of_lading",
  CN: "pro_number",
  BN: "booking",
  EQ: "container",
  OC: "container",
  LO: "tms_load",
  SI: "wms_shipment",
  PO: "customer_po",
  VN: "sales_order",
  "0J": "sscc",
};

/** References of L11 segments (value, qualifier). */
export function l11References(segments: readonly Segment[], carrier: string | null): Reference[] {
  return segments.flatMap((segment) =>
    segment.name === "L11" ? qualified(element(segment, 2), element(segment, 1), carrier) : [],
  );
}

/** References of N9 and REF segments (qualifier, value). */
export function n9References(segments: readonly Segment[], carrier: string | null): Reference[] {
  return segments.flatMap((segment) =>
    segment.name === "N9" || segment.name === "REF" ? qualified(element(segment, 1), element(segment, 2), carrier) : [],
  );
}

function qualified(qualifier: string | null, value: string | null, carrier: string | null): Reference[] {
  const kind = QUALIFIERS[qualifier ?? ""];
  if (kind === undefined || value === null) return [];
  const issued = kind === "tracking_number" || kind === "pro_number";
  const made = reference(kind, issued ? carrier : null, value);
  return made === null ? [] : [made];
}

/** True for an ISO 6346 container number with a check digit that fits. */
export function isContainer(text: string): boolean {
  const number = text.toUpperCase();
  if (!/^[A-Z]{3}[UJZ]\d{7}$/.test(number)) return false;
  let sum = 0;
  for (let index = 0; index < 10; index++) sum += letterValue(number[index] ?? "") * 2 ** index;
  return (sum % 11) % 10 === Number(number[10]);
}

/** A is 10, and values that eleven divides are left out. */
function letterValue(char: string): number {
  if (/\d/.test(char)) return Number(char);
  const place = char.charCodeAt(0) - 65 + 10;
  return place + Math.floor((place - 1) / 10);
}

export type Party = { role: string; address: Json; state: string | null; country: string | null };

/** Parties of N1 loops: N1 role and name, with the first N3 and N4 behind it. */
export function partiesOf(segments: readonly Segment[]): Party[] {
  const parties: Party[] = [];
  segments.forEach((segment, index) => {
    if (segment.name !== "N1") return;
    const rest = segments.slice(index + 1, index + 8);
    const end = rest.findIndex(({ name }) => !/^(N2|N3|N4|G61|G62|L11)$/.test(name));
    const loop = end < 0 ? rest : rest.slice(0, end);
    const street = loop.find(({ name }) => name === "N3");
    const town = loop.find(({ name }) => name === "N4");
    parties.push({
      role: element(segment, 1) ?? "",
      address: {
        name: element(segment, 2),
        street: element(street, 1),
        street2: element(street, 2),
        city: element(town, 1),
        zip: element(town, 3),
        state: element(town, 2),
        country: element(town, 4),
      },
      state: element(town, 2),
      country: element(town, 4),
    });
  });
  return parties;
}

const GRAMS: Readonly<Record<string, number>> = { L: 453.59237, K: 1000, G: 1, O: 28.349523125 };

/** Gross weight in grams of the first AT8 that gives one. */
export function grossGrams(segments: readonly Segment[]): number | null {
  const gross = segments.find(
    (segment) => segment.name === "AT8" && element(segment, 1) === "G" && element(segment, 3) !== null,
  );
  const factor = GRAMS[element(gross, 2) ?? ""];
  const weight = Number(element(gross, 3));
  return factor !== undefined && Number.isFinite(weight) && weight > 0 ? Math.round(weight * factor) : null;
}

/** Keeps the first of references that say the same. */
export function withoutTwins(references: readonly (Reference | null)[]): Reference[] {
  const kept = new Map<string, Reference>();
  for (const ref of references) {
    if (ref === null) continue;
    const key = `${ref.kind} ${ref.issuer ?? ""} ${ref.value}`;
    if (!kept.has(key)) kept.set(key, ref);
  }
  return [...kept.values()];
}
