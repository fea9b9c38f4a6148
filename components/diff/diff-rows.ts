import type { DiffRow } from "./diff";

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** "carrier_tracking_ref" -> "Carrier tracking ref". */
function fieldWord(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Rows of a diff out of two JSON values: a row a field where they are objects, else one row; fields that changed come first. */
export function diffRowsOf(before: unknown, after: unknown, single = "Value"): DiffRow[] {
  if (!isFields(before) && !isFields(after)) {
    if (before == null && after == null) return [];
    return [{ field: single, old: { value: before }, new: { value: after } }];
  }
  const old: Fields = isFields(before) ? before : {};
  const next: Fields = isFields(after) ? after : {};
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])];
  const changed = (name: string) => JSON.stringify(old[name] ?? null) !== JSON.stringify(next[name] ?? null);
  return names
    .toSorted((a, b) => Number(changed(b)) - Number(changed(a)))
    .map((name) => ({ field: fieldWord(name), old: { value: old[name] }, new: { value: next[name] } }));
}
