import type { Tx } from "@/db/client";

const GROUPS = 300;

/** So many open exceptions of four kinds, each on a shipment of its own, in 300 causes of 5 feeds; a third has an owner, a fifth money at risk. */
export async function plantExceptions(
  sql: Tx & { unsafe: (query: string) => Promise<unknown> },
  total: number,
): Promise<void> {
  await sql`insert into exception_group (id, fingerprint, kind, cause, feed_id, first_seen)
    select md5('g' || g)::uuid, 'bench' || g, (array['scan_late', 'delivery_late', 'pod_missing', 'unmapped_code'])[1 + g % 4], 'cause ' || g, 1 + g % 5,
      now() from generate_series(0, ${GROUPS - 1}) g`;
  await sql`insert into exception_group_count (group_id, slot, opened, closed, last_seen)
    select md5('g' || g)::uuid, 1, ${Math.round(total / GROUPS)}, 0, now() from generate_series(0, ${GROUPS - 1}) g`;
  await sql`insert into shipment (shipment_id, provisional, summary, name, first_feed_id, created_at, open_exceptions, state, updated_at)
    select md5('s' || i)::uuid, false, 'in_transit', 'BENCH' || i, 1, now(), 1, '{}', now() from generate_series(1, ${total}) i`;
  await sql`insert into exception (home_id, id, kind, subject, occurrence, severity, rank, state, group_id, shipment_id, feed_id, text, evidence,
      evidence_hash, owner_role, assignee_id, stake_minor, stake_currency, risk_minor, opened_at, due_at, work_rank, work_at, updated_at)
    select md5('s' || i)::uuid, md5('e' || i)::uuid, (array['scan_late', 'delivery_late', 'pod_missing', 'unmapped_code'])[1 + i % 4], 'shipment', '1',
      (array['critical', 'high', 'medium', 'low'])[1 + i % 7 % 4], i % 7 % 4, 'open', md5('g' || (i % ${GROUPS}))::uuid, md5('s' || i)::uuid,
      1 + i % ${GROUPS} % 5, 'bench', '{}', 'x', 'logistics', case when i % 3 = 0 then md5('p' || i % 20)::uuid end,
      case when i % 5 = 0 then 100 * i end, case when i % 5 = 0 then 'USD' end, case when i % 5 = 0 then 10 * i end,
      now() - i * interval '1 second', now() + (i - ${Math.round(total / 2)}) * interval '1 second', i % 7 % 4, now() - i * interval '1 second', now()
    from generate_series(1, ${total}) i`;
  await sql.unsafe("vacuum analyze");
}
