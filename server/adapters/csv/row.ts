import { storable } from "@/core/raw-text";

/** One row, asked by column name. */
export class Row {
  private readonly fields: readonly string[];
  private readonly places: ReadonlyMap<string, number>;
  private readonly empty: ReadonlySet<string>;

  constructor(fields: readonly string[], places: ReadonlyMap<string, number>, empty: ReadonlySet<string>) {
    this.fields = fields;
    this.places = places;
    this.empty = empty;
  }

  value(column: string): string | null {
    const place = this.places.get(column);
    const value = place === undefined ? "" : (this.fields[place] ?? "").trim();
    return this.empty.has(value) ? null : storable(value);
  }
}

/** Columns too few, or too many with something in them, mean that the values stand in the wrong places. */
export function widthFault(fields: readonly string[], width: number): string | null {
  const filled = fields.findLastIndex((field) => field.trim() !== "") + 1;
  return fields.length < width || filled > width ? `${fields.length} columns` : null;
}
