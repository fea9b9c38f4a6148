import type { AdapterName, FeedClass, FeedState, VerifyScheme, WayIn } from "@/core/feeds/feed";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

export type FeedRow = {
  id: number;
  slug: string;
  name: string;
  adapter: AdapterName;
  class: FeedClass;
  wayIn: WayIn;
  state: FeedState;
  verify: VerifyScheme;
  verifySettings: Json;
  settings: Json;
  zone: string | null;
  skewMinutes: number | null;
  silenceMinutes: number | null;
  ratePerSecond: number;
  rateBurst: number;
  maxBytes: number;
  maxBatchBytes: number;
  urgency: number;
  folder: string | null;
  connectionId: number | null;
  owner: string | null;
  generation: number;
  mappingVersion: number;
  createdAt: Date;
  updatedAt: Date;
};

const columns = (sql: Tx) => sql`f.id, f.slug, f.name, f.adapter, f.class, f.way_in as "wayIn", f.state, f.verify,
  f.verify_settings as "verifySettings", f.settings, f.zone, f.skew_minutes as "skewMinutes", f.silence_minutes as "silenceMinutes",
  f.rate_per_second as "ratePerSecond", f.rate_burst as "rateBurst", f.max_bytes as "maxBytes", f.max_batch_bytes as "maxBatchBytes",
  f.urgency, f.folder, f.connection_id as "connectionId", f.owner, f.generation, f.mapping_version as "mappingVersion",
  f.created_at as "createdAt", f.updated_at as "updatedAt"`;

/** All feeds; archived ones last. */
export async function listFeedRows(sql: Tx): Promise<FeedRow[]> {
  return sql<FeedRow[]>`select ${columns(sql)} from feed f order by (f.state = 'archived'), f.name limit 1000`;
}

export async function findFeedRow(sql: Tx, by: { id: number } | { slug: string }): Promise<FeedRow | null> {
  const [row] = await sql<
    FeedRow[]
  >`select ${columns(sql)} from feed f where ${"id" in by ? sql`f.id = ${by.id}` : sql`f.slug = ${by.slug}`}`;
  return row ?? null;
}

export type FeedHour = {
  feedId: number;
  hour: Date;
  received: number;
  duplicates: number;
  rejected: number;
  limited: number;
  interpreted: number;
  failed: number;
  ignored: number;
  events: number;
  repeatedEvents: number;
  bytes: number;
  lastAt: Date;
};

/** Counters by feed and hour since an instant, merged over the processes that counted. */
export async function listFeedHours(sql: Tx, since: Date, feedId: number | null = null): Promise<FeedHour[]> {
  return sql<
    FeedHour[]
  >`select feed_id as "feedId", hour, sum(received)::float8 as received, sum(duplicates)::float8 as duplicates,
      sum(rejected)::float8 as rejected, sum(limited)::float8 as limited, sum(interpreted)::float8 as interpreted, sum(failed)::float8 as failed,
      sum(ignored)::float8 as ignored, sum(events)::float8 as events, sum(repeated_events)::float8 as "repeatedEvents",
      sum(bytes)::float8 as bytes, max(last_at) as "lastAt"
    from feed_counter where hour >= ${since} ${feedId === null ? sql`` : sql`and feed_id = ${feedId}`} group by 1, 2 order by 1, 2`;
}

export type LastMessage = { feedId: number; receivedAt: Date; id: string };

/** The newest message of each feed. */
export async function listLastMessages(sql: Tx): Promise<LastMessage[]> {
  return sql<LastMessage[]>`select f.id as "feedId", m.received_at as "receivedAt", m.id from feed f
    cross join lateral (select received_at, id from message where feed_id = f.id order by received_at desc, id desc limit 1) m`;
}

export type WaitingOfFeed = { feedId: number; waiting: number; oldest: Date };
export const WAITING_LIMIT = 5_000;

/** Messages that wait for the pipeline by feed, of the `WAITING_LIMIT` oldest in all. */
export async function listWaiting(sql: Tx): Promise<WaitingOfFeed[]> {
  return sql<WaitingOfFeed[]>`select m.feed_id as "feedId", count(*)::int as waiting, min(m.received_at) as oldest
    from (select message_id from inbox order by message_id limit ${WAITING_LIMIT}) i
    join message m on m.id = i.message_id
      and m.received_at = to_timestamp(('x' || translate(substr(i.message_id::text, 1, 13), '-', ''))::bit(48)::bigint / 1000.0)
    group by 1`;
}

