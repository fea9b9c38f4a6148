import { formatCount } from "@/components/ui/number";
import type { Kpi } from "@/core/carriers/kpis";
import type { Part } from "./types";
import { nameOf, valueInWords } from "./words";

const SHOWN: readonly [Kpi, string][] = [
  ["on_time_delivery", "On time"],
  ["transit_time", "Transit p50"],
  ["exception_rate", "Exceptions"],
];
const MOST = 12;

/** One carrier apart by service, lane or warehouse, the most shipments first; a click looks at that part alone. */
export function PartTable({
  label,
  parts,
  onChoose,
}: {
  label: string;
  parts: readonly Part[];
  onChoose: (value: string) => void;
}) {
  return (
    <table className="w-full" aria-label={label}>
      <thead>
        <tr className="text-right text-ink-3 text-xs">
          <th className="py-1 text-left font-normal">{label}</th>
          <th className="py-1 font-normal">Shipments</th>
          {SHOWN.map(([kpi, word]) => (
            <th key={kpi} className="py-1 font-normal">
              {word}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {parts.slice(0, MOST).map((part) => (
          <tr key={part.value} className="border-line border-t text-right">
            <td className="py-1 text-left">
              <button
                type="button"
                onClick={() => onChoose(part.value ?? "")}
                className="max-w-40 truncate text-left underline-offset-2 hover:underline"
              >
                {nameOf(part.word)}
              </button>
            </td>
            <td className="py-1">{formatCount(part.shipments)}</td>
            {SHOWN.map(([kpi]) => {
              const figure = part.figures.find((one) => one.kpi === kpi);
              return (
                <td key={kpi} className={`whitespace-nowrap py-1 ${figure?.few ? "text-ink-3" : ""}`}>
                  {valueInWords(kpi, figure?.value ?? null, figure?.currency ?? null)}
                  {figure?.few ? <span className="text-xs"> few</span> : null}
                </td>
              );
            })}
          </tr>
        ))}
        {parts.length > MOST ? (
          <tr className="border-line border-t text-ink-3 text-xs">
            <td colSpan={2 + SHOWN.length} className="py-1">
              {formatCount(parts.length - MOST)} more: choose this carrier and look at the list of them.
            </td>
          </tr>
        ) : null}
      </tbody>
    </table>
  );
}
