import type { ExceptionKind } from "@/core/exceptions/kinds";
import {
  FOLLOW_SILENCE,
  NEVER_BY_THE_WAY,
  type OutageSign,
  type WindowOrigin,
  type WindowPlan,
} from "@/core/exceptions/quiet-window";
import type { Tx } from "@/db/client";
import type { Member } from "./exception-snoozes";

export type QuietWindow = {
  id: string;
  feedId: number | null;
  feedName: string | null;
  carrier: string | null;
  kind: ExceptionKind | null;
  fromAt: Date;
  toAt: Date;
  reason: string;
  origin: WindowOrigin;
  byName: string | null;
  createdAt: Date;
  endedAt: Date | null;
  /** It goes with a degraded rule in force, and ends when that is lifted. */
  ruled: boolean;
  /** Exceptions it holds back now, counted up to 10,000. */
  held: number;
};

const HELD_COUNTED = 10_000;

/** The newest windows, those that still hold first. */
export async function listQuietWindows(tx: Tx, limit: number): Promise<QuietWindow[]> {
  return tx<
    QuietWindow[]
  >`select w.id, w.feed_id as "feedId", f.name as "feedName", w.carrier, w.kind, w.from_at as "fromAt", w.to_at as "toAt",
      w.reason, w.origin, p.name as "byName", w.created_at as "createdAt", w.ended_at as "endedAt",
      exists (select 1 from degraded_rule r where r.window_id = w.id and r.lifted_at is null) as ruled,
      (select count(*) from (select 1 from exception e where e.window_id = w.id and e.state = 'suppressed' limit ${HELD_COUNTED}) h)::int as held
    from quiet_window w left join feed f on f.id = w.feed_id left join person p on p.id = w.by_person
    order by w.lifted_at is null desc, w.created_at desc, w.id limit ${limit}`;
}

/** The window, locked until the transaction ends. */
export async function lockQuietWindow(
  tx: Tx,
  id: string,
): Promise<Pick<QuietWindow, "id" | "fromAt" | "toAt" | "endedAt" | "ruled"> | null> {
  const [row] = await tx<Pick<QuietWindow, "id" | "fromAt" | "toAt" | "endedAt" | "ruled">[]>`
    select id, from_at as "fromAt", to_at as "toAt", ended_at as "endedAt",
      exists (select 1 from degraded_rule r where r.window_id = w.id and r.lifted_at is null) as ruled
    from quiet_window w where id = ${id} for update`;
  return row ?? null;
}

const MOST_CARRIERS = 500;
const LOOKED_AT = 50;

/**
 * The carriers whose newest shipments were told of by this feed more than by any other feed by which carriers speak; null where this is none.
 * Walks the names of carriers in their index, and few shipments of each.
 */
async function listToldCarriers(tx: Tx, feedId: number | null): Promise<string[] | null> {
  const speaks = tx`select id from feed where class = any(array['carrier', 'aggregator', 'transport'])`;
  const [feed] = feedId === null ? [] : await tx`${speaks} and id = ${feedId}`;
  if (!feed) return null;
  const rows = await tx<{ carrier: string }[]>`with recursive named(carrier, n) as (
      select min(carrier), 1 from shipment union all
      select (select min(s.carrier) from shipment s where s.carrier > named.carrier), n + 1 from named
      where carrier is not null and n < ${MOST_CARRIERS})
    select named.carrier from named cross join lateral (
      select e.feed_id from (select shipment_id from shipment where carrier = named.carrier
          order by updated_at desc nulls first, shipment_id desc nulls first limit ${LOOKED_AT}) s
        join event e on e.shipment_id = s.shipment_id where e.feed_id in (${speaks})
      group by 1 order by count(distinct e.shipment_id) desc, (e.feed_id = ${feedId}) desc limit 1) main
    where main.feed_id = ${feedId} order by 1`;
  return rows.map((row) => row.carrier);
}

