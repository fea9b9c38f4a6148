import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantInZone, isZone, offsetAt, parseOffset, resolveTime, type TimeInput } from "./zones";

const noon = { year: 2026, month: 1, day: 5, hour: 12, minute: 30, second: 15 };
const iso = (input: TimeInput) => {
  const time = resolveTime(input);
  return time && new Date(time.occurredAtMs).toISOString();
};

describe("the basis of an instant", () => {
  const zones = { placeZone: "America/New_York", feedZone: "Europe/Berlin" };
  it.each<[string, Partial<TimeInput>, string, string, number | null]>([
    ["the payload's offset before all", { ...zones, offsetMinutes: 330 }, "2026-01-05T07:00:15.000Z", "offset", 330],
    ["UTC said is an offset", { ...zones, offsetMinutes: 0 }, "2026-01-05T12:30:15.000Z", "offset", 0],
    ["the zone of the place", zones, "2026-01-05T17:30:15.000Z", "location", null],
    ["the zone of the feed", { feedZone: "Europe/Berlin" }, "2026-01-05T11:30:15.000Z", "feed", null],
    [
      "a zone nobody knows is passed over",
      { placeZone: "Mars/Olympus", feedZone: "Europe/Berlin" },
      "2026-01-05T11:30:15.000Z",
      "feed",
      null,
    ],
    ["else UTC, assumed", {}, "2026-01-05T12:30:15.000Z", "assumed", null],
    [
      "nulls are as good as nothing",
      { offsetMinutes: null, placeZone: null, feedZone: null },
      "2026-01-05T12:30:15.000Z",
      "assumed",
      null,
    ],
  ])("is %s", (_, given, instant, basis, offsetMinutes) => {
    const time = resolveTime({ ...noon, ...given });
    expect(time).toMatchObject({ basis, offsetMinutes, precision: "second" });
    expect(new Date(time?.occurredAtMs ?? 0).toISOString()).toBe(instant);
  });
});

describe("precision", () => {
  it.each<[string, TimeInput, string, string]>([
    [
      "a day is its first instant in the zone",
      { year: 2026, month: 7, day: 1, feedZone: "Europe/Berlin" },
      "date",
      "2026-06-30T22:00:00.000Z",
    ],
    ["minutes", { year: 2026, month: 7, day: 1, hour: 9, minute: 5 }, "minute", "2026-07-01T09:05:00.000Z"],
    ["hours alone count as minutes", { year: 2026, month: 7, day: 1, hour: 9 }, "minute", "2026-07-01T09:00:00.000Z"],
    ["milliseconds are kept", { ...noon, millisecond: 250 }, "second", "2026-01-05T12:30:15.250Z"],
  ])("%s", (_, input, precision, instant) => {
    expect(resolveTime(input)?.precision).toBe(precision);
    expect(iso(input)).toBe(instant);
  });
});

describe("clock changes", () => {
  it.each<[string, TimeInput, string]>([
    [
      "a skipped time is read with the offset before: Berlin",
      { year: 2026, month: 3, day: 29, hour: 2, minute: 30, feedZone: "Europe/Berlin" },
      "2026-03-29T01:30:00.000Z",
    ],
    [
      "a skipped time is read with the offset before: New York",
      { year: 2026, month: 3, day: 8, hour: 2, minute: 30, feedZone: "America/New_York" },
      "2026-03-08T07:30:00.000Z",
    ],
    [
      "a doubled time is its first occurrence: Berlin",
      { year: 2026, month: 10, day: 25, hour: 2, minute: 30, feedZone: "Europe/Berlin" },
      "2026-10-25T00:30:00.000Z",
    ],
    [
      "a doubled time is its first occurrence: New York",
      { year: 2026, month: 11, day: 1, hour: 1, minute: 30, feedZone: "America/New_York" },
      "2026-11-01T05:30:00.000Z",
    ],
    [
      "the hour before it",
      { year: 2026, month: 10, day: 25, hour: 1, minute: 59, feedZone: "Europe/Berlin" },
      "2026-10-24T23:59:00.000Z",
    ],
    [
      "the hour after it",
      { year: 2026, month: 10, day: 25, hour: 3, minute: 0, feedZone: "Europe/Berlin" },
      "2026-10-25T02:00:00.000Z",
    ],
    [
      "half an hour: Lord Howe",
      { year: 2026, month: 10, day: 4, hour: 2, minute: 15, feedZone: "Australia/Lord_Howe" },
      "2026-10-03T15:45:00.000Z",
    ],
    [
      "a day that began at one: São Paulo 2018",
      { year: 2018, month: 11, day: 4, feedZone: "America/Sao_Paulo" },
      "2018-11-04T03:00:00.000Z",
    ],
  ])("%s", (_, input, instant) => {
    expect(iso(input)).toBe(instant);
  });
});

