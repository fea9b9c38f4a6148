/** A value of a CSV cell; an instant is written in ISO 8601 UTC, nothing as an empty cell. */
export type CsvValue = string | number | boolean | Date | null;

function cell(value: CsvValue): string {
  if (value === null) return "";
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "string") return String(value);
  // a spreadsheet would run what starts like a formula, and outside senders write these words
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Writes one line of CSV after RFC 4180; text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function csvRow(values: readonly CsvValue[]): string {
  return `${values.map(cell).join(",")}\r\n`;
}
