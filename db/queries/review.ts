import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

/**
 * Stores a run that judges shipments anew: those without an end, and those that changed since. Returns how many; without any, there is no
 * run.
 */
export async function insertReviewRun(
  tx: Tx,
  run: { id: string; scope: Json; since: Date; byPerson: string | null; byApiKey: string | null; at: Date },
): Promise<number> {
  await tx`insert into run (id, kind, dry_run, state, scope, by_person, by_api_key, created_at)
    values (${run.id}, 'review', false, 'waiting', ${tx.json(run.scope)}, ${run.byPerson}, ${run.byApiKey}, ${run.at})`;
  const items = await tx`insert into run_item (run_id, position, target)
    select ${run.id}::uuid, row_number() over (order by shipment_id), shipment_id::text from shipment
    where head_id is null and (terminal is null or updated_at > ${run.since})`;
  if (items.count === 0) {
    await tx`delete from run where id = ${run.id}`;
    return 0;
  }
  await tx`update run set total = ${items.count} where id = ${run.id}`;
  await tx`select pg_notify('waypost_runs', ''), pg_notify('waypost_live', '{"topic":"runs"}')`;
  return items.count;
}

export type Standing = {
  id: string;
  milestone: string | null;
  summary: string;
  /** Kinds of the exceptions that are not resolved, in order. */
  open: string[];
};

/** How shipments stand, to tell what a review changed. */
export async function listStandings(tx: Tx, ids: readonly string[]): Promise<Standing[]> {
  return tx<Standing[]>`select s.shipment_id as id, s.milestone, s.summary,
      coalesce((select array_agg(e.kind order by e.kind) from exception e
        where e.shipment_id = s.shipment_id and e.state <> 'resolved'), '{}') as open
    from shipment s where s.shipment_id = any(${[...ids]}::uuid[])`;
}
