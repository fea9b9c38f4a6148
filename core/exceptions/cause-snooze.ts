import { z } from "zod";

/** Ways in which an exception or a whole cause is put away: until a time, until so many more came, or until it gets worse. */
export const SNOOZE_MODES = ["until", "more", "escalating"] as const;
export type SnoozeMode = (typeof SNOOZE_MODES)[number];

const LONGEST_DAYS = 90;
const DAY_MS = 86_400_000;

/** What a person chose; `more` counts what opens in the cause from now on. */
export const snoozeChoice = z.discriminatedUnion("mode", [
  z.object({ mode: z.literal("until"), until: z.date() }),
  z.object({ mode: z.literal("more"), more: z.number().int().min(1).max(100_000) }),
  z.object({ mode: z.literal("escalating") }),
]);
export type SnoozeChoice = z.infer<typeof snoozeChoice>;

/** Says in a sentence why a choice cannot be taken, or null. Times are in the future and at most 90 days away. */
export function refusalOfSnooze(choice: SnoozeChoice, nowMs: number): string | null {
  if (choice.mode !== "until") return null;
  const aheadMs = choice.until.getTime() - nowMs;
  if (aheadMs <= 0) return "Choose a time that is still to come.";
  return aheadMs > LONGEST_DAYS * DAY_MS ? `Snooze for ${LONGEST_DAYS} days at most.` : null;
}

/** Says when it comes back, in words for notes and the audit log. */
export function snoozeWords(choice: SnoozeChoice): string {
  if (choice.mode === "more") return `until ${choice.more.toLocaleString("en")} more come`;
  if (choice.mode === "escalating") return "until it escalates";
  return `until ${choice.until.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** How far the usual rate is looked back at, in days, and the fewest an hour that can count as an escalation. */
export const BASELINE_DAYS = 7;
const FEWEST_IN_SPIKE = 5;
const SPIKE_FACTOR = 3;

/** How many must open within an hour to count as an escalation over a usual rate: three times the rate, and at least five. */
export function spikeOver(baselinePerHour: number): number {
  return Math.max(FEWEST_IN_SPIKE, Math.ceil(SPIKE_FACTOR * baselinePerHour));
}

/** A cause that is put away, and what its group shows now. */
export type SnoozedCause = {
  mode: SnoozeMode;
  untilMs: number | null;
  openedBefore: number;
  more: number | null;
  baselinePerHour: number | null;
  opened: number;
  openedLastHour: number;
};

/** Says why a cause that was put away wakes now, in words; null while it stays away. */
export function wakesBecause(cause: SnoozedCause, nowMs: number): string | null {
  if (cause.mode === "until") return cause.untilMs !== null && cause.untilMs <= nowMs ? "its time has come" : null;
  if (cause.mode === "more") {
    const came = cause.opened - cause.openedBefore;
    return cause.more !== null && came >= cause.more ? `${came.toLocaleString("en")} more came` : null;
  }
  const limit = spikeOver(cause.baselinePerHour ?? 0);
  return cause.openedLastHour >= limit
    ? `it escalated: ${cause.openedLastHour.toLocaleString("en")} came within an hour`
    : null;
}
