import type { Attribute } from "@/core/shipments/attributes";
import type { EventKind } from "@/core/shipments/milestones";
import type { ReferenceKind } from "@/core/shipments/references";
import { billColumns } from "./bill-words";
import { ADDRESS_WORDS, EVENT_WORDS, REFERENCE_WORDS, SIMPLE_WORDS } from "./header-words";
import type { Column, DateColumn } from "./layout";
import { type Mapping, mappingSchema, type Target } from "./mapping";
import type { Decimal } from "./numbers";
import type { Delimiter } from "./records";
import type { Encoding } from "./text";

/** A mapping read off the header, how sure it is (0..1), and in words what a person should look at. */
export type Suggestion = { mapping: Mapping | null; confidence: number; doubts: string[] };

/** From this on a suggestion is used without a person's word. */
export const SURE = 0.8;

/** What a mapping may hold (mapping.ts). */
const LONGEST_NAME = 200;
const MOST_COLUMNS = 200;

type Found = {
  encoding: Encoding;
  delimiter: Delimiter;
  columns: Column[];
  dateColumns: DateColumn[];
  decimal: Decimal | null;
};

/** Suggests what each column gives by its name, and for dates and numbers by its values too. */
export function suggestMapping(found: Found): Suggestion {
  const doubts: string[] = [];
  const taken = new Set<string>();
  const dates = new Map(found.dateColumns.map((date) => [date.column, date]));
  const names = found.columns.map(({ name }) => name);
  const twice = names.filter((name, index) => name !== "" && names.indexOf(name) !== index);
  const columns = found.columns.flatMap((column) => {
    if (column.name === "" || column.name.length > LONGEST_NAME || twice.includes(column.name)) return [];
    const target = targetOf(column, dates.get(column.name) ?? null, taken, doubts);
    return target ? [target] : [];
  });
  if (twice.length > 0)
    doubts.push(`these column names stand twice and were left out: ${[...new Set(twice)].join(", ")}`);
  const complete = withAdding(withoutLonelyTime(columns)).slice(0, MOST_COLUMNS);
  const looks = found.columns
    .filter(({ name }) => name !== "" && name.length <= LONGEST_NAME && !twice.includes(name))
    .map((column) => ({ column, words: wordsOf(column.name), date: dates.get(column.name) ?? null }));
  const speaks = complete.some(({ gives }) => gives === "event" || gives === "status");
  const billDoubts: string[] = [];
  const bills = billColumns(looks, speaks, billDoubts);
  if (bills !== null) return suggestBills(found, bills, complete, billDoubts);
  const usable = complete.some(({ gives }) => gives === "reference");
  if (!usable) return { mapping: null, confidence: 0, doubts: [...doubts, "no column names a shipment"] };
  const mapping = mappingSchema.parse({
    encoding: null,
    delimiter: found.delimiter,
    decimal: found.decimal ?? ".",
    columns: complete,
  });
  return { mapping, confidence: confidenceOf(complete, dates, found, doubts), doubts };
}

/** A file of freight bills: their columns, and the numbers of shipments and the carrier that the others give. */
function suggestBills(
  found: Found,
  bills: NonNullable<ReturnType<typeof billColumns>>,
  others: readonly Target[],
  doubts: string[],
): Suggestion {
  const own = new Set(bills.columns.map(({ column }) => column));
  const about = others.filter(
    (target) => !own.has(target.column) && (target.gives === "reference" || isCarrier(target)),
  );
  const columns = [...bills.columns, ...about].slice(0, MOST_COLUMNS);
  const mapping = mappingSchema.parse({
    encoding: null,
    delimiter: found.delimiter,
    decimal: found.decimal ?? ".",
    rows: bills.rows,
    columns,
  });
  if (found.decimal === null) doubts.push("no number shows what the decimal sign is; a point was taken");
  if (!about.some(isCarrier)) doubts.push("no column names the carrier: the feed's own name stands for it");
  if (!about.some(({ gives }) => gives === "reference")) doubts.push("no column names a shipment");
  const sure = found.decimal !== null && about.some(({ gives }) => gives === "reference");
  return { mapping, confidence: sure ? 0.85 : 0.6, doubts };
}

function isCarrier(target: Target): boolean {
  return target.gives === "text" && target.attribute === "carrier";
}

