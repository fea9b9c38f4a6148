/** What a number looks like by its form alone; an answer never rests on it, it only says what was looked for and orders the search. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/^1Z[A-Z0-9]{16}$/, "UPS tracking number"],
  [/^9[1-5]\d{18,20}$/, "USPS tracking number"],
  [/^TBA\d{12}$/, "Amazon Logistics tracking number"],
  [/^JJ?D\d{14,20}$/, "DHL parcel number"],
  // UPU S10: service, eight digits and a check digit, country
  [/^[A-Z]{2}\d{9}[A-Z]{2}$/, "postal tracking number"],
  [/^(00)?\d{18}$/, "serial shipping container code"],
  // ISO 6346
  [/^[A-Z]{3}[UJZ]\d{7}$/, "container number"],
  [/^[A-Z0-9]{1,10}\/[A-Z0-9]{1,10}\/\d{1,10}$/, "Odoo transfer"],
  [/^SO?\d{4,8}$/, "Odoo sales order"],
  [/^\d{17}$/, "marketplace order number"],
  [/^\d{10,16}$/, "carrier's tracking number"],
];

/** Says what a normalised number looks like, in words; null for no known form. */
export function shapeOf(value: string): string | null {
  return SHAPES.find(([form]) => form.test(value))?.[1] ?? null;
}
