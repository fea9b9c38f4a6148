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

const FLAGS = ["trouble", "late"] as const;

/** The one filter that a cell fails, "" where it fails none, null where it fails more. */
function failing(
  cell: FacetCell,
  wanted: Readonly<Record<ShipmentFacet, ReadonlySet<string>>>,
  filter: ShipmentFilter,
) {
  let failed: ShipmentFacet | (typeof FLAGS)[number] | "" = "";
  for (const facet of SHIPMENT_FACETS) {
    if (wanted[facet].size === 0 || wanted[facet].has(facetValue(cell, facet))) continue;
    if (failed !== "") return null;
    failed = facet;
  }
  for (const flag of FLAGS) {
    if (!filter[flag] || cell[flag]) continue;
    if (failed !== "") return null;
    failed = flag;
  }
  return failed;
}

/**
 * Counts shipments per value of each facet under all filters but the facet's own, so that each count is the length of the list one
 * click away. `cells` are the shipments counted by all facets at once; the search words are not looked at.
 */
export function countFacets(cells: readonly FacetCell[], filter: ShipmentFilter): ShipmentFacets {
  const each = <T>(make: (facet: ShipmentFacet) => T) =>
    Object.fromEntries(SHIPMENT_FACETS.map((facet) => [facet, make(facet)])) as Record<ShipmentFacet, T>;
  const wanted = each<Set<string>>((facet) => new Set<string>(filter[facet]));
  const counts = each((facet) => new Map<string, number>(filter[facet].map((value) => [value, 0])));
  const sums = { trouble: 0, late: 0, total: 0 };
  for (const cell of cells) {
    const failed = failing(cell, wanted, filter);
    if (failed === null) continue;
    if (failed === "") sums.total += cell.count;
    for (const facet of SHIPMENT_FACETS) {
      if (failed !== "" && failed !== facet) continue;
      const value = facetValue(cell, facet);
      counts[facet].set(value, (counts[facet].get(value) ?? 0) + cell.count);
    }
    for (const flag of FLAGS) if (cell[flag] && (failed === "" || failed === flag)) sums[flag] += cell.count;
  }
  const sorted = each((facet) =>
    [...counts[facet]].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count),
  );
  return { ...sorted, ...sums };
}
