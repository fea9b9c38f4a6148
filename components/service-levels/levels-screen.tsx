"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { LatencyChart } from "@/components/charts/latency-chart";
import { LEG_LOOK, LegsChart } from "@/components/charts/legs-chart";
import { useTRPC } from "@/components/providers";
import { useLive } from "@/components/shell/live";
import { PageHeader } from "@/components/shell/page-header";
import { useMay } from "@/components/shell/viewer";
import { WORKFLOW_WORD } from "@/components/tower/words";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { useHotkeys } from "@/components/ui/hotkeys";
import { Kbd } from "@/components/ui/kbd";
import { formatCount, formatDuration, formatPercent } from "@/components/ui/number";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { Segments } from "@/components/ui/tabs";
import { useZone } from "@/components/ui/time";
import { WINDOWED } from "@/core/service-levels/objectives";
import { RANGE_STEPS, type Range } from "@/core/service-levels/ranges";
import { Breaches } from "./breaches";
import { LevelList } from "./level-list";
import { NumbersTable } from "./numbers-table";
import { ObjectiveDialog } from "./objective-dialog";
import { TrackingCard } from "./tracking-card";
import type { Chart } from "./types";
import { useLevelsUrl } from "./url";
import { WindowShares } from "./window-shares";
import { WorkflowTimings } from "./workflow-timings";

const RANGE_WORD: Readonly<Record<Range, string>> = { "24h": "24 hours", "7d": "7 days", "30d": "30 days" };

/** How long each workflow takes, against what was promised. */
export function LevelsScreen() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const zone = useZone();
  const { workflow, range, feed, hour, table, set } = useLevelsUrl();
  const mayChange = useMay("service_levels:manage");
  const windowed = WINDOWED.has(workflow);
  const [changing, setChanging] = useState(false);
  const levels = useQuery({ ...trpc.serviceLevels.levels.queryOptions(), refetchInterval: 60_000 });
  const chart = useQuery({
    ...trpc.serviceLevels.chart.queryOptions({ workflow, range, feedId: feed }),
    refetchInterval: 60_000,
    placeholderData: (was) => was,
  });
  useLive(["shipments", "postings"], () => void queries.invalidateQueries(trpc.serviceLevels.pathFilter()), 15_000);
  useHotkeys({ t: () => void set({ table: !table }) });

  return (
    <>
      <PageHeader
        title="Service levels"
        actions={
          <>
            <Select
              aria-label="Feed"
              value={feed === null ? "all" : String(feed)}
              onChange={(value) => void set({ feed: value === "all" ? null : Number(value) })}
              choices={[
                { value: "all", label: "All feeds" },
                ...(levels.data?.feeds ?? []).map((f) => ({ value: String(f.id), label: f.name })),
              ]}
              className="w-44"
            />
            <Segments
              label="Window"
              value={range}
              onChange={(next) => void set({ range: next, hour: null })}
              choices={[
                { value: "24h", label: "24 hours" },
                { value: "7d", label: "7 days" },
                { value: "30d", label: "30 days" },
              ]}
            />
          </>
        }
      />
      <div className="flex flex-col gap-3 px-4 pb-6">
        {levels.data ? (
          <TrackingCard
            level={levels.data.levels.find((one) => one.workflow === "tracking_publication")}
            onBreaches={() => void set({ workflow: "tracking_publication", range: "24h", feed: null, hour: null })}
          />
        ) : null}
        {levels.data ? (
          <LevelList
            levels={levels.data.levels}
            timings={levels.data.timings}
            chosen={workflow}
            onChoose={(next) => void set({ workflow: next, hour: null })}
          />
        ) : levels.error ? (
          <ErrorState title="The levels could not be read" error={levels.error} onRetry={() => void levels.refetch()} />
        ) : (
          <Skeleton className="h-56 w-full" />
        )}

        <section className="rounded-lg border border-line bg-surface p-4" aria-busy={chart.isPlaceholderData}>
          {chart.data ? (
            <>
              <div className="mb-2 flex flex-wrap items-start gap-x-4 gap-y-2">
                <div className="min-w-0 flex-1">
                  <h2 className="font-semibold text-base">{answer(workflow, chart.data)}</h2>
                  <p className="text-ink-3 text-xs">
                    {windowed ? "Share done before its window ended" : "Time from start to end of the clock"},{" "}
                    {RANGE_WORD[range]}, by {chart.data.step}
                    {chart.data.step === "hour" ? `, times in ${zone}` : ", days in UTC"}. Red:{" "}
                    {windowed ? "late" : "the objective was missed"}. Click a step for its rows.
                    {windowed ? (
                      <>
                        {" "}
                        <Link href="/freight/settlement" className="text-accent underline-offset-2 hover:underline">
                          Windows
                        </Link>
                      </>
                    ) : null}
                  </p>
                </div>
                {mayChange ? <Button onClick={() => setChanging(true)}>Change objective</Button> : null}
                {windowed ? null : (
                  <Button aria-pressed={table} onClick={() => void set({ table: !table })}>
                    {table ? "Chart" : "Table"} <Kbd>t</Kbd>
                  </Button>
                )}
              </div>
              {windowed && chart.data.whole.count > 0 ? (
                <WindowShares
                  points={chart.data.points}
                  step={chart.data.step}
                  zone={zone}
                  onStep={(at) => void set({ hour: Math.floor(at.getTime() / 1000) })}
                />
              ) : table ? (
                <NumbersTable chart={chart.data} zone={zone} />
              ) : chart.data.whole.count === 0 ? (
                <p className="py-10 text-center text-ink-2">
                  Nothing was measured in this window. Clocks appear as soon as messages of this workflow come in.
                </p>
              ) : (
                <LatencyChart
                  points={chart.data.points}
                  objectiveMs={chart.data.objective.withinSeconds * 1000}
                  objectivePercent={chart.data.objective.percent}
                  step={chart.data.step}
                  stepMs={RANGE_STEPS[range].stepMs}
                  zone={zone}
                  onStep={(at) => void set({ hour: Math.floor(at.getTime() / 1000) })}
                />
              )}
            </>
          ) : chart.error ? (
            <ErrorState title="The chart could not be read" error={chart.error} onRetry={() => void chart.refetch()} />
          ) : (
            <Skeleton className="h-72 w-full" />
          )}
        </section>

        {levels.data ? (
          <WorkflowTimings timings={levels.data.timings.filter((one) => one.workflow === workflow)} />
        ) : null}

        {chart.data && chart.data.whole.count > 0 && !windowed ? (
          <section className="grid gap-4 rounded-lg border border-line bg-surface p-4 lg:grid-cols-[1fr_420px]">
            <div className="min-w-0">
              <h2 className="font-semibold text-base">{slowestLeg(chart.data)}</h2>
              <p className="mb-2 text-ink-3 text-xs">
                Mean time of each of our own legs, stacked, by {chart.data.step}
              </p>
              <LegsChart points={chart.data.points} step={chart.data.step} zone={zone} />
            </div>
            <div>
              <Legs chart={chart.data} />
              {chart.data.held.count > 0 ? (
                <p className="mt-2 text-ink-3 text-xs">
                  {formatCount(chart.data.held.count)} more waited on purpose, {formatDuration(chart.data.held.mean)} on
                  average: for a window or batch, through a pause, or for a person. They run no clock.
                </p>
              ) : null}
            </div>
          </section>
        ) : null}

        <Breaches
          workflow={workflow}
          range={range}
          feedId={feed}
          hour={hour === null ? null : new Date(hour * 1000)}
          zone={zone}
          onAllSteps={() => void set({ hour: null })}
        />
      </div>
      {changing && chart.data ? (
        <ObjectiveDialog workflow={workflow} objective={chart.data.objective} onClose={() => setChanging(false)} />
      ) : null}
    </>
  );
}

