import { type Bucket, fullBucket, type Rate, take } from "@/core/rate";

type Limited = { id: number; rate: Rate };

export type FeedLimits = {
  /** Ms until one more message would be taken; 0 when at once. Takes nothing. */
  waitMs: (feed: Limited) => number;
  /** Takes tokens for so many messages; returns 0, or the ms to wait when they are not there. */
  take: (feed: Limited, messages: number) => number;
};

/** A token bucket per feed. A batch larger than the burst is taken when the bucket is full, and what is missing is owed. */
export function makeFeedLimits(now: () => Date): FeedLimits {
  const buckets = new Map<number, Bucket>();
  const bucketOf = (feed: Limited, nowMs: number) => buckets.get(feed.id) ?? fullBucket(feed.rate, nowMs);

  return {
    waitMs: (feed) => {
      const nowMs = now().getTime();
      return take(bucketOf(feed, nowMs), feed.rate, nowMs).waitMs;
    },
    take: (feed, messages) => {
      const nowMs = now().getTime();
      const atOnce = Math.min(messages, feed.rate.burst);
      const { bucket, waitMs } = take(bucketOf(feed, nowMs), feed.rate, nowMs, atOnce);
      const owed = waitMs === 0 ? messages - atOnce : 0;
      buckets.set(feed.id, { ...bucket, tokens: bucket.tokens - owed });
      return waitMs;
    },
  };
}
