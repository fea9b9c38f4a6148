import type postgres from "postgres";
import type { QueueCursor } from "@/core/exceptions/cursor";
import { type ExceptionCell, type ExceptionFilter, kindsOf, ME, NOBODY, statesOf } from "@/core/exceptions/filter";
import {
  type ExceptionKind,
  type ExceptionState,
  type ResponsibleParty,
  SEVERITIES,
  type Severity,
} from "@/core/exceptions/kinds";
import { type Deadline, placesOf } from "@/core/exceptions/work-order";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

export type ExceptionListRow = {
  id: string;
  homeId: string;
  kind: ExceptionKind;
  subject: string;
  severity: Severity;
  state: ExceptionState;
  groupId: string;
  text: string;
  shipmentId: string | null;
  shipmentName: string | null;
  feedId: number | null;
  feedName: string | null;
  assigneeId: string | null;
  assigneeName: string | null;
  openedAt: Date;
  dueAt: Date;
  /** Team that has it; its name stands in the settings of owners. */
  teamId: string | null;
  snoozedUntil: Date | null;
  /** Snoozed until so many more of its cause have opened. */
  wakesAfter: number | null;
  /** Snoozed until it gets worse. */
  wakesEscalating: boolean;
  /** Snoozed with its whole cause. */
  withCause: boolean;
  /** End of the window that suppresses it. */
  suppressedUntil: Date | null;
  resolvedAt: Date | null;
  updatedAt: Date;
  /** Minor units of `currency`; null where no source told the value of the order. */
  stakeMinor: number | null;
  riskMinor: number | null;
  currency: string | null;
  deadlineAt: Date | null;
  deadlineKind: Deadline | null;
  workRank: number;
};

/** Columns of a list row; needs exception e with its shipment s, feed f, person p, snooze z of its cause and window w. */
function listColumns(tx: Tx): Fragment {
  return tx`e.id, e.home_id as "homeId", e.kind, e.subject, e.severity, e.state, e.group_id as "groupId", e.text, e.shipment_id as "shipmentId",
    s.name as "shipmentName", e.feed_id as "feedId", f.name as "feedName", e.assignee_id as "assigneeId", p.name as "assigneeName",
    e.team_id as "teamId", e.opened_at as "openedAt", e.due_at as "dueAt", coalesce(e.snoozed_until, z.until) as "snoozedUntil",
    case when e.state = 'snoozed' and (e.wake_opened is not null or z.mode = 'more') then
      greatest(0, coalesce(e.wake_opened, z.opened_before + z.more) - (select sum(c.opened) from exception_group_count c where c.group_id = e.group_id))::int end
      as "wakesAfter",
    (e.state = 'snoozed' and (e.wake_rank is not null or coalesce(z.mode = 'escalating', false))) as "wakesEscalating", e.with_cause as "withCause",
    w.to_at as "suppressedUntil", e.resolved_at as "resolvedAt", e.updated_at as "updatedAt", e.stake_minor::float8 as "stakeMinor",
    e.risk_minor::float8 as "riskMinor", e.stake_currency as currency, e.deadline_at as "deadlineAt", e.deadline_kind as "deadlineKind",
    e.work_rank as "workRank"`;
}

function listJoins(tx: Tx): Fragment {
  return tx`left join shipment s on s.shipment_id = e.shipment_id left join feed f on f.id = e.feed_id left join person p on p.id = e.assignee_id
    left join exception_snooze z on z.group_id = e.group_id and e.with_cause left join quiet_window w on w.id = e.window_id`;
}

type Fragment = postgres.PendingQuery<postgres.Row[]>;

function all(tx: Tx, parts: readonly Fragment[]): Fragment {
  return parts.reduce((joined, part) => tx`${joined} and ${part}`);
}

