import { z } from "zod";
import {
  EXCEPTION_KINDS,
  EXCEPTION_SPECS,
  EXCEPTION_STATES,
  type ExceptionKind,
  type ExceptionState,
  IMPACTS,
  RESPONSIBLE_PARTIES,
  type ResponsibleParty,
  SEVERITIES,
} from "./kinds";

/** Stands in the owner filter for exceptions that nobody has. */
export const NOBODY = "nobody";
/** Stands in the owner filter for the person who asks; the server puts the id in. */
export const ME = "me";

const owner = z.union([z.literal(NOBODY), z.literal(ME), z.uuid()]);

/** States that are in the queue: neither put away until later nor closed. */
export const STANDING = ["open", "acknowledged"] as const satisfies readonly ExceptionState[];

/** What a person filtered the exceptions by. An empty list filters nothing, but for state: empty is what stands in the queue. */
export const exceptionFilter = z.object({
  state: z.array(z.enum(EXCEPTION_STATES)).max(5).default([]),
  severity: z.array(z.enum(SEVERITIES)).max(4).default([]),
  kind: z.array(z.enum(EXCEPTION_KINDS)).max(40).default([]),
  impact: z.array(z.enum(IMPACTS)).max(6).default([]),
  owner: z.array(owner).max(50).default([]),
  feed: z.array(z.number().int().positive()).max(50).default([]),
  party: z.array(z.enum(RESPONSIBLE_PARTIES)).max(6).default([]),
  overdue: z.boolean().default(false),
  regressed: z.boolean().default(false),
  /** Only what does not get better until somebody acts: a customer or a person of ours. */
  action: z.boolean().default(false),
  group: z.guid().nullable().default(null),
  shipment: z.uuid().nullable().default(null),
});
export type ExceptionFilter = z.infer<typeof exceptionFilter>;

export const NO_FILTER: ExceptionFilter = exceptionFilter.parse({});

/** Which exceptions an act is for: named ones, or all that match a filter but a few. */
export const exceptionTarget = z.union([
  z.object({
    ids: z.array(z.uuid()).min(1).max(500),
    /** How each stood on the screen of the one who asks; one that stands otherwise by now is a conflict. */
    seen: z
      .record(z.uuid(), z.object({ state: z.enum(EXCEPTION_STATES), assigneeId: z.uuid().nullable() }))
      .refine((seen) => Object.keys(seen).length <= 500, "At most 500 at once.")
      .optional(),
  }),
  z.object({ filter: exceptionFilter, except: z.array(z.uuid()).max(500).default([]) }),
]);
export type ExceptionTarget = z.infer<typeof exceptionTarget>;

/** States a filter lets through. */
export function statesOf(filter: Pick<ExceptionFilter, "state">): readonly ExceptionState[] {
  return filter.state.length > 0 ? filter.state : STANDING;
}

/**
 * Kinds that carry one of the impact tags, are among the wanted kinds and, where that is asked for, need somebody to act; an empty list says that
 * none can match, null that any may.
 */
export function kindsOf(
  filter: Pick<ExceptionFilter, "kind" | "impact"> & { action?: boolean },
): readonly ExceptionKind[] | null {
  const { kind: kinds, impact: impacts, action = false } = filter;
  if (kinds.length === 0 && impacts.length === 0 && !action) return null;
  return EXCEPTION_KINDS.filter((kind) => {
    const spec = EXCEPTION_SPECS[kind];
    return (
      (kinds.length === 0 || kinds.includes(kind)) &&
      (impacts.length === 0 || spec.impacts.some((impact) => impacts.includes(impact))) &&
      (!action || spec.actionRequired)
    );
  });
}

/** How many exceptions share these values of the facets. */
export type ExceptionCell = {
  kind: ExceptionKind;
  severity: (typeof SEVERITIES)[number];
  state: (typeof EXCEPTION_STATES)[number];
  assigneeId: string | null;
  teamId: string | null;
  feedId: number | null;
  party: ResponsibleParty;
  /** Its cause came back after it had been settled. */
  regressed: boolean;
  overdue: boolean;
  /** Currency of the money at risk; null where no value is known. */
  currency: string | null;
  riskMinor: number;
  /** How many have a known value. */
  known: number;
  count: number;
};

export type Facet = "state" | "severity" | "kind" | "impact" | "owner" | "feed" | "party" | "overdue" | "regressed";

/** Says whether the exceptions of a cell pass a filter, leaving one facet out of it where its own counts are asked for. `me` is the viewer's id. */
export function cellPasses(cell: ExceptionCell, filter: ExceptionFilter, me: string | null, leaveOut?: Facet): boolean {
  const kinds = kindsOf({
    kind: leaveOut === "kind" ? [] : filter.kind,
    impact: leaveOut === "impact" ? [] : filter.impact,
    action: filter.action,
  });
  if (kinds && !kinds.includes(cell.kind)) return false;
  if (leaveOut !== "severity" && filter.severity.length > 0 && !filter.severity.includes(cell.severity)) return false;
  if (leaveOut !== "state") {
    if (!statesOf(filter).includes(cell.state)) return false;
  }
  if (leaveOut !== "owner" && filter.owner.length > 0) {
    if (!filter.owner.some((one) => ownedBy(cell, one, me))) return false;
  }
  if (leaveOut !== "feed" && filter.feed.length > 0 && (cell.feedId === null || !filter.feed.includes(cell.feedId)))
    return false;
  if (leaveOut !== "party" && filter.party.length > 0 && !filter.party.includes(cell.party)) return false;
  if (leaveOut !== "regressed" && filter.regressed && !cell.regressed) return false;
  return leaveOut === "overdue" || !filter.overdue || cell.overdue;
}

/** A person, a team, or nobody at all. */
function ownedBy({ assigneeId, teamId }: ExceptionCell, one: string, me: string | null): boolean {
  if (one === NOBODY) return assigneeId === null && teamId === null;
  const wanted = one === ME ? me : one;
  return wanted !== null && (assigneeId === wanted || teamId === wanted);
}

/** Counts by each value of a facet under the rest of the filter. */
export function facetCounts(
  cells: readonly ExceptionCell[],
  filter: ExceptionFilter,
  me: string | null,
  facet: Facet,
  valuesOf: (cell: ExceptionCell) => readonly string[],
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const cell of cells) {
    if (!cellPasses(cell, filter, me, facet)) continue;
    for (const value of valuesOf(cell)) counts.set(value, (counts.get(value) ?? 0) + cell.count);
  }
  return counts;
}

/** How many exceptions pass the filter. */
export function totalOf(cells: readonly ExceptionCell[], filter: ExceptionFilter, me: string | null): number {
  return cells.reduce((sum, cell) => sum + (cellPasses(cell, filter, me) ? cell.count : 0), 0);
}

/** Money at risk of the exceptions that pass the filter: a sum for each currency, largest first, and how many have no known value. */
export function riskOf(
  cells: readonly ExceptionCell[],
  filter: ExceptionFilter,
  me: string | null,
): { sums: { currency: string; riskMinor: number }[]; unknown: number } {
  const sums = new Map<string, number>();
  let unknown = 0;
  for (const cell of cells) {
    if (!cellPasses(cell, filter, me)) continue;
    unknown += cell.count - cell.known;
    if (cell.currency !== null && cell.riskMinor > 0)
      sums.set(cell.currency, (sums.get(cell.currency) ?? 0) + cell.riskMinor);
  }
  return {
    sums: [...sums].map(([currency, riskMinor]) => ({ currency, riskMinor })).sort((a, b) => b.riskMinor - a.riskMinor),
    unknown,
  };
}
