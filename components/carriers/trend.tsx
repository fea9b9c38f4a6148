"use client";
import { FigureChart } from "@/components/charts/figure-chart";
import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { formatDuration } from "@/components/ui/number";
import { Select } from "@/components/ui/select";
import type { Figure } from "@/core/carriers/figures";
import { KPI_SPECS, KPIS, type Kpi } from "@/core/carriers/kpis";
import type { CarrierWeeks } from "./types";
import { changeInWords, madeOf, valueInWords } from "./words";

const HIGH: Partial<Record<Kpi, string>> = { transit_time: "p90", data_latency: "p95" };

/** One figure week by week, as a line or as the numbers behind it; the title says the answer. */
export function Trend({
  weeks,
  figure,
  before,
  table,
  onKpi,
  onTable,
}: {
  weeks: CarrierWeeks;
  figure: Figure;
  before: Figure | undefined;
  table: boolean;
  onKpi: (kpi: Kpi) => void;
  onTable: () => void;
}) {
  const { kpi } = figure;
  const { label, unit } = KPI_SPECS[kpi];
  const steps = weeks.map((week) => ({ days: week.days, figure: week.figures.find((one) => one.kpi === kpi) }));
  const change = changeInWords(figure, before);
  const of = (one: Figure | undefined) => valueInWords(kpi, one?.value ?? null, one?.currency ?? null);
  return (
    <>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <h3 className="min-w-0 flex-1 basis-56 font-semibold text-sm">
          {label}: {of(figure)}
          {change ? `, ${change} since before` : ""}
        </h3>
        <Select
          aria-label="Figure"
          value={kpi}
          onChange={onKpi}
          choices={KPIS.map((value) => ({ value, label: KPI_SPECS[value].label }))}
          className="w-40"
        />
        <Button aria-pressed={table} onClick={onTable}>
          {table ? "Chart" : "Table"} <Kbd>t</Kbd>
        </Button>
      </div>
      {table ? (
        <table className="w-full" aria-label={`${label} by week`}>
          <thead>
            <tr className="text-left text-ink-3 text-xs">
              <th className="py-1 font-normal">Days (UTC)</th>
              <th className="py-1 text-right font-normal">{label}</th>
              <th className="py-1 text-right font-normal">Of</th>
            </tr>
          </thead>
          <tbody>
            {steps.toReversed().map((step) => (
              <tr key={step.days.to} className="border-line border-t">
                <td className="whitespace-nowrap py-1">
                  {step.days.from} – {step.days.to.slice(5)}
                </td>
                <td className={`py-1 text-right ${step.figure?.few ? "text-ink-3" : ""}`}>{of(step.figure)}</td>
                <td className="py-1 text-right text-ink-3 text-xs">
                  {step.figure ? madeOf(step.figure) : ""}
                  {step.figure?.few ? " few" : ""}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : steps.every((step) => (step.figure?.value ?? null) === null) ? (
        <p className="py-8 text-center text-ink-2">{figure.why ?? "No week of these has a figure."}</p>
      ) : (
        <FigureChart
          points={steps.map((step) => ({
            at: new Date(step.days.to),
            value: step.figure?.value ?? null,
            high: step.figure?.high ?? null,
            few: step.figure?.few ?? false,
            words: [
              `${step.days.from} – ${step.days.to}`,
              of(step.figure),
              step.figure ? madeOf(step.figure) : "",
            ].filter(Boolean),
          }))}
          word="p50"
          highWord={HIGH[kpi] ?? null}
          share={unit === "share"}
          tick={(value) =>
            unit === "share"
              ? `${Math.round(value * 100)} %`
              : unit === "duration"
                ? formatDuration(value)
                : valueInWords(kpi, value, figure.currency)
          }
        />
      )}
    </>
  );
}
