import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BUDGET_LEVELS, type BudgetLevel, levelOf, readBudget, spend, standingOf, UNSPENT } from "./failure-budget";

const MINUTE = 60_000;
const level = fc.constantFrom<BudgetLevel | null>(null, ...BUDGET_LEVELS);
const ended = fc.record({
  calls: fc.nat(500),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  afterMs: fc.nat(400_000),
});

describe("the failure budget of an Odoo", () => {
  it("reaches each level in turn and lets twenty fail where there are few calls", () => {
    const levels = [9, 10, 14, 18, 20].map((failed) => spend(UNSPENT, { calls: 40, failed }, 5, 0).level);
    expect(levels).toEqual([null, 50, 70, 90, 100]);
    expect(standingOf(spend(UNSPENT, { calls: 2_000, failed: 50 }, 5, 0), 5, 0)).toEqual({
      calls: 2_000,
      failed: 50,
      allowed: 100,
      used: 50,
    });
  });

  it("clears by itself when the hour has passed, and keeps since when it stood", () => {
    const spent = spend(UNSPENT, { calls: 100, failed: 15 }, 5, 5 * MINUTE);
    expect([spent.level, spent.sinceMs]).toEqual([70, 5 * MINUTE]);
    const more = spend(spent, { calls: 10, failed: 5 }, 5, 20 * MINUTE);
    expect([more.level, more.sinceMs]).toEqual([100, 5 * MINUTE]);
    const later = spend(more, { calls: 0, failed: 0 }, 5, 65 * MINUTE);
    expect([later.level, later.minutes.length]).toEqual([null, 1]);
    expect(spend(later, { calls: 0, failed: 0 }, 5, 80 * MINUTE)).toEqual(UNSPENT);
  });

  it("reads nothing where nothing, or something else, was kept", () => {
    for (const kept of [null, {}, [], "x", { minutes: [{ minute: 1.5, calls: 1, failed: 0 }], level: 60, sinceMs: 1 }])
      expect(readBudget(kept)).toEqual(UNSPENT);
    const spent = spend(UNSPENT, { calls: 3, failed: 3 }, 5, 0);
    expect(readBudget(JSON.parse(JSON.stringify(spent)))).toEqual(spent);
  });

  it("reaches a level at once, and leaves it only with slack, one step of it at a time", () => {
    fc.assert(
      fc.property(fc.nat(300), level, (used, before) => {
        const now = levelOf(used, before);
        const reached = BUDGET_LEVELS.findLast((one) => used >= one) ?? 0;
        expect(now ?? 0).toBeGreaterThanOrEqual(reached);
        if (now !== null && now > reached) {
          expect(before ?? 0).toBeGreaterThanOrEqual(now);
          expect(used).toBeGreaterThanOrEqual(now - 10);
        }
        // asked again it says the same: nothing swings by itself
        expect(levelOf(used, now)).toBe(now);
      }),
    );
  });

  it("does not swing between what is used by a tenth more and less", () => {
    fc.assert(
      fc.property(fc.constantFrom(...BUDGET_LEVELS), fc.array(fc.integer({ min: -9, max: 0 })), (at, swings) => {
        const levels = [levelOf(at, null)];
        for (const swing of swings) levels.push(levelOf(at + swing, levels.at(-1) ?? null));
        expect(new Set(levels).size).toBe(1);
      }),
    );
  });

  it("counts what ended within the hour, whatever came when, and never more minutes than that", () => {
    fc.assert(
      fc.property(fc.array(ended, { maxLength: 60 }), fc.integer({ min: 1, max: 100 }), (rows, percent) => {
        let nowMs = 0;
        let budget = UNSPENT;
        const told: { atMinute: number; calls: number; failed: number }[] = [];
        for (const { calls, share, afterMs } of rows) {
          nowMs += afterMs;
          const failed = Math.floor(calls * share);
          budget = spend(budget, { calls, failed }, percent, nowMs);
          told.push({ atMinute: Math.floor(nowMs / MINUTE), calls, failed });
        }
        const within = told.filter(({ atMinute }) => Math.floor(nowMs / MINUTE) - atMinute < 60);
        const { calls, failed, allowed, used } = standingOf(budget, percent, nowMs);
        expect(calls).toBe(within.reduce((sum, one) => sum + one.calls, 0));
        expect(failed).toBe(within.reduce((sum, one) => sum + one.failed, 0));
        expect(budget.minutes.length).toBeLessThanOrEqual(60);
        expect(used).toBe(Math.floor((failed * 100) / allowed));
        expect(budget.level === null).toBe(budget.sinceMs === null);
      }),
    );
  });
});