/** Conditions over exception e, state left out. `me` replaces the word in the owner filter. */
export function conditions(tx: Tx, filter: ExceptionFilter, me: string | null, now: Date): Fragment {
  const parts: Fragment[] = [tx`true`];
  const kinds = kindsOf(filter);
  if (kinds) parts.push(tx`e.kind = any(${[...kinds]}::text[])`);
  if (filter.severity.length > 0) {
    const ranks = filter.severity.map((s) => SEVERITIES.indexOf(s));
    const [first, last] = placesOf(ranks);
    // the class of work follows from the severity: so far the indexes in the order of work need to be read
    parts.push(tx`e.rank = any(${ranks}::smallint[]) and e.work_rank between ${first}::smallint and ${last}::smallint`);
  }
  if (filter.owner.length > 0) {
    const ids = filter.owner.flatMap((o) => (o === NOBODY ? [] : o === ME ? (me ? [me] : []) : [o]));
    const nobody = tx`(e.assignee_id is null and e.team_id is null)`;
    const some = tx`(e.assignee_id = any(${ids}::uuid[]) or e.team_id = any(${ids}::uuid[]))`;
    const both = filter.owner.includes(NOBODY);
    parts.push(both && ids.length === 0 ? nobody : both ? tx`(${some} or ${nobody})` : some);
  }
  if (filter.feed.length > 0) parts.push(tx`e.feed_id = any(${filter.feed}::int[])`);
  if (filter.overdue) parts.push(tx`e.due_at < ${now} and e.state <> 'resolved'`);
  if (filter.party.length > 0) parts.push(tx`e.party = any(${filter.party}::text[])`);
  // few causes are regressed: their members are found by the index of members
  if (filter.regressed) parts.push(tx`e.group_id = any(array(select id from exception_group where regressed))`);
  if (filter.group) parts.push(tx`e.group_id = ${filter.group}`);
  if (filter.shipment) parts.push(tx`e.shipment_id = ${filter.shipment}`);
  return all(tx, parts);
}

/** The same conditions for set statements: state included. */
export function matching(tx: Tx, filter: ExceptionFilter, me: string | null, now: Date): Fragment {
  return tx`${conditions(tx, filter, me, now)} and e.state = any(${[...statesOf(filter)]}::text[])`;
}

/** Groups that have members under a filter, as a query; of the resolved only the newest are looked through. */
export function matchingGroups(tx: Tx, filter: ExceptionFilter, me: string | null, now: Date): Fragment {
  const where = conditions(tx, filter, me, now);
  const states = statesOf(filter).filter((state) => state !== "resolved");
  const standing = tx`select e.group_id from exception e where e.state <> 'resolved' and e.state = any(${states}::text[]) and ${where}`;
  if (!statesOf(filter).includes("resolved")) return tx`select distinct group_id from (${standing}) m`;
  return tx`select distinct group_id from (${standing} union all select e.group_id from ${newestResolved(tx)} e where ${where}) m`;
}

/**
 * One page in the order of work; members of a group and resolved ones newest first. One bounded index scan a state (and a kind, a person
 * or a feed where few of them are asked for), merged: each branch stops at `limit` rows. Of the resolved only the newest are looked through, as
 * many as are counted, unless `all` asks for every one.
 */
export async function listExceptions(
  tx: Tx,
  filter: ExceptionFilter,
  page: { me: string | null; now: Date; limit: number; after: QueueCursor | null; all?: boolean },
): Promise<{ rows: ExceptionListRow[]; next: QueueCursor | null }> {
  const kinds = kindsOf(filter);
  if (kinds?.length === 0) return { rows: [], next: null };
  const where = conditions(tx, filter, page.me, page.now);
  const order = orderOf(tx, filter);
  const after = page.after ? order.beyond(page.after) : tx`true`;
  const take = page.limit + 1;
  const branches = branchesOf(tx, filter, kinds, page.me, page.all ?? false).map(
    ({ from, on }) => tx`(select e.home_id, e.id, e.work_rank, e.work_at, e.opened_at, e.resolved_at from ${from} e
      where ${on} and ${where} and ${after} order by ${order.by} limit ${take})`,
  );
  const union = branches.reduce((joined, branch) => tx`${joined} union all ${branch}`);
  const rows = await tx<(ExceptionListRow & { rank: number; micros: string })[]>`
    with found as (select * from (${union}) e order by ${order.by} limit ${take})
    select ${listColumns(tx)}, e.work_rank as rank, (extract(epoch from ${order.instant}) * 1000000)::bigint::text as micros
    from found join exception e on e.home_id = found.home_id and e.id = found.id ${listJoins(tx)}
    order by ${order.by}`;
  const shown = rows.slice(0, page.limit);
  const last = shown[shown.length - 1];
  return {
    rows: shown.map(({ rank: _rank, micros: _micros, ...row }) => row),
    next: rows.length > page.limit && last ? { rank: last.rank, micros: last.micros, id: last.id } : null,
  };
}