export type LagBucket = { feedId: number; bucket: number; count: number };

/** Histogram of the leg from occurrence to receipt by feed, since an instant. */
export async function listSourceLag(sql: Tx, since: Date): Promise<LagBucket[]> {
  return sql<LagBucket[]>`select feed_id as "feedId", bucket, sum(count)::float8 as count from latency_bucket
    where workflow = 'status_update' and leg = 'source' and hour >= ${since} group by 1, 2`;
}

export async function countOpenExceptionsByFeed(sql: Tx): Promise<{ feedId: number; open: number; worst: number }[]> {
  return sql<
    { feedId: number; open: number; worst: number }[]
  >`select feed_id as "feedId", count(*)::int as open, min(rank)::int as worst
    from exception where feed_id is not null and state <> 'resolved' group by 1`;
}

export type SecretRow = { id: string; hint: string; createdAt: Date; expiresAt: Date | null; lastUsedAt: Date | null };

/** Secrets of a feed without their value, newest first; those expired for more than 30 days are left out. */
export async function listSecrets(sql: Tx, feedId: number, now: Date): Promise<SecretRow[]> {
  return sql<
    SecretRow[]
  >`select id, hint, created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt"
    from feed_secret where feed_id = ${feedId} and (expires_at is null or expires_at > ${new Date(now.getTime() - 30 * 86_400_000)})
    order by created_at desc limit 20`;
}

/** The sealed value of the newest live secret; null where none is live. */
export async function findLiveSecret(sql: Tx, feedId: number, now: Date): Promise<Buffer | null> {
  const [row] = await sql<{ sealed: Buffer }[]>`select sealed from feed_secret where feed_id = ${feedId}
    and (expires_at is null or expires_at > ${now}) order by created_at desc limit 1`;
  return row?.sealed ?? null;
}

export type NewFeed = Pick<
  FeedRow,
  | "slug"
  | "name"
  | "adapter"
  | "class"
  | "wayIn"
  | "verify"
  | "verifySettings"
  | "settings"
  | "zone"
  | "skewMinutes"
  | "silenceMinutes"
  | "ratePerSecond"
  | "rateBurst"
  | "maxBytes"
  | "urgency"
  | "folder"
  | "owner"
>;

/** Inserts a feed; null where another has the slug. */
export async function insertFeed(tx: Tx, feed: NewFeed, now: Date): Promise<number | null> {
  const [row] = await tx<
    { id: number }[]
  >`insert into feed (slug, name, adapter, class, way_in, verify, verify_settings, settings, zone,
      skew_minutes, silence_minutes, rate_per_second, rate_burst, max_bytes, urgency, folder, owner, created_at, updated_at)
    values (${feed.slug}, ${feed.name}, ${feed.adapter}, ${feed.class}, ${feed.wayIn}, ${feed.verify}, ${tx.json(feed.verifySettings)},
      ${tx.json(feed.settings)}, ${feed.zone}, ${feed.skewMinutes}, ${feed.silenceMinutes}, ${feed.ratePerSecond}, ${feed.rateBurst},
      ${feed.maxBytes}, ${feed.urgency}, ${feed.folder}, ${feed.owner}, ${now}, ${now})
    on conflict (slug) do nothing returning id`;
  return row?.id ?? null;
}

export type FeedChange = Pick<
  FeedRow,
  | "name"
  | "verify"
  | "verifySettings"
  | "settings"
  | "zone"
  | "skewMinutes"
  | "silenceMinutes"
  | "ratePerSecond"
  | "rateBurst"
  | "maxBytes"
  | "urgency"
  | "folder"
  | "owner"
>;

/**
 * Writes the settings of a feed unless somebody changed them since `seen`; null then, or where the feed is archived. `newReading` counts a
 * mapping version and a generation up, because messages read from now on are read otherwise.
 */
export async function updateFeedRow(
  tx: Tx,
  id: number,
  change: FeedChange,
  seen: Date,
  now: Date,
  newReading: boolean,
): Promise<{ generation: number; mappingVersion: number } | null> {
  const step = newReading ? 1 : 0;
  const [row] = await tx<
    { generation: number; mappingVersion: number }[]
  >`update feed set name = ${change.name}, verify = ${change.verify},
      verify_settings = ${tx.json(change.verifySettings)}, settings = ${tx.json(change.settings)}, zone = ${change.zone},
      skew_minutes = ${change.skewMinutes}, silence_minutes = ${change.silenceMinutes}, rate_per_second = ${change.ratePerSecond},
      rate_burst = ${change.rateBurst}, max_bytes = ${change.maxBytes}, urgency = ${change.urgency}, folder = ${change.folder},
      owner = ${change.owner}, generation = generation + ${step}, mapping_version = mapping_version + ${step}, updated_at = ${now}
    where id = ${id} and state <> 'archived' and date_trunc('milliseconds', updated_at) = ${seen}
    returning generation, mapping_version as "mappingVersion"`;
  return row ?? null;
}

