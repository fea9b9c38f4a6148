import type { SnoozeChoice } from "@/core/exceptions/cause-snooze";
import type { ExceptionFilter } from "@/core/exceptions/filter";
import type { ExceptionKind, ExceptionState } from "@/core/exceptions/kinds";
import type { Tx } from "@/db/client";
import type { GroupRate } from "./exception-snoozes";
import { matching } from "./exceptions";

/** Rows of group counters that web processes write for people; workers have their own slots. */
const PEOPLE_SLOT = 32_000;

export type ChosenException = {
  homeId: string;
  id: string;
  kind: ExceptionKind;
  state: ExceptionState;
  groupId: string;
  shipmentId: string | null;
  assigneeId: string | null;
  assigneeName: string | null;
  updatedAt: Date;
};

const columns = (
  tx: Tx,
) => tx`e.home_id as "homeId", e.id, e.kind, e.state, e.group_id as "groupId", e.shipment_id as "shipmentId",
  e.assignee_id as "assigneeId", (select name from person p where p.id = e.assignee_id) as "assigneeName", e.updated_at as "updatedAt"`;

/** Exceptions named by id. */
export async function chooseByIds(tx: Tx, ids: readonly string[]): Promise<ChosenException[]> {
  return tx<ChosenException[]>`select ${columns(tx)} from exception e where e.id = any(${[...ids]}::uuid[])`;
}

/** Exceptions that match a filter but for a few, at most `limit`. */
export async function chooseByFilter(
  tx: Tx,
  filter: ExceptionFilter,
  choice: { except: readonly string[]; me: string | null; now: Date; limit: number },
): Promise<ChosenException[]> {
  return tx<ChosenException[]>`select ${columns(tx)} from exception e
    where ${matching(tx, filter, choice.me, choice.now)} and e.id <> all(${[...choice.except]}::uuid[]) limit ${choice.limit}`;
}

/** What an act sets; a field that is left out stays. */
export type ExceptionChange =
  | { to: "acknowledged"; by: string | null }
  | { to: "assigned"; assigneeId: string | null; teamId?: string | null }
  | { to: "snoozed"; choice: SnoozeChoice; rates: ReadonlyMap<string, GroupRate> }
  | { to: "resolved"; by: string | null; resolution: string }
  | { to: "open" };

/** Changes those of the chosen that are still in the state (and with the person) they were chosen in; returns the ids changed. */
export async function updateExceptions(
  tx: Tx,
  chosen: readonly ChosenException[],
  change: ExceptionChange,
  now: Date,
): Promise<Set<string>> {
  if (chosen.length === 0) return new Set();
  const rows = await tx<{ id: string }[]>`update exception e set ${assignments(tx, change, now)}, updated_at = ${now}
    from unnest(${chosen.map((c) => c.homeId)}::uuid[], ${chosen.map((c) => c.id)}::uuid[], ${chosen.map((c) => c.state)}::text[],
      ${chosen.map((c) => c.assigneeId)}::uuid[]) t(h, i, s, a)
    where e.home_id = t.h and e.id = t.i and e.state = t.s and e.assignee_id is not distinct from t.a returning e.id`;
  return new Set(rows.map((row) => row.id));
}

function assignments(tx: Tx, change: ExceptionChange, now: Date) {
  switch (change.to) {
    case "acknowledged":
      return tx`state = 'acknowledged', acknowledged_at = ${now}, acknowledged_by = ${change.by}, ${inSight(tx)}`;
    case "assigned":
      return tx`assignee_id = ${change.assigneeId}, team_id = ${change.teamId ?? null}, owner_chosen = true`;
    case "snoozed":
      return snoozed(tx, change);
    case "resolved":
      return tx`state = 'resolved', resolved_at = ${now}, resolved_by = ${change.by}, resolution = ${change.resolution}, ${inSight(tx)}`;
    case "open":
      return tx`state = 'open', resolved_at = null, resolved_by = null, resolution = null, acknowledged_at = null, acknowledged_by = null, ${inSight(tx)}`;
  }
}

/** Nothing keeps it out of sight any more. */
function inSight(tx: Tx) {
  return tx`snoozed_until = null, wake_opened = null, wake_rank = null, wake_rate = null, with_cause = false, window_id = null`;
}

function snoozed(tx: Tx, { choice, rates }: Extract<ExceptionChange, { to: "snoozed" }>) {
  const of = (value: (rate: GroupRate) => number) =>
    tx`(select r from unnest(${[...rates.keys()]}::uuid[], ${[...rates.values()].map(value)}::float8[]) x(g, r) where x.g = e.group_id)`;
  const until = choice.mode === "until" ? choice.until : null;
  const opened = choice.mode === "more" ? tx`${of((rate) => rate.opened + choice.more)}::bigint` : tx`null`;
  const rank = choice.mode === "escalating" ? tx`e.rank` : tx`null`;
  const rate = choice.mode === "escalating" ? of((one) => one.perHour) : tx`null`;
  return tx`state = 'snoozed', snoozed_until = ${until}, wake_opened = ${opened}, wake_rank = ${rank}, wake_rate = ${rate}, with_cause = false,
    window_id = null`;
}

