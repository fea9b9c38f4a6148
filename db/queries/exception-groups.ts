import type { SnoozeMode } from "@/core/exceptions/cause-snooze";
import type { QueueCursor } from "@/core/exceptions/cursor";
import { type ExceptionFilter, kindsOf, STANDING, statesOf } from "@/core/exceptions/filter";
import {
  EXCEPTION_KINDS,
  EXCEPTION_SPECS,
  type ExceptionKind,
  type ExceptionState,
  SEVERITIES,
} from "@/core/exceptions/kinds";
import type { Tx } from "@/db/client";
import { conditions, matching, matchingGroups } from "./exceptions";

export type GroupState = ExceptionState;

export type ExceptionGroupRow = {
  id: string;
  kind: ExceptionKind;
  cause: string;
  feedId: number | null;
  feedName: string | null;
  /** All that ever opened with this cause. */
  count: number;
  /** Standing in the queue now; `capped` where there are at least so many. */
  open: number;
  capped: boolean;
  shipments: number;
  shipmentsCapped: boolean;
  firstSeen: Date;
  lastSeen: Date;
  regressed: boolean;
  /** When the last one was resolved and the cause settled, and by whom; null by whom where mending the cause closed it. */
  settledAt: Date | null;
  settledByName: string | null;
  /** Money at risk of what stands, by currency, over as many members as are counted. */
  risk: { currency: string; riskMinor: number }[];
  /** When the first money is lost. */
  deadlineAt: Date | null;
  /** How the whole cause is put away; null while it is awake. */
  snooze: { mode: SnoozeMode; until: string | null; left: number | null } | null;
  state: GroupState;
};

/** Members of one group are counted up to here; a card then says "10,000+". */
const GROUP_COUNTED = 10_000;
/** Shipments are counted over so many members. */
const SHIPMENTS_COUNTED = 1_000;

const RANKS = EXCEPTION_KINDS.map((kind) => SEVERITIES.indexOf(EXCEPTION_SPECS[kind].severity));

/** One page of causes that have members under the filter: worst kind first, then the one seen last. */
export async function listExceptionGroups(
  tx: Tx,
  filter: ExceptionFilter,
  page: { me: string | null; now: Date; limit: number; after: QueueCursor | null },
): Promise<{ rows: ExceptionGroupRow[]; next: QueueCursor | null }> {
  const after = page.after;
  const at = tx`'epoch'::timestamptz + ${after?.micros ?? "0"}::float8 * interval '1 microsecond'`;
  const beyond = after
    ? tx`and (k.rank > ${after.rank}::int or (k.rank = ${after.rank}::int and (coalesce(c.last_seen, g.first_seen) < ${at}
        or (coalesce(c.last_seen, g.first_seen) = ${at} and g.id > ${after.id}::uuid))))`
    : tx``;
  const take = page.limit + 1;
  const kinds = kindsOf(filter);
  const standing = tx`e.state = any(${[...STANDING]}::text[])`;
  const states = statesOf(filter);
  // what stands is probed group by group in the order of the page until it is full, in the index that has all facets; of one shipment, or with the
  // resolved under a filter that most members fail, the groups are found by their members
  const probed = !states.includes("resolved") && !filter.shipment;
  const selective =
    filter.owner.length + filter.feed.length + filter.severity.length + filter.party.length > 0 || filter.overdue;
  const hits =
    probed && filter.owner.length > 0
      ? // whose they are comes behind the state in that index: by one state at a time it is found there whatever plan is made for all filters
        tx`lateral (select 1 from unnest(${[...states]}::text[]) w(state), lateral (
          select 1 from exception e where e.group_id = f.id and e.state = w.state and e.state <> 'resolved'
            and ${conditions(tx, filter, page.me, page.now)} order by e.rank limit 1) one limit 1) hit`
      : probed
        ? tx`lateral (select 1 from exception e where e.group_id = f.id and e.state <> 'resolved' and ${matching(tx, filter, page.me, page.now)}
        order by e.rank, e.state limit 1) hit`
        : selective || filter.shipment
          ? tx`(select group_id from (${matchingGroups(tx, filter, page.me, page.now)}) h offset 0) hit where hit.group_id = f.id`
          : // ordered as the index of a group's members is, state by state, so that no plan made for any filter takes another index
            tx`lateral (select 1 from unnest(${[...states]}::text[]) w(state), lateral (
          select 1 from exception e where e.group_id = f.id and e.state = w.state and ${matching(tx, filter, page.me, page.now)}
          order by e.opened_at desc, e.id limit 1) one limit 1) hit`;
  const rows = await tx<(ExceptionGroupRow & { rank: number; micros: string })[]>`
    with k as (select * from unnest(${[...EXCEPTION_KINDS]}::text[], ${RANKS}::int[]) t(kind, rank)),
    counted as (select group_id, sum(opened)::int as opened, max(last_seen) as last_seen from exception_group_count group by group_id),
    found as (select f.* from (
        select g.id, g.kind, g.cause, g.feed_id, g.first_seen, g.regressed, g.settled_at, g.settled_by, k.rank, coalesce(c.opened, 0) as opened,
          coalesce(c.last_seen, g.first_seen) as last_seen
        from exception_group g join k on k.kind = g.kind left join counted c on c.group_id = g.id
        where true ${kinds ? tx`and g.kind = any(${[...kinds]}::text[])` : tx``} ${filter.group ? tx`and g.id = ${filter.group}` : tx``}
          ${filter.regressed ? tx`and g.regressed` : tx``} ${beyond}
        order by k.rank, coalesce(c.last_seen, g.first_seen) desc, g.id offset 0) f,
      ${hits}
      order by f.rank, f.last_seen desc, f.id limit ${take})
    select f.id, f.kind, f.cause, f.feed_id as "feedId", d.name as "feedName", greatest(f.opened, m.open) as count, m.open,
      m.open >= ${GROUP_COUNTED} as capped, s.shipments, m.open > ${SHIPMENTS_COUNTED} as "shipmentsCapped",
      f.first_seen as "firstSeen", f.last_seen as "lastSeen", f.regressed, f.settled_at as "settledAt", sb.name as "settledByName",
      coalesce(r.risk, '[]') as risk, r.deadline as "deadlineAt", case when z.group_id is not null then json_build_object('mode', z.mode, 'until', z.until,
        'left', greatest(0, z.opened_before + z.more - f.opened)) end as snooze, f.rank, (extract(epoch from f.last_seen) * 1000000)::bigint::text as micros,
      case when exists (select 1 from exception e where e.group_id = f.id and e.state = 'open') then 'open'
        when exists (select 1 from exception e where e.group_id = f.id and e.state = 'acknowledged') then 'acknowledged'
        when exists (select 1 from exception e where e.group_id = f.id and e.state = 'snoozed') then 'snoozed'
        when exists (select 1 from exception e where e.group_id = f.id and e.state = 'suppressed') then 'suppressed' else 'resolved' end as state
    from found f left join feed d on d.id = f.feed_id left join person sb on sb.id = f.settled_by left join exception_snooze z on z.group_id = f.id,
    lateral (select json_agg(json_build_object('currency', c.currency, 'riskMinor', c.risk) order by c.risk desc) as risk, min(c.deadline) as deadline from
      (select b.stake_currency as currency, sum(b.risk_minor) as risk, min(b.deadline_at) as deadline from
        (select e.stake_currency, e.risk_minor, e.deadline_at from exception e where e.group_id = f.id and e.state in ('open', 'acknowledged')
          and e.risk_minor > 0 limit ${GROUP_COUNTED}) b group by 1) c) r,
    lateral (select count(*)::int as open from (select 1 from exception e where e.group_id = f.id and ${standing} limit ${GROUP_COUNTED}) b) m,
    lateral (select count(distinct b.shipment_id)::int as shipments from
      (select e.shipment_id from unnest(${[...STANDING]}::text[]) w(state), lateral (
        select e.shipment_id from exception e where e.group_id = f.id and e.state = w.state
        order by e.opened_at desc, e.id limit ${SHIPMENTS_COUNTED}) e limit ${SHIPMENTS_COUNTED}) b) s
    order by f.rank, f.last_seen desc, f.id`;
  const shown = rows.slice(0, page.limit);
  const last = shown[shown.length - 1];
  return {
    rows: shown.map(({ rank: _rank, micros: _micros, ...row }) => row),
    next: rows.length > page.limit && last ? { rank: last.rank, micros: last.micros, id: last.id } : null,
  };
}

