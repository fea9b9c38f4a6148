import type { Tx } from "@/db/client";

/** Bills past their window, counted up to 10,000: so long after the end of the day (UTC) on which they came, or were approved. */
export async function countOverdue(
  tx: Tx,
  withinSeconds: number,
  now: Date,
): Promise<{ unjudged: number; unposted: number }> {
  const [row] = await tx<{ unjudged: number; unposted: number }[]>`
    select (select count(*)::int from (select 1 from freight_case where state = 'received'
        and date_trunc('day', received_at, 'UTC') + interval '1 day' < ${now}::timestamptz - ${withinSeconds}::int * interval '1 second' limit 10000) n) as unjudged,
      (select count(*)::int from (select 1 from posting where kind in ('vendor_bill', 'vendor_credit') and state not in ('posted', 'verified', 'superseded', 'cancelled', 'held')
        and date_trunc('day', created_at, 'UTC') + interval '1 day' < ${now}::timestamptz - ${withinSeconds}::int * interval '1 second' limit 10000) n) as unposted`;
  return row ?? { unjudged: 0, unposted: 0 };
}