export type NoteKind =
  | "comment"
  | "acknowledged"
  | "assigned"
  | "snoozed"
  | "suppressed"
  | "resolved"
  | "reopened"
  | "escalated"
  | "ticked"
  | "unticked"
  | "undone"
  | "lost";

/** Appends one note to each exception. */
export async function insertExceptionNotes(
  tx: Tx,
  notes: readonly { homeId: string; exceptionId: string; id: string }[],
  note: { kind: NoteKind; text: string; by: string | null; at: Date },
): Promise<void> {
  if (notes.length === 0) return;
  await tx`insert into exception_note (home_id, exception_id, id, kind, text, by_person, at)
    select h, e, n, ${note.kind}, ${note.text}, ${note.by}::uuid, ${note.at} from unnest(${notes.map((n) => n.homeId)}::uuid[],
      ${notes.map((n) => n.exceptionId)}::uuid[], ${notes.map((n) => n.id)}::uuid[]) t(h, e, n)`;
}

type LastNote = { exceptionId: string; kind: string; by: string | null; byName: string | null; at: Date };

/** The newest note of each exception that is no comment, from the index of notes. */
export async function listLastNotes(tx: Tx, of: readonly { homeId: string; id: string }[]): Promise<LastNote[]> {
  if (of.length === 0) return [];
  return tx<LastNote[]>`
    select t.i as "exceptionId", n.kind, n.by_person as "by", p.name as "byName", n.at
    from unnest(${of.map((c) => c.homeId)}::uuid[], ${of.map((c) => c.id)}::uuid[]) t(h, i), lateral (
      select kind, by_person, at from exception_note where home_id = t.h and exception_id = t.i and kind <> 'comment' order by id desc limit 1) n
    left join person p on p.id = n.by_person`;
}

/** Adds to the counters of groups what people closed (or, below zero, opened again). */
export async function countClosedByPeople(tx: Tx, groupIds: readonly string[], step: 1 | -1, now: Date): Promise<void> {
  const counts = new Map<string, number>();
  for (const id of groupIds) counts.set(id, (counts.get(id) ?? 0) + step);
  const ids = [...counts.keys()].sort();
  if (ids.length === 0) return;
  await tx`insert into exception_group_count (group_id, slot, opened, closed, last_seen)
    select g, ${PEOPLE_SLOT}::int, 0, c, ${now} from unnest(${ids}::uuid[], ${ids.map((id) => counts.get(id) ?? 0)}::bigint[]) t(g, c)
    on conflict (group_id, slot) do update set closed = exception_group_count.closed + excluded.closed`;
}

/** Counts the open exceptions of shipments anew, where the number is another one; the shipments are locked by the caller. */
export async function recountShipments(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx`update shipment s set open_exceptions = c.n from (
      select w.id, (select least(count(*), 32767) from exception e where e.shipment_id = w.id and e.state <> 'resolved') as n
      from unnest(${[...ids]}::uuid[]) w(id)) c
    where s.shipment_id = c.id and s.open_exceptions <> c.n`;
}

/**
 * Shipments whose number of open exceptions is not what it should be, among those that had one opened or closed since: at most `most`. By the
 * indexes on the kind with the time of opening and on the time of resolution.
 */
export async function listMiscounted(
  sql: Tx,
  kinds: readonly ExceptionKind[],
  since: Date,
  most: number,
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`with touched as (
      select shipment_id from exception where kind = any(${[...kinds]}::text[]) and opened_at >= ${since} and shipment_id is not null
      union select shipment_id from exception where state = 'resolved' and resolved_at >= ${since} and shipment_id is not null)
    select s.shipment_id as id from touched t join shipment s on s.shipment_id = t.shipment_id
    where s.head_id is null and s.open_exceptions <> (select least(count(*), 32767) from exception e
      where e.shipment_id = s.shipment_id and e.state <> 'resolved')
    order by 1 limit ${most}`;
  return rows.map((row) => row.id);
}

/** Counts the open exceptions of shipments anew and asks the sweep to judge and plan them at once; the shipments are locked by the caller. */
export async function reviewShipments(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  const unique = [...new Set(ids)].sort();
  if (unique.length === 0) return;
  await tx`update shipment s set review_at = least(s.review_at, ${now}::timestamptz), open_exceptions = (select least(count(*), 32767)
      from exception e where e.shipment_id = s.shipment_id and e.state <> 'resolved')
    where s.shipment_id = any(${unique}::uuid[])`;
}

/** Opens snoozed exceptions whose time has come, at most `limit`; returns their ids. */
export async function wakeSnoozed(tx: Tx, now: Date, limit: number): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`update exception e set state = 'open', ${inSight(tx)}, updated_at = ${now}
    from (select home_id, id from exception where state = 'snoozed' and snoozed_until <= ${now} order by snoozed_until limit ${limit}
      for update skip locked) w
    where e.home_id = w.home_id and e.id = w.id and e.state = 'snoozed' returning e.id`;
  return rows.map((row) => row.id);
}
