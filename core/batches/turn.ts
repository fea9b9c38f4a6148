import { type PostingTiming, standing } from "@/core/postings/timing";
import { instantInZone, offsetAt } from "@/core/shipments/zones";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Windows that touch for longer than this count as one that never closes. */
const LONGEST_WINDOW_DAYS = 9;

/** Work that runs in batches, each with a schedule, a next run, a history and a way to run it now. */
export const BATCH_WORKFLOWS = ["freight_settlement", "historical_reconciliation", "carrier_figures"] as const;
export type BatchWorkflow = (typeof BATCH_WORKFLOWS)[number];

/**
 * One run that a schedule asks for: `name` is the same all through it, it did not begin before `sinceMs`, and `untilMs` is its end (null: it may
 * take as long as it takes).
 */
export type Turn = { name: string; sinceMs: number; untilMs: number | null };

/**
 * The turn of a schedule at an instant: the window that is open, or the stretch since the last multiple of the interval. "always" where it is
 * never a batch, null while no window is open.
 */
export function turnAt(timing: PostingTiming, nowMs: number): Turn | "always" | null {
  if (timing.mode === "real_time") return "always";
  if (timing.mode === "interval") {
    const everyMs = timing.minutes * MINUTE_MS;
    const sinceMs = Math.floor(nowMs / everyMs) * everyMs;
    return { name: new Date(sinceMs).toISOString(), sinceMs, untilMs: null };
  }
  const now = standing(timing, nowMs);
  if (!now.open) return null;
  if (now.closesAtMs === null) return "always";
  const sinceMs = nowMs - LONGEST_WINDOW_DAYS * DAY_MS;
  return { name: `until ${new Date(now.closesAtMs).toISOString()}`, sinceMs, untilMs: now.closesAtMs };
}

/** When the next turn after the present one begins; null where it is never a batch, or none comes. */
export function nextTurnMs(timing: PostingTiming, nowMs: number): number | null {
  const now = standing(timing, nowMs);
  if (!now.open) return now.opensAtMs;
  if (now.closesAtMs === null) return null;
  const then = standing(timing, now.closesAtMs);
  return then.open ? null : then.opensAtMs;
}

export type Daily = { startAt: string; zone: string };

/** The next instant at which the clocks of a zone show a time of day (HH:MM), after the given one. */
export function nextDailyMs({ startAt, zone }: Daily, nowMs: number): number {
  const today = Math.floor((nowMs + offsetAt(nowMs, zone) * MINUTE_MS) / DAY_MS);
  const minutes = Number(startAt.slice(0, 2)) * 60 + Number(startAt.slice(3));
  for (let day = today; ; day++) {
    const at = instantInZone(day * DAY_MS + minutes * MINUTE_MS, zone);
    if (at > nowMs) return at;
  }
}

/** "batch, daily at 02:00 (UTC)". */
export function dailyInWords({ startAt, zone }: Daily): string {
  return `batch, daily at ${startAt} (${zone})`;
}
