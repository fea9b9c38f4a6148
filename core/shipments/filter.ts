import { z } from "zod";
import { STAGES, SUMMARIES, TERMINALS } from "./milestones";

/** Stands in a filter for a value that is not known. */
export const NOT_KNOWN = "-";

/** A shipment that has not ended, or how it ended. */
export const ENDINGS = ["open", ...TERMINALS] as const;
export type Ending = (typeof ENDINGS)[number];

const names = z.array(z.string().min(1).max(200)).max(50).default([]);

/** What a person filtered the shipments by; an empty list filters nothing. Carrier and warehouse take `NOT_KNOWN`. */
export const shipmentFilter = z.object({
  search: z.string().trim().max(10_000).default(""),
  stage: z
    .array(z.enum([...STAGES, NOT_KNOWN]))
    .max(20)
    .default([]),
  summary: z.array(z.enum(SUMMARIES)).max(20).default([]),
  carrier: names,
  warehouse: names,
  ending: z.array(z.enum(ENDINGS)).max(10).default([]),
  trouble: z.boolean().default(false),
  late: z.boolean().default(false),
});
export type ShipmentFilter = z.infer<typeof shipmentFilter>;

/** Number of shipments that share all the values of the facets. */
export type FacetCell = {
  stage: string | null;
  summary: string;
  carrier: string | null;
  warehouse: string | null;
  terminal: string | null;
  trouble: boolean;
  late: boolean;
  count: number;
};

export const SHIPMENT_FACETS = ["stage", "summary", "carrier", "warehouse", "ending"] as const;
export type ShipmentFacet = (typeof SHIPMENT_FACETS)[number];

export type ShipmentFacets = Record<ShipmentFacet, { value: string; count: number }[]> & {
  trouble: number;
  late: number;
  total: number;
};

function facetValue(cell: FacetCell, facet: ShipmentFacet): string {
  if (facet === "ending") return cell.terminal ?? "open";
  return cell[facet] ?? NOT_KNOWN;
}

function passes(cell: FacetCell, filter: ShipmentFilter, but: ShipmentFacet | "trouble" | "late" | null): boolean {
  for (const facet of SHIPMENT_FACETS) {
    const wanted: readonly string[] = filter[facet];
    if (facet !== but && wanted.length > 0 && !wanted.includes(facetValue(cell, facet))) return false;
  }
  if (but !== "trouble" && filter.trouble && !cell.trouble) return false;
  return but === "late" || !filter.late || cell.late;
}

/**
 * Counts shipments per value of each facet under all filters but the facet's own, so that each count is the length of the list one
 * click away. `cells` are the shipments counted by all facets at once; the search words are not looked at.
 */
export function countFacets(cells: readonly FacetCell[], filter: ShipmentFilter): ShipmentFacets {
  const of = (facet: ShipmentFacet) => {
    const counts = new Map<string, number>(filter[facet].map((value) => [value, 0]));
    for (const cell of cells) {
      if (!passes(cell, filter, facet)) continue;
      const value = facetValue(cell, facet);
      counts.set(value, (counts.get(value) ?? 0) + cell.count);
    }
    return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
  };
  const sum = (keep: (cell: FacetCell) => boolean) =>
    cells.reduce((total, cell) => (keep(cell) ? total + cell.count : total), 0);
  return {
    stage: of("stage"),
    summary: of("summary"),
    carrier: of("carrier"),
    warehouse: of("warehouse"),
    ending: of("ending"),
    trouble: sum((cell) => cell.trouble && passes(cell, filter, "trouble")),
    late: sum((cell) => cell.late && passes(cell, filter, "late")),
    total: sum((cell) => passes(cell, filter, null)),
  };
}
