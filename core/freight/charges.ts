/** Classes of charges of a freight bill (standards.md 2.1): what a carrier's own words are mapped to. */
export const CHARGES = [
  "base",
  "fuel",
  "discount",
  "residential",
  "delivery_area",
  "liftgate",
  "inside_delivery",
  "limited_access",
  "detention",
  "stop_off",
  "redelivery",
  "reweigh",
  "oversize",
  "address_correction",
  "hazardous",
  "insurance",
  "cod",
  "storage",
  "customs",
  "tax",
  "other_accessorial",
] as const;
export type Charge = (typeof CHARGES)[number];

export const CHARGE_LABELS: Readonly<Record<Charge, string>> = {
  base: "Freight",
  fuel: "Fuel surcharge",
  discount: "Discount",
  residential: "Residential delivery",
  delivery_area: "Delivery area surcharge",
  liftgate: "Lift gate",
  inside_delivery: "Inside delivery",
  limited_access: "Limited access",
  detention: "Detention",
  stop_off: "Stop-off",
  redelivery: "Redelivery",
  reweigh: "Reweigh or reclass",
  oversize: "Oversize",
  address_correction: "Address correction",
  hazardous: "Hazardous goods",
  insurance: "Insurance",
  cod: "Cash on delivery",
  storage: "Storage",
  customs: "Customs",
  tax: "Tax",
  other_accessorial: "Other accessorial",
};

const KNOWN: ReadonlySet<string> = new Set(CHARGES);

/** What a carrier's word for a charge is by such a table, else by the table in lower case; null where nobody said. */
export function chargeOfWord(find: (word: string) => string | undefined): (word: string) => Charge | null {
  return (word) => chargeIn(find(word) ?? find(word.toLowerCase()));
}

/** Reads a crosswalk's value as a class of charges; null for anything else. */
export function chargeIn(value: string | undefined): Charge | null {
  return value !== undefined && KNOWN.has(value) ? (value as Charge) : null;
}
