/**
 * Log-linear buckets over durations in ms: 64 linear steps between powers of two, so that the middle of a bucket is at most 0.8 % off.
 * Below 128 ms a bucket is one ms. Counts of equal buckets add up, whoever counted them.
 */
const STEPS = 64;
const STEP_BITS = 6;

export type Counts = ReadonlyMap<number, number>;

/** Number of the bucket that holds a duration in ms; below zero counts as zero, parts of a ms are cut off. */
export function bucketOf(ms: number): number {
  const whole = Math.max(0, Math.floor(ms));
  if (whole < STEPS * 2) return whole;
  const exponent = Math.floor(Math.log2(whole));
  const shift = exponent - STEP_BITS;
  return STEPS * (shift + 1) + Math.floor(whole / 2 ** shift) - STEPS;
}

/** Middle of a bucket in ms: at most 1 % away from every whole duration in it. */
export function midOf(bucket: number): number {
  if (bucket < STEPS * 2) return bucket;
  const shift = Math.floor(bucket / STEPS) - 1;
  const low = ((bucket % STEPS) + STEPS) * 2 ** shift;
  return low + (2 ** shift - 1) / 2;
}

/** Duration in ms below which `p` percent (0-100) of the counted lie, by nearest rank; null when nothing was counted. */
export function percentile(counts: Counts, p: number): number | null {
  let total = 0;
  for (const count of counts.values()) total += count;
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil((p / 100) * total));
  let seen = 0;
  const buckets = [...counts.keys()].sort((a, b) => a - b);
  for (const bucket of buckets) {
    seen += counts.get(bucket) ?? 0;
    if (seen >= rank) return midOf(bucket);
  }
  return midOf(buckets[buckets.length - 1] ?? 0);
}

/** Adds histograms up. */
export function merge(...parts: Counts[]): Map<number, number> {
  const sum = new Map<number, number>();
  for (const part of parts) for (const [bucket, count] of part) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  return sum;
}

/** Share (0..1) of the counted that took at most `withinMs`; null when nothing was counted. */
export function attainment(counts: Counts, withinMs: number): number | null {
  let total = 0;
  let within = 0;
  for (const [bucket, count] of counts) {
    total += count;
    if (midOf(bucket) <= withinMs) within += count;
  }
  return total === 0 ? null : within / total;
}
