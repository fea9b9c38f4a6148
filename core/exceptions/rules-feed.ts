import type { FeedState } from "@/core/feeds/feed";
import type { Finding, Judgement } from "./finding";
import type { ExceptionKind } from "./kinds";
import { duration, finding, fineUntil, MINUTE_MS, NOTHING, open, utc } from "./rule";
import type { Thresholds } from "./thresholds";

/** What is counted of one feed. Windows end now and are as long as the thresholds say. */
export type FeedStatistics = {
  feedId: number;
  name: string;
  state: FeedState;
  nowMs: number;
  lastReceivedAtMs: number | null;
  /** 99th percentile of the gaps between its messages; null while too few came to know its rhythm. */
  gapP99Ms: number | null;
  /** Silence a person configured as too long; wins over the rhythm. */
  silentAfterMinutes: number | null;
  /** Messages received within `duplicateBurstWindowMinutes`, and how many of them were duplicates. */
  messages: number;
  duplicates: number;
  /** Messages refused for a bad signature or key within `rejectedSenderWindowMinutes`. */
  rejected: number;
};

/** Kinds that `judgeFeed` owns. */
export const FEED_KINDS: readonly ExceptionKind[] = ["feed_silent", "duplicate_burst", "rejected_sender"];

/** Judges one feed by its own rhythm and counts: what should be open about it, and when (ms) to look again. */
export function judgeFeed(feed: FeedStatistics, thresholds: Thresholds): Judgement {
  const silence = feedSilent(feed, thresholds);
  const findings = [
    ...silence.findings,
    ...duplicateBurst(feed, thresholds).findings,
    ...rejectedSender(feed, thresholds).findings,
  ];
  return { findings, reviewAtMs: earliest(silence.reviewAtMs, windowReview(feed, thresholds, findings)) };
}

/** Raises `feed_silent` when an active feed says nothing for longer than configured, else than its p99 gap times the factor. */
export function feedSilent(feed: FeedStatistics, thresholds: Thresholds): Judgement {
  if (feed.state !== "active" || feed.lastReceivedAtMs === null) return NOTHING;
  const allowedMs = silenceAllowedMs(feed, thresholds);
  if (allowedMs === null) return NOTHING;
  const dueAtMs = feed.lastReceivedAtMs + allowedMs;
  if (feed.nowMs <= dueAtMs) return fineUntil(dueAtMs + 1);
  const allowed = duration(Math.max(1, Math.round(allowedMs / MINUTE_MS)));
  return open(
    finding("feed_silent", {
      ...about(feed, "silence"),
      occurrence: `since ${utc(feed.lastReceivedAtMs)}`,
      text: `${feed.name} has been silent for longer than ${allowed}`,
      evidence: { lastReceived: utc(feed.lastReceivedAtMs), allowedMs },
    }),
  );
}

/** Raises `duplicate_burst` when more than the allowed share of enough messages in the window were duplicates. */
export function duplicateBurst(feed: FeedStatistics, thresholds: Thresholds): Judgement {
  if (feed.messages < thresholds.duplicateBurstMinimum) return NOTHING;
  if (feed.duplicates * 100 <= feed.messages * thresholds.duplicateBurstPercent) return NOTHING;
  return open(
    finding("duplicate_burst", {
      ...about(feed, "duplicates"),
      occurrence: windowStart(feed, thresholds.duplicateBurstWindowMinutes),
      text: `${feed.name} repeats more than ${thresholds.duplicateBurstPercent} % of its messages`,
      evidence: { messages: feed.messages, duplicates: feed.duplicates },
    }),
  );
}

/** Raises `rejected_sender` when more messages than allowed were refused for a bad signature or key in the window. */
export function rejectedSender(feed: FeedStatistics, thresholds: Thresholds): Judgement {
  if (feed.rejected <= thresholds.rejectedSenderCount) return NOTHING;
  return open(
    finding("rejected_sender", {
      ...about(feed, "signature"),
      occurrence: windowStart(feed, thresholds.rejectedSenderWindowMinutes),
      text: `${feed.name} is sent messages whose signature or key is wrong`,
      evidence: { refused: feed.rejected, withinMinutes: thresholds.rejectedSenderWindowMinutes },
    }),
  );
}

function about(feed: FeedStatistics, what: string): Pick<Finding, "subject" | "cause" | "feedId"> {
  const name = `feed:${feed.feedId}`;
  return { subject: name, cause: { source: name, what }, feedId: feed.feedId };
}

function silenceAllowedMs(feed: FeedStatistics, thresholds: Thresholds): number | null {
  if (feed.silentAfterMinutes !== null) return feed.silentAfterMinutes * MINUTE_MS;
  return feed.gapP99Ms === null ? null : feed.gapP99Ms * thresholds.silenceFactor;
}

/** Counts in a sliding window fall without news, so an open finding of them is looked at again when the window has passed. */
function windowReview(feed: FeedStatistics, thresholds: Thresholds, findings: readonly Finding[]): number | null {
  let reviewAtMs: number | null = null;
  for (const { kind } of findings) {
    if (kind === "duplicate_burst")
      reviewAtMs = earliest(reviewAtMs, feed.nowMs + thresholds.duplicateBurstWindowMinutes * MINUTE_MS);
    if (kind === "rejected_sender")
      reviewAtMs = earliest(reviewAtMs, feed.nowMs + thresholds.rejectedSenderWindowMinutes * MINUTE_MS);
  }
  return reviewAtMs;
}

/** A burst resolved by a person is another one in the next window. */
function windowStart(feed: FeedStatistics, minutes: number): string {
  const lengthMs = Math.max(1, minutes) * MINUTE_MS;
  return utc(Math.floor(feed.nowMs / lengthMs) * lengthMs);
}

function earliest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
