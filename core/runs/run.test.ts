import fc from "fast-check";
import { expect, test } from "vitest";
import { allowanceOf, RUN_KINDS, TURN_KINDS } from "./run";

test("every kind of run that has items has one lane", () => {
  expect([...TURN_KINDS, "count"].sort()).toEqual([...RUN_KINDS].sort());
});

test.each([
  ["nothing lately", 5, { count: 0, firstAtMs: null }, { items: 2, waitMs: 0 }],
  ["some lately", 5, { count: 4, firstAtMs: 9_500 }, { items: 1, waitMs: 0 }],
  ["all of the pace lately", 5, { count: 5, firstAtMs: 9_500 }, { items: 0, waitMs: 500 }],
  ["a pace of one", 1, { count: 0, firstAtMs: null }, { items: 1, waitMs: 0 }],
  ["a clock that went back", 5, { count: 5, firstAtMs: 60_000 }, { items: 0, waitMs: 1_000 }],
])("of %s so many may begin", (_name, perSecond, recent, allowed) => {
  expect(allowanceOf(perSecond, recent, 10_000)).toEqual(allowed);
});

test("no second ever sees more items end than the pace, however long steps take", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.integer({ min: 0, max: 1_500 }), { minLength: 1, maxLength: 60 }),
      (perSecond, durations) => {
        const ended: number[] = [];
        let nowMs = 0;
        for (const took of durations) {
          const recent = ended.slice(-perSecond).filter((at) => at > nowMs - 1_000);
          const { items, waitMs } = allowanceOf(
            perSecond,
            { count: recent.length, firstAtMs: recent[0] ?? null },
            nowMs,
          );
          nowMs += waitMs > 0 ? waitMs : took;
          for (let i = 0; i < items; i++) ended.push(nowMs);
        }
        for (const from of ended)
          expect(ended.filter((at) => at >= from && at < from + 1_000).length).toBeLessThanOrEqual(perSecond);
      },
    ),
  );
});
