import type { PastException, RuleSubject } from "@/core/exceptions/automation";
import type { ExceptionKind, ExceptionState } from "@/core/exceptions/kinds";
import type { SameAnswer } from "@/core/exceptions/learn";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import type { ChosenException } from "./exception-acts";

export type RuleRow = {
  id: string;
  name: string;
  says: Json;
  on: boolean;
  version: number;
  /** The one cause it is for, where it names one. */
  cause: string | null;
  suggestionId: string | null;
  acted: number;
  refused: number;
  lastActedAt: Date | null;
  createdByName: string | null;
  updatedByName: string | null;
  updatedAt: Date;
};

const columns = (tx: Tx) => tx`r.id, r.name, r.says, r.is_on as "on", r.version, r.suggestion_id as "suggestionId",
  (select cause from exception_group g where g.id = (r.says->'when'->>'group')::uuid) as cause, r.acted, r.refused,
  r.last_acted_at as "lastActedAt", c.name as "createdByName", u.name as "updatedByName", r.updated_at as "updatedAt"`;
const joins = (tx: Tx) =>
  tx`automation_rule r left join person c on c.id = r.created_by left join person u on u.id = r.updated_by`;

/** All rules in the order in which they are worked; they are bounded when they are saved. */
export async function listRules(tx: Tx): Promise<RuleRow[]> {
  return tx<RuleRow[]>`select ${columns(tx)} from ${joins(tx)} order by r.place, lower(r.name) limit 200`;
}

/** One rule, locked until the transaction ends; null where there is none. */
export async function lockRule(tx: Tx, id: string): Promise<RuleRow | null> {
  const [row] = await tx<RuleRow[]>`select ${columns(tx)} from ${joins(tx)} where r.id = ${id} for update of r`;
  return row ?? null;
}

/** So that rules are judged beside each other one after the other. */
export async function lockRules(tx: Tx): Promise<void> {
  await tx`select pg_advisory_xact_lock(742011)`;
}

export async function insertRule(
  tx: Tx,
  rule: { id: string; name: string; says: Json; on: boolean; suggestionId: string | null; by: string | null; at: Date },
): Promise<void> {
  await tx`insert into automation_rule (id, name, says, is_on, on_since, place, suggestion_id, created_by, created_at, updated_by, updated_at)
    select ${rule.id}, ${rule.name}, ${tx.json(rule.says)}, ${rule.on}, ${rule.on ? rule.at : null}::timestamptz, coalesce(max(place), 0) + 1,
      ${rule.suggestionId}::uuid, ${rule.by}::uuid, ${rule.at}::timestamptz, ${rule.by}::uuid, ${rule.at}::timestamptz from automation_rule`;
}

/** Writes a rule that nobody changed since `version`; false where somebody was faster. */
export async function updateRule(
  tx: Tx,
  rule: { id: string; name: string; says: Json; on: boolean; version: number; by: string | null; at: Date },
): Promise<boolean> {
  const result = await tx`update automation_rule set name = ${rule.name}, says = ${tx.json(rule.says)},
      on_since = case when ${rule.on} and not is_on then ${rule.at} when ${rule.on} then on_since end, is_on = ${rule.on}, version = version + 1,
      updated_by = ${rule.by}, updated_at = ${rule.at}
    where id = ${rule.id} and version = ${rule.version}`;
  return result.count === 1;
}

/** Gives rules the order of their ids. */
export async function placeRules(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx`update automation_rule r set place = t.n from unnest(${[...ids]}::uuid[]) with ordinality t(id, n) where r.id = t.id`;
}

export async function deleteRule(tx: Tx, id: string): Promise<void> {
  await tx`delete from automation_act where rule_id = ${id}`;
  await tx`delete from automation_rule where id = ${id}`;
}

/** A place in the walk of a rule through what stands. */
export type WalkPlace = { rank: number; micros: string; id: string };

export type Candidate = ChosenException &
  RuleSubject & { rank: number; micros: string; messageId: string | null; ownerChosen: boolean; cameBack: number };

/**
 * Standing exceptions of the kinds of a rule that it has not acted on, after a place, in the order of work: a range of one index a kind. With how
 * often the rule closed the same within a day.
 */
