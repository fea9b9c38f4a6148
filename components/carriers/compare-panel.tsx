"use client";
import { Mark } from "@/components/ui/mark";
import { formatCount } from "@/components/ui/number";
import { SidePanel } from "@/components/ui/side-panel";
import { bestOf } from "@/core/carriers/best";
import { KPI_SPECS, KPIS, MINIMUM } from "@/core/carriers/kpis";
import type { Dimension } from "@/core/carriers/measures";
import type { Score } from "./types";
import { DIMENSION_WORD, intervalInWords, madeOf, nameOf, valueInWords } from "./words";

/** Two to four rows side by side, figure by figure; the best is marked where it is more than chance. */
export function ComparePanel({
  scores,
  by,
  onClose,
}: {
  scores: readonly Score[];
  by: Dimension;
  onClose: () => void;
}) {
  return (
    <SidePanel
      label="Comparison"
      header={
        <>
          <h2 className="truncate font-semibold text-base">
            {scores.length} {DIMENSION_WORD[by][1].toLowerCase()} side by side
          </h2>
          <p className="text-ink-3 text-xs">
            The best is marked where it is no chance: from {MINIMUM} on, intervals apart, or a time or cost 5 % below
            the next.
          </p>
        </>
      }
      onClose={onClose}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section tabIndex={0} aria-label="Side by side" className="overflow-x-auto px-4 py-3">
        <table className="w-full" aria-label="Side by side">
          <thead>
            <tr className="text-right text-ink-3 text-xs">
              <th className="py-1 text-left font-normal">Figure</th>
              {scores.map(({ value, word }) => (
                <th key={value} scope="col" className="py-1 pl-3 font-medium text-ink text-sm">
                  {nameOf(word)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr className="border-line border-t text-right">
              <th scope="row" className="py-1.5 text-left font-normal">
                Shipments
              </th>
              {scores.map(({ value, shipments }) => (
                <td key={value} className="py-1.5 pl-3">
                  {formatCount(shipments)}
                </td>
              ))}
            </tr>
            {KPIS.map((kpi) => {
              const best = bestOf(
                scores.map(({ figures }) => figures.find((one) => one.kpi === kpi)),
                kpi,
              );
              return (
                <tr key={kpi} className="border-line border-t text-right align-top">
                  <th scope="row" className="whitespace-nowrap py-1.5 text-left font-normal">
                    {KPI_SPECS[kpi].label}
                  </th>
                  {scores.map(({ value, figures }, place) => {
                    const figure = figures.find((one) => one.kpi === kpi);
                    return (
                      <td
                        key={value}
                        title={figure ? (figure.why ?? intervalInWords(figure) ?? undefined) : undefined}
                        className={`whitespace-nowrap py-1.5 pl-3 ${figure?.few || figure?.value == null ? "text-ink-3" : ""}`}
                      >
                        <span className="inline-flex items-center gap-1">
                          {best === place ? (
                            <>
                              <Mark shape="check" className="text-ok" />
                              <span className="sr-only">best: </span>
                            </>
                          ) : null}
                          {valueInWords(kpi, figure?.value ?? null, figure?.currency ?? null)}
                        </span>
                        <span className="ml-auto block max-w-24 whitespace-normal text-ink-3 text-xs">
                          {figure ? madeOf(figure) : ""}
                          {figure?.few ? " few" : ""}
                        </span>
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </SidePanel>
  );
}
