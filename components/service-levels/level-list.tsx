"use client";
import { Sparkline } from "@/components/charts/sparkline";
import { Budget } from "@/components/tower/levels";
import { WORKFLOW_WORD } from "@/components/tower/words";
import { cn } from "@/components/ui/class-names";
import { FLOW_SHAPE, FLOW_TONE, FLOW_WORD } from "@/components/ui/flow";
import { Mark } from "@/components/ui/mark";
import { formatCount, formatDuration, formatPercent } from "@/components/ui/number";
import { WINDOWED, type Workflow } from "@/core/service-levels/objectives";
import type { Level, Timing } from "./types";
import { LastAndNext } from "./workflow-timings";

/** All workflows over the last 24 hours; one of them is chosen and shown below. */
export function LevelList({
  levels,
  timings,
  chosen,
  onChoose,
}: {
  levels: readonly Level[];
  timings: readonly Timing[];
  chosen: Workflow;
  onChoose: (workflow: Workflow) => void;
}) {
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-surface">
      <table className="w-full min-w-[860px]" aria-label="Workflows, last 24 hours">
        <thead>
          <tr className="text-left text-ink-3 text-xs">
            <th className="py-1.5 pl-4 font-normal">Workflow, last 24 h</th>
            <th className="whitespace-nowrap py-1.5 pl-4 text-right font-normal">Objective</th>
            <th className="whitespace-nowrap py-1.5 pl-4 text-right font-normal">Kept</th>
            <th className="whitespace-nowrap py-1.5 pl-4 text-right font-normal">p95</th>
            <th className="whitespace-nowrap py-1.5 pl-4 text-right font-normal">Clocks</th>
            <th className="whitespace-nowrap py-1.5 pl-4 text-right font-normal">Ran over</th>
            <th className="py-1.5 pl-6 font-normal">Runs</th>
            <th className="py-1.5 pl-6 font-normal">Misses by hour</th>
            <th className="w-40 py-1.5 pr-4 text-right font-normal">Misses allowed</th>
          </tr>
        </thead>
        <tbody>
          {levels.map((level) => (
            <tr
              key={level.workflow}
              className={cn("border-line border-t", level.workflow === chosen ? "bg-selected" : "hover:bg-sunken")}
            >
              <td className="pl-2">
                <button
                  type="button"
                  aria-pressed={level.workflow === chosen}
                  onClick={() => onChoose(level.workflow)}
                  className="flex h-8 w-full items-center gap-1.5 px-2 text-left"
                >
                  <Mark shape={FLOW_SHAPE[level.flow]} className={FLOW_TONE[level.flow]} />
                  <span className={level.workflow === chosen ? "font-medium" : ""}>
                    {WORKFLOW_WORD[level.workflow]}
                  </span>
                  <span className="sr-only">{FLOW_WORD[level.flow]}</span>
                </button>
              </td>
              <td className="whitespace-nowrap pl-4 text-right text-ink-2">
                {level.objective.percent} %{" "}
                {WINDOWED.has(level.workflow)
                  ? "in their window"
                  : `< ${formatDuration(level.objective.withinSeconds * 1000)}`}
              </td>
              <td className="whitespace-nowrap pl-4 text-right font-medium">{formatPercent(level.attained, 2)}</td>
              <td
                className={cn(
                  "whitespace-nowrap pl-4 text-right",
                  !WINDOWED.has(level.workflow) && (level.p95 ?? 0) > level.objective.withinSeconds * 1000
                    ? "text-broken"
                    : "text-ink-2",
                )}
              >
                {WINDOWED.has(level.workflow) ? "–" : formatDuration(level.p95)}
              </td>
              <td className="pl-4 text-right text-ink-2">{formatCount(level.count)}</td>
              <td className="pl-4 text-right text-ink-2">{formatCount(level.missed)}</td>
              <td className="max-w-64 truncate py-1 pl-6 text-ink-2" title={wordsOf(timings, level.workflow)}>
                {wordsOf(timings, level.workflow)}
                <span className="block text-ink-3 text-xs">
                  <LastAndNext timing={newest(timings, level.workflow)} />
                </span>
              </td>
              <td className="pl-6">
                <Sparkline
                  values={level.hours.map((kept) => (kept === null ? null : 1 - kept))}
                  max={Math.max(0.02, ...level.hours.map((kept) => (kept === null ? 0 : 1 - kept)))}
                  tone="text-broken"
                  label={`Share that ran over, by hour: worst ${formatPercent(Math.max(0, ...level.hours.map((h) => (h === null ? 0 : 1 - h))))}`}
                />
              </td>
              <td className="pr-4">
                <Budget used={level.budgetUsed} flow={level.flow} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** When a workflow runs, in a few words: one schedule where all its kinds have it; those that are switched off count only where all are. */
function wordsOf(timings: readonly Timing[], workflow: Workflow): string {
  const own = timings.filter((one) => one.workflow === workflow);
  const on = own.filter((one) => one.on);
  const words = [...new Set(own.map((one) => one.words))].join("; ");
  if (own.length === 0) return "no Odoo is connected";
  return on.length > 0 ? [...new Set(on.map((one) => one.words))].join("; ") : `${words}, off`;
}

/** The last run of all that belongs to a workflow, and the first of its next ones. */
function newest(timings: readonly Timing[], workflow: Workflow): Pick<Timing, "lastAt" | "nextAt" | "withinHour"> {
  const own = timings.filter((one) => one.workflow === workflow);
  const last = own.filter(({ lastAt }) => lastAt !== null).toSorted((a, b) => Number(b.lastAt) - Number(a.lastAt))[0];
  const next = own
    .filter(({ on, nextAt }) => on && nextAt !== null)
    .toSorted((a, b) => Number(a.nextAt) - Number(b.nextAt))[0];
  return { lastAt: last?.lastAt ?? null, withinHour: last?.withinHour ?? false, nextAt: next?.nextAt ?? null };
}
