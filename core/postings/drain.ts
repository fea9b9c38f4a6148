/** So much was taken within a longer window, and of that within its last minute. */
export type Taken = { posted: number; lastMinute: number };

/** How many postings a second Odoo takes at present: by the last minute where anything went in it, else over the window. */
export function perSecondOf(taken: readonly Taken[], windowMs: number): number {
  const lastMinute = taken.reduce((sum, one) => sum + one.lastMinute, 0);
  if (lastMinute > 0) return lastMinute / 60;
  return (taken.reduce((sum, one) => sum + one.posted, 0) * 1_000) / windowMs;
}

/** Seconds until so many are through at a pace; null where nothing goes. */
export function drainSeconds(waiting: number, perSecond: number): number | null {
  if (waiting === 0) return 0;
  return perSecond > 0 ? waiting / perSecond : null;
}
