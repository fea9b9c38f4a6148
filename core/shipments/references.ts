/** Kinds of references that name a shipment (domain.md, Correlation). */
export const STRONG_REFERENCES = [
  "odoo_picking",
  "sscc",
  "tracking_number",
  "wms_shipment",
  "tms_load",
  "marketplace_fulfilment",
  "pro_number",
  "container",
  "booking",
  "bill_of_lading",
] as const;
export const WEAK_REFERENCES = ["sales_order", "customer_po", "marketplace_order", "invoice"] as const;
export const REFERENCE_KINDS = [...STRONG_REFERENCES, ...WEAK_REFERENCES] as const;
export type ReferenceKind = (typeof REFERENCE_KINDS)[number];

/** (kind, issuer, value): `value` is normalised, `said` is what the source wrote; issuer null when the source named none. */
export type Reference = { kind: ReferenceKind; issuer: string | null; value: string; said: string };

const STRONG: ReadonlySet<string> = new Set(STRONG_REFERENCES);

/** True where one such number within issuer and window names one shipment. */
export function isStrong(kind: ReferenceKind): boolean {
  return STRONG.has(kind);
}

/** Compares numbers upper-case without blanks and hyphens; empty when nothing is left. */
export function normaliseNumber(said: string): string {
  return said.toUpperCase().replace(/[\s-]+/g, "");
}

/** Splits several numbers in one field at , ; | line break or " + ", never at a blank; duplicates and empties are dropped. */
export function splitNumbers(field: string): string[] {
  const parts = field
    .split(/[,;|\r\n]| \+ /)
    .map((part) => part.trim())
    .filter((part) => normaliseNumber(part) !== "");
  return [...new Map(parts.map((part) => [normaliseNumber(part), part])).values()];
}

/** Builds a reference from what a source wrote; null when nothing is left of it after normalising. */
export function reference(kind: ReferenceKind, issuer: string | null, said: string): Reference | null {
  const value = normaliseNumber(said);
  return value === ""
    ? null
    : { kind, issuer: issuer === null ? null : issuer.toLowerCase(), value, said: said.trim() };
}
