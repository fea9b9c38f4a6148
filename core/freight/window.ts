import type { PostingKind } from "@/core/postings/kinds";
import { type PostingTiming, standing } from "@/core/postings/timing";

const DAY_MS = 86_400_000;

/** Postings of freight settlement: they are promised for a window and not for a number of seconds. */
export const SETTLEMENT_KINDS = [
  "vendor_bill",
  "vendor_credit",
  "freight_cost",
  "landed_cost",
] as const satisfies readonly PostingKind[];

/** The end of the day (UTC) of an instant. */
function dayEnd(atMs: number): number {
  return (Math.floor(atMs / DAY_MS) + 1) * DAY_MS;
}

/**
 * When the window ends in which something that comes at an instant has to be done. In real time: so many hours (the objective) after the end
 * of its day (UTC). A batch: before the next one goes. A calendar: the end of the window that is open, else of the next; null where none opens.
 */
export function windowEnd(timing: PostingTiming, atMs: number, objectiveMs: number): number | null {
  const now = standing(timing, atMs);
  if (timing.mode === "real_time") return dayEnd(atMs) + objectiveMs;
  if (now.open) return now.closesAtMs ?? dayEnd(atMs) + objectiveMs;
  if (now.opensAtMs === null) return null;
  if (timing.mode === "interval") return now.opensAtMs + timing.minutes * 60_000;
  const then = standing(timing, now.opensAtMs);
  return then.open && then.closesAtMs !== null ? then.closesAtMs : dayEnd(now.opensAtMs) + objectiveMs;
}

/** The clock of a window, in ms: it shows the objective when the window ends, and nothing before that many hours are left. */
export function settledAfterMs(windowEndsAtMs: number, endedAtMs: number, objectiveMs: number): number {
  return Math.max(0, endedAtMs - (windowEndsAtMs - objectiveMs));
}