export async function listCandidates(
  tx: Tx,
  rule: { id: string; kinds: readonly ExceptionKind[]; group: string | null },
  after: WalkPlace | null,
  now: Date,
  limit: number,
): Promise<Candidate[]> {
  const beyond = after
    ? tx`and (e.work_rank, e.work_at, e.id) > (${after.rank}::smallint, 'epoch'::timestamptz + ${after.micros}::float8 * interval '1 microsecond', ${after.id}::uuid)`
    : tx``;
  const group = rule.group ? tx`and e.group_id = ${rule.group}` : tx``;
  const rows = await tx<(Candidate & { openedAt: Date })[]>`
    select e.home_id as "homeId", e.id, e.kind, e.severity, e.state, e.group_id as "groupId", e.shipment_id as "shipmentId", e.feed_id as "feedId",
      e.assignee_id as "assigneeId", null as "assigneeName", e.updated_at as "updatedAt", e.text, e.opened_at as "openedAt", s.carrier,
      e.message_id as "messageId", e.owner_chosen as "ownerChosen", e.work_rank as rank, (extract(epoch from e.work_at) * 1000000)::bigint::text as micros,
      (select count(*)::int from exception o join automation_act a on a.exception_id = o.id and a.rule_id = ${rule.id}
        where o.home_id = e.home_id and o.kind = e.kind and o.subject = e.subject and o.state = 'resolved' and a.at > ${new Date(now.getTime() - 86_400_000)}
      ) as "cameBack"
    from unnest(${[...rule.kinds]}::text[]) k(kind), lateral (
      select * from exception e where e.kind = k.kind and e.state <> 'resolved' ${group} ${beyond}
        and not exists (select 1 from automation_act a where a.rule_id = ${rule.id} and a.exception_id = e.id)
      order by e.work_rank, e.work_at, e.id limit ${limit}) e
    left join shipment s on s.shipment_id = e.shipment_id
    order by e.work_rank, e.work_at, e.id limit ${limit}`;
  return rows.map((row) => ({ ...row, openedAtMs: row.openedAt.getTime() }));
}

export type RuleOutcome = {
  exceptionId: string;
  result: "done" | "refused" | "failed";
  reason: string | null;
  before?: Json;
  after?: Json;
};

/** Records what a rule did, in the transaction that did it, and counts it on the rule. */
export async function insertRuleActs(
  tx: Tx,
  ruleId: string,
  outcomes: readonly RuleOutcome[],
  at: Date,
): Promise<void> {
  if (outcomes.length === 0) return;
  await tx`insert into automation_act (rule_id, exception_id, result, reason, before, after, at)
    select ${ruleId}, e, r, w, b::jsonb, a::jsonb, ${at} from unnest(${outcomes.map((o) => o.exceptionId)}::uuid[],
      ${outcomes.map((o) => o.result)}::text[], ${outcomes.map((o) => o.reason)}::text[], ${outcomes.map((o) => textOf(o.before))}::text[],
      ${outcomes.map((o) => textOf(o.after))}::text[]) t(e, r, w, b, a) on conflict do nothing`;
  const done = outcomes.filter((o) => o.result === "done").length;
  await tx`update automation_rule set acted = acted + ${done}, refused = refused + ${outcomes.length - done},
      last_acted_at = case when ${done} > 0 then ${at} else last_acted_at end where id = ${ruleId}`;
}

function textOf(value: Json | undefined): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}

export type Past = PastException & { id: string; cause: string };

/** Exceptions of some kinds opened since an instant, newest first and at most `limit` of each kind, from the index of kind and opening. */
export async function listPast(
  tx: Tx,
  scope: { kinds: readonly ExceptionKind[]; group: string | null; since: Date },
  limit: number,
): Promise<Past[]> {
  const rows = await tx<(Past & { openedAt: Date; resolvedAt: Date | null })[]>`
    select e.id, e.kind, e.severity, e.state, e.feed_id as "feedId", s.carrier, e.group_id as "groupId", e.assignee_id as "assigneeId", e.text,
      e.opened_at as "openedAt", e.resolved_at as "resolvedAt", e.resolved_by is not null as "byPerson", e.message_id is not null as "hasMessage",
      g.cause
    from unnest(${[...scope.kinds]}::text[]) k(kind), lateral (
      select * from exception e where e.kind = k.kind and e.opened_at >= ${scope.since}
        ${scope.group ? tx`and e.group_id = ${scope.group}` : tx``} order by e.opened_at desc limit ${limit}) e
    join exception_group g on g.id = e.group_id left join shipment s on s.shipment_id = e.shipment_id`;
  return rows.map((row) => ({
    ...row,
    openedAtMs: row.openedAt.getTime(),
    resolvedAtMs: row.resolvedAt?.getTime() ?? null,
  }));
}

