import type { Leg, Workflow } from "@/core/service-levels/objectives";
import type { Tx } from "@/db/client";

export type BucketRow = { at: Date; leg: Leg; bucket: number; count: number };

/** Histograms of one workflow since an instant, by hour or day (UTC) and leg, over one feed or all. */
export async function listLatencyBuckets(
  tx: Tx,
  of: { workflow: Workflow; legs: readonly Leg[]; since: Date; step: "hour" | "day"; feedId: number | null },
): Promise<BucketRow[]> {
  return tx<
    BucketRow[]
  >`select date_trunc(${of.step}, hour, 'UTC') as at, leg, bucket, sum(count)::float8 as count from latency_bucket
    where workflow = ${of.workflow} and leg = any(${[...of.legs]}::text[]) and hour >= ${of.since}
      ${of.feedId === null ? tx`` : tx`and feed_id = ${of.feedId}`}
    group by 1, 2, 3`;
}

/** Histograms of the own clocks of all workflows since an instant, by hour. */
export async function listTotalBuckets(
  tx: Tx,
  workflows: readonly Workflow[],
  since: Date,
): Promise<{ workflow: Workflow; at: Date; bucket: number; count: number }[]> {
  return tx<{ workflow: Workflow; at: Date; bucket: number; count: number }[]>`
    select workflow, hour as at, bucket, sum(count)::float8 as count from latency_bucket
    where workflow = any(${[...workflows]}::text[]) and leg = 'total' and hour >= ${since} group by 1, 2, 3`;
}

export type BreachRow = {
  id: string;
  micros: string;
  shipmentId: string;
  shipmentName: string | null;
  /** Number of the freight bill, where the clock is a bill's: then `shipmentId` is that bill's id. */
  billNumber: string | null;
  feedId: number | null;
  feedName: string | null;
  messageId: string | null;
  startedAt: Date;
  endedAt: Date;
  tookMs: number;
  objectiveMs: number;
};

/** One page of the clocks of a workflow that ran over, newest first. */
export async function listBreaches(
  tx: Tx,
  of: {
    workflow: Workflow;
    since: Date;
    until: Date | null;
    feedId: number | null;
    after: { micros: string; id: string } | null;
    limit: number;
  },
): Promise<BreachRow[]> {
  const at = tx`'epoch'::timestamptz + ${of.after?.micros ?? "0"}::float8 * interval '1 microsecond'`;
  return tx<BreachRow[]>`
    with page as (select * from breach where workflow = ${of.workflow} and ended_at >= ${of.since}
        ${of.until === null ? tx`` : tx`and ended_at < ${of.until}`} ${of.feedId === null ? tx`` : tx`and feed_id = ${of.feedId}`}
        ${of.after === null ? tx`` : tx`and (ended_at, id) < (${at}, ${of.after.id}::uuid)`}
      order by ended_at desc, id desc limit ${of.limit})
    select b.id, (extract(epoch from b.ended_at) * 1000000)::bigint::text as micros, b.shipment_id as "shipmentId", s.name as "shipmentName",
      case when s.shipment_id is null then i.number end as "billNumber",
      b.feed_id as "feedId", f.name as "feedName", b.message_id as "messageId", b.started_at as "startedAt", b.ended_at as "endedAt",
      b.took_ms::float8 as "tookMs", b.objective_ms::float8 as "objectiveMs"
    from page b left join shipment s on s.shipment_id = b.shipment_id
      left join freight_invoice i on b.workflow = 'freight_settlement' and i.id = b.shipment_id left join feed f on f.id = b.feed_id order by b.ended_at desc, b.id desc`;
}

/** How many clocks ran over, counted up to `cap`. */
export async function countBreaches(
  tx: Tx,
  of: { workflow: Workflow; since: Date; until: Date | null; feedId: number | null },
  cap: number,
): Promise<number> {
  const [row] = await tx<
    { n: number }[]
  >`select count(*)::int as n from (select 1 from breach where workflow = ${of.workflow}
    and ended_at >= ${of.since} ${of.until === null ? tx`` : tx`and ended_at < ${of.until}`}
    ${of.feedId === null ? tx`` : tx`and feed_id = ${of.feedId}`} limit ${cap}) b`;
  return row?.n ?? 0;
}

/** The last hour in which a clock of each workflow ended; those without any are left out. */
export async function listLastHours(
  tx: Tx,
  workflows: readonly Workflow[],
): Promise<{ workflow: Workflow; hour: Date }[]> {
  return tx<
    { workflow: Workflow; hour: Date }[]
  >`select w.workflow, l.hour from unnest(${[...workflows]}::text[]) w(workflow) cross join lateral (
    select hour from latency_bucket where workflow = w.workflow and leg = 'total' order by hour desc limit 1) l`;
}
