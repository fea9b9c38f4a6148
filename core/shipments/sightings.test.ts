import { expect, test } from "vitest";
import type { StoredEvent } from "./event";
import { sightings } from "./sightings";

const AT = Date.parse("2026-11-20T10:00:00Z");
let n = 0;

function event(
  some: Partial<Omit<StoredEvent, "time">> & { atMs?: number; precision?: "second" | "minute" | "date" },
): StoredEvent {
  const { atMs = AT, precision = "second", ...rest } = some;
  return {
    kind: "in_transit",
    classifier: "actual",
    time: { occurredAtMs: atMs, offsetMinutes: 0, precision, basis: "offset" },
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
    receivedAtMs: AT,
    ...rest,
  };
}

const sizes = (events: StoredEvent[]) => sightings(events).map((sighting) => sighting.events.length);

test("the same scan told by two feeds is one sighting, led by the one received first", () => {
  const later = event({ feedId: 2, location: "BRNO CZ", receivedAtMs: AT + 9_000, atMs: AT - 20_000 });
  const first = event({ feedId: 1 });
  const [sighting] = sightings([later, first]);
  expect(sighting?.events.map((e) => e.feedId)).toEqual([1, 2]);
  expect(sighting?.key).toBe(first.key);
});

test.each([
  ["two kinds", event({}), event({ feedId: 2, kind: "delivered" })],
  ["two packages", event({}), event({ feedId: 2, package: "1Z2" })],
  ["an hour apart", event({}), event({ feedId: 2, atMs: AT + 3_600_000 })],
  ["planned and actual", event({}), event({ feedId: 2, classifier: "planned" })],
  ["one feed, two places", event({}), event({ location: "Praha" })],
  [
    "another day where one knows only the day",
    event({ precision: "date" }),
    event({ feedId: 2, atMs: AT + 86_400_000 }),
  ],
])("%s are two sightings", (_name, a, b) => {
  expect(sizes([a, b])).toEqual([1, 1]);
});

test("a day joins the scan of that day, a whole shipment joins its package, and one feed's exact repetition stacks", () => {
  expect(sizes([event({}), event({ feedId: 2, precision: "date", atMs: AT - 6 * 3_600_000 })])).toEqual([2]);
  expect(sizes([event({}), event({ feedId: 2, package: null })])).toEqual([2]);
  expect(sizes([event({}), event({})])).toEqual([2]);
});

test("a feed's overall status joins the detail it repeats, which stands for both", () => {
  const overall = event({ overall: true, location: null, receivedAtMs: AT - 5_000 });
  const [sighting, ...others] = sightings([overall, event({})]);
  expect(others).toEqual([]);
  expect(sighting?.events.map((e) => e.overall)).toEqual([false, true]);
  expect(sizes([overall, event({ feedId: 2 })])).toEqual([1, 1]);
});

test("events without a time stand alone, at the end", () => {
  const timeless = { ...event({}), time: null };
  expect(sightings([timeless, { ...timeless, key: "other" }, event({})]).map((s) => s.events[0].time === null)).toEqual(
    [false, true, true],
  );
});
