import { z } from "zod";

/** Where a page of exceptions or groups ended: rank of severity, an instant in microseconds since 1970, and the id that breaks ties. */
export type QueueCursor = { rank: number; micros: string; id: string };

/** A cursor as it travels: `rank~micros~id`, opaque to the reader. */
export const queueCursor = z.string().regex(/^\d{1,2}~-?\d{1,17}~[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** Reads a cursor that `queueCursor` let through; nothing stays null. */
export function readQueueCursor(cursor: string | null | undefined): QueueCursor | null {
  const [rank, micros, id] = cursor?.split("~") ?? [];
  return rank !== undefined && micros !== undefined && id !== undefined ? { rank: Number(rank), micros, id } : null;
}

/** Writes the cursor after the last row of a page; null where there is no further page. */
export function writeQueueCursor(last: QueueCursor | null): string | null {
  return last ? `${last.rank}~${last.micros}~${last.id}` : null;
}
