import { z } from "zod";
import type { RunState } from "@/core/runs/run";

/** What a comparison waits for that cannot read Odoo now; kept with its run. Instants in ms. */
export const waitSchema = z.object({ why: z.string(), sinceMs: z.number(), tries: z.int(), untilMs: z.number() });
export type Wait = z.infer<typeof waitSchema>;

const MINUTE_MS = 60_000;
const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 5 * MINUTE_MS;

/** Waits on after another try that read nothing, each time longer, up to five minutes. */
export function waitOn(before: Wait | null, why: string, nowMs: number): Wait {
  const tries = (before?.tries ?? 0) + 1;
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, 10));
  return { why, sinceMs: before?.sinceMs ?? nowMs, tries, untilMs: nowMs + pauseMs };
}

/** The wait that a run's summary tells of; null where it waits for nothing. */
export function waitIn(summary: unknown): Wait | null {
  const found = z.object({ waits: waitSchema }).safeParse(summary);
  return found.success ? found.data.waits : null;
}

export type Attempt = { state: RunState; endedAtMs: number | null };

const MOST_ATTEMPTS = 5;
const FIRST_REST_MS = 15 * MINUTE_MS;

/**
 * What to do about a day that was not closed, by the runs that were to close it: start one, rest after one that broke (each time longer), or give
 * the day up, because a person cancelled it or it broke too often.
 */
export function nextAttempt(attempts: readonly Attempt[], nowMs: number): "start" | "rest" | "give_up" {
  if (attempts.some(({ state }) => state === "waiting" || state === "running" || state === "paused")) return "rest";
  if (attempts.some(({ state }) => state === "cancelled" || state === "done")) return "give_up";
  if (attempts.length >= MOST_ATTEMPTS) return "give_up";
  const endedAtMs = Math.max(0, ...attempts.map((one) => one.endedAtMs ?? 0));
  return attempts.length > 0 && nowMs < endedAtMs + FIRST_REST_MS * 2 ** (attempts.length - 1) ? "rest" : "start";
}
