import { describe, expect, test } from "vitest";
import { type PostingTiming, postingTiming, type Standing, standing, timingInWords } from "./timing";

const at = (text: string) => Date.parse(text);
const until = (text: string | null): Standing => ({ open: true, closesAtMs: text === null ? null : at(text) });
const from = (text: string | null): Standing => ({ open: false, opensAtMs: text === null ? null : at(text) });
const everyDay = [1, 2, 3, 4, 5, 6, 7];
const windows = (
  zone: string,
  list: [days: number[], from: string, to: string][],
  holidays: string[] = [],
): PostingTiming =>
  postingTiming.parse({
    mode: "windows",
    zone,
    windows: list.map(([days, begin, end]) => ({ days, from: begin, to: end })),
    holidays,
  });
const night = windows("Europe/Berlin", [[everyDay, "18:00", "06:00"]]);
const office = windows("Europe/Berlin", [[[1, 2, 3, 4, 5], "09:00", "17:00"]], ["2026-12-25"]);

describe("when postings may go", () => {
  const cases: [string, PostingTiming, string, Standing][] = [
    ["real time is always open", { mode: "real_time" }, "2026-11-28T12:00:00Z", until(null)],
    [
      "an interval gathers until its next multiple",
      { mode: "interval", minutes: 15 },
      "2026-11-28T12:07:00Z",
      from("2026-11-28T12:15:00Z"),
    ],
    [
      "on the multiple itself it gathers for the next",
      { mode: "interval", minutes: 15 },
      "2026-11-28T12:15:00Z",
      from("2026-11-28T12:30:00Z"),
    ],
    ["18:00 to 06:00 waits at noon for 18:00", night, "2026-11-28T11:00:00Z", from("2026-11-28T17:00:00Z")],
    ["it opens on the instant", night, "2026-11-28T17:00:00Z", until("2026-11-29T05:00:00Z")],
    [
      "it is open after midnight by the window of the day before",
      night,
      "2026-11-29T04:59:59Z",
      until("2026-11-29T05:00:00Z"),
    ],
    ["it is closed on the instant of its end", night, "2026-11-29T05:00:00Z", from("2026-11-29T17:00:00Z")],
    [
      "on Friday evening the next office hours are on Monday",
      office,
      "2026-11-27T17:00:00Z",
      from("2026-11-30T08:00:00Z"),
    ],
    ["no window begins on a holiday", office, "2026-12-24T16:30:00Z", from("2026-12-28T08:00:00Z")],
    [
      "touching windows are one",
      windows("UTC", [
        [everyDay, "18:00", "00:00"],
        [everyDay, "00:00", "06:00"],
      ]),
      "2026-11-28T20:00:00Z",
      until("2026-11-29T06:00:00Z"),
    ],
    [
      "the whole day on every day never closes",
      windows("UTC", [[everyDay, "00:00", "00:00"]]),
      "2026-11-28T20:00:00Z",
      until(null),
    ],
    [
      "overlapping windows close with the later end",
      windows("UTC", [
        [everyDay, "08:00", "12:00"],
        [everyDay, "10:00", "14:00"],
      ]),
      "2026-11-28T11:00:00Z",
      until("2026-11-28T14:00:00Z"),
    ],
    [
      "an early window inside a night that began the day before keeps it open",
      windows("UTC", [
        [[6], "18:00", "10:00"],
        [[7], "09:00", "11:00"],
      ]),
      "2026-11-29T08:00:00Z",
      until("2026-11-29T11:00:00Z"),
    ],
    ["one day a week", windows("UTC", [[[1], "02:00", "03:00"]]), "2026-11-28T11:00:00Z", from("2026-11-30T02:00:00Z")],
  ];
  for (const [name, timing, now, expected] of cases)
    test(name, () => {
      expect(standing(timing, at(now))).toEqual(expected);
    });

  test("a calendar of nothing but holidays never opens, and says so", () => {
    const holidays = Array.from({ length: 400 }, (_, i) =>
      new Date(at("2026-11-28T00:00:00Z") + i * 86_400_000).toISOString().slice(0, 10),
    );
    const closed = { ...windows("UTC", [[[6], "10:00", "11:00"]]), holidays } as PostingTiming;
    expect(standing(closed, at("2026-11-28T12:00:00Z"))).toEqual(from(null));
  });
});

describe("on the days on which clocks change in Berlin", () => {
  const skipped = windows("Europe/Berlin", [[everyDay, "02:30", "04:00"]]);
  test("a begin that is skipped in March is the moment after the change", () => {
    expect(standing(skipped, at("2027-03-28T00:00:00Z"))).toEqual(from("2027-03-28T01:30:00Z"));
    expect(standing(skipped, at("2027-03-28T01:45:00Z"))).toEqual(until("2027-03-28T02:00:00Z"));
  });
  test("the night of March is an hour shorter, that of October an hour longer", () => {
    expect(standing(night, at("2027-03-27T17:00:00Z"))).toEqual(until("2027-03-28T04:00:00Z"));
    expect(standing(night, at("2026-10-24T16:00:00Z"))).toEqual(until("2026-10-25T05:00:00Z"));
  });
  test("a window in the hour that occurs twice opens once, the first time", () => {
    const twice = windows("Europe/Berlin", [[everyDay, "02:15", "02:45"]]);
    expect(standing(twice, at("2026-10-25T00:20:00Z"))).toEqual(until("2026-10-25T00:45:00Z"));
    expect(standing(twice, at("2026-10-25T01:20:00Z"))).toEqual(from("2026-10-26T01:15:00Z"));
  });
});

describe("a timing", () => {
  test("is refused without a zone that exists, a day, or a time of day", () => {
    const one = { days: [1], from: "18:00", to: "06:00" };
    const bad = [
      { mode: "windows", zone: "Europe/Nowhere", windows: [one] },
      { mode: "windows", zone: "UTC", windows: [] },
      { mode: "windows", zone: "UTC", windows: [{ ...one, days: [] }] },
      { mode: "windows", zone: "UTC", windows: [{ ...one, from: "24:00" }] },
      { mode: "interval", minutes: 0 },
    ];
    expect(bad.map((one) => postingTiming.safeParse(one).success)).toEqual(bad.map(() => false));
  });

  test("is said in words", () => {
    expect([
      timingInWords({ mode: "real_time" }),
      timingInWords({ mode: "interval", minutes: 15 }),
      timingInWords(night),
      timingInWords(office),
      timingInWords(windows("UTC", [[[1, 3], "02:00", "03:00"]])),
    ]).toEqual([
      "real-time",
      "batch, every 15 min",
      "batch, 18:00–06:00",
      "batch, Mon–Fri 09:00–17:00",
      "batch, Mon Wed 02:00–03:00",
    ]);
  });
});
