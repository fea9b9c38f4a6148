import { describe, expect, it } from "vitest";
import type { PostingTiming } from "@/core/postings/timing";
import { settledAfterMs, windowEnd } from "./window";

const HOUR = 3_600_000;
const at = (text: string) => Date.parse(`2026-11-${text}Z`);
const nightly: PostingTiming = {
  mode: "windows",
  zone: "Europe/Berlin",
  windows: [{ days: [1, 2, 3, 4, 5], from: "18:00", to: "20:00" }],
  holidays: ["2026-11-25"],
};

describe("the window of a freight posting", () => {
  it.each<[string, PostingTiming, string, string | null]>([
    ["six hours after its day in real time", { mode: "real_time" }, "24T09:00", "25T06:00"],
    ["the hour after an hourly batch", { mode: "interval", minutes: 60 }, "24T09:20", "24T11:00"],
    ["the end of the window that is open", nightly, "24T17:30", "24T19:00"],
    ["the end of the next window", nightly, "24T09:00", "24T19:00"],
    ["the next window behind a holiday", nightly, "24T19:00", "26T19:00"],
    ["the next week's over a weekend", nightly, "27T19:30", "30T19:00"],
    ["none where no window ever opens", { ...nightly, windows: [] } as PostingTiming, "24T09:00", null],
  ])("is %s", (_what, timing, planned, expected) =>
    expect(windowEnd(timing, at(planned), 6 * HOUR)).toBe(expected === null ? null : at(expected)),
  );

  it("is kept until it ends, however long it was open", () => {
    const ends = at("24T19:00");
    expect(settledAfterMs(ends, at("24T09:00"), 6 * HOUR)).toBe(0);
    expect(settledAfterMs(ends, ends, 6 * HOUR)).toBe(6 * HOUR);
    expect(settledAfterMs(ends, ends + 1, 6 * HOUR)).toBeGreaterThan(6 * HOUR);
  });
});
