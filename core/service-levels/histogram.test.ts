import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attainment, bucketOf, merge, midOf, percentile } from "./histogram";

function countsOf(durations: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const ms of durations) counts.set(bucketOf(ms), (counts.get(bucketOf(ms)) ?? 0) + 1);
  return counts;
}

const duration = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 3_600_000 }),
  fc.integer({ min: 0, max: 10 * 366 * 86_400_000 }),
);

describe("a bucket", () => {
  it("is at most 1 % off in its middle", () => {
    fc.assert(
      fc.property(duration, (ms) => {
        expect(Math.abs(midOf(bucketOf(ms)) - ms)).toBeLessThanOrEqual(ms * 0.01);
      }),
      { numRuns: 5000 },
    );
  });

  it("keeps the order of durations, and its middle lies in it", () => {
    fc.assert(
      fc.property(duration, duration, (a, b) => {
        if (a <= b) expect(bucketOf(a)).toBeLessThanOrEqual(bucketOf(b));
        expect(bucketOf(midOf(bucketOf(a)))).toBe(bucketOf(a));
      }),
    );
  });

  it.each<[number, number]>([
    [-5, 0],
    [0, 0],
    [0.9, 0],
    [127, 127],
    [128, 128],
    [129, 128],
    [255, 191],
    [256, 192],
  ])("of %d ms is %d", (ms, bucket) => {
    expect(bucketOf(ms)).toBe(bucket);
  });

  it("leaves none out from one power of two to the next", () => {
    const seen = new Set(Array.from({ length: 5_000 }, (_, ms) => bucketOf(ms)));
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: seen.size }, (_, bucket) => bucket));
  });
});

describe("percentile", () => {
  it("is within 1 % of the exact one by nearest rank", () => {
    fc.assert(
      fc.property(
        fc.array(duration, { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 0, max: 100 }),
        (durations, p) => {
          const sorted = durations.toSorted((a, b) => a - b);
          const exact = sorted[Math.max(1, Math.ceil((p / 100) * sorted.length)) - 1] ?? 0;
          expect(Math.abs((percentile(countsOf(durations), p) ?? -1) - exact)).toBeLessThanOrEqual(exact * 0.01);
        },
      ),
    );
  });

  it("of nothing is nothing", () => {
    expect(percentile(new Map(), 99)).toBeNull();
    expect(attainment(new Map(), 100)).toBeNull();
  });
});

describe("merge", () => {
  it("adds up what was counted apart", () => {
    fc.assert(
      fc.property(fc.array(duration), fc.array(duration), (a, b) => {
        expect(merge(countsOf(a), countsOf(b))).toEqual(countsOf([...a, ...b]));
      }),
    );
  });
});

describe("attainment", () => {
  it("is the share that took no longer", () => {
    expect(attainment(countsOf([10, 20, 30, 90_000]), 60_000)).toBe(0.75);
    expect(attainment(countsOf([100]), 100)).toBe(1);
    expect(attainment(countsOf([101]), 100)).toBe(0);
  });
});
