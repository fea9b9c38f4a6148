import { attainedOf } from "@/core/service-levels/budget";
import type { Counts } from "@/core/service-levels/histogram";
import type { Objective, Workflow } from "@/core/service-levels/objectives";
import type { Finding } from "./finding";
import { finding } from "./rule";

/** How fast an error budget may burn (domain.md: 14 times over 1 h, 6 times over 6 h): at this pace it is gone in two days, or five. */
export const BURN_WINDOWS = [
  { hours: 1, factor: 14 },
  { hours: 6, factor: 6 },
] as const;

/** Fewer clocks that ran over than this are bad luck, not a burn. */
const FEWEST_MISSED = 5;

/** The clocks of one workflow over each of the windows. */
export type WorkflowClocks = {
  workflow: Workflow;
  objective: Objective;
  counts: Readonly<Record<(typeof BURN_WINDOWS)[number]["hours"], Counts>>;
};

/** Raises `slo_burn` while a workflow uses its error budget up so many times faster than the objective allows; the shorter window speaks first. */
export function sloBurn({ workflow, objective, counts }: WorkflowClocks): Finding | null {
  for (const { hours, factor } of BURN_WINDOWS) {
    const { count, missed, budgetUsed } = attainedOf(counts[hours], objective);
    if (budgetUsed === null || missed < FEWEST_MISSED || budgetUsed <= factor) continue;
    const words = workflow.replaceAll("_", " ");
    return finding("slo_burn", {
      subject: `workflow:${workflow}`,
      occurrence: "burn",
      cause: { source: `workflow:${workflow}`, what: "error budget" },
      text: `${words.charAt(0).toUpperCase()}${words.slice(1)}: the error budget burns more than ${factor} times too fast over ${hours} h`,
      evidence: {
        workflow,
        windowHours: hours,
        clocks: count,
        overObjective: missed,
        objective: `${objective.percent} % within ${objective.withinSeconds} s`,
      },
    });
  }
  return null;
}
