import { expect, test } from "vitest";
import { analyticsSchema } from "@/core/carriers/counting";
import { type PostingTiming, REAL_TIME } from "@/core/postings/timing";
import { dailyInWords, nextDailyMs, nextTurnMs, turnAt } from "./turn";

const at = (text: string) => Date.parse(text);
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
const NIGHTLY: PostingTiming = {
  mode: "windows",
  zone: "UTC",
  windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "02:00", to: "05:00" }],
  holidays: [],
};
const ALWAYS: PostingTiming = {
  mode: "windows",
  zone: "UTC",
  windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "00:00" }],
  holidays: [],
};

test.each([
  ["real time", REAL_TIME, "2026-11-29T12:00:00Z", "always"],
  ["a window that never closes", ALWAYS, "2026-11-29T12:00:00Z", "always"],
  ["before its window", NIGHTLY, "2026-11-29T01:59:59Z", null],
  ["in its window", NIGHTLY, "2026-11-29T02:00:00Z", "until 2026-11-29T05:00:00.000Z"],
  ["later in the same window", NIGHTLY, "2026-11-29T04:59:59Z", "until 2026-11-29T05:00:00.000Z"],
  ["after its window", NIGHTLY, "2026-11-29T05:00:00Z", null],
  ["an interval", { mode: "interval", minutes: 30 }, "2026-11-29T12:44:00Z", "2026-11-29T12:30:00.000Z"],
] as const)("the turn of %s", (_, timing, now, name) => {
  const turn = turnAt(timing as PostingTiming, at(now));
  expect(turn === null || turn === "always" ? turn : turn.name).toBe(name);
});

test.each([
  [REAL_TIME, "2026-11-29T12:00:00Z", null],
  [NIGHTLY, "2026-11-29T01:00:00Z", "2026-11-29T02:00:00.000Z"],
  [NIGHTLY, "2026-11-29T03:00:00Z", "2026-11-30T02:00:00.000Z"],
  [NIGHTLY, "2026-11-29T06:00:00Z", "2026-11-30T02:00:00.000Z"],
  [{ mode: "interval", minutes: 30 }, "2026-11-29T12:44:00Z", "2026-11-29T13:00:00.000Z"],
] as const)("the next turn of %o at %s", (timing, now, next) => {
  expect(iso(nextTurnMs(timing as PostingTiming, at(now)))).toBe(next);
});

test.each([
  ["02:00", "UTC", "2026-11-29T01:59:00Z", "2026-11-29T02:00:00.000Z"],
  ["02:00", "UTC", "2026-11-29T02:00:00Z", "2026-11-30T02:00:00.000Z"],
  ["02:00", "Europe/Berlin", "2026-11-29T00:30:00Z", "2026-11-29T01:00:00.000Z"],
  ["23:30", "America/New_York", "2026-11-29T03:00:00Z", "2026-11-29T04:30:00.000Z"],
  // a time that the change of clocks skips is as much later
  ["02:30", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00.000Z"],
] as const)("daily at %s in %s, after %s", (startAt, zone, now, next) => {
  expect(iso(nextDailyMs({ startAt, zone }, at(now)))).toBe(next);
});

test("words and defaults", () => {
  expect(dailyInWords({ startAt: "02:00", zone: "UTC" })).toBe("batch, daily at 02:00 (UTC)");
  expect(analyticsSchema.parse({})).toEqual({ timing: REAL_TIME });
});
