import { MILESTONES, type Milestone, STAGE_OF, STAGES, type Stage } from "@/core/shipments/milestones";
import type { Reached } from "@/core/shipments/shipment";

export type StageState = {
  stage: Stage;
  /** `skipped`: a later stage was reached and nobody told of this one. */
  state: "reached" | "inferred" | "skipped" | "ahead";
  atMs: number | null;
  offsetMinutes: number | null;
  feedId: number | null;
};

const SIDE: ReadonlySet<Stage> = new Set(["returning", "settled"]);
const NO_STAGE: ReadonlySet<Milestone> = new Set(["cancelled", "lost", "destroyed"]);

/** Each of the ten stages with the first time it was reached. Returns and settlement are no stages that a delivery skips. */
export function stageStates(reached: Partial<Record<Milestone, Reached>>, current: string | null): StageState[] {
  const told = new Map<Stage, Reached>();
  for (const milestone of MILESTONES) {
    const one = reached[milestone];
    if (one === undefined || NO_STAGE.has(milestone)) continue;
    const stage = STAGE_OF[milestone];
    const known = told.get(stage);
    if (known === undefined || earlier(one, known)) told.set(stage, one);
  }
  const forward = STAGES.filter((stage) => !SIDE.has(stage));
  const furthest = Math.max(
    ...forward.map((stage, i) => (told.has(stage) ? i : -1)),
    current === null ? -1 : forward.indexOf(current as Stage),
  );
  return STAGES.map((stage, i) => {
    const one = told.get(stage);
    const state = one
      ? one.inferred
        ? "inferred"
        : "reached"
      : !SIDE.has(stage) && i < furthest
        ? "skipped"
        : "ahead";
    return {
      stage,
      state,
      atMs: one?.occurredAtMs ?? null,
      offsetMinutes: one?.offsetMinutes ?? null,
      feedId: one?.feedId ?? null,
    };
  });
}

function earlier(a: Reached, b: Reached): boolean {
  if (a.inferred !== b.inferred) return b.inferred;
  return (a.occurredAtMs ?? Number.POSITIVE_INFINITY) < (b.occurredAtMs ?? Number.POSITIVE_INFINITY);
}
