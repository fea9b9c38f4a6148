import { type FeedHealth, feedHealth } from "@/core/feeds/health";
import { merge, percentile } from "@/core/service-levels/histogram";
import { countUnmapped } from "@/db/queries/crosswalks";
import {
  countOpenExceptionsByFeed,
  type FeedHour,
  type FeedRow,
  findFeedRow,
  listFeedHours,
  listFeedRows,
  listLastMessages,
  listSecrets,
  listSourceLag,
  listWaiting,
  type SecretRow,
} from "@/db/queries/feed-settings";
import type { Context } from "../context";
import { AppError } from "../errors";

export type FeedOverview = {
  feed: FeedRow;
  health: FeedHealth;
  lastAt: Date | null;
  /** Of the last 24 h. */
  day: { received: number; duplicates: number; failed: number; rejected: number; limited: number; events: number };
  /** Messages a minute over the running and the last hour. */
  perMinute: number;
  /** Received by hour, oldest first, 24 of them. */
  hours: number[];
  /** From occurrence to receipt, median and 95th percentile of 24 h, in ms. */
  lag: { p50: number; p95: number } | null;
  waiting: number;
  oldestWaiting: Date | null;
  openExceptions: number;
  worst: number | null;
  unmapped: number;
};

const HOUR = 3_600_000;

/** Every feed with how it does: counters of a day, lag, what waits, what is wrong. */
export async function readFeeds(ctx: Pick<Context, "sql" | "now">): Promise<FeedOverview[]> {
  const now = ctx.now();
  const nowMs = now.getTime();
  const thisHour = Math.floor(nowMs / HOUR) * HOUR;
  const since = new Date(thisHour - 23 * HOUR);
  const { sql } = ctx;
  const [feeds, hours, last, waiting, lag, exceptions, unmapped] = await Promise.all([
    listFeedRows(sql),
    listFeedHours(sql, since),
    listLastMessages(sql),
    listWaiting(sql),
    listSourceLag(sql, since),
    countOpenExceptionsByFeed(sql),
    countUnmapped(sql),
  ]);
  const of = <T extends { feedId: number }>(rows: readonly T[], id: number) => rows.find((row) => row.feedId === id);
  return feeds.map((feed) => {
    const own = hours.filter((row) => row.feedId === feed.id);
    const recent = own.filter((row) => row.hour.getTime() >= thisHour - HOUR);
    const buckets = merge(
      ...lag.filter((row) => row.feedId === feed.id).map((row) => new Map([[row.bucket, row.count]])),
    );
    const wait = of(waiting, feed.id);
    const lastAt = of(last, feed.id)?.receivedAt ?? null;
    const minutes = (nowMs - Math.max(thisHour - HOUR, feed.createdAt.getTime())) / 60_000;
    const p50 = percentile(buckets, 50);
    const p95 = percentile(buckets, 95);
    return {
      feed,
      health: feedHealth({
        state: feed.state,
        lastAtMs: lastAt?.getTime() ?? null,
        oldestWaitingMs: wait?.oldest.getTime() ?? null,
        silenceMinutes: feed.silenceMinutes,
        recent: {
          received: sum(recent, "received"),
          read: sum(recent, "interpreted") + sum(recent, "failed") + sum(recent, "ignored"),
          failed: sum(recent, "failed"),
          rejected: sum(recent, "rejected"),
          limited: sum(recent, "limited"),
        },
        nowMs,
      }),
      lastAt,
      day: {
        received: sum(own, "received"),
        duplicates: sum(own, "duplicates"),
        failed: sum(own, "failed"),
        rejected: sum(own, "rejected"),
        limited: sum(own, "limited"),
        events: sum(own, "events"),
      },
      perMinute: minutes < 1 ? 0 : sum(recent, "received") / minutes,
      hours: Array.from({ length: 24 }, (_, i) => {
        const at = since.getTime() + i * HOUR;
        return sum(
          own.filter((row) => row.hour.getTime() === at),
          "received",
        );
      }),
      lag: p50 === null || p95 === null ? null : { p50, p95 },
      waiting: wait?.waiting ?? 0,
      oldestWaiting: wait?.oldest ?? null,
      openExceptions: of(exceptions, feed.id)?.open ?? 0,
      worst: of(exceptions, feed.id)?.worst ?? null,
      unmapped: of(unmapped, feed.id)?.words ?? 0,
    };
  });
}

function sum(rows: readonly FeedHour[], name: Exclude<keyof FeedHour, "feedId" | "hour" | "lastAt">): number {
  return rows.reduce((total, row) => total + row[name], 0);
}

/** One feed with how it does; throws `not_found`. */
export async function getFeed(
  ctx: Pick<Context, "sql" | "now" | "config">,
  by: { id: number } | { slug: string },
): Promise<FeedOverview & { secrets: SecretRow[]; url: string | null }> {
  const feed = await findFeedRow(ctx.sql, by);
  if (!feed) throw new AppError("not_found", "There is no such feed.");
  const [all, secrets] = await Promise.all([readFeeds(ctx), listSecrets(ctx.sql, feed.id, ctx.now())]);
  const found = all.find((one) => one.feed.id === feed.id);
  if (!found) throw new AppError("not_found", "There is no such feed.");
  const url = feed.wayIn === "push" ? `${ctx.config.publicUrl}/api/feeds/${feed.slug}` : null;
  return { ...found, secrets, url };
}
