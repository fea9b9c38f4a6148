/** A token bucket as a value: up to `burst` at once, refilled by `perSecond`. */
export type Bucket = { tokens: number; atMs: number };
export type Rate = { perSecond: number; burst: number };

/** Makes a full bucket. */
export function fullBucket(rate: Rate, nowMs: number): Bucket {
  return { tokens: rate.burst, atMs: nowMs };
}

/**
 * Takes `count` tokens, or none of them. `waitMs` is 0 when they were taken, else the time in ms until they would be there
 * (Infinity when `count` exceeds the burst). A clock that goes back refills nothing.
 */
export function take(bucket: Bucket, rate: Rate, nowMs: number, count = 1): { bucket: Bucket; waitMs: number } {
  const elapsedMs = Math.max(0, nowMs - bucket.atMs);
  const tokens = Math.min(rate.burst, bucket.tokens + (elapsedMs * rate.perSecond) / 1000);
  const atMs = Math.max(bucket.atMs, nowMs);
  if (tokens >= count) return { bucket: { tokens: tokens - count, atMs }, waitMs: 0 };
  const waitMs = count > rate.burst ? Number.POSITIVE_INFINITY : Math.ceil(((count - tokens) * 1000) / rate.perSecond);
  return { bucket: { tokens, atMs }, waitMs };
}