export async function insertQuietWindow(
  tx: Tx,
  window: WindowPlan & { id: string; by: string | null; at: Date },
): Promise<void> {
  const told = await listToldCarriers(tx, window.feedId);
  await tx`insert into quiet_window (id, feed_id, told_carriers, carrier, kind, from_at, to_at, reason, origin, by_person, created_at)
    values (${window.id}, ${window.feedId}, ${told === null ? null : tx.json(told)}, ${window.carrier}, ${window.kind}, ${window.fromAt}, ${window.toAt}, ${window.reason},
      ${window.origin}, ${window.by}, ${window.at})`;
}

export async function endQuietWindow(tx: Tx, id: string, at: Date): Promise<void> {
  await tx`update quiet_window set ended_at = ${at} where id = ${id} and ended_at is null`;
}

/** The rule of core/exceptions/quiet-window.ts over sets: window w covers exception e of shipment s. */
function covered(tx: Tx) {
  const follows = tx`(w.told_carriers is not null and e.kind = any(${[...FOLLOW_SILENCE]}::text[]) and (
      exists (select 1 from jsonb_each(s.state->'reached') r where (r.value->>'feedId')::int = w.feed_id)
      or exists (select 1 from jsonb_array_elements_text(w.told_carriers) t(name) where lower(trim(t.name)) = lower(trim(s.carrier)))))`;
  return tx`(w.feed_id is null or w.feed_id = e.feed_id or ${follows}) and (w.kind is null or w.kind = e.kind)
    and (w.carrier is null or lower(trim(w.carrier)) = lower(trim(s.carrier)))
    and (w.kind = e.kind or e.kind <> all(${[...NEVER_BY_THE_WAY]}::text[]))`;
}

/** Windows that have begun and not yet put away all that stood at their begin, and windows that are over and still hold something. */
export async function listDueWindows(
  tx: Tx,
  now: Date,
  limit: number,
): Promise<{ id: string; over: boolean; reason: string }[]> {
  return tx<
    { id: string; over: boolean; reason: string }[]
  >`select id, ended_at is not null or to_at <= ${now} as over, reason from quiet_window
    where lifted_at is null and from_at <= ${now} and (begun_at is null or ended_at is not null or to_at <= ${now})
    order by from_at, id limit ${limit} for update skip locked`;
}

/** Suppresses what stands open and was not touched since the window began (what a person opened again stays), at most `limit`. */
export async function suppressStanding(tx: Tx, windowId: string, now: Date, limit: number): Promise<Member[]> {
  return tx<Member[]>`update exception e set state = 'suppressed', window_id = t.w, updated_at = ${now}
    from (select e.home_id, e.id, w.id as w from quiet_window w join exception e on e.state = 'open' left join shipment s on s.shipment_id = e.shipment_id
      where w.id = ${windowId} and e.opened_at <= greatest(w.from_at, w.created_at) and e.updated_at <= greatest(w.from_at, w.created_at)
        and ${covered(tx)} limit ${limit} for update of e skip locked) t
    where e.home_id = t.home_id and e.id = t.id and e.state = 'open' returning e.home_id as "homeId", e.id, e.group_id as "groupId"`;
}

export async function markBegun(tx: Tx, windowId: string, now: Date): Promise<void> {
  await tx`update quiet_window set begun_at = ${now} where id = ${windowId}`;
}

/**
 * Gives back what a window held, at most `limit`: to another window that covers it, to its cause where that is put away, else to the queue with
 * a new time to answer.
 */
export async function liftWindow(
  tx: Tx,
  windowId: string,
  now: Date,
  limit: number,
): Promise<(Member & { state: "open" | "acknowledged" | "snoozed" | "suppressed" })[]> {
  return tx<(Member & { state: "open" | "acknowledged" | "snoozed" | "suppressed" })[]>`
    update exception e set window_id = t.next, updated_at = ${now}, with_cause = t.next is null and t.away,
      due_at = greatest(e.due_at, ${now}::timestamptz + (e.due_at - e.opened_at)),
      state = case when t.next is not null then 'suppressed' when t.away then 'snoozed' when e.acknowledged_at is not null then 'acknowledged' else 'open' end
    from (select e.home_id, e.id, exists (select 1 from exception_snooze z where z.group_id = e.group_id) as away,
        (select w.id from quiet_window w left join shipment s on s.shipment_id = e.shipment_id
          where w.id <> ${windowId} and w.lifted_at is null and w.ended_at is null and w.from_at <= ${now} and w.to_at > ${now} and ${covered(tx)}
          order by w.created_at limit 1) as next
      from exception e where e.state = 'suppressed' and e.window_id = ${windowId} limit ${limit} for update skip locked) t
    where e.home_id = t.home_id and e.id = t.id returning e.home_id as "homeId", e.id, e.group_id as "groupId", e.state`;
}