/** Moves a feed from one state to another; false where it was not in it. */
export async function moveFeed(
  tx: Tx,
  id: number,
  from: readonly FeedState[],
  to: FeedState,
  now: Date,
): Promise<boolean> {
  const rows =
    await tx`update feed set state = ${to}, updated_at = ${now} where id = ${id} and state = any(${from}::text[]) returning id`;
  return rows.length > 0;
}

export async function insertMappingVersion(
  tx: Tx,
  row: {
    feedId: number;
    number: number;
    generation: number;
    settings: Json;
    zone: string | null;
    note: string;
    byPerson: string | null;
    at: Date;
  },
): Promise<void> {
  await tx`insert into mapping_version (feed_id, number, generation, settings, zone, note, by_person, at)
    values (${row.feedId}, ${row.number}, ${row.generation}, ${tx.json(row.settings)}, ${row.zone}, ${row.note}, ${row.byPerson}, ${row.at})`;
}

/** Seeds the crosswalk of a new feed with the packs of its adapter. */
export async function insertPackEntries(
  tx: Tx,
  feedId: number,
  entries: readonly { kind: string; word: string; to: string }[],
): Promise<void> {
  if (entries.length === 0) return;
  await tx`insert into crosswalk_entry (feed_id, kind, word, since, "to", source)
    select ${feedId}, t.kind, t.word, 1, t.meaning, 'pack'
    from unnest(${entries.map((e) => e.kind)}::text[], ${entries.map((e) => e.word)}::text[], ${entries.map((e) => e.to)}::text[]) as t (kind, word, meaning)
    on conflict do nothing`;
}

/** Locks the secrets of a feed against a second rotation at the same time and ends the older live ones: all but the newest now, the newest at `until`. */
export async function expireSecrets(
  tx: Tx,
  feedId: number,
  now: Date,
  until: Date,
): Promise<{ id: string; hint: string }[]> {
  await tx`select id from feed where id = ${feedId} for update`;
  return tx<{ id: string; hint: string }[]>`
    update feed_secret s set expires_at = case when s.id = newest.id then ${until}::timestamptz else ${now}::timestamptz end
    from (select id from feed_secret where feed_id = ${feedId} and (expires_at is null or expires_at > ${now}) order by created_at desc, id desc limit 1) newest
    where s.feed_id = ${feedId} and (s.expires_at is null or s.expires_at > ${now}) returning s.id, s.hint`;
}

export async function insertSecret(
  tx: Tx,
  row: { id: string; feedId: number; sealed: Buffer; hint: string; createdAt: Date },
): Promise<void> {
  await tx`insert into feed_secret (id, feed_id, sealed, hint, created_at) values (${row.id}, ${row.feedId}, ${row.sealed}, ${row.hint}, ${row.createdAt})`;
}

/** Ends one live secret at once; null where it is none of this feed or has ended. */
export async function endSecret(tx: Tx, feedId: number, id: string, now: Date): Promise<{ hint: string } | null> {
  const [row] = await tx<
    { hint: string }[]
  >`update feed_secret set expires_at = ${now} where id = ${id}::uuid and feed_id = ${feedId}
    and (expires_at is null or expires_at > ${now}) returning hint`;
  return row ?? null;
}

/** Tells the processes that hold feeds in memory to read them again; heard at the commit. */
export async function notifyFeeds(tx: Tx): Promise<void> {
  await tx`select pg_notify('waypost_feeds', '')`;
}

export type FileRow = {
  name: string;
  digest: string;
  messageId: string | null;
  size: number;
  state: string;
  why: string | null;
  seenAt: Date;
};

/** Files that a watched folder gave, newest first. */
export async function listFiles(sql: Tx, feedId: number, limit: number): Promise<FileRow[]> {
  return sql<
    FileRow[]
  >`select name, encode(digest, 'hex') as digest, message_id as "messageId", size::float8 as size, state, why, seen_at as "seenAt"
    from feed_file where feed_id = ${feedId} order by seen_at desc limit ${limit}`;
}