/** The title says the answer. */
function answer(workflow: Parameters<typeof LevelList>[0]["chosen"], chart: Chart): string {
  const name = WORKFLOW_WORD[workflow];
  const { attained, missed, count } = chart.whole;
  if (attained === null) return `${name}: nothing measured`;
  if (WINDOWED.has(workflow)) {
    const kept = attained * 100 >= chart.objective.percent ? "objective kept" : "objective missed";
    return `${name}: ${formatPercent(attained, 2)} made their window, ${kept} (${formatCount(missed)} of ${formatCount(count)} late)`;
  }
  const within = formatDuration(chart.objective.withinSeconds * 1000);
  const verdict = attained * 100 >= chart.objective.percent ? "objective kept" : "objective missed";
  return `${name}: ${formatPercent(attained, 2)} within ${within}, ${verdict} (${formatCount(missed)} of ${formatCount(count)} ran over)`;
}

function slowestLeg(chart: Chart): string {
  const own = chart.legs.filter((row) => row.leg !== "total" && row.leg !== "source" && row.mean !== null);
  const sum = own.reduce((total, row) => total + (row.mean ?? 0), 0);
  const worst = own.toSorted((a, b) => (b.mean ?? 0) - (a.mean ?? 0))[0];
  if (!worst || worst.leg === "total" || sum === 0) return "Where the time goes";
  return `${LEG_LOOK[worst.leg].word} takes ${Math.round(((worst.mean ?? 0) / sum) * 100)} % of our own time`;
}

function Legs({ chart }: { chart: Chart }) {
  return (
    <table className="h-fit w-full" aria-label="Legs over the whole window">
      <thead>
        <tr className="text-right text-ink-3 text-xs">
          <th className="py-1 text-left font-normal">Leg</th>
          <th className="py-1 font-normal">Mean</th>
          <th className="py-1 font-normal">p50</th>
          <th className="py-1 font-normal">p95</th>
          <th className="py-1 font-normal">p99</th>
        </tr>
      </thead>
      <tbody>
        {chart.legs.map((row) => (
          <tr key={row.leg} className="border-line border-t text-right">
            <td className="py-1.5 text-left">
              {row.leg === "total" ? (
                <span className="whitespace-nowrap font-medium">Whole clock</span>
              ) : (
                <span className="flex items-center gap-2 whitespace-nowrap">
                  <span className="size-2.5 rounded-sm" style={{ background: LEG_LOOK[row.leg].color }} aria-hidden />
                  {LEG_LOOK[row.leg].word}
                </span>
              )}
            </td>
            <td className="whitespace-nowrap py-1.5 pl-2">{formatDuration(row.mean)}</td>
            <td className="whitespace-nowrap py-1.5 pl-2">{formatDuration(row.p50)}</td>
            <td className="whitespace-nowrap py-1.5 pl-2">{formatDuration(row.p95)}</td>
            <td className="whitespace-nowrap py-1.5 pl-2">{formatDuration(row.p99)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
