"use client";
import { cn } from "@/components/ui/class-names";
import { formatCount } from "@/components/ui/number";
import { Tooltip } from "@/components/ui/tooltip";
import { type Figure, isBetter } from "@/core/carriers/figures";
import { KPI_SPECS, MINIMUM } from "@/core/carriers/kpis";
import { changeInWords, intervalInWords, madeOf, valueInWords } from "./words";

/** How a figure changed, with its direction as shape and sign and what it means as colour and word. */
export function Change({ figure, before }: { figure: Figure; before: Figure | undefined }) {
  const text = changeInWords(figure, before);
  if (text === null || before === undefined || figure.few || before.few) return null;
  const better = isBetter(figure, before, KPI_SPECS[figure.kpi].better);
  return (
    <span className={cn("whitespace-nowrap text-xs", better ? "text-ok" : "text-broken")}>
      {text}
      <span className="sr-only">{better ? ", better than before" : ", worse than before"}</span>
    </span>
  );
}

/** The parts of a share to the last one. */
function exactly({ numerator, denominator, interval }: Figure): string | null {
  return interval === null || numerator === null ? null : `${formatCount(numerator)} of ${formatCount(denominator)}.`;
}

/** One figure with its parts and its change; too few are greyed and say so. */
export function FigureCell({ figure, before }: { figure: Figure; before: Figure | undefined }) {
  const { kpi, value, few, why, note, currency, denominator } = figure;
  return (
    <Tooltip
      content={
        <span className="block max-w-72 whitespace-normal">
          {why ?? `${KPI_SPECS[kpi].label}: ${KPI_SPECS[kpi].numerator}.`} {exactly(figure)} {intervalInWords(figure)}{" "}
          {note} {few ? `Fewer than ${MINIMUM}: nothing should be concluded from it.` : null}
          {before?.value == null
            ? null
            : ` Before: ${valueInWords(kpi, before.value, before.currency)}, n ${before.denominator}.`}
        </span>
      }
    >
      <span className={cn("flex items-baseline justify-end gap-1.5", (few || value === null) && "text-ink-3")}>
        <Change figure={figure} before={before} />
        <span className={cn("whitespace-nowrap", !few && value !== null && "font-medium")}>
          {valueInWords(kpi, value, currency)}
        </span>
        <span
          className={cn(
            "shrink-0 whitespace-nowrap text-ink-3 text-xs",
            KPI_SPECS[kpi].unit === "duration" ? "min-w-40" : "min-w-28",
          )}
        >
          {value === null ? (denominator > 0 ? `n ${denominator}` : "") : madeOf(figure)}
          {few ? " few" : ""}
        </span>
      </span>
    </Tooltip>
  );
}
