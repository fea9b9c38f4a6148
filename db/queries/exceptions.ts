import type postgres from "postgres";
import type { QueueCursor } from "@/core/exceptions/cursor";
import { type ExceptionCell, type ExceptionFilter, kindsOf, ME, NOBODY, statesOf } from "@/core/exceptions/filter";
import { type ExceptionKind, type ExceptionState, SEVERITIES, type Severity } from "@/core/exceptions/kinds";
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
  snoozedUntil: Date | null;
  resolvedAt: Date | null;
  updatedAt: Date;
};

type Fragment = postgres.PendingQuery<postgres.Row[]>;

function all(tx: Tx, parts: readonly Fragment[]): Fragment {
  return parts.reduce((joined, part) => tx`${joined} and ${part}`);
}

/** Conditions over exception e, state left out. `me` replaces the word in the owner filter. */
function conditions(tx: Tx, filter: ExceptionFilter, me: string | null, now: Date): Fragment {
  const parts: Fragment[] = [tx`true`];
  const kinds = kindsOf(filter);
  if (kinds) parts.push(tx`e.kind = any(${[...kinds]}::text[])`);
  if (filter.severity.length > 0)
    parts.push(tx`e.rank = any(${filter.severity.map((s) => SEVERITIES.indexOf(s))}::smallint[])`);
  if (filter.owner.length > 0) {
    const ids = filter.owner.flatMap((o) => (o === NOBODY ? [] : o === ME ? (me ? [me] : []) : [o]));
    const nobody = filter.owner.includes(NOBODY) ? tx`or e.assignee_id is null` : tx``;
    parts.push(tx`(e.assignee_id = any(${ids}::uuid[]) ${nobody})`);
  }
  if (filter.feed.length > 0) parts.push(tx`e.feed_id = any(${filter.feed}::int[])`);
  if (filter.overdue) parts.push(tx`e.due_at < ${now} and e.state <> 'resolved'`);
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
 * One page, worst and first due on top; members of a group and resolved ones newest first. One bounded index scan a state (and a kind, a person
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
    ({ from, on }) => tx`(select e.home_id, e.id, e.rank, e.due_at, e.opened_at, e.resolved_at from ${from} e
      where ${on} and ${where} and ${after} order by ${order.by} limit ${take})`,
  );
  const union = branches.reduce((joined, branch) => tx`${joined} union all ${branch}`);
  const rows = await tx<(ExceptionListRow & { rank: number; micros: string })[]>`
    with found as (select * from (${union}) e order by ${order.by} limit ${take})
    select e.id, e.home_id as "homeId", e.kind, e.subject, e.severity, e.rank, e.state, e.group_id as "groupId", e.text,
      e.shipment_id as "shipmentId", s.name as "shipmentName", e.feed_id as "feedId", f.name as "feedName", e.assignee_id as "assigneeId",
      p.name as "assigneeName", e.opened_at as "openedAt", e.due_at as "dueAt", e.snoozed_until as "snoozedUntil",
      e.resolved_at as "resolvedAt", e.updated_at as "updatedAt", (extract(epoch from ${order.instant}) * 1000000)::bigint::text as micros
    from found join exception e on e.home_id = found.home_id and e.id = found.id
    left join shipment s on s.shipment_id = e.shipment_id left join feed f on f.id = e.feed_id left join person p on p.id = e.assignee_id
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
    by: tx`e.rank, e.due_at, e.id`,
    instant: tx`e.due_at`,
    beyond: (c: QueueCursor) => tx`(e.rank, e.due_at, e.id) > (${c.rank}::smallint, ${at(c)}, ${c.id}::uuid)`,
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
  return [...resolved, ...unresolvedBranches(tx, filter, kinds, me).map(on)];
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
    return people.map((person) => tx`e.assignee_id = ${person} and ${open}`);
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

/** Counts by all facets at once, inside a group or shipment where one is given. Resolved ones are counted only when asked for, newest first. */
export async function countExceptions(
  tx: Tx,
  scope: { group: string | null; shipment: string | null; resolved: boolean; now: Date },
): Promise<ExceptionCell[]> {
  const within = tx`${scope.group ? tx`and group_id = ${scope.group}` : tx``} ${scope.shipment ? tx`and shipment_id = ${scope.shipment}` : tx``}`;
  const resolved = scope.resolved
    ? tx`union all select kind, severity, state, assignee_id, feed_id, false, count(*)::int from
        (select * from exception where state = 'resolved' ${within} order by resolved_at desc limit ${RESOLVED_COUNTED}) r group by 1, 2, 3, 4, 5`
    : tx``;
  return tx<ExceptionCell[]>`select kind, severity, state, assignee_id as "assigneeId", feed_id as "feedId",
      due_at < ${scope.now} as overdue, count(*)::int as count
    from exception where state <> 'resolved' ${within} group by 1, 2, 3, 4, 5, 6 ${resolved}`;
}

export type ExceptionDetail = ExceptionListRow & {
  occurrence: string;
  evidence: Json;
  ownerRole: string;
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
};

/** One exception with the names a person needs, or null. */
export async function findException(tx: Tx, id: string): Promise<ExceptionDetail | null> {
  const [row] = await tx<ExceptionDetail[]>`select e.id, e.home_id as "homeId", e.kind, e.subject, e.severity, e.state,
      e.group_id as "groupId", e.text, e.shipment_id as "shipmentId", s.name as "shipmentName", e.feed_id as "feedId", f.name as "feedName",
      e.assignee_id as "assigneeId", p.name as "assigneeName", e.opened_at as "openedAt", e.due_at as "dueAt",
      e.snoozed_until as "snoozedUntil", e.resolved_at as "resolvedAt", e.updated_at as "updatedAt", e.occurrence, e.evidence,
      e.owner_role as "ownerRole", e.message_id as "messageId", e.posting_key as "postingKey", e.connection_id as "connectionId",
      e.correlation_id as "correlationId", e.resolution, r.name as "resolvedByName", e.acknowledged_at as "acknowledgedAt",
      a.name as "acknowledgedByName", g.cause, f.slug as "feedSlug"
    from exception e join exception_group g on g.id = e.group_id left join shipment s on s.shipment_id = e.shipment_id
    left join feed f on f.id = e.feed_id left join person p on p.id = e.assignee_id left join person r on r.id = e.resolved_by
    left join person a on a.id = e.acknowledged_by where e.id = ${id}`;
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
