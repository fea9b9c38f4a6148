import { isStrong, normaliseNumber } from "@/core/shipments/references";
import type { Mapping } from "./mapping";
import { readRecords } from "./records";

type Part = { text: string; rows: number[] };

/**
 * Cuts a file into texts of about `size` rows under the same header, as they were written; null where the mapped columns are not in it. Rows that
 * share a reference are never parted, because lines of one shipment add up. Only the places of rows are kept: a part is made when it is asked for.
 */
export function cutText(
  text: string,
  delimiter: string,
  mapping: Mapping,
  size: number,
): { count: number; parts: Iterable<Part> } | null {
  const names = referenceColumns(mapping);
  let places: number[] | null = null;
  let header = "";
  const sizes: number[] = [];
  const homes = new Map<string, number>();
  const starts: number[] = [];
  const ends: number[] = [];
  const rows: number[] = [];
  const partOf: number[] = [];
  const spoilt: number[] = [];
  for (const { row, fields, fault, start, end } of readRecords(text, delimiter)) {
    if (places === null) {
      const trimmed = fields.map((field) => field.trim());
      if (names.every((name) => trimmed.includes(name))) {
        places = names.map((name) => trimmed.indexOf(name));
        header = withLineEnd(text.slice(start, end));
      } else if (row >= 20) return null;
      continue;
    }
    const keys = fault === null ? keysOf(fields, places) : [];
    const home = keys.map((key) => homes.get(key)).find((part) => part !== undefined) ?? openPart(sizes, size);
    sizes[home] = (sizes[home] ?? 0) + 1;
    for (const key of keys) homes.set(key, home);
    starts.push(start);
    ends.push(end);
    rows.push(row);
    if (fault !== null) spoilt.push(partOf.length);
    partOf.push(home);
  }
  const members = Array.from(sizes, (): number[] => []);
  const last = new Set(spoilt);
  for (const [index, part] of partOf.entries()) if (!last.has(index)) members[part]?.push(index);
  // A quote that is never closed must find no other row behind it than it had.
  for (const index of spoilt) members[partOf[index] as number]?.push(index);
  const slice = (index: number) => withLineEnd(text.slice(starts[index], ends[index]));
  return { count: members.length, parts: makeParts(members, header, slice, rows) };
}

function* makeParts(
  members: readonly number[][],
  header: string,
  slice: (index: number) => string,
  rows: readonly number[],
): Generator<Part> {
  for (const indexes of members)
    yield { text: header + indexes.map(slice).join(""), rows: indexes.map((index) => rows[index] as number) };
}

/** Columns that name shipments strongly, or, where there are none, those that name them at all; of bills, their number. */
function referenceColumns(mapping: Mapping): string[] {
  if (mapping.rows !== "shipment")
    return mapping.columns.flatMap(({ gives, column }) => (gives === "bill_number" ? [column] : []));
  const references = mapping.columns.filter((column) => column.gives === "reference");
  const strong = references.filter(({ kind }) => isStrong(kind) && kind !== "tracking_number");
  return (strong.length > 0 ? strong : references).map(({ column }) => column);
}

function keysOf(fields: readonly string[], places: readonly number[]): string[] {
  return places.flatMap((place) => {
    const value = normaliseNumber(fields[place] ?? "");
    return value === "" ? [] : [`${place} ${value}`];
  });
}

/** Number of a part that has room; a new one where the last is full. */
function openPart(sizes: number[], size: number): number {
  const last = sizes.length - 1;
  if (last >= 0 && (sizes[last] ?? 0) < size) return last;
  return sizes.push(0) - 1;
}

function withLineEnd(line: string): string {
  return /[\r\n]$/.test(line) ? line : `${line}\r\n`;
}