/** What a rule did last, newest first. */
export async function listRuleActs(
  tx: Tx,
  ruleId: string,
  limit: number,
): Promise<
  {
    exceptionId: string;
    kind: ExceptionKind;
    text: string;
    result: RuleOutcome["result"];
    reason: string | null;
    state: ExceptionState;
    at: Date;
    undoneAt: Date | null;
    canUndo: boolean;
  }[]
> {
  return tx`select a.exception_id as "exceptionId", e.kind, e.text, e.state, a.result, a.reason, a.at, a.undone_at as "undoneAt",
      a.result = 'done' and a.before is not null and a.undone_at is null as "canUndo" from (
      select * from automation_act where rule_id = ${ruleId} order by at desc limit ${limit}) a
    join exception e on e.id = a.exception_id order by a.at desc`;
}

/**
 * How often people closed one cause with the same words, in one pass over what was resolved since an instant, newest first and at most `limit`
 * rows: the index of the resolved.
 */
export async function listSameAnswers(tx: Tx, since: Date, least: number, limit: number): Promise<SameAnswer[]> {
  return tx<SameAnswer[]>`with closed as (
      select e.id, e.group_id, e.kind, e.resolution, e.resolved_by, e.resolved_at,
        regexp_replace(regexp_replace(lower(trim(e.resolution)), '\\s+', ' ', 'g'), '[.!]+$', '') as plain
      from exception e where e.state = 'resolved' and e.resolved_at >= ${since} order by e.resolved_at desc limit ${limit}),
    said as (select c.* from closed c join person p on p.id = c.resolved_by where c.plain <> ''),
    total as (select group_id, count(*) as n from said group by 1 having count(*) >= ${least})
    select s.group_id as "groupId", min(s.kind) as kind, (array_agg(s.resolution order by s.resolved_at desc))[1] as reason, count(*)::int as times,
      count(distinct s.resolved_by)::int as people, min(t.n)::int as "all", min(s.resolved_at) as "firstAt", max(s.resolved_at) as "lastAt",
      (array_agg(s.id::text order by s.resolved_at desc))[1:5] as examples
    from said s join total t on t.group_id = s.group_id group by s.group_id, s.plain having count(*) >= ${least} limit 500`;
}

export type SuggestionRow = {
  id: string;
  says: Json;
  times: number;
  people: number;
  share: number;
  firstAt: Date;
  lastAt: Date;
  examples: string[];
  state: "open" | "approved" | "dismissed";
  cause: string | null;
};

/** Keeps what was learnt; what is known already is counted anew while nobody has decided on it. Returns how many are new. */
export async function saveSuggestions(
  tx: Tx,
  learnt: readonly {
    id: string;
    fingerprint: string;
    says: Json;
    times: number;
    people: number;
    share: number;
    firstAt: Date;
    lastAt: Date;
    examples: readonly string[];
  }[],
  now: Date,
): Promise<number> {
  let made = 0;
  for (const one of learnt) {
    const [row] = await tx<
      { fresh: boolean }[]
    >`insert into automation_suggestion (id, fingerprint, says, times, people, share, first_at, last_at, examples, created_at)
      values (${one.id}, ${one.fingerprint}, ${tx.json(one.says)}, ${one.times}, ${one.people}, ${one.share}, ${one.firstAt}, ${one.lastAt},
        ${tx.json([...one.examples])}, ${now})
      on conflict (fingerprint) do update set times = excluded.times, people = excluded.people, share = excluded.share, last_at = excluded.last_at,
        examples = excluded.examples where automation_suggestion.state = 'open' returning xmax = 0 as fresh`;
    if (row?.fresh) made += 1;
  }
  return made;
}

/** Suggestions that wait for a decision, most often first. */
export async function listSuggestions(tx: Tx, limit: number): Promise<SuggestionRow[]> {
  return tx<
    SuggestionRow[]
  >`select s.id, s.says, s.times, s.people, s.share, s.first_at as "firstAt", s.last_at as "lastAt", s.examples, s.state,
      (select cause from exception_group g where g.id = (s.says->'when'->>'group')::uuid) as cause
    from automation_suggestion s where s.state = 'open' order by s.times desc, s.id limit ${limit}`;
}

/** Decides on a suggestion that nobody decided on; null where somebody was faster or there is none. */
export async function decideSuggestion(
  tx: Tx,
  decision: { id: string; state: "approved" | "dismissed"; by: string | null; at: Date },
): Promise<{ says: Json; times: number } | null> {
  const [row] = await tx<
    { says: Json; times: number }[]
  >`update automation_suggestion set state = ${decision.state}, decided_by = ${decision.by}, decided_at = ${decision.at} where id = ${decision.id} and state = 'open' returning says, times`;
  return row ?? null;
}
