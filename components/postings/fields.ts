import type { DiffRow } from "@/components/diff/diff";
import { inWords } from "@/components/diff/diff";
import { diffRowsOf } from "@/components/diff/diff-rows";

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** "3 × FURN_7777, 1 × move 12" out of what a transfer is validated with. */
function quantitiesInWords(value: unknown): unknown {
  if (value === null) return "all that is reserved";
  if (!Array.isArray(value)) return value;
  return value
    .map((one: unknown) => {
      const { item, quantity } = isFields(one) ? one : {};
      const named = isFields(item)
        ? (item.productCode ?? (item.moveId === undefined ? null : `move ${item.moveId}`))
        : null;
      return named === null ? inWords(one) : `${quantity} × ${named}`;
    })
    .join(", ");
}

function tidied(value: unknown): unknown {
  if (!isFields(value) || !("quantities" in value)) return value;
  return { ...value, quantities: quantitiesInWords(value.quantities) };
}

/**
 * Rows of what a posting changes: only fields that it sets, because all else that Odoo holds stays. Quantities are written as a person
 * counts them.
 */
export function postingRows(before: unknown, after: unknown): DiffRow[] {
  if (!isFields(after)) return diffRowsOf(before, after);
  const old: Fields = isFields(before) ? before : {};
  const kept = Object.fromEntries(Object.keys(after).map((name) => [name, old[name] ?? null]));
  return diffRowsOf(tidied(kept.quantities === null ? { ...kept, quantities: undefined } : kept), tidied(after)).filter(
    (row) => inWords(row.old?.value) !== "" || inWords(row.new?.value) !== "",
  );
}
