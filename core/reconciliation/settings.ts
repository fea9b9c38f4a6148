import { z } from "zod";
import { instantInZone, isZone, offsetAt } from "@/core/shipments/zones";
import { ASPECTS } from "./aspects";

/** When days are closed and compared, what is compared, and how long results are kept. */
export const reconciliationSchema = z.object({
  /** Compares what changed all day long, some minutes after it changed. */
  continuous: z.boolean().default(true),
  /** Compares the day that ended, each night. */
  nightly: z.boolean().default(true),
  /** Time of day at which the nightly one begins, HH:MM in `zone`. */
  startAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "Write the time of day as HH:MM.")
    .default("02:00"),
  zone: z.string().max(60).refine(isZone, "This is no time zone.").default("UTC"),
  aspects: z
    .array(z.enum(ASPECTS))
    .min(1, "Compare at least one thing.")
    .max(ASPECTS.length)
    .default([...ASPECTS]),
  keepDays: z.int().min(7).max(400).default(45),
  /** Changes rest so long before they are compared, because postings are on their way meanwhile. */
  settleMinutes: z.int().min(0).max(1_440).default(2),
});
export type ReconciliationSettings = z.infer<typeof reconciliationSchema>;

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** The calendar day (YYYY-MM-DD) of an instant in a zone. */
export function dayOf(nowMs: number, zone: string): string {
  return new Date(nowMs + offsetAt(nowMs, zone) * MINUTE_MS).toISOString().slice(0, 10);
}

/** The calendar day some days later (or, below zero, earlier). */
export function dayPlus(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The instant at which a day begins in a zone. */
export function startOfDay(day: string, zone: string): number {
  return instantInZone(Date.parse(`${day}T00:00:00Z`), zone);
}

/** How many days back nights that were missed are caught up. */
export const CATCH_UP_DAYS = 14;

/**
 * The day to close now: the oldest one after `lastDay` that is over, so that nights on which nothing ran are caught up, yesterday's only once
 * `startAt` has passed. Null where none is owed; days before the last `CATCH_UP_DAYS` are let go.
 */
export function dayToClose(
  nowMs: number,
  settings: Pick<ReconciliationSettings, "nightly" | "startAt" | "zone">,
  lastDay: string,
): string | null {
  if (!settings.nightly) return null;
  const today = dayOf(nowMs, settings.zone);
  const wall = new Date(nowMs + offsetAt(nowMs, settings.zone) * MINUTE_MS).toISOString().slice(11, 16);
  const newest = dayPlus(today, wall >= settings.startAt ? -1 : -2);
  const oldest = dayPlus(today, -CATCH_UP_DAYS);
  const next = dayPlus(lastDay, 1);
  const day = next < oldest ? oldest : next;
  return day <= newest ? day : null;
}
