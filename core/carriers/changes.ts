import type { Contribution } from "./contribution";
import { addCounts, MEASURES, type Measure, type Spread, WHOLE_SPREADS } from "./measures";

/** A contribution and the cells that it stands in, that of the carrier as a whole first. */
export type Placed = { cells: readonly number[]; contribution: Contribution };

export type DayChange = { cell: number; day: string; counts: Record<Measure, number> };
export type SpreadChange = { cell: number; spread: Spread; day: string; key: string; n: number };

/**
 * What has to be added to the daily counts so that they hold the new contributions in place of the old ones. What stays the same changes
 * nothing, so that counting something again does no harm.
 */
export function changesBetween(
  old: readonly Placed[],
  now: readonly Placed[],
): { days: DayChange[]; spreads: SpreadChange[] } {
  const days = new Map<string, DayChange>();
  const spreads = new Map<string, SpreadChange>();
  for (const [placed, sign] of [...old.map((one) => [one, -1] as const), ...now.map((one) => [one, 1] as const)]) {
    for (const [at, cell] of placed.cells.entries()) {
      for (const [day, measures] of Object.entries(placed.contribution.counts)) {
        const slot = `${cell} ${day}`;
        const known = days.get(slot) ?? { cell, day, counts: addCounts([]) };
        for (const measure of measures) known.counts[measure] += sign;
        days.set(slot, known);
      }
      for (const [spread, day, key, n] of placed.contribution.spreads) {
        if (at > 0 && WHOLE_SPREADS.has(spread)) continue;
        const slot = `${cell} ${day} ${spread} ${key}`;
        const known = spreads.get(slot) ?? { cell, spread, day, key, n: 0 };
        known.n += sign * n;
        spreads.set(slot, known);
      }
    }
  }
  return {
    days: [...days.values()].filter(({ counts }) => MEASURES.some((measure) => counts[measure] !== 0)),
    spreads: [...spreads.values()].filter(({ n }) => n !== 0),
  };
}
