import { bucketOf, midOf, percentile } from "@/core/service-levels/histogram";

/**
 * How many buckets of the service levels are one here, so that a year of days stays small: a transit time is then at most 3 % off, a latency,
 * which runs from seconds to days, at most 12 %.
 */
const WIDE = { transit: 4, latency: 16 } as const;

/** Bucket of a duration in ms, as the key of a spread; short ones stand for themselves. */
export function keyOfDuration(spread: keyof typeof WIDE, ms: number): string {
  const bucket = bucketOf(ms);
  const wide = WIDE[spread];
  return String(midOf(bucket) < 128 ? bucket : bucket - (bucket % wide) + wide / 2);
}

/** Duration in ms below which `p` percent (0-100) of a spread lie; null where nothing was counted. */
export function percentileOfSpread(spread: ReadonlyMap<string, number> | undefined, p: number): number | null {
  return percentile(new Map([...(spread ?? [])].map(([key, n]) => [Number(key), n])), p);
}

/** How many a spread counts. */
export function sizeOfSpread(spread: ReadonlyMap<string, number> | undefined): number {
  let size = 0;
  for (const n of spread?.values() ?? []) size += n;
  return size;
}
