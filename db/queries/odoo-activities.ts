import type { ExceptionState } from "@/core/exceptions/kinds";
import type { Tx } from "@/db/client";

const LOOKED = "activities";

/** Notes activities that were opened since the last call, but for those whose exception is closed already; the index of postings by kind. */
export async function noteOpenedActivities(
  tx: Tx,
  connectionId: number,
  now: Date,
  overlapSeconds: number,
): Promise<void> {
  const [known] = await tx<{ watermark: string | null }[]>`
    select watermark from odoo_watermark where connection_id = ${connectionId} and model = ${LOOKED}`;
  const since = known?.watermark ? new Date(Date.parse(known.watermark) - overlapSeconds * 1000) : new Date(0);
  await tx`insert into odoo_activity (connection_id, picking_id, exception_id, looked_at)
    select p.connection_id, p.record_id, m.id, 'epoch' from posting p, lateral (
      select case when p.desired->>'marker' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then (p.desired->>'marker')::uuid end as id) m
    join exception e on e.id = m.id and e.state <> 'resolved'
    where p.kind = 'exception_activity' and p.updated_at >= ${since} and p.connection_id = ${connectionId} and p.state = 'verified'
      and p.desired->>'state' = 'open'
      and not exists (select from posting c where c.shipment_id = p.shipment_id and c.key = left(p.key, -5) || '-closed')
    on conflict do nothing`;
  await tx`insert into odoo_watermark (connection_id, model, watermark, polled_at) values (${connectionId}, ${LOOKED}, ${now.toISOString()}, ${now})
    on conflict (connection_id, model) do update set watermark = excluded.watermark, polled_at = excluded.polled_at`;
}

export type FollowedActivity = {
  pickingId: number;
  exceptionId: string;
  activityId: number | null;
  /** It was found done or deleted before. */
  ended: boolean;
  /** How the exception stands; null where it is not there any more. */
  state: ExceptionState | null;
};

/** Takes activities to look at, those not looked at for longest first. */
export async function takeActivities(
  tx: Tx,
  connectionId: number,
  limit: number,
  now: Date,
): Promise<FollowedActivity[]> {
  return tx<FollowedActivity[]>`with due as (
      select picking_id, exception_id from odoo_activity where connection_id = ${connectionId} order by looked_at limit ${limit}),
    taken as (
      update odoo_activity a set looked_at = ${now} from due
      where a.connection_id = ${connectionId} and a.picking_id = due.picking_id and a.exception_id = due.exception_id
      returning a.picking_id, a.exception_id, a.activity_id, a.ended_at)
    select t.picking_id as "pickingId", t.exception_id as "exceptionId", t.activity_id as "activityId", t.ended_at is not null as ended, e.state
    from taken t left join exception e on e.id = t.exception_id order by t.picking_id, t.exception_id`;
}

/** Keeps under which ids they stand in Odoo. */
export async function keepActivityIds(
  tx: Tx,
  connectionId: number,
  rows: readonly { pickingId: number; exceptionId: string; activityId: number }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx`update odoo_activity a set activity_id = t.a
    from unnest(${rows.map((r) => r.pickingId)}::int[], ${rows.map((r) => r.exceptionId)}::uuid[], ${rows.map((r) => r.activityId)}::int[]) t(p, e, a)
    where a.connection_id = ${connectionId} and a.picking_id = t.p and a.exception_id = t.e`;
}

/** Follows these no more. */
export async function dropActivities(
  tx: Tx,
  connectionId: number,
  rows: readonly { pickingId: number; exceptionId: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx`delete from odoo_activity a
    using unnest(${rows.map((r) => r.pickingId)}::int[], ${rows.map((r) => r.exceptionId)}::uuid[]) t(p, e)
    where a.connection_id = ${connectionId} and a.picking_id = t.p and a.exception_id = t.e`;
}

/** Marks an activity as ended; false where somebody was faster. */
export async function endActivity(
  tx: Tx,
  connectionId: number,
  row: { pickingId: number; exceptionId: string },
  now: Date,
): Promise<boolean> {
  const result = await tx`update odoo_activity set ended_at = ${now} where connection_id = ${connectionId}
    and picking_id = ${row.pickingId} and exception_id = ${row.exceptionId} and ended_at is null`;
  return result.count === 1;
}
