import { describe, expect, test } from "vitest";
import type { StoredEvent } from "@/core/shipments/event";
import { axisOf, axisTicks, lanesOf, sightingMarks, stackRows } from "./timeline";

const AT = Date.parse("2026-11-20T10:00:00Z");
const HOUR = 3_600_000;
let n = 0;

function event(some: Partial<StoredEvent> & { atMs?: number | null } = {}): StoredEvent {
  const { atMs = AT, ...rest } = some;
  return {
    kind: "in_transit",
    classifier: "actual",
    time: atMs === null ? null : { occurredAtMs: atMs, offsetMinutes: 0, precision: "second", basis: "offset" },
    package: "1Z1",
    inferred: false,
    overall: false,
    retracts: null,
    reason: null,
    location: "Brno",
    raw: { eventId: null, word: null, code: null, description: null, time: null, place: null },
    key: `k${n++}`,
    generation: 1,
    withdrawn: false,
    feedId: 1,
    feedClass: "carrier",
    messageId: "m",
    receivedAtMs: (atMs ?? AT) + 60_000,
    ...rest,
  };
}

const only = (...events: StoredEvent[]) => sightingMarks(events, {})[0];

describe("marks", () => {
  test("one scan told by two feeds is one mark under the first, naming both", () => {
    const marks = sightingMarks([event({ feedId: 2, receivedAtMs: AT + HOUR }), event()], {});
    expect(marks.map((mark) => [mark.feedId, mark.told.map((one) => one.feedId), mark.copies])).toEqual([
      [1, [1, 2], 1],
    ]);
  });

  test("a repetition of the same feed is stacked", () => {
    expect(only(event(), event())?.copies).toBe(2);
  });

  test("what is known more than two hours later is late, a day without a clock only after the next day", () => {
    expect(only(event({ receivedAtMs: AT + 2 * HOUR }))?.late).toBe(false);
    expect(only(event({ receivedAtMs: AT + 2 * HOUR + 1 }))).toMatchObject({ late: true, delayMs: 2 * HOUR + 1 });
    const day = { occurredAtMs: AT, offsetMinutes: null, precision: "date", basis: "feed" } as const;
    expect(only({ ...event({ receivedAtMs: AT + 30 * HOUR }), time: day })?.late).toBe(false);
  });

  test.each<[string, Partial<StoredEvent>, boolean]>([
    ["a plain scan", {}, false],
    ["an estimate", { classifier: "estimated" }, true],
    ["a plan", { classifier: "planned" }, true],
    ["an unmapped code", { kind: "unmapped_code" }, true],
    ["an information", { kind: "eta_updated" }, true],
    ["the only word of a feed, an overall status", { overall: true }, false],
  ])("%s counts or is advice", (_name, some, advice) => {
    expect(only(event(some))?.advisory !== null).toBe(advice);
  });

  test("an overall status beside details, a regression and an event without a time are advice", () => {
    const overall = event({ overall: true, kind: "delivered" });
    const regression = event({ atMs: AT + HOUR });
    const timeless = event({ atMs: null });
    const marks = sightingMarks([overall, regression, timeless, event()], { regressions: [{ key: regression.key }] });
    const of = (e: StoredEvent) => marks.find((mark) => mark.key === e.key)?.advisory;
    expect([of(overall), of(regression), of(timeless)].every((why) => typeof why === "string")).toBe(true);
    expect(marks[0]?.key).toBe(timeless.key);
  });

  test("an event that its sender took back is struck through, of that sender only", () => {
    const raw = { eventId: "e1", word: null, code: null, description: null, time: null, place: null };
    const gone = event({ raw });
    const others = event({ raw, feedId: 2, atMs: AT + HOUR });
    const marks = sightingMarks([gone, others, event({ kind: "info", retracts: "e1", atMs: AT + 2 * HOUR })], {});
    expect(marks.filter((mark) => mark.retracted).map((mark) => mark.key)).toEqual([gone.key]);
  });
});

test("what its first teller did not send by itself is marked as recovered", () => {
  const [fetched, sent] = [event({ messageId: "m1" }), event({ messageId: "m2", atMs: AT + HOUR })];
  const marks = sightingMarks([fetched, sent], {}, new Set(["m1"]));
  expect(marks.map((mark) => mark.recovered)).toEqual([false, true]);
});

test("lanes stand in the order of the systems and hold their marks from left to right", () => {
  const marks = sightingMarks(
    [event({ atMs: AT + HOUR }), event(), event({ feedId: 3, kind: "picked" }), event({ atMs: null })],
    {},
  );
  const lanes = lanesOf(marks, [3, 2, 1]);
  expect(lanes.map((lane) => [lane.feedId, lane.marks.map((mark) => mark.atMs)])).toEqual([
    [3, [AT]],
    [1, [AT, AT + HOUR]],
  ]);
});

test("marks that would cover each other go to rows below and no lower than needed", () => {
  expect(stackRows([0, 5, 8, 20, 21, 40], 12)).toEqual([0, 1, 2, 0, 1, 0]);
  expect(stackRows([], 12)).toEqual([]);
});

test("the axis holds every event, and a receipt of weeks later does not stretch it", () => {
  const axis = axisOf([AT, AT + 10 * HOUR], [AT + 11 * HOUR, AT + 900 * HOUR]);
  expect(axis.fromMs).toBeLessThan(AT);
  expect(axis.toMs).toBeGreaterThan(AT + 11 * HOUR);
  expect(axis.toMs).toBeLessThan(AT + 13 * HOUR);
});

test("ticks are round in the viewer's zone and few, also across a change of clocks", () => {
  const days = axisTicks(Date.parse("2026-10-23T12:00:00Z"), Date.parse("2026-10-27T12:00:00Z"), 6, "Europe/Prague");
  expect(days.map((tick) => new Date(tick.atMs).toISOString())).toEqual([
    "2026-10-23T22:00:00.000Z",
    "2026-10-24T22:00:00.000Z",
    "2026-10-25T23:00:00.000Z",
    "2026-10-26T23:00:00.000Z",
  ]);
  expect(axisTicks(AT, AT + 1000 * HOUR, 8, "UTC").length).toBeLessThanOrEqual(8);
  expect(axisTicks(AT, AT + HOUR, 8, "UTC").every((tick) => tick.atMs >= AT && tick.atMs <= AT + HOUR)).toBe(true);
});
