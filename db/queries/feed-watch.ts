import type { FeedState, WayIn } from "@/core/feeds/feed";
import { RECOVERED } from "@/core/messages/recovered";
import type { Tx } from "@/db/client";

export type WatchedFeed = {
  id: number;
  name: string;
  state: FeedState;
  wayIn: WayIn;
  silenceMinutes: number | null;
  createdAt: Date;
  /** Running totals of today and yesterday; their growth is what a window counts. */
  received: number;
  duplicates: number;
  rejected: number;
};

/** Feeds with their running totals; hours before `since` are settled and left out. */
export async function listWatchedFeeds(tx: Tx, since: Date): Promise<WatchedFeed[]> {
  return tx<
    WatchedFeed[]
  >`select f.id, f.name, f.state, f.way_in as "wayIn", f.silence_minutes as "silenceMinutes", f.created_at as "createdAt",
      coalesce(sum(c.received), 0)::float8 as received, coalesce(sum(c.duplicates), 0)::float8 as duplicates,
      coalesce(sum(c.rejected), 0)::float8 as rejected
    from feed f left join feed_counter c on c.feed_id = f.id and c.hour >= ${since}
    where f.state <> 'archived' group by f.id order by f.id`;
}

/** Instants (ms) of the newest messages that a feed sent since `since`, newest first; what it was asked for tells nothing of its rhythm. */
export async function newestReceipts(tx: Tx, feedId: number, since: Date, limit: number): Promise<number[]> {
  const rows = await tx<{ at: Date }[]>`select received_at as at from message
    where feed_id = ${feedId} and received_at >= ${since} and (name is null or name not like ${`${RECOVERED}%`}) order by received_at desc, id desc limit ${limit}`;
  return rows.map((row) => row.at.getTime());
}

/** How soon silences were noticed: from the instant each was due to be over until it stood in the queue. */
export type Detection = { count: number; meanMs: number | null };

/** The silences of feeds that opened since an instant, by the index of kinds and openings. */
export async function readDetection(sql: Tx, since: Date): Promise<Detection> {
  const [row] = await sql<Detection[]>`
    select count(*)::int as count, avg(late)::float8 as "meanMs" from (
      select extract(epoch from opened_at - (evidence->>'lastReceived')::timestamptz) * 1000 - (evidence->>'allowedMs')::float8 as late
      from exception where kind = 'feed_silent' and opened_at >= ${since} and evidence ? 'allowedMs' order by opened_at desc limit 5000) silence`;
  return row ?? { count: 0, meanMs: null };
}
