import { z } from "zod";

/** Where a page of a list ended: an instant in microseconds since 1970 and the id that breaks ties. */
export type Keyset = { micros: string; id: string };

/** A cursor as it travels: `micros~id`, opaque to the reader. */
export const keysetCursor = z.string().regex(/^-?\d{1,17}~[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** Reads a cursor that `keysetCursor` let through; null stays null. */
export function readKeyset(cursor: string | null | undefined): Keyset | null {
  if (!cursor) return null;
  const at = cursor.indexOf("~");
  return { micros: cursor.slice(0, at), id: cursor.slice(at + 1) };
}

/** Writes the cursor after the last row of a page. */
export function writeKeyset(last: Keyset): string {
  return `${last.micros}~${last.id}`;
}

/** Cuts a page of `limit` out of rows read with one more, and names what comes next. */
export function pageOf<T extends Keyset>(rows: readonly T[], limit: number): { items: T[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items[items.length - 1];
  return { items, nextCursor: rows.length > limit && last ? writeKeyset(last) : null };
}