export type ExceptionGroup = Pick<
  ExceptionGroupRow,
  "id" | "kind" | "cause" | "firstSeen" | "regressed" | "settledAt" | "settledByName" | "snooze"
>;

/** One cause, or null. */
export async function findExceptionGroup(tx: Tx, id: string): Promise<ExceptionGroup | null> {
  const [row] = await tx<ExceptionGroup[]>`
    select g.id, g.kind, g.cause, g.first_seen as "firstSeen", g.regressed, g.settled_at as "settledAt", p.name as "settledByName",
      case when z.group_id is not null then json_build_object('mode', z.mode, 'until', z.until, 'left', greatest(0, z.opened_before + z.more -
        (select sum(c.opened) from exception_group_count c where c.group_id = g.id))) end as snooze
    from exception_group g left join person p on p.id = g.settled_by left join exception_snooze z on z.group_id = g.id where g.id = ${id}`;
  return row ?? null;
}

/** How many opened in each of the last 24 hours, oldest first, for the groups of one page; at most 20,000 of a group are looked at. */
export async function listGroupTrends(tx: Tx, ids: readonly string[], now: Date): Promise<Map<string, number[]>> {
  const trends = new Map(ids.map((id) => [id, Array.from({ length: 24 }, () => 0)]));
  if (ids.length === 0) return trends;
  const rows = await tx<{ id: string; ago: number; count: number }[]>`
    select g.id, r.ago, count(*)::int as count from unnest(${[...ids]}::uuid[]) g(id), lateral (
      select floor(extract(epoch from ${now}::timestamptz - opened_at) / 3600)::int as ago from exception
      where group_id = g.id and state = any(array['open', 'acknowledged', 'snoozed', 'resolved']) and opened_at > ${now}::timestamptz - interval '24 hours'
      limit 20000) r
    group by 1, 2`;
  for (const row of rows) {
    const trend = trends.get(row.id);
    const at = 23 - Math.max(0, Math.min(23, row.ago));
    if (trend) trend[at] = (trend[at] ?? 0) + row.count;
  }
  return trends;
}

/** Causes whose words contain a text, newest first; the words are compared without case. */
export async function searchExceptionGroups(
  tx: Tx,
  said: string,
  limit: number,
): Promise<{ id: string; kind: ExceptionKind; text: string }[]> {
  const pattern = `%${said.replace(/[\\%_]/g, "\\$&")}%`;
  return tx<{ id: string; kind: ExceptionKind; text: string }[]>`select id, kind, cause as text from
    (select * from exception_group order by first_seen desc limit 20000) g where cause ilike ${pattern} limit ${limit}`;
}
