import { expect, test } from "vitest";
import {
  advanceHistory,
  beginHistory,
  historySchema,
  isHistory,
  pauseHistory,
  progressOf,
  resumeHistory,
} from "./history";

const start = Date.parse("2026-11-28T10:00:00.000Z");
const begun = beginHistory({ orders: 100, pickings: 300 }, start);
const half = advanceHistory(begun, { orders: 100, pickings: 100 }, true, start + 10_000);

test.each([
  ["just begun", begun, start, { found: 400, read: 0, remaining: 400, percent: 0, secondsLeft: null }],
  [
    "half way after ten seconds",
    half,
    start + 10_000,
    { found: 400, read: 200, remaining: 200, percent: 50, secondsLeft: 10 },
  ],
  ["paused: no time is told", pauseHistory(half, start + 10_000), start + 60_000, { read: 200, secondsLeft: null }],
  [
    "resumed: the pause is not in the pace",
    advanceHistory(
      resumeHistory(pauseHistory(half, start + 10_000), start + 100_000),
      { orders: 100, pickings: 200 },
      true,
      start + 110_000,
    ),
    start + 110_000,
    { read: 300, remaining: 100, secondsLeft: 10 },
  ],
  [
    "done",
    advanceHistory(half, { orders: 100, pickings: 290 }, false, start + 20_000),
    start + 30_000,
    { percent: 100, remaining: 0, secondsLeft: null },
  ],
  ["nothing to read", beginHistory({ orders: 0, pickings: 0 }, start), start, { found: 0, percent: 100 }],
  [
    "more came than was found",
    advanceHistory(begun, { orders: 110, pickings: 300 }, true, start + 1000),
    start + 1000,
    { found: 410, remaining: 0, percent: 100 },
  ],
])("%s", (_what, history, nowMs, progress) => {
  expect(historySchema.parse(history)).toEqual(history);
  expect(progressOf(history, nowMs)).toMatchObject(progress);
});

test("only what stood in Odoo before it was connected is history, and only until it is through", () => {
  expect(isHistory(begun, "2026-11-28T09:59:59Z")).toBe(true);
  expect(isHistory(begun, "2026-11-28T10:00:00Z")).toBe(false);
  expect(isHistory(begun, "2026-11-28T10:00:01Z")).toBe(false);
  expect(isHistory(advanceHistory(begun, begun.read, false, start), "2026-11-28T09:59:59Z")).toBe(false);
  expect(isHistory(null, "2026-11-28T09:59:59Z")).toBe(false);
});
