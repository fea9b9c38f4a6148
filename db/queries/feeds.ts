import type { AdapterName, FeedState, VerifyScheme, WayIn } from "@/core/feeds/feed";
import type { Tx } from "@/db/client";

/** What the doors need to know of a feed. */
export type RegistryRow = {
  id: number;
  slug: string;
  name: string;
  adapter: AdapterName;
  wayIn: WayIn;
  state: FeedState;
  verify: VerifyScheme;
  verifySettings: unknown;
  ratePerSecond: number;
  rateBurst: number;
  maxBytes: number;
  maxBatchBytes: number;
  urgency: number;
  folder: string | null;
};

export type SealedSecret = { id: string; feedId: number; sealed: Buffer; expiresAt: Date | null };

export async function listRegistryFeeds(tx: Tx): Promise<RegistryRow[]> {
  return await tx<RegistryRow[]>`
    select id, slug, name, adapter, way_in as "wayIn", state, verify, verify_settings as "verifySettings",
           rate_per_second as "ratePerSecond", rate_burst as "rateBurst", max_bytes as "maxBytes",
           max_batch_bytes as "maxBatchBytes", urgency, folder
    from feed where state <> 'archived' order by id`;
}

export async function listSealedSecrets(tx: Tx, now: Date): Promise<SealedSecret[]> {
  return await tx<SealedSecret[]>`
    select id, feed_id as "feedId", sealed, expires_at as "expiresAt" from feed_secret
    where expires_at is null or expires_at > ${now.toISOString()}::timestamptz order by created_at desc, id`;
}

/** Says when secrets last verified something. */
export async function saveSecretUse(tx: Tx, uses: readonly { id: string; atMs: number }[]): Promise<void> {
  await tx`
    update feed_secret s set last_used_at = greatest(s.last_used_at, u.at)
    from unnest(${uses.map((u) => u.id)}::uuid[], ${uses.map((u) => new Date(u.atMs).toISOString())}::text[]::timestamptz[]) as u (id, at)
    where s.id = u.id`;
}

/** What the doors count, of one feed and hour. */
export type DoorCount = {
  feedId: number;
  hourMs: number;
  received: number;
  duplicates: number;
  rejected: number;
  limited: number;
  bytes: number;
  /** Of the newest message; 0 where none was received. */
  lastMs: number;
};

/** Adds to the counters of the hour, in rows of this process slot, sorted so that two processes take them in one order. */
export async function addDoorCounts(tx: Tx, slot: number, counts: readonly DoorCount[]): Promise<void> {
  const rows = counts.toSorted((a, b) => a.feedId - b.feedId || a.hourMs - b.hourMs);
  const iso = (ms: number) => new Date(ms).toISOString();
  await tx`
    insert into feed_counter (feed_id, hour, slot, received, duplicates, rejected, limited, bytes, last_at)
    select t.feed_id, t.hour, ${slot}::integer, t.received, t.duplicates, t.rejected, t.limited, t.bytes, t.last_at
    from unnest(${rows.map((r) => r.feedId)}::integer[], ${rows.map((r) => iso(r.hourMs))}::text[]::timestamptz[],
                ${rows.map((r) => r.received)}::bigint[], ${rows.map((r) => r.duplicates)}::bigint[],
                ${rows.map((r) => r.rejected)}::bigint[], ${rows.map((r) => r.limited)}::bigint[],
                ${rows.map((r) => r.bytes)}::bigint[], ${rows.map((r) => iso(r.lastMs))}::text[]::timestamptz[])
      as t (feed_id, hour, received, duplicates, rejected, limited, bytes, last_at)
    on conflict (feed_id, hour, slot) do update set
      received = feed_counter.received + excluded.received, duplicates = feed_counter.duplicates + excluded.duplicates,
      rejected = feed_counter.rejected + excluded.rejected, limited = feed_counter.limited + excluded.limited,
      bytes = feed_counter.bytes + excluded.bytes, last_at = greatest(feed_counter.last_at, excluded.last_at)`;
}
