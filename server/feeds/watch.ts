import { FEED_KINDS, type FeedStatistics, judgeFeed } from "@/core/exceptions/rules-feed";
import { DEFAULT_THRESHOLDS, thresholdsSchema } from "@/core/exceptions/thresholds";
import { listWatchedFeeds, newestReceipts, type WatchedFeed } from "@/db/queries/feed-watch";
import { loadSettings } from "@/db/queries/pipeline/environment";
import type { Context } from "../context";
import { clear, raise } from "../exceptions/raise";
import { homeOfFeed } from "../postings/findings";

const HISTORY_MS = 14 * 86_400_000;
const SAMPLES = 500;
/** Fewer gaps than this tell no rhythm. */
const FEWEST_GAPS = 30;

type Sample = { atMs: number; received: number; duplicates: number; rejected: number };
/** Totals as they were seen, by feed, over the longest window. */
export type WatchMemory = Map<number, Sample[]>;

/** Judges every feed by its rhythm and counts; opens and closes what is about feeds. */
export async function watchFeeds(ctx: Context, memory: WatchMemory, slot: number): Promise<number> {
  const now = ctx.now();
  const stored = thresholdsSchema.safeParse((await loadSettings(ctx.sql)).get("thresholds") ?? {});
  const thresholds = stored.success ? stored.data : DEFAULT_THRESHOLDS;
  let opened = 0;
  for (const feed of await listWatchedFeeds(ctx.sql, new Date(now.getTime() - 2 * 86_400_000))) {
    const receipts = await newestReceipts(ctx.sql, feed.id, new Date(now.getTime() - HISTORY_MS), SAMPLES);
    const statistics: FeedStatistics = {
      feedId: feed.id,
      name: feed.name,
      state: feed.state,
      nowMs: now.getTime(),
      lastReceivedAtMs: receipts[0] ?? null,
      gapP99Ms: feed.wayIn === "poll" ? null : p99Gap(receipts),
      silentAfterMinutes: feed.silenceMinutes,
      messages:
        grown(memory, feed, "received", thresholds.duplicateBurstWindowMinutes, now.getTime()) +
        grown(memory, feed, "duplicates", thresholds.duplicateBurstWindowMinutes, now.getTime()),
      duplicates: grown(memory, feed, "duplicates", thresholds.duplicateBurstWindowMinutes, now.getTime()),
      rejected: grown(memory, feed, "rejected", thresholds.rejectedSenderWindowMinutes, now.getTime()),
    };
    keep(memory, feed, now.getTime());
    const { findings } = judgeFeed(statistics, thresholds);
    const homeId = homeOfFeed(feed.id);
    const gone = FEED_KINDS.filter((kind) => !findings.some((finding) => finding.kind === kind));
    opened += await ctx.sql.begin(async (tx) => {
      await clear(
        ctx,
        tx,
        gone.map((kind) => ({ homeId, kind, why: "The feed is well again." })),
        slot,
      );
      return raise(
        ctx,
        tx,
        findings.map((finding) => ({ homeId, shipmentId: null, finding, correlationId: null })),
        slot,
      );
    });
  }
  return opened;
}

/** 99th percentile of the gaps between receipts (newest first), in ms; null where too few came. */
export function p99Gap(receipts: readonly number[]): number | null {
  if (receipts.length <= FEWEST_GAPS) return null;
  const gaps = receipts.slice(1).map((at, index) => (receipts[index] ?? at) - at);
  gaps.sort((a, b) => a - b);
  return gaps[Math.ceil(gaps.length * 0.99) - 1] ?? null;
}

function grown(
  memory: WatchMemory,
  feed: WatchedFeed,
  what: "received" | "duplicates" | "rejected",
  minutes: number,
  nowMs: number,
): number {
  const since = nowMs - minutes * 60_000;
  // of a feed that is younger than the window all counts
  if (feed.createdAt.getTime() >= since) return feed[what];
  const oldest = (memory.get(feed.id) ?? []).find((sample) => sample.atMs >= since);
  return oldest ? Math.max(0, feed[what] - oldest[what]) : 0;
}

function keep(memory: WatchMemory, feed: WatchedFeed, nowMs: number): void {
  const samples = (memory.get(feed.id) ?? []).filter((sample) => sample.atMs >= nowMs - 3_600_000);
  samples.push({ atMs: nowMs, received: feed.received, duplicates: feed.duplicates, rejected: feed.rejected });
  memory.set(feed.id, samples);
}
