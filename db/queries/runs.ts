import type { Keyset } from "@/core/keyset";
import type { RunFilter, RunItemFilter, RunKind, RunResult, RunState } from "@/core/runs/run";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

export type RunRow = {
  id: string;
  micros: string;
  kind: RunKind;
  dryRun: boolean;
  state: RunState;
  scope: Json;
  mapping: "current" | "original" | null;
  perSecond: number | null;
  total: number;
  processed: number;
  changed: number;
  failed: number;
  summary: Json;
  error: string | null;
  by: string | null;
  undoes: string | null;
  /** The run that took this one back. */
  undoneBy: string | null;
  /** Until when a run that waits rests. */
  restsUntil: Date | null;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
};

const columns = (
  sql: Tx,
) => sql`r.id, (extract(epoch from r.created_at) * 1000000)::bigint::text as micros, r.kind, r.dry_run as "dryRun",
  r.state, r.scope, r.mapping, r.per_second as "perSecond", r.total, r.processed, r.changed, r.failed, r.summary, r.error,
  coalesce(p.name, k.name, 'Rule: ' || a.name) as by,
  r.undoes, (select u.id from run u where u.undoes = r.id) as "undoneBy", case when r.state = 'waiting' then r.lease_until end as "restsUntil",
  r.created_at as "createdAt", r.started_at as "startedAt", r.ended_at as "endedAt"`;

const joins = (sql: Tx) =>
  sql`run r left join person p on p.id = r.by_person left join api_key k on k.id = r.by_api_key left join automation_rule a on a.id = r.by_rule`;

/** Lists runs, newest first. */
export async function listRuns(
  sql: Tx,
  options: { filter: RunFilter; after: Keyset | null; limit: number },
): Promise<RunRow[]> {
  const { filter, after, limit } = options;
  return sql<RunRow[]>`select ${columns(sql)} from ${joins(sql)} where true
    ${filter.state.length > 0 ? sql`and r.state = any(${filter.state}::text[])` : sql``}
    ${filter.kind.length > 0 ? sql`and r.kind = any(${filter.kind}::text[])` : sql``}
    ${
      after === null
        ? sql``
        : sql`and (r.created_at, r.id) < ('epoch'::timestamptz + ${after.micros}::float8 * interval '1 microsecond', ${after.id}::uuid)`
    }
    order by r.created_at desc, r.id desc limit ${limit}`;
}

/** Runs of a batch workflow, newest first: those that compared a whole day, or that counted carriers. */
export async function listRunsOf(sql: Tx, of: "whole_day" | "count", limit: number): Promise<RunRow[]> {
  const which =
    of === "count" ? sql`r.kind = 'count'` : sql`r.kind = 'reconcile' and not r.dry_run and r.scope->>'whole' = 'true'`;
  return sql<RunRow[]>`select ${columns(sql)} from ${joins(sql)} where ${which}
    order by r.created_at desc, r.id desc limit ${limit}`;
}

/** One run; null where there is none of that id. */
export async function findRun(sql: Tx, id: string): Promise<RunRow | null> {
  const [row] = await sql<RunRow[]>`select ${columns(sql)} from ${joins(sql)} where r.id = ${id}::uuid`;
  return row ?? null;
}

/** Moves a run from one of `from` to `to`; null where it was in none of them, because somebody was faster or it had ended. */
export async function moveRun(
  tx: Tx,
  id: string,
  from: readonly RunState[],
  to: RunState,
  now: Date,
): Promise<{ was: RunState; processed: number; total: number } | null> {
  const ends = to === "cancelled";
  const [row] = await tx<{ was: RunState; processed: number; total: number }[]>`
    with was as (select id, state from run where id = ${id}::uuid for update)
    update run r set state = ${to}, ended_at = ${ends ? now : null}, lease_until = null, lease_owner = null
    from was where r.id = was.id and was.state = any(${from}::text[])
    returning was.state as was, r.processed, r.total`;
  return row ?? null;
}

export type RunItemRow = {
  position: number;
  target: string;
  result: RunResult | null;
  before: Json;
  after: Json;
  reason: string | null;
  at: Date | null;
};

/** Items of a run in their order, after a position. */
export async function listRunItems(
  sql: Tx,
  options: { runId: string; filter: RunItemFilter; after: number | null; limit: number },
): Promise<RunItemRow[]> {
  const { runId, filter, after, limit } = options;
  return sql<
    RunItemRow[]
  >`select position, target, result, before, after, reason, at from run_item where run_id = ${runId}::uuid
    ${filter.result.length > 0 ? sql`and result = any(${filter.result}::text[])` : sql``}
    ${after === null ? sql`` : sql`and position > ${after}`} order by position limit ${limit}`;
}

/** Items of a run by result; those not done yet count under null. */
export async function countRunItems(sql: Tx, runId: string): Promise<{ result: RunResult | null; count: number }[]> {
  return sql<
    { result: RunResult | null; count: number }[]
  >`select result, count(*)::int as count from run_item where run_id = ${runId}::uuid group by 1`;
}

/** Reads all items of a filter in order, a batch at a time, for an export. */
export async function* streamRunItems(
  sql: Tx,
  options: { runId: string; filter: RunItemFilter; batch?: number },
): AsyncGenerator<RunItemRow[]> {
  const limit = options.batch ?? 1_000;
  let after: number | null = null;
  for (;;) {
    const rows: RunItemRow[] = await listRunItems(sql, { ...options, after, limit });
    if (rows.length > 0) yield rows;
    const last = rows[rows.length - 1];
    if (rows.length < limit || last === undefined) return;
    after = last.position;
  }
}
