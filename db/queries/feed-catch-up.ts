import type { CatchUpSettings } from "@/core/feeds/catch-up";
import type { AdapterName } from "@/core/feeds/feed";
import type { Tx } from "@/db/client";

export type CatchUp = {
  feedId: number;
  settings: CatchUpSettings;
  keyHint: string | null;
  updatedAt: Date;
  askFrom: Date | null;
  nextAt: Date;
  askedAt: Date | null;
  askedThrough: Date | null;
  failures: number;
  lastError: string | null;
  found: number;
  stored: number;
  recovered: number;
  recoveredEver: number;
  countAt: Date | null;
};

const columns = (
  sql: Tx,
) => sql`c.feed_id as "feedId", c.settings, c.key_hint as "keyHint", c.updated_at as "updatedAt",
  c.ask_from as "askFrom", c.next_at as "nextAt", c.asked_at as "askedAt", c.asked_through as "askedThrough", c.failures,
  c.last_error as "lastError", c.found, c.stored, c.recovered, c.recovered_ever::float8 as "recoveredEver", c.count_at as "countAt"`;

export async function findCatchUp(sql: Tx, feedId: number): Promise<CatchUp | null> {
  const [row] = await sql<CatchUp[]>`select ${columns(sql)} from feed_catch_up c where c.feed_id = ${feedId}`;
  return row ?? null;
}

export type DueCatchUp = CatchUp & {
  sealedKey: Buffer | null;
  feed: { id: number; name: string; adapter: AdapterName; urgency: number; maxBytes: number };
};

/** Sources to ask now, of feeds that are active: at most `limit`, the longest due first. A small table, read whole. */
export async function listDueCatchUps(sql: Tx, now: Date, limit: number): Promise<DueCatchUp[]> {
  return sql<DueCatchUp[]>`select ${columns(sql)}, c.sealed_key as "sealedKey",
      jsonb_build_object('id', f.id, 'name', f.name, 'adapter', f.adapter, 'urgency', f.urgency, 'maxBytes', f.max_bytes) as feed
    from feed_catch_up c join feed f on f.id = c.feed_id
    where c.next_at <= ${now} and f.state = 'active' order by c.next_at limit ${limit}`;
}

/** Writes the settings; null where somebody was faster. A null key keeps the one stored. */
export async function saveCatchUp(
  tx: Tx,
  feedId: number,
  settings: CatchUpSettings,
  key: { sealed: Buffer; hint: string } | null,
  seen: Date | null,
  now: Date,
): Promise<boolean> {
  const value = tx.json(settings as never);
  const rows =
    seen === null
      ? await tx`insert into feed_catch_up (feed_id, settings, sealed_key, key_hint, updated_at, next_at)
          values (${feedId}, ${value}, ${key?.sealed ?? null}, ${key?.hint ?? null}, ${now}, ${now})
          on conflict (feed_id) do nothing returning feed_id`
      : await tx`update feed_catch_up set settings = ${value}, updated_at = ${now}, next_at = ${now}, failures = 0, last_error = null,
          sealed_key = coalesce(${key?.sealed ?? null}, sealed_key), key_hint = coalesce(${key?.hint ?? null}, key_hint)
          where feed_id = ${feedId} and date_trunc('milliseconds', updated_at) = ${seen} returning feed_id`;
  return rows.length > 0;
}

export async function deleteCatchUp(tx: Tx, feedId: number): Promise<boolean> {
  return (await tx`delete from feed_catch_up where feed_id = ${feedId} returning feed_id`).length > 0;
}

export async function askNow(tx: Tx, feedId: number, from: Date | null, now: Date): Promise<boolean> {
  const rows = await tx`update feed_catch_up set next_at = ${now}, ask_from = coalesce(${from}::timestamptz, ask_from)
    where feed_id = ${feedId} returning feed_id`;
  return rows.length > 0;
}

/** Notes how an asking went; what a person asked for meanwhile stands. */
export async function noteAsked(
  tx: Tx,
  before: Pick<CatchUp, "feedId" | "askFrom" | "nextAt">,
  told: { at: Date; through: Date; found: number; stored: number; nextAt: Date; countAt: Date | null },
): Promise<void> {
  await tx`update feed_catch_up set asked_at = ${told.at}, asked_through = greatest(asked_through, ${told.through}), failures = 0,
      last_error = null, found = ${told.found}, stored = ${told.stored}, recovered = 0, count_at = ${told.countAt},
      ask_from = case when ask_from is not distinct from ${before.askFrom}::timestamptz then null else ask_from end,
      next_at = case when date_trunc('milliseconds', next_at) = ${before.nextAt} then ${told.nextAt} else next_at end
    where feed_id = ${before.feedId}`;
}

export async function noteFailed(tx: Tx, feedId: number, at: Date, why: string, nextAt: Date): Promise<void> {
  await tx`update feed_catch_up set asked_at = ${at}, failures = failures + 1, last_error = ${why}, next_at = ${nextAt}
    where feed_id = ${feedId}`;
}

export type ToCount = { feedId: number; name: string; askedAt: Date };

export async function listToCount(sql: Tx, now: Date): Promise<ToCount[]> {
  return sql<
    ToCount[]
  >`select c.feed_id as "feedId", f.name, c.asked_at as "askedAt" from feed_catch_up c join feed f on f.id = c.feed_id
    where c.count_at <= ${now} order by c.count_at limit 50`;
}

/**
 * Events that only what was recovered since an instant brought, and how many of its messages nobody has read yet. An overall status beside
 * its details is no event of its own. The prefix is `RECOVERED`, in the words of the index's condition.
 */
export async function countRecovered(
  sql: Tx,
  feedId: number,
  since: Date,
): Promise<{ events: number; messages: number; unread: number }> {
  const [row] = await sql<{ events: number; messages: number; unread: number }[]>`
    select coalesce(sum(n.events), 0)::int as events, (count(*) filter (where n.events > 0))::int as messages,
      (count(*) filter (where i.message_id is null))::int as unread
    from message m left join lateral (select message_id, shipment_ids from interpretation r
      where r.message_id = m.id and r.received_at = m.received_at order by number limit 1) i on true
    cross join lateral (select count(*) as events from event e
      where e.shipment_id = any(i.shipment_ids) and e.message_id = m.id and (not e.overall or not exists (
        select 1 from event o where o.shipment_id = e.shipment_id and o.kind = e.kind and o.key <> e.key))) n
    where m.feed_id = ${feedId} and m.received_at >= ${since} and m.name like 'recovered %'`;
  return row ?? { events: 0, messages: 0, unread: 0 };
}

export async function noteCounted(tx: Tx, feedId: number, askedAt: Date, events: number): Promise<void> {
  await tx`update feed_catch_up set recovered = ${events}, recovered_ever = recovered_ever + ${events}, count_at = null
    where feed_id = ${feedId} and date_trunc('milliseconds', asked_at) = ${askedAt}`;
}

export async function countLater(tx: Tx, feedId: number, at: Date): Promise<void> {
  await tx`update feed_catch_up set count_at = ${at} where feed_id = ${feedId}`;
}
