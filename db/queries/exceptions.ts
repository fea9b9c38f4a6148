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

/**
 * One page, worst and first due on top; members of a group newest first. One bounded index scan a state (and a kind, a person or a feed where
 * few of them are asked for), merged: each branch stops at `limit` rows.
 */
export async function listExceptions(
  tx: Tx,
  filter: ExceptionFilter,
  page: { me: string | null; now: Date; limit: number; after: QueueCursor | null },
): Promise<{ rows: ExceptionListRow[]; next: QueueCursor | null }> {
  const kinds = kindsOf(filter);
  if (kinds?.length === 0) return { rows: [], next: null };
  const where = conditions(tx, filter, page.me, page.now);
  const newest = filter.group !== null;
  const after = page.after;
  const at = tx`'epoch'::timestamptz + ${after?.micros ?? "0"}::float8 * interval '1 microsecond'`;
  const beyond = !after
    ? tx`true`
    : newest
      ? tx`(e.opened_at < ${at} or (e.opened_at = ${at} and e.id > ${after.id}::uuid))`
      : tx`(e.rank, e.due_at, e.id) > (${after.rank}::smallint, ${at}, ${after.id}::uuid)`;
  const order = newest ? tx`opened_at desc, id` : tx`rank, due_at, id`;
  const take = page.limit + 1;
  const branches = branchesOf(tx, filter, kinds).map(
    (branch) => tx`(select e.home_id, e.id, e.rank, e.due_at, e.opened_at from exception e
      where ${branch} and ${where} and ${beyond} order by ${order} limit ${take})`,
  );
  const union = branches.reduce((joined, branch) => tx`${joined} union all ${branch}`);
  const rows = await tx<(ExceptionListRow & { rank: number; micros: string })[]>`
    with found as (select * from (${union}) u order by ${order} limit ${take})
    select e.id, e.home_id as "homeId", e.kind, e.subject, e.severity, e.rank, e.state, e.group_id as "groupId", e.text,
      e.shipment_id as "shipmentId", s.name as "shipmentName", e.feed_id as "feedId", f.name as "feedName", e.assignee_id as "assigneeId",
      p.name as "assigneeName", e.opened_at as "openedAt", e.due_at as "dueAt", e.snoozed_until as "snoozedUntil",
      e.resolved_at as "resolvedAt", e.updated_at as "updatedAt", (extract(epoch from case when ${newest} then e.opened_at else e.due_at end) * 1000000)::bigint::text as micros
    from found join exception e on e.home_id = found.home_id and e.id = found.id
    left join shipment s on s.shipment_id = e.shipment_id left join feed f on f.id = e.feed_id left join person p on p.id = e.assignee_id
    order by ${newest ? tx`e.opened_at desc, e.id` : tx`e.rank, e.due_at, e.id`}`;
  const shown = rows.slice(0, page.limit);
  const last = shown[shown.length - 1];
  return {
    rows: shown.map(({ rank: _rank, micros: _micros, ...row }) => row),
    next: rows.length > page.limit && last ? { rank: last.rank, micros: last.micros, id: last.id } : null,
  };
}

/** Splits a filter into the index scans that answer it in order. */
function branchesOf(tx: Tx, filter: ExceptionFilter, kinds: readonly ExceptionKind[] | null): Fragment[] {
  const states = statesOf(filter);
  const resolved = states.includes("resolved");
  const unresolved = states.filter((state) => state !== "resolved");
  if (filter.group || filter.shipment || resolved) return states.map((state) => tx`e.state = ${state}`);
  const open = tx`e.state <> 'resolved' and e.state = any(${unresolved}::text[])`;
  if (kinds && kinds.length <= 8) return kinds.map((kind) => tx`e.kind = ${kind} and ${open}`);
  if (filter.feed.length > 0 && filter.feed.length <= 8)
    return filter.feed.map((feed) => tx`e.feed_id = ${feed} and ${open}`);
  if (unresolved.length === 1) return [tx`e.state = ${unresolved[0] ?? "open"}`];
  return [open];
}

/** Evidence and what else the API shows beside a list row, for a few exceptions. */
export async function listEvidence(tx: Tx, ids: readonly string[]): Promise<Map<string, Json>> {
  if (ids.length === 0) return new Map();
  const rows = await tx<
    { id: string; evidence: Json }[]
  >`select id, evidence from exception where id = any(${[...ids]}::uuid[])`;
  return new Map(rows.map((row) => [row.id, row.evidence]));
}

/** At most so many resolved ones are counted; beyond it counts are shown with a plus. */
export const RESOLVED_COUNTED = 100_000;

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
