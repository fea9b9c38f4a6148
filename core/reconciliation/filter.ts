import { z } from "zod";
import { NOT_KNOWN } from "@/core/shipments/filter";
import { ASPECTS, PAIRS, VERDICTS } from "./aspects";
import { CAUSES } from "./cause";
import { READINESS_LISTS, type ReadinessList } from "./readiness";

/** Stands in the filter of warehouses for shipments that name none. */
export const NO_WAREHOUSE = NOT_KNOWN;

const day = z.iso.date("Write the day as YYYY-MM-DD.").refine((text) => text >= "1970-01-01", "That is too long ago.");
const names = z.array(z.string().min(1).max(200)).max(50).default([]);

/** Rows of a day; nothing named is everything. `verdict` speaks of the pairs and aspects named. */
export const reconciliationFilter = z.object({
  day,
  connection: z.array(z.int().positive()).max(20).default([]),
  pair: z.array(z.enum(PAIRS)).max(PAIRS.length).default([]),
  aspect: z.array(z.enum(ASPECTS)).max(ASPECTS.length).default([]),
  verdict: z.array(z.enum(VERDICTS)).max(VERDICTS.length).default([]),
  cause: z.array(z.enum(CAUSES)).max(CAUSES.length).default([]),
  carrier: names,
  warehouse: names,
  search: z.string().trim().max(100).default(""),
  /** Only what differs though all that was posted of it succeeded. */
  posted: z.boolean().default(false),
});
export type ReconciliationFilter = z.infer<typeof reconciliationFilter>;

export const readinessFilter = z.object({
  list: z.enum(READINESS_LISTS),
  warehouse: names,
  carrier: names,
  product: names,
  search: z.string().trim().max(100).default(""),
});
export type ReadinessFilter = z.infer<typeof readinessFilter>;

/** The rows of a day that somebody asked for; where that makes no sense, all of the day that stands in for it, null where none does yet. */
export function reconciliationFilterOf(chosen: unknown, fallbackDay: string | null): ReconciliationFilter | null {
  const parsed = reconciliationFilter.safeParse(chosen);
  if (parsed.success) return parsed.data;
  return fallbackDay === null ? null : reconciliationFilter.parse({ day: fallbackDay });
}

/** A readiness list under what somebody asked for; where that makes no sense, all of the list. */
export function readinessFilterOf(list: ReadinessList, chosen: object): ReadinessFilter {
  const parsed = readinessFilter.safeParse({ ...chosen, list });
  return parsed.success ? parsed.data : readinessFilter.parse({ list });
}