/** A window that holds nothing any more is done. */
export async function markLifted(tx: Tx, windowId: string, now: Date): Promise<void> {
  await tx`update quiet_window set lifted_at = ${now} where id = ${windowId}
    and not exists (select 1 from exception where state = 'suppressed' and window_id = ${windowId})`;
}

/** What came back was never told: the alerts of its causes count it as new. */
export async function untell(tx: Tx, groupIds: readonly string[]): Promise<void> {
  const counts = new Map<string, number>();
  for (const id of groupIds) counts.set(id, (counts.get(id) ?? 0) + 1);
  if (counts.size === 0) return;
  const ids = [...counts.keys()].sort();
  await tx`update alert_group a set told = greatest(0, a.told - t.n) from unnest(${ids}::uuid[], ${ids.map((id) => counts.get(id) ?? 0)}::bigint[]) t(g, n)
    where a.group_id = t.g`;
  // a cause is looked at by the alerts when something of it was seen
  await tx`update exception_group_count c set last_seen = greatest(c.last_seen, now()) where c.group_id = any(${ids}::uuid[])
    and c.slot = (select min(slot) from exception_group_count m where m.group_id = c.group_id)`;
}

const MOST_HOUR = 2000;
const MOST_WEEK = 20_000;

/** Signs of an outage: silent feeds, and the causes seen within the last hour with how often they came; at most 200 causes. */
export async function listOutageSigns(tx: Tx, now: Date): Promise<OutageSign[]> {
  const silent = await tx<OutageSign[]>`select f.id as "feedId", null as carrier, f.name,
      (extract(epoch from e.opened_at) * 1000)::float8 as "silentSinceMs", 0 as "lastHour", 0 as "usualPerHour"
    from exception e join feed f on f.id = e.feed_id where e.kind = 'feed_silent' and e.state = any(array['open', 'acknowledged'])
      and e.state <> 'resolved' order by e.opened_at limit 50`;
  const hourAgo = new Date(now.getTime() - 3_600_000);
  const weekAgo = new Date(now.getTime() - 7 * 86_400_000);
  const count = (
    since: Date,
    most: number,
  ) => tx`(select count(*) from unnest(array['open', 'acknowledged', 'snoozed', 'resolved']) x(state),
    lateral (select 1 from exception e where e.group_id = g.id and e.state = x.state and e.opened_at > ${since} limit ${most}) one)`;
  const causes = await tx<
    OutageSign[]
  >`select case when g.source like 'carrier:%' then null else g.feed_id end as "feedId",
      case when g.source like 'carrier:%' then nullif(substr(g.source, 9), '') end as carrier, coalesce(f.name, substr(g.source, 9)) as name,
      null as "silentSinceMs", g.hour as "lastHour", greatest(0, ${count(weekAgo, MOST_WEEK)} - g.hour) / 167.0::float8 as "usualPerHour"
    from (select g.id, g.feed_id, split_part(g.fingerprint, chr(31), 2) as source, ${count(hourAgo, MOST_HOUR)}::int as hour
      from (select g.* from (select group_id, max(last_seen) as seen from exception_group_count group by 1 having max(last_seen) > ${hourAgo}
          order by 2 desc limit 200) c join exception_group g on g.id = c.group_id) g) g left join feed f on f.id = g.feed_id
    where g.hour >= 20 and (g.feed_id is not null or substr(g.source, 9) <> '') order by g.hour desc limit 50`;
  return [...silent, ...causes];
}
