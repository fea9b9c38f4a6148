/** A token bucket as a value: up to `burst` at once, refilled by `perSecond`. */
export type Bucket = { tokens: number; atMs: number };
export type Rate = { perSecond: number; burst: number };

/** Makes a full bucket. */
export function fullBucket(rate: Rate, nowMs: number): Bucket {
  return { tokens: rate.burst, atMs: nowMs };
}

/**
 * Takes `count` tokens, or none of them. `waitMs` is 0 when they were taken, else the time in ms until they would be there
 * (Infinity when `count` exceeds the burst). `spare` tokens are left for those who do not wait. A clock that goes back refills nothing.
 */
export function take(
  bucket: Bucket,
  rate: Rate,
  nowMs: number,
  count = 1,
  spare = 0,
): { bucket: Bucket; waitMs: number } {
  const { tokens, atMs } = refilled(bucket, rate, nowMs);
  const needed = count + spare;
  if (tokens >= needed) return { bucket: { tokens: tokens - count, atMs }, waitMs: 0 };
  const waitMs =
    needed > rate.burst ? Number.POSITIVE_INFINITY : Math.ceil(((needed - tokens) * 1000) / rate.perSecond);
  return { bucket: { tokens, atMs }, waitMs };
}

/** Takes a token whether it is there or not; what is owed is paid before anybody else gets one. */
export function takeAnyway(bucket: Bucket, rate: Rate, nowMs: number): Bucket {
  const { tokens, atMs } = refilled(bucket, rate, nowMs);
  return { tokens: tokens - 1, atMs };
}

function refilled(bucket: Bucket, rate: Rate, nowMs: number): Bucket {
  const elapsedMs = Math.max(0, nowMs - bucket.atMs);
  const tokens = Math.min(rate.burst, bucket.tokens + (elapsedMs * rate.perSecond) / 1000);
  return { tokens, atMs: Math.max(bucket.atMs, nowMs) };
}
