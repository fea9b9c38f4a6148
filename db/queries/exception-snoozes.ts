import { BASELINE_DAYS, type SnoozeChoice, type SnoozeMode } from "@/core/exceptions/cause-snooze";
import type { Tx } from "@/db/client";

/** Counting of one group stops here: beyond it a rate is high enough. */
const COUNTED = 20_000;

export type GroupRate = { opened: number; perHour: number };

/** How many ever opened in groups, and how many an hour did over the last days, from the index of members. */
export async function loadGroupRates(tx: Tx, groupIds: readonly string[], now: Date): Promise<Map<string, GroupRate>> {
  if (groupIds.length === 0) return new Map();
  const since = new Date(now.getTime() - BASELINE_DAYS * 86_400_000);
  const rows = await tx<{ id: string; opened: number; recent: number }[]>`
    select g.id, coalesce((select sum(opened) from exception_group_count c where c.group_id = g.id), 0)::float8 as opened,
      (select count(*) from (${openedSince(tx, since)}) r)::int as recent
    from unnest(${[...new Set(groupIds)]}::uuid[]) g(id)`;
  return new Map(rows.map((row) => [row.id, { opened: row.opened, perHour: row.recent / (BASELINE_DAYS * 24) }]));
}

/** Members of group g opened since an instant, at most so many of each state: one range of the index of members a state. */
function openedSince(tx: Tx, since: Date) {
  return tx`select 1 from unnest(array['open', 'acknowledged', 'snoozed', 'suppressed', 'resolved']) w(state), lateral (
    select 1 from exception e where e.group_id = g.id and e.state = w.state and e.opened_at > ${since} limit ${COUNTED}) one`;
}

export type CauseSnooze = {
  groupId: string;
  mode: SnoozeMode;
  until: Date | null;
  openedBefore: number;
  more: number | null;
  baselinePerHour: number | null;
  opened: number;
  openedLastHour: number;
  at: Date;
};

/** Causes that are put away, with what their groups show now; a few hundred at most. */
export async function listCauseSnoozes(tx: Tx, now: Date, limit: number): Promise<CauseSnooze[]> {
  const hourAgo = new Date(now.getTime() - 3_600_000);
  return tx<
    CauseSnooze[]
  >`select g.group_id as "groupId", g.mode, g.until, g.opened_before::float8 as "openedBefore", g.more,
      g.baseline_per_hour as "baselinePerHour", g.at,
      coalesce((select sum(opened) from exception_group_count c where c.group_id = g.id), 0)::float8 as opened,
      case when g.mode = 'escalating' then (select count(*) from (${openedSince(tx, hourAgo)}) r)::int else 0 end as "openedLastHour"
    from (select *, group_id as id from exception_snooze order by group_id limit ${limit}) g`;
}

/** Puts a cause away; what was chosen before for it is replaced. */
export async function insertCauseSnooze(
  tx: Tx,
  snooze: { groupId: string; choice: SnoozeChoice; rate: GroupRate; by: string | null; at: Date },
): Promise<void> {
  const { groupId, choice, rate, by, at } = snooze;
  await tx`insert into exception_snooze (group_id, mode, opened_before, until, more, baseline_per_hour, by_person, at)
    values (${groupId}, ${choice.mode}, ${rate.opened}, ${choice.mode === "until" ? choice.until : null},
      ${choice.mode === "more" ? choice.more : null}, ${choice.mode === "escalating" ? rate.perHour : null}, ${by}, ${at})
    on conflict (group_id) do update set mode = excluded.mode, opened_before = excluded.opened_before, until = excluded.until, more = excluded.more,
      baseline_per_hour = excluded.baseline_per_hour, by_person = excluded.by_person, at = excluded.at`;
}

/** Ends the snooze of causes; their members are woken by `wakeFreed`. Returns the causes that were put away. */
export async function deleteCauseSnoozes(tx: Tx, groupIds: readonly string[]): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`delete from exception_snooze where group_id = any(${[...groupIds]}::uuid[])
    returning group_id as id`;
  return rows.map((row) => row.id);
}

export type Member = { homeId: string; id: string; groupId: string };

/** Puts standing members of causes away that were so when their cause was put away (what somebody opened again since stays), at most `limit`. */
export async function putMembersAway(tx: Tx, now: Date, limit: number): Promise<Member[]> {
  return tx<
    Member[]
  >`update exception e set state = 'snoozed', with_cause = true, snoozed_until = null, wake_opened = null, wake_rank = null,
      wake_rate = null, updated_at = ${now}
    from (select m.home_id, m.id from exception_snooze z, lateral (select e.home_id, e.id from exception e
        where e.group_id = z.group_id and e.state = any(array['open', 'acknowledged']) and e.updated_at <= z.at limit ${limit} for update skip locked) m
      limit ${limit}) t
    where e.home_id = t.home_id and e.id = t.id and e.state in ('open', 'acknowledged')
    returning e.home_id as "homeId", e.id, e.group_id as "groupId"`;
}

/** Wakes, at most `limit` each: members of causes that are put away no more, and those whose cause brought as many more as they waited for. */
export async function wakeFreed(tx: Tx, now: Date, limit: number): Promise<Member[]> {
  return tx<
    Member[]
  >`update exception e set state = case when e.acknowledged_at is null then 'open' else 'acknowledged' end, snoozed_until = null,
      wake_opened = null, wake_rank = null, wake_rate = null, with_cause = false, updated_at = ${now}
    from (select home_id, id from exception e where e.state = 'snoozed' and e.with_cause
          and not exists (select 1 from exception_snooze z where z.group_id = e.group_id) limit ${limit} for update skip locked) t
    where e.home_id = t.home_id and e.id = t.id and e.state = 'snoozed' returning e.home_id as "homeId", e.id, e.group_id as "groupId"`;
}

/** Wakes those that wait for more of their cause, or for its escalation, and have it: at most `limit`. */
export async function wakeByGroup(tx: Tx, escalated: readonly string[], now: Date, limit: number): Promise<Member[]> {
  return tx<
    Member[]
  >`update exception e set state = case when e.acknowledged_at is null then 'open' else 'acknowledged' end, snoozed_until = null,
      wake_opened = null, wake_rank = null, wake_rate = null, with_cause = false, updated_at = ${now}
    from (select m.home_id, m.id from (select group_id, sum(opened) as opened from exception_group_count group by 1) c, lateral (
        select e.home_id, e.id from exception e where e.group_id = c.group_id and e.state = 'snoozed' and e.wake_opened <= c.opened
        limit ${limit} for update skip locked) m
      union all select e.home_id, e.id from exception e where e.group_id = any(${[...escalated]}::uuid[]) and e.state = 'snoozed'
        and e.wake_rate is not null limit ${limit}) t
    where e.home_id = t.home_id and e.id = t.id and e.state = 'snoozed' returning e.home_id as "homeId", e.id, e.group_id as "groupId"`;
}

/** Groups in which exceptions wait for an escalation: their lowest usual rate, and how many opened within the last hour. */
export async function listWatchedRates(
  tx: Tx,
  now: Date,
  limit: number,
): Promise<{ groupId: string; perHour: number; openedLastHour: number }[]> {
  const hourAgo = new Date(now.getTime() - 3_600_000);
  return tx`select g.id as "groupId", g.rate as "perHour", (select count(*) from (${openedSince(tx, hourAgo)}) r)::int as "openedLastHour"
    from (select group_id as id, min(wake_rate) as rate from exception where state = 'snoozed' and wake_rate is not null group by 1
      limit ${limit}) g`;
}
