import Link from "next/link";
import { cn } from "@/components/ui/class-names";
import { FLOW_SHAPE, FLOW_TONE, FLOW_WORD } from "@/components/ui/flow";
import { Mark } from "@/components/ui/mark";
import { formatCount, formatDuration, formatPercent } from "@/components/ui/number";
import { WINDOWED } from "@/core/service-levels/objectives";
import { Part } from "./part";
import type { Overview } from "./types";
import { WORKFLOW_WORD } from "./words";

type Level = NonNullable<Overview["levels"]>[number];

/** Each workflow of the last 24 hours against its objective. */
export function Levels({ levels }: { levels: readonly Level[] }) {
  return (
    <Part title="Service levels" href="/service-levels" aside="last 24 hours">
      <table className="mb-2 w-full">
        <thead>
          <tr className="text-left text-ink-3 text-xs">
            <th className="py-1 pl-4 font-normal">Workflow</th>
            <th className="py-1 text-right font-normal">Kept</th>
            <th className="py-1 text-right font-normal max-sm:hidden xl:hidden 2xl:table-cell">Objective</th>
            <th className="w-32 py-1 pr-4 text-right font-normal">Misses allowed</th>
          </tr>
        </thead>
        <tbody>
          {levels.map((level) => (
            <tr key={level.workflow} className="border-line border-t hover:bg-sunken">
              <td className="py-1.5 pl-4">
                <Link
                  href={`/service-levels?workflow=${level.workflow}`}
                  className={cn("inline-flex items-center gap-1.5", FLOW_TONE[level.flow])}
                >
                  <Mark shape={FLOW_SHAPE[level.flow]} />
                  <span className="text-ink underline-offset-2 hover:underline">{WORKFLOW_WORD[level.workflow]}</span>
                  <span className="sr-only">{FLOW_WORD[level.flow]}</span>
                </Link>
              </td>
              <td
                className="whitespace-nowrap py-1.5 text-right font-medium"
                title={`${formatCount(level.count)} clocks, objective ${level.objective.percent} % ${WINDOWED.has(level.workflow) ? "in their window" : `within ${formatDuration(level.objective.withinSeconds * 1000)}`}`}
              >
                {formatPercent(level.attained, 2)}
              </td>
              <td className="py-1.5 whitespace-nowrap text-right text-ink-2 max-sm:hidden xl:hidden 2xl:table-cell">
                {level.objective.percent} %{" "}
                {WINDOWED.has(level.workflow)
                  ? "in window"
                  : `< ${formatDuration(level.objective.withinSeconds * 1000)}`}
              </td>
              <td className="py-1.5 pr-4">
                <Budget used={level.budgetUsed} flow={level.flow} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  );
}

/** How much of the allowed misses is used, as a bar that is full at all of it. */
export function Budget({ used, flow }: { used: number | null; flow: Level["flow"] }) {
  if (used === null) return <span className="block text-right text-ink-3 text-xs">nothing measured</span>;
  const share = Number.isFinite(used) ? Math.round(used * 100) : null;
  const words = share === null ? "none allowed" : share > 999 ? "over 10 times" : `${share} % used`;
  return (
    <span className="flex items-center justify-end gap-2">
      <span className="h-1.5 w-10 overflow-hidden rounded-full bg-line" aria-hidden>
        <span
          className={cn("block h-full", flow === "broken" ? "bg-broken" : flow === "late" ? "bg-late" : "bg-ok")}
          style={{ width: `${Math.min(100, share ?? 100)}%` }}
        />
      </span>
      <span className={cn("whitespace-nowrap text-xs", flow === "broken" ? "text-broken" : "text-ink-2")}>{words}</span>
    </span>
  );
}
