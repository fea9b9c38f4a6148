import { feedHealth } from "@/core/feeds/health";
import { countUnmapped } from "@/db/queries/crosswalks";
import {
  countOpenExceptionsByFeed,
  type FeedHour,
  listFeedHours,
  listFeedRows,
  listLastMessages,
  listWaiting,
} from "@/db/queries/feed-settings";
import { route } from "../route";
import { feedShape, listOf } from "../shapes";
import { iso } from "../shipment-answer";

const HOUR_MS = 3_600_000;

function sum(hours: readonly FeedHour[]) {
  const total = { received: 0, duplicates: 0, rejected: 0, limited: 0, failed: 0, events: 0 };
  for (const hour of hours) {
    total.received += hour.received;
    total.duplicates += hour.duplicates;
    total.rejected += hour.rejected;
    total.limited += hour.limited;
    total.failed += hour.failed;
    total.events += hour.events;
  }
  return total;
}

export const feedRoutes = [
  route({
    method: "GET",
    path: "/feeds",
    right: "feeds:read",
    summary: "Sources of messages with their health",
    output: listOf(feedShape),
    handle: async ({ ctx }) => {
      const now = ctx.now();
      const [feeds, hours, last, waiting, unmapped, open] = await Promise.all([
        listFeedRows(ctx.sql),
        listFeedHours(ctx.sql, new Date(now.getTime() - 24 * HOUR_MS)),
        listLastMessages(ctx.sql),
        listWaiting(ctx.sql),
        countUnmapped(ctx.sql),
        countOpenExceptionsByFeed(ctx.sql),
      ]);
      const items = feeds.map((feed) => {
        const own = hours.filter((hour) => hour.feedId === feed.id);
        const lately = own.filter((hour) => hour.hour.getTime() >= now.getTime() - 2 * HOUR_MS);
        const lastAt = last.find((row) => row.feedId === feed.id)?.receivedAt ?? null;
        const queue = waiting.find((row) => row.feedId === feed.id);
        const { word, why } = feedHealth({
          state: feed.state,
          lastAtMs: lastAt?.getTime() ?? null,
          oldestWaitingMs: queue?.oldest.getTime() ?? null,
          silenceMinutes: feed.silenceMinutes,
          recent: {
            ...sum(lately),
            read: lately.reduce((count, hour) => count + hour.interpreted + hour.failed + hour.ignored, 0),
          },
          nowMs: now.getTime(),
        });
        const { slug, name, adapter, class: feedClass, wayIn, state, verify } = feed;
        return {
          slug,
          name,
          adapter,
          class: feedClass,
          wayIn,
          state,
          verify,
          health: { word, why },
          lastReceivedAt: iso(lastAt),
          waiting: queue?.waiting ?? 0,
          lastDay: sum(own),
          unmappedWords: unmapped.find((row) => row.feedId === feed.id)?.words ?? 0,
          openExceptions: open.find((row) => row.feedId === feed.id)?.open ?? 0,
        };
      });
      return { items, nextCursor: null };
    },
  }),
];
