import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fullBucket, take, takeAnyway } from "./rate";

const rate = { perSecond: 10, burst: 20 };

describe("a token bucket", () => {
  it("gives its burst at once, then says how long to wait", () => {
    const { bucket, waitMs } = take(fullBucket(rate, 0), rate, 0, 20);
    expect(waitMs).toBe(0);
    expect(take(bucket, rate, 0)).toMatchObject({ waitMs: 100 });
    expect(take(bucket, rate, 100).waitMs).toBe(0);
  });

  it("takes all or nothing", () => {
    const { bucket } = take(fullBucket(rate, 0), rate, 0, 15);
    const refused = take(bucket, rate, 0, 6);
    expect(refused).toEqual({ bucket: { tokens: 5, atMs: 0 }, waitMs: 100 });
    expect(take(refused.bucket, rate, 0, 5).waitMs).toBe(0);
  });

  it("never gives more than a burst, however long it waited, and says so of what can never be", () => {
    const bucket = fullBucket(rate, 0);
    expect(take(bucket, rate, 1e9, 21).waitMs).toBe(Number.POSITIVE_INFINITY);
    expect(take(bucket, rate, 1e9, 20).waitMs).toBe(0);
  });

  it("refills nothing when the clock goes back", () => {
    const { bucket } = take(fullBucket(rate, 1_000), rate, 1_000, 20);
    expect(take(bucket, rate, 0).waitMs).toBeGreaterThan(0);
    expect(take(take(bucket, rate, 0).bucket, rate, 1_000).waitMs).toBe(100);
  });

  it("gives over any time at most the burst and what was refilled", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 8 })), { maxLength: 200 }),
        (asks) => {
          let bucket = fullBucket(rate, 0);
          let nowMs = 0;
          let taken = 0;
          for (const [step, count] of asks) {
            nowMs += step;
            const answer = take(bucket, rate, nowMs, count);
            bucket = answer.bucket;
            if (answer.waitMs === 0) taken += count;
            expect(taken).toBeLessThanOrEqual(rate.burst + (nowMs * rate.perSecond) / 1000 + 1e-6);
          }
        },
      ),
    );
  });

  it("never gives more than burst and rate with one who does not wait, where the others leave a token for that one", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.boolean()), { minLength: 1, maxLength: 300 }),
        (asks) => {
          let bucket = fullBucket(rate, 0);
          let nowMs = 0;
          let taken = 0;
          let hastyAtMs = Number.NEGATIVE_INFINITY;
          for (const [step, hasty] of asks) {
            nowMs += step;
            // who does not wait comes no more often than one token is refilled
            if (hasty && nowMs - hastyAtMs >= 1_000 / rate.perSecond) {
              bucket = takeAnyway(bucket, rate, nowMs);
              hastyAtMs = nowMs;
              taken++;
            } else {
              const answer = take(bucket, rate, nowMs, 1, 1);
              bucket = answer.bucket;
              if (answer.waitMs === 0) taken++;
            }
            expect(bucket.tokens).toBeGreaterThanOrEqual(-1e-6);
            expect(taken).toBeLessThanOrEqual(rate.burst + (nowMs * rate.perSecond) / 1_000 + 1e-6);
          }
        },
      ),
    );
  });
});
