import type { ExceptionKind, ExceptionState } from "@/core/exceptions/kinds";
import type { Deadline } from "@/core/exceptions/work-order";
import type { Tx } from "@/db/client";

export type Lost = {
  homeId: string;
  id: string;
  lostMinor: number;
  currency: string;
  deadlineAt: Date;
  deadlineKind: Deadline | null;
};

/** Counts as lost what was at risk of those whose clock ran out while they stood, at most `limit`, the earliest first; their place becomes that of their severity. */
export async function markLost(tx: Tx, now: Date, limit: number): Promise<Lost[]> {
  return tx<
    Lost[]
  >`update exception e set lost_at = ${now}, lost_minor = e.risk_minor, risk_minor = 0, work_rank = e.rank, work_at = e.due_at,
      updated_at = ${now}
    from (select home_id, id from exception where state <> 'resolved' and risk_minor > 0 and lost_at is null and deadline_at <= ${now}
        and deadline_at > opened_at order by deadline_at limit ${limit} for update skip locked) d
    where e.home_id = d.home_id and e.id = d.id
    returning e.home_id as "homeId", e.id, e.lost_minor::float8 as "lostMinor", e.stake_currency as currency, e.deadline_at as "deadlineAt",
      e.deadline_kind as "deadlineKind"`;
}

export type LostRow = {
  id: string;
  kind: ExceptionKind;
  text: string;
  state: ExceptionState;
  shipmentName: string | null;
  lostMinor: number;
  currency: string;
  deadlineKind: Deadline | null;
  lostAt: Date;
};

/** What was lost since an instant: a sum a currency, and the newest rows. */
export async function listLost(
  tx: Tx,
  since: Date,
  limit: number,
): Promise<{ sums: { currency: string; lostMinor: number; count: number }[]; rows: LostRow[] }> {
  const [sums, rows] = await Promise.all([
    tx<{ currency: string; lostMinor: number; count: number }[]>`
      select stake_currency as currency, sum(lost_minor)::float8 as "lostMinor", count(*)::int as count from exception
      where lost_at >= ${since} group by 1 order by 2 desc`,
    tx<LostRow[]>`
      select e.id, e.kind, e.text, e.state, s.name as "shipmentName", e.lost_minor::float8 as "lostMinor", e.stake_currency as currency,
        e.deadline_kind as "deadlineKind", e.lost_at as "lostAt"
      from (select * from exception where lost_at >= ${since} order by lost_at desc limit ${limit}) e
      left join shipment s on s.shipment_id = e.shipment_id order by e.lost_at desc, e.id`,
  ]);
  return { sums, rows };
}
