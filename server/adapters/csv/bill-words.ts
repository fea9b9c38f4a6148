import { CHARGE_WORDS } from "@/core/freight/charge-words";
import type { Column, DateColumn } from "./layout";
import type { Mapping, Target } from "./mapping";

type BillColumn = "bill_number" | "bill_kind" | "bill_currency" | "bill_total" | "charge" | "charge_description";

/** What columns of carriers' bills are called, after `wordsOf`; the first pattern that fits decides. */
const BILL_WORDS: readonly (readonly [RegExp, BillColumn])[] = [
  [
    /^(freight )?(invoice|inv|bill|freight bill|rechnung|rechnungs)( ?(number|no|nr|id|nummer))?$|^rechnungsnummer$|^facture( numero)?$/,
    "bill_number",
  ],
  [/^(invoice|bill|document) (type|kind)$|^belegart$/, "bill_kind"],
  [/^(invoice |bill |billing )?(currency|currency code|curr|ccy)$|^wahrung$|^währung$|^devise$/, "bill_currency"],
  [
    /^(invoice|bill|grand) ?total( amount)?$|^total( amount)?( due)?$|^(invoice|bill) amount$|^amount due$|^(gesamtbetrag|rechnungsbetrag)$/,
    "bill_total",
  ],
  [/^(charge|accessorial|surcharge|fee|cost)( ?(code|type|name|category))?$|^(gebuhr|gebühr|kostenart)$/, "charge"],
  [/^((charge|fee|line) )?(description|text)$|^leistung$/, "charge_description"],
];
const AMOUNT = /^(charge|line|net|billed|fee)? ?(amount|value)$|^(net|billed) charge$|^(betrag|nettobetrag|montant)$/;
const DAYS: readonly (readonly [RegExp, "date" | "due"])[] = [
  [/\b(due|payable)\b.*\bdate\b|\bdue$|^(payment due|fallig|fällig|fälligkeit)$/, "due"],
  [/^(invoice|bill|billing|inv) date$|^rechnungsdatum$|^date( of invoice)?$/, "date"],
];

type Look = { column: Column; words: string; date: DateColumn | null };

/**
 * What columns give of freight bills and what a row is; null where the file has none: neither charges, nor a total beside a bill's number in a
 * file in which nothing happens (`speaks`).
 */
export function billColumns(looks: readonly Look[], speaks: boolean, doubts: string[]) {
  const columns: Target[] = [];
  const taken = new Set<string>();
  const take = (key: string, target: Target) => {
    if (!taken.has(key)) columns.push(target);
    taken.add(key);
  };
  for (const { column, words, date } of looks) {
    const name = column.name;
    const of = date === null ? undefined : DAYS.find(([pattern]) => pattern.test(words))?.[1];
    if (of !== undefined && date !== null) {
      if (date.order !== null) take(of, { column: name, gives: "bill_day", of, order: date.order });
      else doubts.push(`${name} was left out: its dates fit day/month and month/day alike`);
      continue;
    }
    const gives = date === null ? BILL_WORDS.find(([pattern]) => pattern.test(words))?.[1] : undefined;
    const numeric = column.filled > 0 && column.numeric >= column.filled * 0.5;
    const charge = chargeNamed(words);
    if (gives === "bill_total" && !numeric) continue;
    if (gives !== undefined) take(gives, { column: name, gives });
    else if (AMOUNT.test(words) && numeric) take("amount", { column: name, gives: "charge_amount", charge: null });
    else if (charge !== null && numeric) take(`amount ${charge}`, { column: name, gives: "charge_amount", charge });
  }
  const has = (gives: Target["gives"]) => columns.some((column) => column.gives === gives);
  const charged = has("charge_amount");
  if (!has("bill_number") || (!charged && (!has("bill_total") || speaks))) return null;
  return { columns: oneAmount(columns), rows: rowsOf(columns, looks) };
}

/** Rows are charges where each has a word for one, or where a bill's number goes on in the next row. */
function rowsOf(columns: readonly Target[], looks: readonly Look[]): Mapping["rows"] {
  const own = columns.some((column) => column.gives === "charge_amount" && column.charge === null);
  if (!own) return "bill";
  if (columns.some(({ gives }) => gives === "charge")) return "charge";
  const number = columns.find(({ gives }) => gives === "bill_number")?.column;
  const repeats = looks.find(({ column }) => column.name === number)?.column.repeats ?? 0;
  return repeats > 0 ? "charge" : "bill";
}

/** Where each charge has a column of its own, a plain amount beside them is no charge but their sum. */
function oneAmount(columns: Target[]): Target[] {
  const own = columns.some((column) => column.gives === "charge_amount" && column.charge !== null);
  if (!own || columns.some(({ gives }) => gives === "charge")) return columns;
  const total = columns.some(({ gives }) => gives === "bill_total");
  return columns.flatMap((column): Target[] => {
    if (column.gives !== "charge_amount" || column.charge !== null) return [column];
    return total ? [] : [{ column: column.column, gives: "bill_total" }];
  });
}

/** The word of a column that holds one charge: "Fuel Surcharge (EUR)" is "fuel surcharge"; null for any other. */
function chargeNamed(words: string): string | null {
  const bare = words.replace(/ (amount|charge|cost|eur|usd|gbp|chf|cad)$/, "");
  return [words, bare].find((word) => Object.hasOwn(CHARGE_WORDS, word)) ?? null;
}
