import type { Tx } from "@/db/client";

/** A counting run that has not ended; null where there is none. */
export async function findOpenCount(tx: Tx): Promise<string | null> {
  const [row] = await tx<{ id: string }[]>`
    select id from run where state in ('waiting', 'running', 'paused') and kind = 'count' limit 1`;
  return row?.id ?? null;
}

/** Whether a turn of the schedule has had its run; it began since that instant. */
export async function hadTurn(tx: Tx, turn: string, since: Date): Promise<boolean> {
  const [row] = await tx<{ had: boolean }[]>`
    select exists (select 1 from run where created_at >= ${since} and kind = 'count' and scope->>'turn' = ${turn}) as had`;
  return row?.had === true;
}

/** How many changes wait to be counted, counted up to `cap` each of shipments and bills. */
export async function countUncounted(tx: Tx, before: Date, cap: number): Promise<number> {
  const [row] = await tx<{ n: number }[]>`
    with p as (select name, at, id from carrier_progress),
    s as (select coalesce((select at from p where name = 'shipments'), '-infinity') as at, coalesce((select id from p where name = 'shipments'), ${NIL}::uuid) as id),
    b as (select coalesce((select at from p where name = 'bills'), '-infinity') as at, coalesce((select id from p where name = 'bills'), ${NIL}::uuid) as id)
    select (select count(*) from (select 1 from shipment where head_id is null and (updated_at, shipment_id) > ((select at from s), (select id from s))
          and updated_at < ${before} limit ${cap}) x)::int
      + (select count(*) from (select 1 from freight_case where (updated_at, invoice_id) > ((select at from b), (select id from b))
          and updated_at < ${before} limit ${cap}) x)::int as n`;
  return row?.n ?? 0;
}

const NIL = "00000000-0000-0000-0000-000000000000";

/** Adds what was counted to a run, and lets its total grow where more came than was thought. */
export async function addCounted(tx: Tx, runId: string, counted: number): Promise<void> {
  await tx`update run set processed = processed + ${counted}, changed = changed + ${counted}, total = greatest(total, processed + ${counted})
    where id = ${runId}`;
  await tx`select pg_notify('waypost_live', ${JSON.stringify({ topic: "runs", ids: [runId] })})`;
}

/** Forgets runs that a schedule started and that ended before an instant, a bounded number at a time; those of people stay. */
export async function forgetCounts(tx: Tx, before: Date): Promise<void> {
  await tx`delete from run where id in (select id from run where kind = 'count' and scope->>'turn' is not null and ended_at < ${before}
    order by created_at limit 5000)`;
}