function targetOf(column: Column, date: DateColumn | null, taken: Set<string>, doubts: string[]): Target | null {
  const words = wordsOf(column.name);
  const once = (key: string, target: () => Target): Target | null => {
    if (taken.has(key)) return null;
    taken.add(key);
    return target();
  };
  const name = column.name;
  if (date !== null) return dateTarget(words, date, once, doubts);
  const kind = find(REFERENCE_WORDS, words);
  if (kind && !/\b(date|status|url|link|type|time|value)\b/.test(words)) {
    return once(kind, () => ({ column: name, gives: "reference", kind: kind as ReferenceKind }));
  }
  const part = find(ADDRESS_WORDS, words);
  if (part) return once(`address ${part}`, () => ({ column: name, gives: "address", part, of: "delivery" }));
  const labelled = /^(?:label|printed) (.+)$/.exec(words)?.[1];
  const printed = labelled === undefined ? null : find(ADDRESS_WORDS, `ship to ${labelled}`);
  if (printed) return once(`label ${printed}`, () => ({ column: name, gives: "address", part: printed, of: "label" }));
  const simple = find(SIMPLE_WORDS, words);
  const numeric = column.filled > 0 && column.numeric >= column.filled * 0.5;
  if (simple === "weight") {
    const unit = unitOf(words);
    if (unit === null && numeric) doubts.push(`the unit of ${name} is not named`);
    return unit !== null && numeric
      ? once("weight", () => ({ column: name, gives: "weight", unit, adds: false }))
      : null;
  }
  if (simple === "expected_freight" || simple === "order_value") {
    const currency = /\b(usd|eur|gbp|chf|cad|aud|jpy|sek|nok|dkk|pln)\b/.exec(words)?.[1]?.toUpperCase();
    if (!numeric || currency === undefined) return null;
    return once(simple, () => ({ column: name, gives: "money", attribute: simple, currency, adds: false }));
  }
  if (simple === null) return null;
  if (simple === "ordered" || simple === "done" || simple === "returned")
    return numeric ? once(simple, () => ({ column: name, gives: simple })) : null;
  if (["status", "event_id", "code", "description", "place", "reason", "product", "line", "uom"].includes(simple)) {
    return once(simple, () => ({ column: name, gives: simple }) as Target);
  }
  return once(simple, () => ({ column: name, gives: "text", attribute: simple as Attribute }));
}

type Once = (key: string, target: () => Target) => Target | null;

function dateTarget(words: string, date: DateColumn, once: Once, doubts: string[]): Target | null {
  const what = find(EVENT_WORDS, words);
  if (what === null || what === "info") return null;
  const { column, order } = date;
  if (order === null || date.notations.length > 1) {
    const why =
      order === null ? "its dates fit day/month and month/day alike" : "its dates are written in several ways";
    doubts.push(`${column} was left out: ${why}`);
    return null;
  }
  if (date.told === "others") doubts.push(`the order of day and month in ${column} was told by other columns`);
  if (what === "time") return once("time", () => ({ column, gives: "time", order }));
  if (what === "promised_delivery_at" || what === "promised_dispatch_at" || what === "eta") {
    return once(what, () => ({ column, gives: "date", attribute: what, order }));
  }
  return once(`event ${what}`, () => ({
    column,
    gives: "event",
    kind: what as EventKind,
    classifier: "actual",
    order,
  }));
}

/** A time without a status beside it says nothing, and the other way round. */
function withoutLonelyTime(columns: Target[]): Target[] {
  const has = (gives: string) => columns.some((column) => column.gives === gives);
  const both = has("status") && has("time");
  return columns.filter(({ gives }) => both || (gives !== "status" && gives !== "time"));
}

/** Where rows are lines of a shipment, weights and costs are shares of it. */
function withAdding(columns: Target[]): Target[] {
  const byLine = columns.some(({ gives }) => gives === "product" || gives === "line");
  return columns.map((column) =>
    column.gives === "weight" || column.gives === "money" ? { ...column, adds: byLine } : column,
  );
}

function confidenceOf(columns: Target[], dates: Map<string, DateColumn>, found: Found, doubts: string[]): number {
  const strong = columns.some(({ gives, ...rest }) => gives === "reference" && "kind" in rest && STRONG.has(rest.kind));
  const speaks = columns.some(({ gives }) => gives === "event" || gives === "status");
  if (!speaks) doubts.push("no column says what happened and when");
  let confidence = strong ? 0.95 : 0.85;
  if (!speaks) confidence = Math.min(confidence, 0.4);
  for (const { column, gives } of columns) {
    const date = dates.get(column);
    if (date?.told === "others") confidence = Math.min(confidence, 0.85);
    if (date && gives === "event" && date.dates < date.filled * 0.8) {
      doubts.push(`${date.filled - date.dates} of ${date.filled} values of ${column} are no dates`);
      confidence = Math.min(confidence, 0.7);
    }
  }
  const counts = columns.some(({ gives }) => gives === "weight" || gives === "money");
  if (counts && found.decimal === null) doubts.push("no number shows what the decimal sign is; a point was taken");
  return confidence;
}

const STRONG = new Set<string>([
  "odoo_picking",
  "wms_shipment",
  "tracking_number",
  "sscc",
  "tms_load",
  "marketplace_fulfilment",
  "bill_of_lading",
  "pro_number",
  "container",
  "booking",
]);

function find<T extends string>(table: readonly (readonly [RegExp, T])[], words: string): T | null {
  return table.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}

/** The header's words, lower-case, camel case and signs opened: "ShipTo_ZIP" is "ship to zip". */
function wordsOf(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/#/g, " number ")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

function unitOf(words: string): "g" | "kg" | "lb" | "oz" | null {
  if (/\b(kg|kgs|kilograms?|kilos?|kilogramm)\b/.test(words)) return "kg";
  if (/\b(g|grams?|gramm)\b/.test(words)) return "g";
  if (/\b(lb|lbs|pounds?)\b/.test(words)) return "lb";
  return /\b(oz|ounces?)\b/.test(words) ? "oz" : null;
}
