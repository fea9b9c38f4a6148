import fc from "fast-check";
import { expect, test } from "vitest";
import { EVENT_LEGS, type EventLeg, type EventMoments, splitLegs } from "./event-legs";

const NOW = 1_000_000;
const well: EventMoments = {
  occurredAtMs: 0,
  receivedAtMs: 600,
  firstReadAtMs: 610,
  readAtMs: 610,
  posting: {
    plannedAtMs: 615,
    calls: [{ startedAtMs: 650, durationMs: 40, stuck: false }],
    doneAtMs: 690,
    waitsForPerson: false,
  },
};
const posted = well.posting as NonNullable<EventMoments["posting"]>;
const legs = (moments: EventMoments): Partial<Record<EventLeg, number>> =>
  Object.fromEntries(
    splitLegs(moments, NOW)
      .legs.filter(({ ms }) => ms > 0)
      .map(({ leg, ms }) => [leg, ms]),
  );

test.each<[string, EventMoments, Partial<Record<EventLeg, number>>, number]>([
  ["a smooth one", well, { source: 600, interpret: 10, plan: 5, wait: 35, odoo: 40 }, 690],
  [
    "without a time of its own it begins at the receipt",
    { ...well, occurredAtMs: null },
    { interpret: 10, plan: 5, wait: 35, odoo: 40 },
    90,
  ],
  [
    "told before it happened, by another clock",
    { ...well, occurredAtMs: 5_000 },
    { interpret: 10, plan: 5, wait: 35, odoo: 40 },
    90,
  ],
  ["nothing to post", { ...well, posting: null }, { source: 600, interpret: 10 }, 610],
  [
    "not read yet",
    { ...well, firstReadAtMs: null, readAtMs: null, posting: null },
    { source: 600, interpret: NOW - 600 },
    NOW,
  ],
  [
    "mended by a person, then read again",
    { ...well, readAtMs: 60_610, posting: null },
    { source: 600, interpret: 10, person: 60_000 },
    60_610,
  ],
  [
    "refused, and posted again by a person",
    {
      ...well,
      posting: {
        plannedAtMs: 615,
        calls: [
          { startedAtMs: 650, durationMs: 40, stuck: true },
          { startedAtMs: 9_690, durationMs: 10, stuck: false },
        ],
        doneAtMs: 9_700,
        waitsForPerson: false,
      },
    },
    { source: 600, interpret: 10, plan: 5, wait: 35, odoo: 50, person: 9_000 },
    9_700,
  ],
  [
    "Odoo was down: the back-off is waiting",
    {
      ...well,
      posting: {
        plannedAtMs: 615,
        calls: [
          { startedAtMs: 650, durationMs: 40, stuck: false },
          { startedAtMs: 5_690, durationMs: 10, stuck: false },
        ],
        doneAtMs: 5_700,
        waitsForPerson: false,
      },
    },
    { source: 600, interpret: 10, plan: 5, wait: 5_035, odoo: 50 },
    5_700,
  ],
  [
    "held until somebody switches the kind on",
    { ...well, posting: { plannedAtMs: 615, calls: [], doneAtMs: null, waitsForPerson: true } },
    { source: 600, interpret: 10, plan: 5, person: NOW - 615 },
    NOW,
  ],
])("%s", (_what, moments, split, total) => {
  expect(legs(moments)).toEqual(split);
  expect(splitLegs(moments, NOW).totalMs).toBe(total);
});

test.each<[EventLeg, Partial<EventMoments>]>([
  ["source", { occurredAtMs: -5_000 }],
  [
    "interpret",
    {
      firstReadAtMs: 5_610,
      readAtMs: 5_610,
      posting: {
        ...posted,
        plannedAtMs: 5_615,
        calls: [{ startedAtMs: 5_650, durationMs: 40, stuck: false }],
        doneAtMs: 5_690,
      },
    },
  ],
  [
    "plan",
    {
      posting: {
        ...posted,
        plannedAtMs: 5_615,
        calls: [{ startedAtMs: 5_650, durationMs: 40, stuck: false }],
        doneAtMs: 5_690,
      },
    },
  ],
  [
    "wait",
    {
      posting: {
        ...posted,
        calls: [{ startedAtMs: 5_650, durationMs: 40, stuck: false }],
        doneAtMs: 5_690,
      },
    },
  ],
  [
    "odoo",
    {
      posting: {
        ...posted,
        calls: [{ startedAtMs: 650, durationMs: 5_040, stuck: false }],
        doneAtMs: 5_690,
      },
    },
  ],
  [
    "person",
    {
      readAtMs: 5_610,
      posting: {
        ...posted,
        plannedAtMs: 5_615,
        calls: [{ startedAtMs: 5_650, durationMs: 40, stuck: false }],
        doneAtMs: 5_690,
      },
    },
  ],
])("five seconds more of %s make that leg longer by five seconds, and no other", (leg, delay) => {
  const before = legs(well);
  const after = legs({ ...well, ...delay });
  for (const one of EVENT_LEGS) expect((after[one] ?? 0) - (before[one] ?? 0), one).toBe(one === leg ? 5_000 : 0);
});

test("the legs add up to the total, whatever the clocks say", () => {
  const ms = fc.integer({ min: -1_000, max: 100_000 });
  const maybe = fc.option(ms, { nil: null });
  const call = fc.record({ startedAtMs: ms, durationMs: fc.option(fc.nat(5_000), { nil: null }), stuck: fc.boolean() });
  const posting = fc.option(
    fc.record({
      plannedAtMs: ms,
      calls: fc.array(call, { maxLength: 4 }),
      doneAtMs: maybe,
      waitsForPerson: fc.boolean(),
    }),
    { nil: null },
  );
  const moments = fc.record({ occurredAtMs: maybe, receivedAtMs: ms, firstReadAtMs: maybe, readAtMs: maybe, posting });
  fc.assert(
    fc.property(moments, (one) => {
      const { legs: all, totalMs } = splitLegs(one, 100_000);
      expect(all.every(({ ms: part }) => part >= 0)).toBe(true);
      expect(all.reduce((sum, { ms: part }) => sum + part, 0)).toBe(totalMs);
    }),
  );
});
