import { z } from "zod";
import {
  EXCEPTION_KINDS,
  EXCEPTION_SPECS,
  EXCEPTION_STATES,
  type ExceptionKind,
  type ExceptionState,
  IMPACTS,
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
  state: z.array(z.enum(EXCEPTION_STATES)).max(4).default([]),
  severity: z.array(z.enum(SEVERITIES)).max(4).default([]),
  kind: z.array(z.enum(EXCEPTION_KINDS)).max(40).default([]),
  impact: z.array(z.enum(IMPACTS)).max(6).default([]),
  owner: z.array(owner).max(50).default([]),
  feed: z.array(z.number().int().positive()).max(50).default([]),
  overdue: z.boolean().default(false),
  group: z.guid().nullable().default(null),
  shipment: z.uuid().nullable().default(null),
});
export type ExceptionFilter = z.infer<typeof exceptionFilter>;

export const NO_FILTER: ExceptionFilter = exceptionFilter.parse({});

/** Which exceptions an act is for: named ones, or all that match a filter but a few. */
export const exceptionTarget = z.union([
  z.object({ ids: z.array(z.uuid()).min(1).max(500) }),
  z.object({ filter: exceptionFilter, except: z.array(z.uuid()).max(500).default([]) }),
]);
export type ExceptionTarget = z.infer<typeof exceptionTarget>;

/** States a filter lets through. */
export function statesOf(filter: Pick<ExceptionFilter, "state">): readonly ExceptionState[] {
  return filter.state.length > 0 ? filter.state : STANDING;
}

/** Kinds that carry one of the impact tags and are among the wanted kinds; an empty list says that none can match, null that any may. */
export function kindsOf(filter: Pick<ExceptionFilter, "kind" | "impact">): readonly ExceptionKind[] | null {
  if (filter.kind.length === 0 && filter.impact.length === 0) return null;
  return EXCEPTION_KINDS.filter(
    (kind) =>
      (filter.kind.length === 0 || filter.kind.includes(kind)) &&
      (filter.impact.length === 0 || EXCEPTION_SPECS[kind].impacts.some((impact) => filter.impact.includes(impact))),
  );
}

/** How many exceptions share these values of the facets. */
export type ExceptionCell = {
  kind: ExceptionKind;
  severity: (typeof SEVERITIES)[number];
  state: (typeof EXCEPTION_STATES)[number];
  assigneeId: string | null;
  feedId: number | null;
  overdue: boolean;
  count: number;
};

export type Facet = "state" | "severity" | "kind" | "impact" | "owner" | "feed" | "overdue";

/** Says whether the exceptions of a cell pass a filter, leaving one facet out of it where its own counts are asked for. `me` is the viewer's id. */
export function cellPasses(cell: ExceptionCell, filter: ExceptionFilter, me: string | null, leaveOut?: Facet): boolean {
  const kinds = kindsOf({
    kind: leaveOut === "kind" ? [] : filter.kind,
    impact: leaveOut === "impact" ? [] : filter.impact,
  });
  if (kinds && !kinds.includes(cell.kind)) return false;
  if (leaveOut !== "severity" && filter.severity.length > 0 && !filter.severity.includes(cell.severity)) return false;
  if (leaveOut !== "state") {
    if (!statesOf(filter).includes(cell.state)) return false;
  }
  if (leaveOut !== "owner" && filter.owner.length > 0) {
    const fits = filter.owner.some((o) =>
      o === NOBODY ? cell.assigneeId === null : cell.assigneeId !== null && cell.assigneeId === (o === ME ? me : o),
    );
    if (!fits) return false;
  }
  if (leaveOut !== "feed" && filter.feed.length > 0 && (cell.feedId === null || !filter.feed.includes(cell.feedId)))
    return false;
  return leaveOut === "overdue" || !filter.overdue || cell.overdue;
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
