import { z } from "zod";
import { instantInZone, isZone, offsetAt } from "@/core/shipments/zones";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Nobody closes for longer than this on purpose; beyond it a calendar counts as one that never opens. */
const LOOK_AHEAD_DAYS = 400;
/** Windows that touch for so long have no end worth telling. */
const ALWAYS_OPEN_DAYS = 8;

const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "A time of day like 18:00.");

/** Days by ISO: 1 Monday to 7 Sunday. A window belongs to the day on which it begins; an end at or before the begin is on the next day. */
const postingWindow = z.object({
  days: z.array(z.int().min(1).max(7)).min(1, "Choose at least one day.").max(7),
  from: wallTime,
  to: wallTime,
});

/** When postings go out: as they come, gathered for so many minutes, or within windows of a calendar. */
export const postingTiming = z.discriminatedUnion("mode", [
  z.object({ mode: z.literal("real_time") }),
  z.object({ mode: z.literal("interval"), minutes: z.int().min(1).max(1_440) }),
  z.object({
    mode: z.literal("windows"),
    zone: z.string().refine(isZone, "A time zone like Europe/Berlin."),
    windows: z.array(postingWindow).min(1, "Give at least one window.").max(20),
    /** Days on which no window begins. */
    holidays: z.array(z.iso.date()).max(400).default([]),
  }),
]);
export type PostingTiming = z.infer<typeof postingTiming>;

export const REAL_TIME: PostingTiming = { mode: "real_time" };

/** Whether postings may go now, until when (null: always), or when they may (null: never). */
export type Standing = { open: true; closesAtMs: number | null } | { open: false; opensAtMs: number | null };

/**
 * Says whether a timing lets postings go at an instant. An interval is never open by itself: what comes is gathered until its next
 * multiple of minutes since 1970, and let go then. Windows are read on the clocks of their zone: a begin that a clock change skips is the
 * moment after it, one that occurs twice is its first occurrence.
 */
export function standing(timing: PostingTiming, nowMs: number): Standing {
  if (timing.mode === "real_time") return { open: true, closesAtMs: null };
  if (timing.mode === "interval") {
    const everyMs = timing.minutes * MINUTE_MS;
    return { open: false, opensAtMs: (Math.floor(nowMs / everyMs) + 1) * everyMs };
  }
  const holidays = new Set(timing.holidays);
  const today = Math.floor((nowMs + offsetAt(nowMs, timing.zone) * MINUTE_MS) / DAY_MS);
  let open: { from: number; to: number } | null = null;
  for (let day = today - 1; day <= today + LOOK_AHEAD_DAYS; day++) {
    if (open !== null && open.to < instantInZone(day * DAY_MS, timing.zone)) break;
    if (open !== null && day > today + ALWAYS_OPEN_DAYS) return { open: true, closesAtMs: null };
    for (const span of spansOf(timing, day, holidays)) {
      if (span.to <= nowMs) continue;
      // windows that touch are one: 18:00 to midnight and midnight to 06:00
      if (open !== null && span.from <= open.to) open.to = Math.max(open.to, span.to);
      else if (open !== null) return { open: true, closesAtMs: open.to };
      else if (span.from > nowMs) return { open: false, opensAtMs: span.from };
      else open = { ...span };
    }
  }
  return open === null ? { open: false, opensAtMs: null } : { open: true, closesAtMs: open.to };
}

/** The windows that begin on a day (days since 1970), as instants in order of their begin. */
function spansOf(
  { zone, windows }: Extract<PostingTiming, { mode: "windows" }>,
  day: number,
  holidays: ReadonlySet<string>,
): { from: number; to: number }[] {
  const at = new Date(day * DAY_MS);
  if (holidays.has(at.toISOString().slice(0, 10))) return [];
  const weekday = at.getUTCDay() === 0 ? 7 : at.getUTCDay();
  return windows
    .filter((window) => window.days.includes(weekday))
    .map((window) => {
      const begin = minutesOf(window.from);
      const end = minutesOf(window.to);
      const wall = (minutes: number) => instantInZone(day * DAY_MS + minutes * MINUTE_MS, zone);
      return { from: wall(begin), to: wall(end > begin ? end : end + 1_440) };
    })
    .filter((span) => span.to > span.from)
    .sort((a, b) => a.from - b.from);
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** Says a timing in the words of the screens: "real-time", "batch, every 15 min", "batch, Mon–Fri 18:00–06:00". */
export function timingInWords(timing: PostingTiming): string {
  if (timing.mode === "real_time") return "real-time";
  if (timing.mode === "interval") return `batch, every ${timing.minutes} min`;
  const said = timing.windows.map(({ days, from, to }) => `${daysInWords(days)} ${from}–${to}`.trim());
  return `batch, ${said.join(", ")}`;
}

export const WEEKDAY_WORDS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

function daysInWords(days: readonly number[]): string {
  const sorted = [...new Set(days)].sort((a, b) => a - b);
  if (sorted.length === 7) return "";
  const first = sorted[0] ?? 1;
  const last = sorted.at(-1) ?? 7;
  const word = (day: number) => WEEKDAY_WORDS[day - 1] ?? "";
  if (sorted.length > 2 && last - first === sorted.length - 1) return `${word(first)}–${word(last)}`;
  return sorted.map(word).join(" ");
}
