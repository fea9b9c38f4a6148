import { addressInWords, readAddress } from "@/core/shipments/address";
import { ATTRIBUTES, type Attribute, type Json } from "@/core/shipments/attributes";

export type ClaimRow = {
  feedId: number;
  /** "" is the shipment, else a package number. */
  subject: string;
  attribute: Attribute;
  value: Json;
  occurredAtMs: number;
  messageId: string;
};
export type Spoken = {
  feedId: number;
  value: Json;
  atMs: number;
  messageId: string;
  role: "owner" | "agrees" | "advisory";
};
export type FieldRow = { attribute: Attribute; subject: string; value: Json; spoken: Spoken[]; mismatch: boolean };

type Folded = {
  attributes?: Partial<Record<Attribute, { value: Json; feedId: number }>>;
  advisories?: readonly { attribute: Attribute; subject: string; feedId: number; mismatch: boolean }[];
};

const same = (a: Json, b: Json) => JSON.stringify(a) === JSON.stringify(b);

/**
 * Says of each field who said what and who decided: the owner first, then those who agree, then losing values. Fields of a package stand by
 * themselves. Fields with a mismatch come first.
 */
export function fieldRows(claims: readonly ClaimRow[], folded: Folded): FieldRow[] {
  const rows = new Map<string, FieldRow>();
  for (const { attribute, subject, feedId, value, occurredAtMs, messageId } of claims) {
    const key = `${subject} ${attribute}`;
    const row = rows.get(key) ?? { attribute, subject, value: null, spoken: [], mismatch: false };
    row.spoken.push({ feedId, value, atMs: occurredAtMs, messageId, role: "advisory" });
    rows.set(key, row);
  }
  for (const row of rows.values()) {
    const newest = [...row.spoken].sort((a, b) => b.atMs - a.atMs)[0];
    const decided = row.subject === "" ? folded.attributes?.[row.attribute] : undefined;
    row.value = decided?.value ?? newest?.value ?? null;
    const ownerFeed = decided?.feedId ?? newest?.feedId;
    for (const spoken of row.spoken)
      spoken.role = spoken.feedId === ownerFeed ? "owner" : same(spoken.value, row.value) ? "agrees" : "advisory";
    const rank = { owner: 0, agrees: 1, advisory: 2 };
    row.spoken.sort((a, b) => rank[a.role] - rank[b.role] || b.atMs - a.atMs);
    row.mismatch = (folded.advisories ?? []).some(
      (one) => one.attribute === row.attribute && one.subject === row.subject && one.mismatch,
    );
  }
  const place = (row: FieldRow) => ATTRIBUTES.indexOf(row.attribute);
  return [...rows.values()].sort(
    (a, b) => Number(b.mismatch) - Number(a.mismatch) || a.subject.localeCompare(b.subject) || place(a) - place(b),
  );
}

/** A claimed value in words: money, weights, addresses and lists as people write them. */
export function valueInWords(attribute: Attribute, value: Json): string {
  if (value === null) return "";
  if (attribute === "address" || attribute === "order_address" || attribute === "label_address") {
    const address = readAddress(value);
    if (address !== null) return addressInWords(address);
  }
  if (attribute === "weight_grams" && typeof value === "number")
    return value >= 1000 ? `${(value / 1000).toFixed(value % 1000 === 0 ? 0 : 2)} kg` : `${value} g`;
  if (typeof value === "object" && !Array.isArray(value)) {
    if (typeof value.amountMinor === "number" && typeof value.currency === "string")
      return `${value.currency} ${(value.amountMinor / 100).toFixed(2)}`;
    if (typeof value.name === "string" && attribute === "odoo_picking") return value.name;
    return Object.values(value)
      .filter((part) => part !== null && part !== "")
      .map((part) => (typeof part === "object" ? JSON.stringify(part) : String(part)))
      .join(", ");
  }
  if (Array.isArray(value)) return listInWords(value);
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value))
    return `${value.slice(0, 16).replace("T", " ")} UTC`;
  return String(value);
}

/** "3 × SKU1, 1 × SKU2": amounts of one product are added up; other lists are joined. */
function listInWords(list: readonly Json[]): string {
  const amounts = new Map<string, number | null>();
  const others: string[] = [];
  for (const part of list) {
    if (part === null || typeof part !== "object" || Array.isArray(part) || typeof part.code !== "string") {
      others.push(typeof part === "object" ? JSON.stringify(part) : String(part));
      continue;
    }
    const amount = part.done ?? part.ordered;
    const known = amounts.get(part.code);
    amounts.set(part.code, typeof amount === "number" && known !== null ? (known ?? 0) + amount : null);
  }
  return [...[...amounts].map(([code, amount]) => `${amount ?? "?"} × ${code}`), ...others].join(", ");
}
