import type { Figure } from "./figures";
import { KPI_SPECS, type Kpi } from "./kpis";

/** Of figures without an interval the best has to be better by so much. */
const AT_LEAST = 0.05;

/**
 * Which of these is best by a figure, by its place; null where fewer than two have enough, currencies differ, or it may be chance: the intervals of
 * the best two shares overlap, or a duration or cost is less than 5 % better than the next.
 */
export function bestOf(figures: readonly (Figure | undefined)[], kpi: Kpi): number | null {
  const { better } = KPI_SPECS[kpi];
  const known = figures.flatMap((figure, place) =>
    figure && figure.value !== null && !figure.few ? [{ place, figure, value: figure.value }] : [],
  );
  if (known.length < 2 || new Set(known.map(({ figure }) => figure.currency)).size > 1) return null;
  const [best, next] = known.toSorted((a, b) => (better === "up" ? b.value - a.value : a.value - b.value));
  if (!best || !next || best.value === next.value) return null;
  const [mine, theirs] = [best.figure.interval, next.figure.interval];
  if (mine && theirs) return (better === "up" ? mine[0] > theirs[1] : mine[1] < theirs[0]) ? best.place : null;
  return Math.abs(best.value - next.value) >= AT_LEAST * Math.abs(next.value) ? best.place : null;
}
