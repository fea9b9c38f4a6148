import type { ExceptionFilter } from "@/core/exceptions/filter";
import type { ExceptionState } from "@/core/exceptions/kinds";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import type { ChosenException } from "./exception-acts";
import { matching } from "./exceptions";

/** Columns that acts change, and which a run keeps of each exception so that it can be taken back. */
const KEPT = [
  "state",
  "assignee_id",
  "team_id",
  "owner_chosen",
  "acknowledged_at",
  "acknowledged_by",
  "snoozed_until",
  "wake_opened",
  "wake_rank",
  "wake_rate",
  "with_cause",
  "window_id",
  "resolved_at",
  "resolved_by",
  "resolution",
] as const;

const keptOf = (tx: Tx, row: string) => tx.unsafe(KEPT.map((column) => `${row}.${column}`).join(", "));
const snapshot = (tx: Tx) => tx`(select to_jsonb(k) from (select ${keptOf(tx, "e")}) k)`;

export type NewTriageRun = {
  id: string;
  kind: "triage" | "undo";
  state: "waiting" | "running";
  scope: Json;
  undoes: string | null;
  byPerson: string | null;
  byApiKey: string | null;
  byRule: string | null;
  at: Date;
};

async function insertRunRow(tx: Tx, run: NewTriageRun): Promise<void> {
  await tx`insert into run (id, kind, dry_run, state, scope, undoes, by_person, by_api_key, by_rule, created_at, started_at)
    values (${run.id}, ${run.kind}, false, ${run.state}, ${tx.json(run.scope)}, ${run.undoes}, ${run.byPerson}, ${run.byApiKey}, ${run.byRule},
      ${run.at}, ${run.state === "running" ? run.at : null})`;
}

async function countItems(tx: Tx, id: string, total: number): Promise<void> {
  await tx`update run set total = ${total} where id = ${id}`;
  await tx`select pg_notify('waypost_runs', ''), pg_notify('waypost_live', '{"topic":"runs"}')`;
}

/** Stores a run over all exceptions of a filter but a few, in one statement, with how each stood; at most `limit`. Returns how many. */
export async function insertRunOfFilter(
  tx: Tx,
  run: NewTriageRun,
  choice: { filter: ExceptionFilter; except: readonly string[]; me: string | null; limit: number },
): Promise<number> {
  await insertRunRow(tx, run);
  // by home: what is worked in one chunk locks the same shipments once
  const items = await tx`insert into run_item (run_id, position, target, before)
    select ${run.id}::uuid, row_number() over (order by e.home_id, e.id), e.id::text, ${snapshot(tx)} from (
      select e.* from exception e where ${matching(tx, choice.filter, choice.me, run.at)} and e.id <> all(${[...choice.except]}::uuid[])
      limit ${choice.limit}) e`;
  await countItems(tx, run.id, items.count);
  return items.count;
}

/** Stores a run over named exceptions, each with how it stood, or how the one who asks saw it. Returns how many there are. */
export async function insertRunOfIds(
  tx: Tx,
  run: NewTriageRun,
  ids: readonly string[],
  seen: Readonly<Record<string, { state: ExceptionState; assigneeId: string | null }>>,
): Promise<number> {
  await insertRunRow(tx, run);
  const said = Object.entries(seen);
  const items = await tx`insert into run_item (run_id, position, target, before)
    select ${run.id}::uuid, row_number() over (order by e.home_id, e.id), e.id::text,
      ${snapshot(tx)} || coalesce(jsonb_build_object('state', s.st, 'assignee_id', s.a) - case when s.i is null then array['state', 'assignee_id'] else '{}' end, '{}')
    from exception e left join unnest(${said.map(([id]) => id)}::uuid[], ${said.map(([, one]) => one.state)}::text[],
      ${said.map(([, one]) => one.assigneeId)}::uuid[]) s(i, st, a) on s.i = e.id
    where e.id = any(${[...ids]}::uuid[])`;
  await countItems(tx, run.id, items.count);
  return items.count;
}

/**
 * Stores what a rule did to exceptions, at most `limit` of the newest that was not undone, as a run that has ended, and marks it as undone: what is
 * taken back is then a run like any other. Returns how many.
 */
export async function insertRunOfRuleActs(
  tx: Tx,
  run: NewTriageRun & { byRule: string },
  choice: { ids: readonly string[] | null; limit: number },
): Promise<number> {
  await insertRunRow(tx, run);
  const items = await tx`with taken as (
      update automation_act a set undone_at = ${run.at} from (
        select rule_id, exception_id from automation_act where rule_id = ${run.byRule} and result = 'done' and before is not null and undone_at is null
          ${choice.ids ? tx`and exception_id = any(${[...choice.ids]}::uuid[])` : tx``} order by at desc limit ${choice.limit}) c
      where a.rule_id = c.rule_id and a.exception_id = c.exception_id returning a.exception_id, a.before, a.after, a.at)
    insert into run_item (run_id, position, target, state, result, before, after, at)
    select ${run.id}::uuid, row_number() over (order by at, exception_id), exception_id::text, 1, 'changed', before, after, at from taken`;
  await tx`update run set total = ${items.count}, processed = ${items.count}, changed = ${items.count}, state = 'done', ended_at = ${run.at}
    where id = ${run.id}`;
  return items.count;
}

