import type { QueueCursor } from "@/core/exceptions/cursor";
import { type ExceptionFilter, kindsOf } from "@/core/exceptions/filter";
import { EXCEPTION_KINDS, EXCEPTION_SPECS, type ExceptionKind, SEVERITIES } from "@/core/exceptions/kinds";
import type { Tx } from "@/db/client";
import { matching, matchingGroups } from "./exceptions";

export type GroupState = "open" | "acknowledged" | "snoozed" | "resolved";

export type ExceptionGroupRow = {
  id: string;
  kind: ExceptionKind;
  cause: string;
  feedId: number | null;
  feedName: string | null;
  /** All that ever opened with this cause. */
  count: number;
  /** Not resolved now; `capped` where there are at least so many. */
  open: number;
  capped: boolean;
  shipments: number;
  shipmentsCapped: boolean;
  firstSeen: Date;
  lastSeen: Date;
  regressed: boolean;
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
  const standing = tx`e.state = any(array['open', 'acknowledged', 'snoozed'])`;
  // a filter that most members of a group fail: find the groups by their members; else probe group by group in their order until the page is full
  const selective = filter.owner.length + filter.feed.length + filter.severity.length > 0 || filter.overdue;
  const hits = selective
    ? tx`(select group_id from (${matchingGroups(tx, filter, page.me, page.now)}) h offset 0) hit where hit.group_id = f.id`
    : tx`lateral (select 1 from exception e where e.group_id = f.id and ${matching(tx, filter, page.me, page.now)} limit 1) hit`;
  const rows = await tx<(ExceptionGroupRow & { rank: number; micros: string })[]>`
    with k as (select * from unnest(${[...EXCEPTION_KINDS]}::text[], ${RANKS}::int[]) t(kind, rank)),
    counted as (select group_id, sum(opened)::int as opened, max(last_seen) as last_seen from exception_group_count group by group_id),
    found as (select f.* from (
        select g.id, g.kind, g.cause, g.feed_id, g.first_seen, g.regressed, k.rank, coalesce(c.opened, 0) as opened,
          coalesce(c.last_seen, g.first_seen) as last_seen
        from exception_group g join k on k.kind = g.kind left join counted c on c.group_id = g.id
        where true ${kinds ? tx`and g.kind = any(${[...kinds]}::text[])` : tx``} ${filter.group ? tx`and g.id = ${filter.group}` : tx``} ${beyond}
        order by k.rank, coalesce(c.last_seen, g.first_seen) desc, g.id offset 0) f,
      ${hits}
      order by f.rank, f.last_seen desc, f.id limit ${take})
    select f.id, f.kind, f.cause, f.feed_id as "feedId", d.name as "feedName", greatest(f.opened, m.open) as count, m.open,
      m.open >= ${GROUP_COUNTED} as capped, s.shipments, m.open > ${SHIPMENTS_COUNTED} as "shipmentsCapped",
      f.first_seen as "firstSeen", f.last_seen as "lastSeen", f.regressed, f.rank, (extract(epoch from f.last_seen) * 1000000)::bigint::text as micros,
      case when exists (select 1 from exception e where e.group_id = f.id and e.state = 'open') then 'open'
        when exists (select 1 from exception e where e.group_id = f.id and e.state = 'acknowledged') then 'acknowledged'
        when exists (select 1 from exception e where e.group_id = f.id and e.state = 'snoozed') then 'snoozed' else 'resolved' end as state
    from found f left join feed d on d.id = f.feed_id,
    lateral (select count(*)::int as open from (select 1 from exception e where e.group_id = f.id and ${standing} limit ${GROUP_COUNTED}) b) m,
    lateral (select count(distinct b.shipment_id)::int as shipments from
      (select e.shipment_id from exception e where e.group_id = f.id and ${standing} limit ${SHIPMENTS_COUNTED}) b) s
    order by f.rank, f.last_seen desc, f.id`;
  const shown = rows.slice(0, page.limit);
  const last = shown[shown.length - 1];
  return {
    rows: shown.map(({ rank: _rank, micros: _micros, ...row }) => row),
    next: rows.length > page.limit && last ? { rank: last.rank, micros: last.micros, id: last.id } : null,
  };
}

/** One cause, or null. */
export async function findExceptionGroup(
  tx: Tx,
  id: string,
): Promise<{ id: string; kind: ExceptionKind; cause: string; firstSeen: Date } | null> {
  const [row] = await tx<{ id: string; kind: ExceptionKind; cause: string; firstSeen: Date }[]>`
    select id, kind, cause, first_seen as "firstSeen" from exception_group where id = ${id}`;
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