/** The order of a filter's list: what it sorts by, its instant, and what lies beyond a cursor. */
function orderOf(tx: Tx, filter: ExceptionFilter) {
  const at = (cursor: QueueCursor) => tx`'epoch'::timestamptz + ${cursor.micros}::float8 * interval '1 microsecond'`;
  const newest = (instant: Fragment) => ({
    by: tx`${instant} desc, e.id`,
    instant,
    beyond: (c: QueueCursor) => tx`(${instant} < ${at(c)} or (${instant} = ${at(c)} and e.id > ${c.id}::uuid))`,
  });
  if (filter.group) return newest(tx`e.opened_at`);
  if (onlyResolved(filter)) return newest(tx`e.resolved_at`);
  return {
    by: tx`e.work_rank, e.work_at, e.id`,
    instant: tx`e.work_at`,
    beyond: (c: QueueCursor) => tx`(e.work_rank, e.work_at, e.id) > (${c.rank}::smallint, ${at(c)}, ${c.id}::uuid)`,
  };
}

function onlyResolved(filter: ExceptionFilter): boolean {
  return statesOf(filter).every((state) => state === "resolved");
}

type Branch = { from: Fragment; on: Fragment };

/** Splits a filter into the index scans that answer it in order. */
function branchesOf(
  tx: Tx,
  filter: ExceptionFilter,
  kinds: readonly ExceptionKind[] | null,
  me: string | null,
  all: boolean,
): Branch[] {
  const states = statesOf(filter);
  const table = tx`exception`;
  const on = (condition: Fragment): Branch => ({ from: table, on: condition });
  if (filter.group || filter.shipment) return states.map((state) => on(tx`e.state = ${state}`));
  const resolved: Branch[] = !states.includes("resolved")
    ? []
    : all
      ? [on(tx`e.state = 'resolved'`)]
      : [{ from: newestResolved(tx), on: tx`true` }];
  const unresolved = unresolvedBranches(tx, filter, kinds, me);
  // few causes are regressed: their members by the index of facets, before any order is looked for
  const regressed = tx`(select * from exception where state <> 'resolved'
    and group_id = any(array(select id from exception_group where regressed)) offset 0)`;
  if (filter.regressed && unresolved.length > 0)
    return [...resolved, { from: regressed, on: tx`e.state = any(${states.filter((s) => s !== "resolved")}::text[])` }];
  return [...resolved, ...unresolved.map(on)];
}

function unresolvedBranches(
  tx: Tx,
  filter: ExceptionFilter,
  kinds: readonly ExceptionKind[] | null,
  me: string | null,
): Fragment[] {
  const states = statesOf(filter).filter((state) => state !== "resolved");
  if (states.length === 0) return [];
  const open = tx`e.state <> 'resolved' and e.state = any(${states}::text[])`;
  const people = filter.owner.flatMap((o) => (o === NOBODY ? [null] : o === ME ? (me ? [me] : []) : [o]));
  if (people.length > 0 && people.length <= 8 && !people.includes(null))
    return people.flatMap((one) => [
      tx`e.assignee_id = ${one} and ${open}`,
      tx`e.team_id = ${one} and (e.assignee_id is null or e.assignee_id <> all(${people}::uuid[])) and ${open}`,
    ]);
  if (kinds && kinds.length <= 8) return kinds.map((kind) => tx`e.kind = ${kind} and ${open}`);
  if (filter.feed.length > 0 && filter.feed.length <= 8)
    return filter.feed.map((feed) => tx`e.feed_id = ${feed} and ${open}`);
  if (states.length === 1) return [tx`e.state = ${states[0] ?? "open"}`];
  return [open];
}

/** The resolved ones that lists and counts look through. */
function newestResolved(tx: Tx): Fragment {
  return tx`(select * from exception where state = 'resolved' order by resolved_at desc limit ${RESOLVED_COUNTED})`;
}

/** At most so many resolved ones are looked through; beyond it counts are shown with a plus. */
export const RESOLVED_COUNTED = 25_000;

/** Evidence and what else the API shows beside a list row, for a few exceptions. */
export async function listEvidence(tx: Tx, ids: readonly string[]): Promise<Map<string, Json>> {
  if (ids.length === 0) return new Map();
  const rows = await tx<
    { id: string; evidence: Json }[]
  >`select id, evidence from exception where id = any(${[...ids]}::uuid[])`;
  return new Map(rows.map((row) => [row.id, row.evidence]));
}