describe("a wall clock in a zone", () => {
  it("shows the instant it was read as, unless it was skipped", () => {
    const zones = fc.constantFrom(
      "Europe/Berlin",
      "America/New_York",
      "Asia/Kolkata",
      "Australia/Lord_Howe",
      "UTC",
      "Pacific/Apia",
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 * 365 * 24 * 60 }), zones, (minutes, zone) => {
        const wallMs = Date.UTC(2000, 0, 1) + minutes * 60_000;
        const instantMs = instantInZone(wallMs, zone);
        const shownMs = instantMs + offsetAt(instantMs, zone) * 60_000;
        if (shownMs !== wallMs) {
          // Skipped: it lies in a gap, so one before and one after it show the same jump.
          expect(shownMs - wallMs).toBeGreaterThan(0);
          expect(offsetAt(instantMs, zone)).toBeGreaterThan(offsetAt(instantMs - 86_400_000, zone));
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe("what does not exist", () => {
  it.each<Partial<TimeInput>>([
    { month: 13 },
    { month: 0 },
    { month: 2, day: 30 },
    { month: 2, day: 29 },
    { day: 0 },
    { hour: 25 },
    { hour: 24, minute: 1 },
    { minute: 60 },
    { second: 61 },
    { millisecond: 1000 },
    { hour: 1.5 },
    { year: 0 },
    { offsetMinutes: 900 },
    { offsetMinutes: 1.5 },
  ])("%j is null", (wrong) => {
    expect(resolveTime({ ...noon, ...wrong })).toBeNull();
  });

  it.each<[string, Partial<TimeInput>, string]>([
    ["24:00 is the next midnight", { hour: 24, minute: 0, second: 0 }, "2026-01-06T00:00:00.000Z"],
    ["a leap second is the 59th", { second: 60 }, "2026-01-05T12:30:59.000Z"],
    ["29 February in a leap year", { year: 2028, month: 2, day: 29 }, "2028-02-29T12:30:15.000Z"],
  ])("but %s", (_, given, instant) => {
    expect(iso({ ...noon, ...given })).toBe(instant);
  });
});

describe("parseOffset", () => {
  it.each<[string, number | null]>([
    ["Z", 0],
    ["z", 0],
    ["UTC", 0],
    ["GMT", 0],
    ["+02:00", 120],
    ["-0530", -330],
    ["+5:30", 330],
    ["+05", 330 - 30],
    ["UTC+1", 60],
    ["GMT-05:00", -300],
    ["−03:00", -180],
    ["-00:00", 0],
    ["+14:00", 840],
    ["+14:01", null],
    ["+02:60", null],
    ["+25", null],
    ["EST", null],
    ["02:00", null],
    ["", null],
    ["+2:0", null],
  ])("%j is %j", (text, minutes) => {
    expect(parseOffset(text)).toBe(minutes);
  });
});

it("knows IANA zones and refuses anything else, however long", () => {
  expect(["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires"].map(isZone)).toEqual([true, true, true]);
  expect(["", "Berlin", "Europe/Nowhere", "x".repeat(5_000)].map(isZone)).toEqual([false, false, false, false]);
  expect(() => offsetAt(0, "Europe/Nowhere")).toThrow(RangeError);
});
