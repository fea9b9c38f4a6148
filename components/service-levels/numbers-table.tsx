"use client";
import { formatCount, formatDuration, formatPercent } from "@/components/ui/number";
import { absolute } from "@/components/ui/time";
import type { Chart } from "./types";

/** The numbers of the charts as rows, the newest first. */
export function NumbersTable({ chart, zone }: { chart: Chart; zone: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keys
    <div tabIndex={0} className="max-h-96 overflow-auto">
      <table className="w-full min-w-[640px]" aria-label="Percentiles by step">
        <thead className="sticky top-0 bg-surface">
          <tr className="text-right text-ink-3 text-xs">
            <th className="py-1 text-left font-normal">
              {chart.step === "hour" ? `Hour from (${zone})` : "Day (UTC)"}
            </th>
            <th className="py-1 font-normal">Clocks</th>
            <th className="py-1 font-normal">p50</th>
            <th className="py-1 font-normal">p95</th>
            <th className="py-1 font-normal">p99</th>
            <th className="py-1 font-normal">Kept</th>
            <th className="py-1 font-normal">Interpret, mean</th>
            <th className="py-1 font-normal">Wait, mean</th>
            <th className="py-1 font-normal">Odoo, mean</th>
          </tr>
        </thead>
        <tbody>
          {chart.points.toReversed().map((point) => (
            <tr key={point.at.getTime()} className="border-line border-t text-right">
              <td className="py-1 text-left">
                {chart.step === "hour" ? absolute(point.at, zone, false) : point.at.toISOString().slice(0, 10)}
              </td>
              <td className="py-1">{formatCount(point.count)}</td>
              <td className="py-1">{formatDuration(point.p50)}</td>
              <td className="py-1">{formatDuration(point.p95)}</td>
              <td className="py-1">{formatDuration(point.p99)}</td>
              <td className="py-1">{formatPercent(point.attained, 2)}</td>
              <td className="py-1">{formatDuration(point.legs.interpret ?? null)}</td>
              <td className="py-1">{formatDuration(point.legs.wait ?? null)}</td>
              <td className="py-1">{formatDuration(point.legs.odoo ?? null)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
