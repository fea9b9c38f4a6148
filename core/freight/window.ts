const DAY_MS = 86_400_000;

/**
 * The clock of freight settlement, a batch, in ms: it runs from the end of the day (UTC) on which a bill came or was approved, so that an
 * objective of six hours means 06:00 of the next day. What is done on the day itself took nothing.
 */
export function settledAfterMs(startedAtMs: number, endedAtMs: number): number {
  return Math.max(0, endedAtMs - dayEnd(startedAtMs));
}

/** The end of the day (UTC) of an instant. */
export function dayEnd(atMs: number): number {
  return (Math.floor(atMs / DAY_MS) + 1) * DAY_MS;
}
