import { shown, storable } from "@/core/raw-text";
import { type DateOrder, type Notation, notationOf } from "./dates";
import { type Decimal, decimalSaid, readNumber } from "./numbers";
import { type Delimiter, detectDelimiter, readRecords, usualOf } from "./records";
import { type Suggestion, suggestMapping } from "./suggest";
import { decodeText, type Encoding } from "./text";

export type DateColumn = {
  column: string;
  /** The one order all its dates fit; null where none does. */
  order: DateOrder | null;
  /** True where its dates would fit another order as well, or are written in more than one way. */
  ambiguous: boolean;
  /** How the order was told: by its own days above 12 or notation, by other columns written alike, or not at all. */
  told: "itself" | "others" | "nothing";
  notations: Notation[];
  samples: string[];
  /** Values that are no dates, most frequent first. */
  words: { word: string; count: number }[];
  dates: number;
  filled: number;
};

export type Column = {
  name: string;
  filled: number;
  numeric: number;
  /** Values that stand in the row above as well. */
  repeats: number;
  samples: string[];
};

export type Layout = {
  encoding: Encoding;
  delimiter: Delimiter;
  header: string[];
  /** Number of the header's record, 1 where nothing stands above it. */
  headerRow: number;
  columns: Column[];
  dateColumns: DateColumn[];
  decimal: Decimal | null;
  rows: number;
  suggestedMapping: Suggestion;
};

/** Rows that are looked at closely; the others are counted. */
const LOOKED_AT = 20_000;

/** Finds out how a delimited file is written, for a person to see and confirm; null where it is no delimited text. */
export function detectLayout(bytes: Uint8Array): Layout | null {
  const decoded = decodeText(bytes);
  if (decoded === null) return null;
  const delimiter = detectDelimiter(decoded.text);
  if (delimiter === null) return null;
  const headerRow = headerRowOf(decoded.text, delimiter);
  let header: string[] = [];
  let looks: ColumnLook[] = [];
  let rows = 0;
  for (const { row, fields } of readRecords(decoded.text, delimiter)) {
    if (row < headerRow) continue;
    if (row === headerRow) {
      header = fields.map((field) => storable(field.trim()));
      looks = header.map(newLook);
      continue;
    }
    rows++;
    if (rows > LOOKED_AT) continue;
    for (const [index, look] of looks.entries()) lookAt(look, fields[index] ?? "");
  }
  if (header.length < 2) return null;
  const dateColumns = toldByOthers(looks.flatMap((look, index) => dateColumnOf(look, header[index] ?? "")));
  const columns = looks.map((look, index) => columnOf(look, header[index] ?? ""));
  const decimal = decimalOf(looks);
  const { encoding } = decoded;
  const found = { encoding, delimiter, header, headerRow, columns, dateColumns, decimal, rows };
  return { ...found, suggestedMapping: suggestMapping(found) };
}

/** The header is the first of the leading records that is as wide as most: titles above it are narrower. */
function headerRowOf(text: string, delimiter: Delimiter): number {
  const head: { row: number; width: number }[] = [];
  for (const { row, fields } of readRecords(text, delimiter)) {
    head.push({ row, width: fields.length });
    if (head.length >= 60) break;
  }
  const usual = usualOf(head.map(({ width }) => width));
  return head.find(({ width }) => width === usual)?.row ?? 1;
}

type ColumnLook = {
  filled: number;
  numeric: number;
  repeats: number;
  before: string;
  samples: Set<string>;
  notations: Map<Notation, { count: number; firstAbove: boolean; secondAbove: boolean; fourFirst: boolean }>;
  words: Map<string, number>;
  decimals: Map<Decimal, number>;
};

function newLook(): ColumnLook {
  return {
    filled: 0,
    numeric: 0,
    repeats: 0,
    before: "",
    samples: new Set(),
    notations: new Map(),
    words: new Map(),
    decimals: new Map(),
  };
}

