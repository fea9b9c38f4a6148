import { z } from "zod";
import type { Severity } from "@/core/exceptions/kinds";

/** What of the failure budget of an Odoo is used when somebody is told, in percent, the worse the louder. */
export const BUDGET_LEVELS = [50, 70, 90, 100] as const;
export type BudgetLevel = (typeof BUDGET_LEVELS)[number];
export const LEVEL_SEVERITY: Readonly<Record<BudgetLevel, Severity>> = {
  50: "low",
  70: "medium",
  90: "high",
  100: "critical",
};

/** The budget is that of a rolling hour. */
const WINDOW_MINUTES = 60;
/** So many may fail however few calls there are: one restart of Odoo is no news. */
const LEAST_ALLOWED = 20;
/** A level is left only when so much less is used, so that what goes up and down at its edge is told once. */
const SLACK = 10;

const stored = z.object({
  minutes: z.array(z.object({ minute: z.int(), calls: z.int().min(0), failed: z.int().min(0) })),
  level: z.literal(BUDGET_LEVELS).nullable(),
  sinceMs: z.number().nullable(),
});

/** The calls to one Odoo by minute, the level that stands, and since when some level does. */
export type FailureBudget = z.infer<typeof stored>;
export const UNSPENT: FailureBudget = { minutes: [], level: null, sinceMs: null };

/** How much of a budget is used: `used` in percent of what is allowed, which grows with the calls. */
export type BudgetStanding = { calls: number; failed: number; allowed: number; used: number };

/** Reads a kept budget; what is none is unspent. */
export function readBudget(kept: unknown): FailureBudget {
  const parsed = stored.safeParse(kept);
  return parsed.success ? parsed.data : UNSPENT;
}

/** How a budget stands now, where `percent` of the calls may fail. */
export function standingOf(budget: FailureBudget, percent: number, nowMs: number): BudgetStanding {
  const within = budget.minutes.filter(({ minute }) => isWithin(minute, nowMs));
  const calls = within.reduce((sum, one) => sum + one.calls, 0);
  const failed = within.reduce((sum, one) => sum + one.failed, 0);
  const allowed = Math.max(LEAST_ALLOWED, Math.ceil((calls * percent) / 100));
  return { calls, failed, allowed, used: Math.floor((failed * 100) / allowed) };
}

/** Counts calls that just ended, forgets those of more than an hour ago, and says which level stands now. */
export function spend(
  budget: FailureBudget,
  ended: { calls: number; failed: number },
  percent: number,
  nowMs: number,
): FailureBudget {
  const minute = Math.floor(nowMs / 60_000);
  const others = budget.minutes.filter((one) => one.minute !== minute && isWithin(one.minute, nowMs));
  const mine = budget.minutes.find((one) => one.minute === minute) ?? { minute, calls: 0, failed: 0 };
  const now = { minute, calls: mine.calls + ended.calls, failed: mine.failed + ended.failed };
  const minutes = (now.calls > 0 ? [...others, now] : others).toSorted((a, b) => a.minute - b.minute);
  const next = { ...budget, minutes };
  const level = levelOf(standingOf(next, percent, nowMs).used, budget.level);
  return { minutes, level, sinceMs: level === null ? null : (budget.sinceMs ?? nowMs) };
}

/** The level of what is used: reached at once, left with some slack. */
export function levelOf(used: number, before: BudgetLevel | null): BudgetLevel | null {
  const reached = BUDGET_LEVELS.findLast((level) => used >= level) ?? null;
  const kept = BUDGET_LEVELS.findLast((level) => before !== null && level <= before && used >= level - SLACK) ?? null;
  return (reached ?? 0) >= (kept ?? 0) ? reached : kept;
}

function isWithin(minute: number, nowMs: number): boolean {
  const age = Math.floor(nowMs / 60_000) - minute;
  return age < WINDOW_MINUTES && age >= 0;
}
