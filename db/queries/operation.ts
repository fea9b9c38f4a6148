import type { Sql, Tx } from "@/db/client";
import { appliedMigrations, knownMigrations } from "@/db/migrate";

/** Whether the database has had exactly the migrations of this code. */
export async function findMigrationState(sql: Sql): Promise<{ applied: number; known: number; same: boolean }> {
  const known = knownMigrations().map((entry) => entry.when);
  const applied = await appliedMigrations(sql);
  return { applied: applied.length, known: known.length, same: known.join() === applied.join() };
}

/** Seconds since any worker was last heard of; null when none ever was. */
export async function findWorkerSilence(tx: Tx): Promise<number | null> {
  const [row] = await tx<{ seconds: number | null }[]>`
    select extract(epoch from now() - max(beat_at))::float8 as seconds from heartbeat where role = 'worker'`;
  return row?.seconds ?? null;
}

export async function getMaxLocks(tx: Tx): Promise<number> {
  const [row] = await tx<{ locks: number }[]>`select current_setting('max_locks_per_transaction')::int as locks`;
  return row?.locks ?? 0;
}

/** Messages that wait for the pipeline, and the seconds the oldest of them has waited. Its id tells its instant. */
export async function findInboxDepth(tx: Tx): Promise<{ messages: number; oldestId: string | null }> {
  const [row] = await tx<{ messages: number; oldest: string | null }[]>`
    select count(*)::int as messages, (select message_id from inbox order by message_id limit 1) as oldest from inbox`;
  return { messages: row?.messages ?? 0, oldestId: row?.oldest ?? null };
}

/** Postings that are not done, by state; read from the index by state. */
export async function countOpenPostings(tx: Tx): Promise<{ state: string; count: number }[]> {
  return await tx<{ state: string; count: number }[]>`
    select state, count(*)::int as count from posting
    where state in ('planned', 'sending', 'unconfirmed', 'held', 'rejected', 'dead') group by state`;
}

export type PostingPressure = {
  connection: string;
  urgency: number;
  due: number;
  held: number;
  oldestSeconds: number | null;
  /** Odoo took so many in the five minutes before. */
  taken: number;
};

/** What each connection and class has due or held by policy, how old the oldest of what is due is, and what went lately. */
export async function listPostingPressure(tx: Tx, now: Date): Promise<PostingPressure[]> {
  const since = new Date(now.getTime() - 300_000);
  return await tx<PostingPressure[]>`
    with waiting as (
      select connection_id, urgency, count(*) filter (where state <> 'held')::int as due, count(*) filter (where state = 'held')::int as held,
        extract(epoch from ${now}::timestamptz - min(created_at) filter (where state <> 'held'))::float8 as oldest
      from posting where state in ('planned', 'sending', 'unconfirmed') or (state = 'held' and held_because in ('window', 'interval', 'paused', 'degraded'))
      group by 1, 2),
    taken as (
      select connection_id, urgency, count(*)::int as taken from posting
      where state in ('posted', 'verified') and updated_at >= ${since} and posted_at >= ${since} group by 1, 2)
    select c.name as connection, u.urgency, coalesce(w.due, 0) as due, coalesce(w.held, 0) as held, w.oldest as "oldestSeconds",
      coalesce(t.taken, 0) as taken
    from odoo_connection c cross join (values (0), (1), (2)) u(urgency)
    left join waiting w on w.connection_id = c.id and w.urgency = u.urgency
    left join taken t on t.connection_id = c.id and t.urgency = u.urgency
    where c.state <> 'archived' order by c.name, u.urgency`;
}

/** How hard the senders work each connection, as they last told. */
export async function listPaces(
  tx: Tx,
): Promise<{ connection: string; share: number | null; pulseMs: number | null }[]> {
  return await tx<{ connection: string; share: number | null; pulseMs: number | null }[]>`
    select name as connection, (pace->>'share')::float8 as share, (pace->>'pulseMs')::float8 as "pulseMs" from odoo_connection
    where state <> 'archived' and pace is not null order by name`;
}

export async function countOpenExceptions(tx: Tx): Promise<{ severity: string; count: number }[]> {
  return await tx<{ severity: string; count: number }[]>`
    select severity, count(*)::int as count from exception where state <> 'resolved' group by severity`;
}

export type FeedHour = {
  slug: string;
  received: number;
  duplicates: number;
  rejected: number;
  limited: number;
  interpreted: number;
  failed: number;
  ignored: number;
  silentSeconds: number | null;
};

/** What each feed did in the last full and the present hour. */
export async function listFeedHours(tx: Tx, now: Date): Promise<FeedHour[]> {
  return await tx<FeedHour[]>`
    select f.slug, coalesce(sum(c.received), 0)::float8 as received, coalesce(sum(c.duplicates), 0)::float8 as duplicates,
           coalesce(sum(c.rejected), 0)::float8 as rejected, coalesce(sum(c.limited), 0)::float8 as limited,
           coalesce(sum(c.interpreted), 0)::float8 as interpreted, coalesce(sum(c.failed), 0)::float8 as failed,
           coalesce(sum(c.ignored), 0)::float8 as ignored,
           extract(epoch from ${now.toISOString()}::timestamptz - nullif(max(c.last_at), 'epoch'))::float8 as "silentSeconds"
    from feed f
    left join feed_counter c on c.feed_id = f.id
      and c.hour >= date_trunc('hour', ${now.toISOString()}::timestamptz) - interval '1 hour'
    where f.state <> 'archived' group by f.slug order by f.slug`;
}

export async function countSetAside(tx: Tx): Promise<number> {
  const [row] = await tx<{ count: number }[]>`select count(*)::int as count from set_aside`;
  return row?.count ?? 0;
}
