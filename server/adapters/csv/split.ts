import { isStrong, normaliseNumber } from "@/core/shipments/references";
import type { Mapping } from "./mapping";
import { detectDelimiter, readRecords } from "./records";
import { decodeText } from "./text";

/**
 * Cuts a file into files of about `size` rows under the same header, in UTF-8 with its mark; null where the mapped columns are not in it. Rows
 * that share a reference are never parted, because lines of one shipment add up.
 */
export function partsOf(bytes: Uint8Array, mapping: Mapping, size: number): Uint8Array[] | null {
  const decoded = decodeText(bytes, mapping.encoding);
  const delimiter = decoded === null ? null : (mapping.delimiter ?? detectDelimiter(decoded.text));
  if (decoded === null || delimiter === null) return null;
  const names = referenceColumns(mapping);
  let places: number[] | null = null;
  let header = "";
  const parts: string[][] = [];
  const homes = new Map<string, string[]>();
  for (const { row, fields, fault } of readRecords(decoded.text, delimiter)) {
    if (places === null) {
      const trimmed = fields.map((field) => field.trim());
      if (names.every((name) => trimmed.includes(name))) {
        places = names.map((name) => trimmed.indexOf(name));
        header = lineOf(fields, delimiter);
      } else if (row >= 20) return null;
      continue;
    }
    const keys = fault === null ? keysOf(fields, places) : [];
    const home = keys.map((key) => homes.get(key)).find((part) => part !== undefined) ?? openPart(parts, size);
    // A row with a stray quote keeps it, so that its part finds the same fault.
    home.push(fault === null ? lineOf(fields, delimiter) : fields.join(delimiter));
    for (const key of keys) homes.set(key, home);
  }
  return parts.map((lines) => new TextEncoder().encode(`\ufeff${[header, ...lines].join("\r\n")}\r\n`));
}

/** Columns that name shipments strongly, or, where there are none, those that name them at all. */
function referenceColumns(mapping: Mapping): string[] {
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

function openPart(parts: string[][], size: number): string[] {
  const last = parts.at(-1);
  if (last !== undefined && last.length < size) return last;
  const part: string[] = [];
  parts.push(part);
  return part;
}

function lineOf(fields: readonly string[], delimiter: string): string {
  return fields
    .map((field) => (needsQuotes(field, delimiter) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(delimiter);
}

function needsQuotes(field: string, delimiter: string): boolean {
  return field.includes(delimiter) || /["\r\n]/.test(field);
}