/** Stores the run that takes another back: what that one changed, with before and after exchanged. */
export async function insertRunOfUndo(tx: Tx, run: NewTriageRun & { undoes: string }): Promise<number> {
  await insertRunRow(tx, run);
  const items = await tx`insert into run_item (run_id, position, target, before, after)
    select ${run.id}::uuid, row_number() over (order by position), target, after, before from run_item
    where run_id = ${run.undoes} and result = 'changed'`;
  await countItems(tx, run.id, items.count);
  return items.count;
}

export type TriageItem = ChosenException & {
  position: number;
  before: Json;
  /** Of a run that takes another back: what it puts back. */
  after: Json;
  /** Stands otherwise than when the run was made. */
  moved: boolean;
};

/** Exceptions of items of a run as they stand; those that are not there any more are left out. */
export async function listTriageItems(tx: Tx, runId: string, positions: readonly number[]): Promise<TriageItem[]> {
  return tx<
    TriageItem[]
  >`select r.position, r.before, r.after, e.home_id as "homeId", e.id, e.kind, e.state, e.group_id as "groupId",
      e.shipment_id as "shipmentId", e.assignee_id as "assigneeId", p.name as "assigneeName", e.updated_at as "updatedAt",
      (e.state, e.assignee_id::text) is distinct from (r.before->>'state', r.before->>'assignee_id') as moved
    from run_item r join exception e on e.id = r.target::uuid left join person p on p.id = e.assignee_id
    where r.run_id = ${runId} and r.position = any(${[...positions]}::int[])`;
}

/** How exceptions stand, as a run keeps it. */
export async function listSnapshots(tx: Tx, ids: readonly string[]): Promise<Map<string, Json>> {
  const rows = await tx<{ id: string; kept: Json }[]>`select e.id, ${snapshot(tx)} as kept from exception e
    where e.id = any(${[...ids]}::uuid[])`;
  return new Map(rows.map((row) => [row.id, row.kept]));
}

export type Restored = {
  position: number;
  homeId: string;
  id: string;
  groupId: string;
  shipmentId: string | null;
  was: ExceptionState;
  is: ExceptionState;
};

/**
 * Puts exceptions of an undo run back to how they stood, where nothing changed since and the same was not opened anew; the shipments are locked
 * by the caller. Returns those that it put back.
 */
export async function restoreItems(
  tx: Tx,
  runId: string,
  positions: readonly number[],
  now: Date,
): Promise<Restored[]> {
  return tx<Restored[]>`with item as (
      select r.position, r.target::uuid as id, jsonb_populate_record(null::exception, r.before) as did,
        jsonb_populate_record(null::exception, r.after) as back
      from run_item r where r.run_id = ${runId} and r.position = any(${[...positions]}::int[]))
    update exception e set (${tx.unsafe(KEPT.join(", "))}) = row(${keptOf(tx, "(i.back)")}), updated_at = ${now}
    from item i
    where e.id = i.id and row(${keptOf(tx, "e")}) is not distinct from row(${keptOf(tx, "(i.did)")})
      and not (e.state = 'resolved' and (i.back).state <> 'resolved' and exists (select 1 from exception o
        where o.home_id = e.home_id and o.kind = e.kind and o.subject = e.subject and o.state <> 'resolved'))
    returning i.position, e.home_id as "homeId", e.id, e.group_id as "groupId", e.shipment_id as "shipmentId", (i.did).state as was, e.state as is`;
}

/** Who started a run, as it is now: a person, an API key or a rule. */
export async function findRunActor(
  tx: Tx,
  runId: string,
): Promise<{
  person: { id: string; name: string; role: string; state: string } | null;
  key: { id: string; name: string; scopes: string[] } | null;
  rule: { id: string; name: string } | null;
  /** Waypost itself started it. */
  system: boolean;
  scope: Json;
  undoes: string | null;
} | null> {
  const [row] = await tx<
    {
      person: { id: string; name: string; role: string; state: string } | null;
      key: { id: string; name: string; scopes: string[] } | null;
      rule: { id: string; name: string } | null;
      system: boolean;
      scope: Json;
      undoes: string | null;
    }[]
  >`select r.scope, r.undoes, r.by_person is null and r.by_api_key is null and r.by_rule is null as system,
      case when p.id is not null then jsonb_build_object('id', p.id, 'name', p.name, 'role', p.role, 'state', p.state) end as person,
      case when k.id is not null then jsonb_build_object('id', k.id, 'name', k.name, 'scopes', k.scopes) end as key,
      case when a.id is not null then jsonb_build_object('id', a.id, 'name', a.name) end as rule
    from run r left join person p on p.id = r.by_person left join api_key k on k.id = r.by_api_key and k.revoked_at is null
    left join automation_rule a on a.id = r.by_rule where r.id = ${runId}`;
  return row ?? null;
}
