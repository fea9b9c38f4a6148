import { expect, test } from "vitest";
import { drainSeconds, perSecondOf } from "./drain";

test("the last minute tells the pace, and the window where nothing went in it", () => {
  const taken = [
    { posted: 600, lastMinute: 120 },
    { posted: 300, lastMinute: 60 },
  ];
  expect(perSecondOf(taken, 300_000)).toBe(3);
  expect(perSecondOf([{ posted: 600, lastMinute: 0 }], 300_000)).toBe(2);
  expect(perSecondOf([], 300_000)).toBe(0);
});

test("nothing drains at once, and what does not move never", () => {
  expect([drainSeconds(0, 0), drainSeconds(90, 3), drainSeconds(90, 0)]).toEqual([0, 30, null]);
});
