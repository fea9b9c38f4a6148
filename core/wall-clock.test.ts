import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isReal, readIsoTime } from "./wall-clock";

describe("an ISO 8601 time", () => {
  it.each([
    ["2026-11-18T10:00:00Z", { hour: 10, minute: 0, second: 0, offsetMinutes: 0 }],
    ["2026-11-18 10:00:00.1234567+0530", { hour: 10, minute: 0, second: 0, millisecond: 123, offsetMinutes: 330 }],
    ["2026-11-18T10:00:00,5-05", { hour: 10, minute: 0, second: 0, millisecond: 500, offsetMinutes: -300 }],
    ["2026-11-18T10:00 UTC", { hour: 10, minute: 0, offsetMinutes: 0 }],
    ["2026-11-18T10:00:00", { hour: 10, minute: 0, second: 0 }],
    ["2026-11-18", {}],
  ])("is read with what it says, and no more: %s", (text, expected) => {
    expect(readIsoTime(text)).toEqual({ year: 2026, month: 11, day: 18, ...expected });
  });

  it.each([
    "2026-11-31",
    "2026-13-01",
    "2026-11-18T25:00:00Z",
    "2026-11-18T10:61",
    "2026-11-18Z",
    "18.11.2026",
    "2026-11-18T10:00:00+99:00",
    "2026-11-18T10",
    "",
    "0000-01-01",
  ])("is none: %s", (text) => expect(readIsoTime(text)).toBeNull());

  it("is what the runtime reads, for every instant of three centuries", () => {
    const range = { min: new Date("1900-01-01"), max: new Date("2199-12-31"), noInvalidDate: true };
    fc.assert(
      fc.property(fc.date(range), (date) => {
        const read = readIsoTime(date.toISOString());
        const { year = 0, month = 0, day = 0, hour, minute, second, millisecond } = read ?? {};
        expect(Date.UTC(year, month - 1, day, hour, minute, second, millisecond)).toBe(date.getTime());
      }),
    );
  });
});

describe("a day", () => {
  it("exists or does not", () => {
    expect(isReal({ year: 2024, month: 2, day: 29 })).toBe(true);
    expect(isReal({ year: 2026, month: 2, day: 29 })).toBe(false);
    expect(isReal({ year: 26, month: 1, day: 1 })).toBe(false);
  });
});