/** How exceptions ended, by id, and of lateness how late it was in the end. */
export async function listResolutions(
  tx: Tx,
  ids: readonly string[],
): Promise<Map<string, { resolution: string | null; lateMinutes: number | null }>> {
  if (ids.length === 0) return new Map();
  const rows = await tx<{ id: string; resolution: string | null; lateMinutes: number | null }[]>`
    select id, resolution, (evidence ->> 'lateMinutes')::int as "lateMinutes" from exception where id = any(${[...ids]}::uuid[])`;
  return new Map(rows.map(({ id, ...ended }) => [id, ended]));
}

/** Counts by all facets at once, inside a group or shipment where one is given. Resolved ones are counted only when asked for, newest first. */
export async function countExceptions(
  tx: Tx,
  scope: { group: string | null; shipment: string | null; resolved: boolean; now: Date },
): Promise<ExceptionCell[]> {
  const within = tx`${scope.group ? tx`and group_id = ${scope.group}` : tx``} ${scope.shipment ? tx`and shipment_id = ${scope.shipment}` : tx``}`;
  // first by the group (which has one kind) and the rank, few and narrow keys that fit into memory; then by what the facets show
  const inner = tx`group_id, rank, state, assignee_id, team_id, feed_id, party`;
  const sums = tx`count(*) as n, count(risk_minor) as known, sum(risk_minor::float8) as risk`;
  const resolved = scope.resolved
    ? tx`union all select ${inner}, false as overdue, null as currency, count(*) as n, 0 as known, 0 as risk from
        (select * from exception where state = 'resolved' ${within} order by resolved_at desc limit ${RESOLVED_COUNTED}) r
        group by 1, 2, 3, 4, 5, 6, 7`
    : tx``;
  return tx<
    ExceptionCell[]
  >`select g.kind, (${[...SEVERITIES]}::text[])[e.rank + 1] as severity, e.state, e.assignee_id as "assigneeId",
      e.team_id as "teamId", e.feed_id as "feedId", e.party, g.regressed, e.overdue, e.currency, sum(e.n)::int as count, sum(e.known)::int as known,
      coalesce(sum(e.risk), 0) as "riskMinor"
    from (select ${inner}, due_at < ${scope.now} as overdue, stake_currency as currency, ${sums} from exception
        where state <> 'resolved' ${within} group by 1, 2, 3, 4, 5, 6, 7, 8, 9 ${resolved}) e
      join exception_group g on g.id = e.group_id
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10`;
}

export type ExceptionDetail = ExceptionListRow & {
  occurrence: string;
  evidence: Json;
  ownerRole: string;
  party: ResponsibleParty;
  messageId: string | null;
  postingKey: string | null;
  connectionId: number | null;
  correlationId: string | null;
  resolution: string | null;
  resolvedByName: string | null;
  acknowledgedAt: Date | null;
  acknowledgedByName: string | null;
  cause: string;
  feedSlug: string | null;
  ownerChosen: boolean;
  suppressedBecause: string | null;
  regressed: boolean;
  settledAt: Date | null;
  settledByName: string | null;
};

/** One exception with the names a person needs, or null. */
export async function findException(tx: Tx, id: string): Promise<ExceptionDetail | null> {
  const [row] = await tx<
    ExceptionDetail[]
  >`select ${listColumns(tx)}, e.occurrence, e.evidence, e.owner_role as "ownerRole", e.party,
      e.message_id as "messageId", e.posting_key as "postingKey", e.connection_id as "connectionId", e.correlation_id as "correlationId",
      e.resolution, r.name as "resolvedByName", e.acknowledged_at as "acknowledgedAt", a.name as "acknowledgedByName", g.cause, f.slug as "feedSlug",
      e.owner_chosen as "ownerChosen", w.reason as "suppressedBecause", g.regressed, g.settled_at as "settledAt", sb.name as "settledByName"
    from exception e join exception_group g on g.id = e.group_id ${listJoins(tx)} left join person r on r.id = e.resolved_by
    left join person a on a.id = e.acknowledged_by left join person sb on sb.id = g.settled_by where e.id = ${id}`;
  return row ?? null;
}

export type ExceptionNote = { id: string; kind: string; text: string; byName: string | null; at: Date };

/** What people and the system did to an exception, newest first, the last 200. */
export async function listExceptionNotes(tx: Tx, homeId: string, id: string): Promise<ExceptionNote[]> {
  return tx<
    ExceptionNote[]
  >`select n.id, n.kind, n.text, p.name as "byName", n.at from exception_note n left join person p on p.id = n.by_person
    where n.home_id = ${homeId} and n.exception_id = ${id} order by n.id desc limit 200`;
}
