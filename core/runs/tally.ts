import { z } from "zod";
import { POSTING_KINDS, type PostingKind } from "@/core/postings/kinds";

const count = z.int().min(0).default(0);

/** What the items of a run came to, or in a dry run would come to: summed as they are done, kept in the run's summary. */
const runTally = z.object({
  /** Messages that were read, and that are about no shipment. */
  messages: z.object({ read: count, ignored: count }).prefault({}),
  /** `known`: applied already, and told again without a change. */
  events: z.object({ new: count, changed: count, withdrawn: count, known: count }).prefault({}),
  /** `planned` counts those that wait as well, which are `held`; `applied`: Odoo has it already. */
  postings: z
    .partialRecord(z.enum(POSTING_KINDS), z.object({ planned: count, held: count, applied: count }))
    .default({}),
  /** Why items failed or were left out. */
  reasons: z.record(z.string(), z.int()).default({}),
  /** Messages by the mapping that read them, as "feed version". */
  mappings: z.record(z.string(), z.int()).default({}),
  /** Shipments of documents so large that their items do not tell them. */
  untold: count,
});
export type RunTally = z.infer<typeof runTally>;
type PostingTally = NonNullable<RunTally["postings"][PostingKind]>;

const MOST_REASONS = 20;
const MOST_MAPPINGS = 50;
/** What is counted together once there are too many. */
export const OTHERS = "Others";

/** A tally of nothing. */
export function emptyTally(): RunTally {
  return runTally.parse({});
}

/** Adds tallies; reasons and mappings beyond the first are counted together. */
export function addTallies(tallies: readonly RunTally[]): RunTally {
  const sum = emptyTally();
  for (const one of tallies) {
    for (const name of ["read", "ignored"] as const) sum.messages[name] += one.messages[name];
    for (const name of ["new", "changed", "withdrawn", "known"] as const) sum.events[name] += one.events[name];
    for (const [kind, more] of Object.entries(one.postings)) addPostings(sum, kind as PostingKind, more);
    addCounts(sum.reasons, one.reasons, MOST_REASONS);
    addCounts(sum.mappings, one.mappings, MOST_MAPPINGS);
    sum.untold += one.untold;
  }
  return sum;
}

/** Counts postings of a kind into a tally. */
export function addPostings(tally: RunTally, kind: PostingKind, more: Partial<PostingTally>): void {
  const { planned = 0, held = 0, applied = 0 } = tally.postings[kind] ?? {};
  tally.postings[kind] = {
    planned: planned + (more.planned ?? 0),
    held: held + (more.held ?? 0),
    applied: applied + (more.applied ?? 0),
  };
}

function addCounts(sum: Record<string, number>, more: Readonly<Record<string, number>>, most: number): void {
  for (const [name, n] of Object.entries(more)) {
    const as = name in sum || Object.keys(sum).length < most ? name : OTHERS;
    sum[as] = (sum[as] ?? 0) + n;
  }
}

/** The tally out of a run's stored summary; null where it keeps none. */
export function tallyIn(summary: unknown): RunTally | null {
  if (typeof summary !== "object" || summary === null || !("tally" in summary)) return null;
  return runTally.safeParse(summary.tally).data ?? null;
}

/**
 * Seconds that so many items take: at the pace that is asked for, but no faster than was measured. null where neither is known.
 */
export function secondsFor(items: number, perSecond: number | null, measured: number | null): number | null {
  const rate = Math.min(perSecond ?? Number.POSITIVE_INFINITY, measured ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(rate) && rate > 0 ? items / rate : null;
}
