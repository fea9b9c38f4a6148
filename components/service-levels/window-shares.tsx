"use client";
import { formatCount, formatPercent } from "@/components/ui/number";
import { absolute } from "@/components/ui/time";
import type { Chart } from "./types";

/** Of what ended in each step: how much made its window, as a bar; a click shows what was late. */
export function WindowShares({
  points,
  step,
  zone,
  onStep,
}: {
  points: Chart["points"];
  step: Chart["step"];
  zone: string;
  onStep: (at: Date) => void;
}) {
  const measured = points.filter(({ count }) => count > 0).toReversed();
  return (
    <div className="max-h-96 overflow-auto">
      <table className="w-full min-w-[420px]" aria-label="Made their window, by step">
        <thead className="sticky top-0 bg-surface">
          <tr className="text-left text-ink-3 text-xs">
            <th className="py-1 font-normal">{step === "hour" ? `Hour from (${zone})` : "Day (UTC)"}</th>
            <th className="py-1 text-right font-normal">Ended</th>
            <th className="py-1 text-right font-normal">Late</th>
            <th className="py-1 text-right font-normal">In time</th>
            <th className="w-1/2 py-1 pl-4 font-normal">Share in time</th>
          </tr>
        </thead>
        <tbody>
          {measured.map((point) => (
            <tr key={point.at.getTime()} className="border-line border-t">
              <td className="whitespace-nowrap">
                <button
                  type="button"
                  className="h-8 underline-offset-2 hover:underline"
                  onClick={() => onStep(point.at)}
                >
                  {step === "hour" ? absolute(point.at, zone, false) : point.at.toISOString().slice(0, 10)}
                </button>
              </td>
              <td className="text-right">{formatCount(point.count)}</td>
              <td className={`text-right ${point.missed > 0 ? "text-broken" : "text-ink-3"}`}>
                {formatCount(point.missed)}
              </td>
              <td className="text-right">{formatPercent(point.attained, 1)}</td>
              <td className="pl-4">
                <span aria-hidden className="flex h-2 overflow-hidden rounded-sm bg-broken">
                  <span className="bg-ok" style={{ width: `${(point.attained ?? 0) * 100}%` }} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
