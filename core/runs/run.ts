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
