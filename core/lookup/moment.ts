/** An instant (ms since 1970) as a source told it: with its own offset in minutes where it had one, or only as a day. */
export type Moment = { atMs: number; offsetMinutes: number | null; dateOnly: boolean };

const MINUTE_MS = 60_000;
const HALF_DAY_MS = 43_200_000;

/**
 * An instant inside the day that a source meant, read in UTC: a bare day is kept as its first instant in a zone that need not be known
 * any more, and half a day later it is that date nearly everywhere.
 */
export function sourceDayMs({ atMs, offsetMinutes }: Moment): number {
  return offsetMinutes === null ? atMs + HALF_DAY_MS : atMs + offsetMinutes * MINUTE_MS;
}
