import { z } from "zod";
import { BASES } from "./kpis";
import { DIMENSIONS } from "./measures";

/** Spans of the screen, in whole weeks that end today (UTC). */
export const RANGES = ["4w", "13w", "26w", "52w"] as const;
export type CarrierRange = (typeof RANGES)[number];
export const WEEKS: Readonly<Record<CarrierRange, number>> = { "4w": 4, "13w": 13, "26w": 26, "52w": 52 };

const DAY_MS = 86_400_000;
const MOST_DAYS = 366 * 2;

/** Days of UTC, both included, "2026-11-03". */
export type Days = { from: string; to: string };

/** The days of a range as seen from `nowMs`. */
export function daysOfRange(range: CarrierRange, nowMs: number): Days {
  return { from: dayAt(nowMs - (WEEKS[range] * 7 - 1) * DAY_MS), to: dayAt(nowMs) };
}

/** The same number of days before. */
export function daysBefore({ from, to }: Days): Days {
  const many = countDays({ from, to });
  return { from: dayAt(Date.parse(from) - many * DAY_MS), to: dayAt(Date.parse(from) - DAY_MS) };
}

/** How many days, both ends included. */
export function countDays({ from, to }: Days): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
}

/** The weeks of a span, the newest ends with it; the oldest may be shorter. */
export function weeksOf(days: Days): Days[] {
  const weeks: Days[] = [];
  for (let endMs = Date.parse(days.to); endMs >= Date.parse(days.from); endMs -= 7 * DAY_MS)
    weeks.unshift({ from: dayAt(Math.max(Date.parse(days.from), endMs - 6 * DAY_MS)), to: dayAt(endMs) });
  return weeks;
}

/** The day (UTC) of an instant. */
export function dayAt(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

const names = z.array(z.string().min(1).max(200)).max(50).default([]);

/** What a person chose carriers' figures by; an empty list filters nothing, each takes `NOT_KNOWN`. */
export const carrierFilter = z.object({ carrier: names, service: names, lane: names, warehouse: names });
export type CarrierFilter = z.infer<typeof carrierFilter>;

export const carrierQuestion = carrierFilter.extend({
  range: z.enum(RANGES).default("13w"),
  basis: z.enum(BASES).default("delivered"),
  by: z.enum(DIMENSIONS).default("carrier"),
});
export type CarrierQuestion = z.infer<typeof carrierQuestion>;

/** Days as somebody gave them: a real calendar day each, in order, at most two years. */
export const daysSchema = z
  .object({ from: z.iso.date(), to: z.iso.date() })
  .refine(({ from, to }) => from <= to, { message: "to must not be before from", path: ["to"] })
  .refine((days) => countDays(days) <= MOST_DAYS, { message: `at most ${MOST_DAYS} days`, path: ["from"] });
