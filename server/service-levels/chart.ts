import { attainedOf, meanOf } from "@/core/service-levels/budget";
import { merge, percentile } from "@/core/service-levels/histogram";
import { LEGS, type Leg, type Objective, type Workflow } from "@/core/service-levels/objectives";
import { RANGE_STEPS, type Range, rangeStartMs } from "@/core/service-levels/ranges";
import { listLatencyBuckets } from "@/db/queries/service-levels";
import type { Context } from "../context";
import { readSettings } from "../settings/read";

/** Legs of a clock; what was held back on purpose runs none. */
type ClockedLeg = Exclude<Leg, "held">;
const CLOCKED = LEGS.filter((leg): leg is ClockedLeg => leg !== "held");

export type ChartPoint = {
  at: Date;
  count: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  attained: number | null;
  missed: number;
  legs: Partial<Record<ClockedLeg, number>>;
};

export type LegRow = {
  leg: ClockedLeg;
  count: number;
  mean: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
};

/** Percentiles of one workflow step by step, its legs and how it stands against its objective. A step without counts is a gap. */
export async function readChart(
  ctx: Context,
  of: { workflow: Workflow; range: Range; feedId: number | null },
): Promise<{
  points: ChartPoint[];
  legs: LegRow[];
  /** What was held back on purpose, and how long on average: counted beside the clock. */
  held: { count: number; mean: number | null };
  objective: Objective;
  whole: ReturnType<typeof attainedOf>;
  step: "hour" | "day";
}> {
  const { steps, step, stepMs } = RANGE_STEPS[of.range];
  const since = new Date(rangeStartMs(of.range, ctx.now().getTime()));
  const [rows, settings] = await Promise.all([
    listLatencyBuckets(ctx.sql, { workflow: of.workflow, legs: LEGS, since, step, feedId: of.feedId }),
    readSettings(ctx),
  ]);
  const objective = settings.objectives[of.workflow];
  const cells = new Map<string, Map<number, number>>();
  for (const row of rows) {
    const key = `${row.leg} ${row.at.getTime()}`;
    const cell = cells.get(key) ?? new Map<number, number>();
    cells.set(key, cell.set(row.bucket, row.count));
  }
  const cellOf = (leg: Leg, atMs: number) => cells.get(`${leg} ${atMs}`) ?? new Map<number, number>();
  const points = Array.from({ length: steps }, (_, i): ChartPoint => {
    const atMs = since.getTime() + i * stepMs;
    const total = cellOf("total", atMs);
    const { count, missed, attained } = attainedOf(total, objective);
    const legs = CLOCKED.flatMap((leg) => {
      const mean = leg === "total" ? null : meanOf(cellOf(leg, atMs));
      return mean === null ? [] : [[leg, mean] as const];
    });
    return {
      at: new Date(atMs),
      count,
      missed,
      attained,
      p50: percentile(total, 50),
      p95: percentile(total, 95),
      p99: percentile(total, 99),
      legs: Object.fromEntries(legs),
    };
  });
  const wholes = new Map(LEGS.map((leg) => [leg, merge(...points.map((point) => cellOf(leg, point.at.getTime())))]));
  const legs = CLOCKED.map((leg): LegRow => {
    const counts = wholes.get(leg) ?? new Map<number, number>();
    return {
      leg,
      count: [...counts.values()].reduce((sum, n) => sum + n, 0),
      mean: meanOf(counts),
      p50: percentile(counts, 50),
      p95: percentile(counts, 95),
      p99: percentile(counts, 99),
    };
  });
  const held = wholes.get("held") ?? new Map<number, number>();
  return {
    points,
    legs,
    held: { count: [...held.values()].reduce((sum, n) => sum + n, 0), mean: meanOf(held) },
    objective,
    whole: attainedOf(wholes.get("total") ?? new Map(), objective),
    step,
  };
}
