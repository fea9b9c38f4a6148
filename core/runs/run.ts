import { z } from "zod";

/** shadow: a replay whose outcome is shown on a copy first, and that then does exactly that or stops. */
export const RUN_KINDS = [
  "replay",
  "repost",
  "review",
  "triage",
  "undo",
  "shadow",
  "reconcile",
  "repair",
  "count",
] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/**
 * Runs of one lane take turns, those of another do not wait for them: acts of people are quick statements, a message may be a document of minutes, and
 * the last lane waits for Odoo. Counting has no items and a loop of its own.
 */
export const RUN_LANES = {
  acts: ["triage", "undo", "review"],
  messages: ["replay", "shadow"],
  odoo: ["repost", "reconcile", "repair"],
} as const satisfies Record<string, readonly RunKind[]>;
export const TURN_KINDS = Object.values(RUN_LANES).flat();

export const RUN_STATES = ["waiting", "running", "paused", "cancelled", "done", "failed"] as const;
export type RunState = (typeof RUN_STATES)[number];

/** conflict: somebody was faster. refused: a rule of the product forbids it, with the reason. */
export const RUN_RESULTS = ["changed", "unchanged", "failed", "skipped", "conflict", "refused"] as const;
export type RunResult = (typeof RUN_RESULTS)[number];

/** States out of which each act of a person leads; a lost race is a conflict. */
export const RUN_ACTS = {
  pause: ["waiting", "running"],
  resume: ["paused"],
  cancel: ["waiting", "running", "paused"],
} as const satisfies Record<string, readonly RunState[]>;
export type RunAct = keyof typeof RUN_ACTS;

export const runFilter = z.object({
  state: z.array(z.enum(RUN_STATES)).max(10).default([]),
  kind: z.array(z.enum(RUN_KINDS)).max(10).default([]),
});
export type RunFilter = z.infer<typeof runFilter>;

export const runItemFilter = z.object({ result: z.array(z.enum(RUN_RESULTS)).max(6).default([]) });
export type RunItemFilter = z.infer<typeof runItemFilter>;

/** Items a second that a run may do at most; null: as fast as it goes. */
export const runPace = z.number().int().min(1).max(10_000).nullish();

const WINDOW_MS = 1_000;
/** Turns a second over which a pace is spread, so that others come in between. */
const TURNS = 4;

/**
 * How many items a paced run may begin now, or in how many ms it may begin some. `recent` are those that ended within the last second, so that no second
 * sees more than the pace, whoever worked them.
 */
export function allowanceOf(
  perSecond: number,
  recent: { count: number; firstAtMs: number | null },
  nowMs: number,
): { items: number; waitMs: number } {
  const left = perSecond - recent.count;
  if (left > 0) return { items: Math.min(left, Math.ceil(perSecond / TURNS)), waitMs: 0 };
  const freeAtMs = (recent.firstAtMs ?? nowMs) + WINDOW_MS;
  return { items: 0, waitMs: Math.max(1, Math.min(WINDOW_MS, freeAtMs - nowMs)) };
}

/** Items per second since the start and the seconds left at that pace; null where nothing can be told yet. */
export function paceOf(run: {
  total: number;
  processed: number;
  startedAtMs: number | null;
  endedAtMs: number | null;
  nowMs: number;
}): { perSecond: number | null; secondsLeft: number | null } {
  if (run.startedAtMs === null || run.processed === 0) return { perSecond: null, secondsLeft: null };
  const seconds = Math.max(0.001, ((run.endedAtMs ?? run.nowMs) - run.startedAtMs) / 1000);
  const perSecond = run.processed / seconds;
  const left = Math.max(0, run.total - run.processed);
  return { perSecond, secondsLeft: run.endedAtMs === null ? left / perSecond : null };
}
