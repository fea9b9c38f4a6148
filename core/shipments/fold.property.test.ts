import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { detect } from "@/core/exceptions/detect";
import { DEFAULT_THRESHOLDS } from "@/core/exceptions/thresholds";
import { FEED_CLASSES } from "@/core/feeds/feed";
import { desiredPostings } from "@/core/postings/plan";
import { someClaim, someEvent } from "@/core/testing/arbitrary-facts";
import { at, event, foldOf, packages } from "@/core/testing/facts";
import type { OdooPicking, StoredClaim } from "./attributes";
import { mergeClaims } from "./claims";
import { currentEvents } from "./current";
import type { StoredEvent } from "./event";
import type { FoldInput } from "./fold";
import { DEFAULT_OWNERSHIP } from "./ownership";

const picking: OdooPicking = {
  connectionId: 1,
  pickingId: 53,
  name: "WH/OUT/00053",
  state: "assigned",
  companyId: 1,
  saleOrderId: 26,
  dateDone: null,
};
const settings: Partial<FoldInput> = {
  packages: packages("A", "B"),
  posted: [{ attribute: "tracking_number", value: "1Z1" }],
};

/** All that must not depend on the way facts came in. */
function outcome(events: readonly StoredEvent[], claims: readonly StoredClaim[], extra: Partial<FoldInput> = {}) {
  const shipment = foldOf(events, { ...settings, claims, ...extra });
  const judgement = detect({
    shipmentId: "s",
    shipment,
    nowMs: at(400),
    thresholds: { ...DEFAULT_THRESHOLDS, podRequired: true },
    provisional: true,
    firstReceivedAtMs: at(0),
    odooExpected: true,
    picking,
    odoos: null,
    posted: [{ kind: "tracking_number", attribute: "tracking_number", value: "1Z1", postedAtMs: at(1) }],
    feedName: (feedId) => `feed ${feedId}`,
    classOf: () => "carrier",
  });
  return { shipment, judgement, desired: desiredPostings(shipment, picking) };
}

const facts = fc.record({
  events: fc.array(someEvent, { maxLength: 25 }),
  claims: fc.array(someClaim, { maxLength: 15 }),
});

/** The same list in another order, with some of it told twice. */
function reordered<T>(list: readonly T[], seed: readonly number[]): T[] {
  const twice = [...list, ...list.filter((_, index) => (seed[index] ?? 0) % 3 === 0)];
  return twice
    .map((one, index) => ({ one, by: seed[(index * 7 + 3) % seed.length] ?? 0, index }))
    .sort((a, b) => a.by - b.by || b.index - a.index)
    .map(({ one }) => one);
}
const seed = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 60, maxLength: 60 });

describe("fold, detect and desiredPostings", () => {
  it("give the same for the same facts in any order and any number", () => {
    fc.assert(
      fc.property(facts, seed, ({ events, claims }, by) => {
        expect(outcome(reordered(events, by), reordered(claims, by))).toEqual(outcome(events, claims));
      }),
      { numRuns: 1500 },
    );
  });

  it("give the same whether facts come at once or in batches of which only the newest is kept", () => {
    fc.assert(
      fc.property(facts, seed, fc.integer({ min: 1, max: 6 }), ({ events, claims }, by, size) => {
        let keptEvents: StoredEvent[] = [];
        let keptClaims: StoredClaim[] = [];
        const [shuffledEvents, shuffledClaims] = [reordered(events, by), reordered(claims, by)];
        for (let from = 0; from < Math.max(shuffledEvents.length, shuffledClaims.length); from += size) {
          // Withdrawn rows are kept, so that an older reading coming late does not bring the event back.
          keptEvents = newestRows([...keptEvents, ...shuffledEvents.slice(from, from + size)]);
          keptClaims = mergeClaims(keptClaims, shuffledClaims.slice(from, from + size)).claims;
        }
        expect(outcome(keptEvents, keptClaims)).toEqual(outcome(events, claims));
      }),
      { numRuns: 700 },
    );
  });

  it("give the same in any order where milestones have an owner", () => {
    const owners = fc.subarray([...FEED_CLASSES], { minLength: 1 });
    fc.assert(
      fc.property(facts, seed, owners, ({ events, claims }, by, milestones) => {
        const owned = { ownership: { ...DEFAULT_OWNERSHIP, milestones } };
        expect(outcome(reordered(events, by), reordered(claims, by), owned)).toEqual(outcome(events, claims, owned));
      }),
      { numRuns: 700 },
    );
  });

  it("stay the same in a flood, too", () => {
    const thresholds = { ...DEFAULT_THRESHOLDS, floodEvents: 10 };
    fc.assert(
      fc.property(facts, seed, ({ events, claims }, by) => {
        const flood = { thresholds };
        expect(outcome(reordered(events, by), claims, flood)).toEqual(outcome(events, claims, flood));
      }),
      { numRuns: 500 },
    );
  });

  it("never let a terminal state regress without a retraction, a return, or a terminal that beats it", () => {
    fc.assert(
      fc.property(fc.array(someEvent, { maxLength: 20 }), fc.integer({ min: 0, max: 300 }), (some, hours) => {
        // an overall status gives way to any detail, so a first detail may take one back that it had given
        const events = some.filter((one) => !one.overall);
        const before = foldOf(events, settings);
        const after = foldOf([...events, event("in_transit", hours, { key: "late", receivedAtMs: at(400) })], settings);
        expect(after.terminal).toBe(before.terminal);
        if (before.terminal !== null) expect(after.summary).toBe(before.summary);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a replay", () => {
  it("with a mended mapping doubles nothing and ends as if the mapping had always been right", () => {
    fc.assert(
      fc.property(fc.array(someEvent, { maxLength: 20 }), (some) => {
        const right = currentEvents(some);
        const wrong = right.map((one) => ({ ...one, kind: "unmapped_code" as const, generation: 0 }));
        expect(outcome([...wrong, ...right], [])).toEqual(outcome(right, []));
        expect(foldOf([...right, ...right, ...wrong]).eventCount).toBe(right.length);
      }),
      { numRuns: 500 },
    );
  });
});

describe("mergeClaims", () => {
  it("keeps one claim per feed, subject and attribute, and names as changed only what now stands", () => {
    fc.assert(
      fc.property(fc.array(someClaim, { maxLength: 30 }), fc.array(someClaim, { maxLength: 30 }), (known, said) => {
        const standing = mergeClaims([], known).claims;
        const { claims, changed } = mergeClaims(standing, said);
        const names = claims.map((one) => `${one.feedId} ${one.subject} ${one.attribute}`);
        expect(new Set(names).size).toBe(names.length);
        for (const one of changed) expect(claims).toContain(one);
        for (const one of claims) expect(standing.includes(one) || changed.includes(one)).toBe(true);
        expect(mergeClaims(claims, said).changed).toEqual([]);
      }),
    );
  });
});

function newestRows(events: readonly StoredEvent[]): StoredEvent[] {
  const withdrawn = new Map<string, StoredEvent>();
  const live = currentEvents(events);
  for (const one of events) {
    if (!live.some((other) => other.key === one.key) && (withdrawn.get(one.key)?.generation ?? 0) <= one.generation) {
      if (one.withdrawn) withdrawn.set(one.key, one);
    }
  }
  return [...live, ...withdrawn.values()];
}
