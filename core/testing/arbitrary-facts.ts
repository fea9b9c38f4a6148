import fc from "fast-check";
import { FEED_CLASSES, type FeedClass } from "@/core/feeds/feed";
import { ATTRIBUTES, type Json, type StoredClaim } from "@/core/shipments/attributes";
import type { StoredEvent } from "@/core/shipments/event";
import { EVENT_KINDS } from "@/core/shipments/milestones";
import { claim, event } from "./facts";

const kind = fc.oneof(
  { arbitrary: fc.constantFrom(...EVENT_KINDS), weight: 2 },
  {
    arbitrary: fc.constantFrom(
      "delivered",
      "in_transit",
      "out_for_delivery",
      "returned",
      "return_in_transit",
      "lost",
      "found",
    ),
    weight: 3,
  },
);

/** Events in which nearly everything collides: few instants, few keys, several feeds, packages, generations and retractions. */
export const someEvent: fc.Arbitrary<StoredEvent> = fc
  .record({
    kind,
    hours: fc.oneof(
      { arbitrary: fc.integer({ min: 0, max: 12 }), weight: 9 },
      { arbitrary: fc.constant(null), weight: 1 },
    ),
    feedClass: fc.constantFrom<FeedClass>("odoo", "warehouse", "carrier", "aggregator"),
    package: fc.constantFrom("A", "B", "X", null),
    classifier: fc.constantFrom("actual", "actual", "actual", "estimated", "planned"),
    inferred: fc.boolean(),
    overall: fc.boolean(),
    precision: fc.constantFrom("second", "minute", "date"),
    eventId: fc.constantFrom(null, null, "1", "2", "3"),
    retracts: fc.constantFrom(null, null, null, null, "1", "2", "3"),
    generation: fc.integer({ min: 1, max: 3 }),
    withdrawn: fc.boolean(),
    key: fc.integer({ min: 0, max: 40 }),
    place: fc.constantFrom("Hub", "Depot", null),
  })
  .map(({ kind, hours, eventId, key, place, ...extra }) =>
    event(kind, hours, {
      ...extra,
      withdrawn: extra.withdrawn && extra.generation > 1,
      key: `k${key}`,
      // What a key stands for is one event of one feed: only what a crosswalk or a zone can change may differ between generations.
      feedId: key % 4,
      feedClass: FEED_CLASSES[key % 4] as FeedClass,
      package: ["A", "B", "X", null][key % 3] ?? null,
      overall: key % 5 === 0,
      receivedAtMs: event("info", 12).receivedAtMs + key,
      messageId: `m${key}`,
      location: place === null ? null : (["Hub", "Depot"][key % 2] ?? null),
      raw: {
        eventId: eventId === null ? null : `${key % 6}`,
        word: `w${key % 7}`,
        description: `d${key}`,
        time: `${key}`,
      },
    }),
  );

const value: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>("2026-01-06T08:00:00Z", "1Z1", "1Z1,1Z2", 12, null, { name: "A" }),
  fc.constantFrom<Json>(
    [{ code: "P", done: 2, ordered: 3, line: null, uom: null }],
    [{ code: "P", done: 1, ordered: 3, line: null, uom: null }],
  ),
);

/** Claims of few feeds on few subjects, so that many compete. */
export const someClaim: fc.Arbitrary<StoredClaim> = fc
  .record({
    attribute: fc.constantFrom(...ATTRIBUTES),
    value,
    feedClass: fc.constantFrom(...FEED_CLASSES),
    subject: fc.constantFrom("", "", "A", "B"),
    hours: fc.integer({ min: 0, max: 3 }),
    generation: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ feedClass, attribute, value, ...extra }) => claim(feedClass, attribute, value, extra));
