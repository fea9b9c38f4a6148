import type { ReferenceKind } from "@/core/shipments/references";

/** What tells freight documents apart and together. */
export type Document = {
  id: string;
  vendor: string;
  numberKey: string;
  number: string;
  kind: "invoice" | "credit";
  totalText: string | null;
  receivedAtMs: number;
  messageId: string;
  /** Its place in the message. */
  at: string;
  references: readonly { kind: ReferenceKind; value: string; said: string; position: number }[];
  lines: readonly { position: number; code: string | null; amount: string }[];
};

export type Duplicate = {
  invoiceId: string;
  number: string;
  by: "number" | "reference" | "line";
  /** The number they share, as it was said. */
  said: string;
  /** Positions of lines billed before; empty where the whole document is meant. */
  positions: number[];
};

/** Numbers that name one movement: billed once. */
const BILLED_ONCE: ReadonlySet<ReferenceKind> = new Set<ReferenceKind>([
  "pro_number",
  "bill_of_lading",
  "tms_load",
  "wms_shipment",
  "container",
  "booking",
  "odoo_picking",
]);

/** Orders documents by receipt, ties by message, place in it and id: the first one is the original, whatever order they were worked in. */
export function isEarlier(a: Document, b: Document): boolean {
  if (a.receivedAtMs !== b.receivedAtMs) return a.receivedAtMs < b.receivedAtMs;
  if (a.messageId !== b.messageId) return a.messageId < b.messageId;
  const place = a.at.localeCompare(b.at, "en", { numeric: true });
  return place === 0 ? a.id < b.id : place < 0;
}

/**
 * Finds the earlier documents that a bill repeats: the same number with other content, the same PRO, bill of lading or load under another
 * number, or a line with the same number, word and amount. A bill that was credited in full before does not count: then this one is its
 * correction.
 */
export function duplicatesOf(one: Document, related: readonly Document[]): Duplicate[] {
  const earlier = related
    .filter((other) => other.id !== one.id && other.vendor === one.vendor && isEarlier(other, one))
    .sort((a, b) => (isEarlier(a, b) ? -1 : 1));
  const found: Duplicate[] = [];
  for (const other of earlier) {
    if (other.kind !== one.kind) continue;
    if (other.numberKey === one.numberKey) {
      found.push({ invoiceId: other.id, number: other.number, by: "number", said: one.number, positions: [] });
      continue;
    }
    if (one.kind === "credit" || isCredited(other, earlier)) continue;
    const whole = sharedWhole(one, other);
    if (whole !== null) {
      found.push({ invoiceId: other.id, number: other.number, by: "reference", said: whole, positions: [] });
      continue;
    }
    const lines = sharedLines(one, other);
    if (lines.length > 0) {
      const said = lines.map((line) => line.said).slice(0, 3);
      const positions = lines.map((line) => line.position);
      found.push({ invoiceId: other.id, number: other.number, by: "line", said: said.join(", "), positions });
    }
  }
  return found;
}

/** The documents a credit takes back, or that take a bill back: those with a number in common. */
export function lineageOf(one: Document, related: readonly Document[]): string[] {
  return related
    .filter((other) => other.id !== one.id && other.vendor === one.vendor && other.kind !== one.kind)
    .filter((other) => other.numberKey === one.numberKey || sharedWhole(one, other) !== null)
    .map((other) => other.id)
    .sort();
}

function sharedWhole(one: Document, other: Document): string | null {
  const theirs = new Set(wholeOf(other).map(({ kind, value }) => `${kind} ${value}`));
  return wholeOf(one).find(({ kind, value }) => theirs.has(`${kind} ${value}`))?.said ?? null;
}

function wholeOf({ references }: Document) {
  return references.filter(({ kind, position }) => position === 0 && BILLED_ONCE.has(kind));
}

function sharedLines(one: Document, other: Document): { position: number; said: string }[] {
  const keys = new Set(lineKeys(other).map(({ key }) => key));
  const found = new Map<number, { position: number; said: string }>();
  for (const line of lineKeys(one)) if (keys.has(line.key) && !found.has(line.position)) found.set(line.position, line);
  return [...found.values()];
}

function lineKeys(document: Document): { key: string; position: number; said: string }[] {
  const byPosition = new Map(document.lines.map((line) => [line.position, line]));
  return document.references.flatMap(({ kind, value, said, position }) => {
    const line = byPosition.get(position);
    return line === undefined ? [] : [{ key: `${kind} ${value} ${line.code ?? ""} ${line.amount}`, position, said }];
  });
}

function isCredited(bill: Document, earlier: readonly Document[]): boolean {
  return earlier.some(
    (other) =>
      other.kind === "credit" &&
      other.totalText !== null &&
      other.totalText.replace(/^-/, "") === bill.totalText?.replace(/^-/, "") &&
      (other.numberKey === bill.numberKey || sharedWhole(other, bill) !== null),
  );
}
