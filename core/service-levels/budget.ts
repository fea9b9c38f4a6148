import { type Counts, midOf } from "./histogram";
import type { Objective } from "./objectives";

/** What an objective looks like over some counts: share that kept it, how much of the allowed misses is used (1 = all), and how it stands. */
export type Attained = {
  count: number;
  missed: number;
  attained: number | null;
  budgetUsed: number | null;
  flow: "ok" | "late" | "broken" | "idle";
};

/** Compares counts with an objective. Three quarters of the budget used is late, all of it is broken; nothing counted is idle. */
export function attainedOf(counts: Counts, objective: Objective): Attained {
  let count = 0;
  let missed = 0;
  for (const [bucket, n] of counts) {
    count += n;
    if (midOf(bucket) > objective.withinSeconds * 1000) missed += n;
  }
  if (count === 0) return { count, missed, attained: null, budgetUsed: null, flow: "idle" };
  const allowed = 1 - objective.percent / 100;
  const share = missed / count;
  const budgetUsed = allowed === 0 ? (missed === 0 ? 0 : Number.POSITIVE_INFINITY) : share / allowed;
  return {
    count,
    missed,
    attained: 1 - share,
    budgetUsed,
    flow: budgetUsed > 1 ? "broken" : budgetUsed > 0.75 ? "late" : "ok",
  };
}

/** Mean of the counted durations in ms, by the middles of their buckets; null when nothing was counted. */
export function meanOf(counts: Counts): number | null {
  let total = 0;
  let sum = 0;
  for (const [bucket, n] of counts) {
    total += n;
    sum += midOf(bucket) * n;
  }
  return total === 0 ? null : sum / total;
}
