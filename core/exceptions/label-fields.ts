/** Parts of a booking that carriers complain about. */
export const LABEL_FIELDS = [
  "postcode",
  "address",
  "name",
  "phone",
  "email",
  "country",
  "weight",
  "dimensions",
  "service",
  "customs",
  "account",
] as const;
export type LabelField = (typeof LABEL_FIELDS)[number];

const WORDS: readonly (readonly [LabelField, RegExp])[] = [
  ["postcode", /\b(post ?codes?|postal ?codes?|zip( ?codes?)?|plz|postleitzahl|code postal)\b/i],
  ["address", /\b(address(es)?|street|city|town|state|province|anschrift|adresse|strasse|straße)\b/i],
  ["name", /\b(recipient|consignee|company name|contact name|attention|empfänger)\b/i],
  ["phone", /\b(phone|telephone|mobile|telefon)\b/i],
  ["email", /\be-?mail\b/i],
  ["country", /\b(country|countries|land|pays|destination not served)\b/i],
  ["weight", /\b(weight|overweight|gewicht|poids|kg|lbs?|ounces?)\b/i],
  ["dimensions", /\b(dimensions?|length|width|height|girth|oversize|maße)\b/i],
  ["service", /\b(service|product|rate|rates|option)\b/i],
  ["customs", /\b(customs|hs ?code|tariff|commercial invoice|eori|incoterms?|declared value)\b/i],
  ["account", /\b(account|billing|credentials?|unauthori[sz]ed|contract)\b/i],
];

/** Names the parts of the booking that a carrier's message speaks of, in the order in which they are mended; empty where it names none. */
export function fieldsNamed(message: string): LabelField[] {
  return WORDS.filter(([, words]) => words.test(message)).map(([field]) => field);
}