const MOST_WORDS = 500;

function lookAt(look: ColumnLook, field: string): void {
  const value = field.trim();
  const repeated = value === look.before;
  look.before = value;
  if (value === "") return;
  look.filled++;
  if (repeated) look.repeats++;
  if (look.samples.size < 5) look.samples.add(storable(value.slice(0, 80)));
  if (readNumber(value, ".") !== null || readNumber(value, ",") !== null) look.numeric++;
  const said = decimalSaid(value);
  if (said) look.decimals.set(said, (look.decimals.get(said) ?? 0) + 1);
  const date = notationOf(value);
  if (date === null) {
    const word = shown(value) ?? "";
    if (look.words.has(word) || look.words.size < MOST_WORDS) look.words.set(word, (look.words.get(word) ?? 0) + 1);
    return;
  }
  const known = look.notations.get(date.notation) ?? {
    count: 0,
    firstAbove: false,
    secondAbove: false,
    fourFirst: false,
  };
  known.count++;
  if (date.parts) {
    const [first, second] = date.parts;
    if (first > 31) known.fourFirst = true;
    else if (first > 12) known.firstAbove = true;
    if (second > 12) known.secondAbove = true;
  }
  look.notations.set(date.notation, known);
}

function dateColumnOf(look: ColumnLook, column: string): DateColumn[] {
  const notations = [...look.notations].sort((a, b) => b[1].count - a[1].count);
  const dates = notations.reduce((sum, [, { count }]) => sum + count, 0);
  const [main] = notations;
  // Eight digits in a row may be a number: they count as dates only where all values are.
  const share = look.filled === 0 ? 0 : dates / look.filled;
  if (!main || share < (main[0] === "compact" ? 1 : 0.25)) return [];
  const order = orderOf(main[0], main[1]);
  const one = notations.length === 1;
  return [
    {
      column,
      order,
      ambiguous: order === null || !one,
      told: order === null ? "nothing" : "itself",
      notations: notations.map(([notation]) => notation),
      samples: [...look.samples],
      words: [...look.words]
        .map(([word, count]) => ({ word, count }))
        .sort((a, b) => b.count - a.count)
        .slice(0, 20),
      dates,
      filled: look.filled,
    },
  ];
}

function orderOf(
  notation: Notation,
  { firstAbove, secondAbove, fourFirst }: { firstAbove: boolean; secondAbove: boolean; fourFirst: boolean },
): DateOrder | null {
  if (notation === "iso" || notation === "compact") return "ymd";
  if (notation === "named") return "dmy";
  if (fourFirst) return secondAbove || firstAbove ? null : "ymd";
  if (firstAbove === secondAbove) return null;
  return firstAbove ? "dmy" : "mdy";
}

/** A column whose days are all below 13 is read as the others with the same signs are, if these agree. It stays marked ambiguous. */
function toldByOthers(columns: DateColumn[]): DateColumn[] {
  return columns.map((column) => {
    if (column.order !== null) return column;
    const alike = columns.filter((other) => other.told === "itself" && other.notations[0] === column.notations[0]);
    const orders = new Set(alike.map(({ order }) => order));
    const [order] = orders;
    return orders.size === 1 && order ? { ...column, order, told: "others" as const } : column;
  });
}

function columnOf(look: ColumnLook, name: string): Column {
  return { name, filled: look.filled, numeric: look.numeric, repeats: look.repeats, samples: [...look.samples] };
}

/** The decimal sign that speaks from the file's numbers; null where none does, or both do. */
function decimalOf(looks: readonly ColumnLook[]): Decimal | null {
  const count = (decimal: Decimal) => looks.reduce((sum, look) => sum + (look.decimals.get(decimal) ?? 0), 0);
  const [points, commas] = [count("."), count(",")];
  if (points === 0 && commas === 0) return null;
  if (points > commas * 20) return ".";
  return commas > points * 20 ? "," : null;
}
