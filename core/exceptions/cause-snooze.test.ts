import { describe, expect, it } from "vitest";
import { refusalOfSnooze, type SnoozedCause, snoozeWords, spikeOver, wakesBecause } from "./cause-snooze";

const NOW = Date.parse("2026-11-20T10:00:00Z");
const cause = (over: Partial<SnoozedCause>): SnoozedCause => ({
  mode: "more",
  untilMs: null,
  openedBefore: 10,
  more: 5,
  baselinePerHour: null,
  opened: 10,
  openedLastHour: 0,
  ...over,
});

describe("a cause that is put away", () => {
  it.each<[string, Partial<SnoozedCause>, string | null]>([
    ["stays until as many came as were named", { opened: 14 }, null],
    ["wakes with the last of them", { opened: 15 }, "5 more came"],
    ["stays before its time", { mode: "until", untilMs: NOW + 1 }, null],
    ["wakes at its time", { mode: "until", untilMs: NOW }, "its time has come"],
    ["stays at its usual rate", { mode: "escalating", baselinePerHour: 10, openedLastHour: 29 }, null],
    [
      "wakes at three times its rate",
      { mode: "escalating", baselinePerHour: 10, openedLastHour: 30 },
      "it escalated: 30 came within an hour",
    ],
    [
      "is not woken by a few where none were usual",
      { mode: "escalating", baselinePerHour: 0, openedLastHour: 4 },
      null,
    ],
  ])("%s", (_, over, because) => {
    expect(wakesBecause(cause(over), NOW)).toBe(because);
  });
});

it("counts a spike from five, and from three times a higher rate", () => {
  expect([0, 1, 2, 100].map(spikeOver)).toEqual([5, 5, 6, 300]);
});

it("refuses times that passed or lie too far ahead, and nothing else", () => {
  expect(refusalOfSnooze({ mode: "until", until: new Date(NOW) }, NOW)).toContain("still to come");
  expect(refusalOfSnooze({ mode: "until", until: new Date(NOW + 91 * 86_400_000) }, NOW)).toContain("90 days");
  expect(refusalOfSnooze({ mode: "until", until: new Date(NOW + 1) }, NOW)).toBeNull();
  expect(refusalOfSnooze({ mode: "escalating" }, NOW)).toBeNull();
});

it("says when it comes back", () => {
  expect(snoozeWords({ mode: "more", more: 5 })).toBe("until 5 more come");
  expect(snoozeWords({ mode: "until", until: new Date(NOW) })).toBe("until 2026-11-20 10:00 UTC");
});
