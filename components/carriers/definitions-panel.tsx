"use client";
import { Fact, Facts, Section, SidePanel } from "@/components/ui/side-panel";
import { KPI_SPECS, KPIS, MINIMUM } from "@/core/carriers/kpis";

/** How each figure is made: what is counted, of what, on which day, and what is left out. */
export function DefinitionsPanel({ onClose }: { onClose: () => void }) {
  return (
    <SidePanel
      label="Definitions"
      header={
        <>
          <h2 className="font-semibold text-base">How the figures are counted</h2>
          <p className="text-ink-3 text-xs">
            Days are those of UTC. Below {MINIMUM} a figure is greyed. Late facts correct the days they belong to.
          </p>
        </>
      }
      onClose={onClose}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <div tabIndex={0}>
        {KPIS.map((kpi) => {
          const { label, numerator, denominator, day, excludes, better, unit } = KPI_SPECS[kpi];
          return (
            <Section key={kpi} title={label} aside={better === "up" ? "more is better" : "less is better"}>
              <Facts>
                <Fact name={unit === "duration" ? "Measured" : "Counted"}>{numerator}</Fact>
                <Fact name="Of">{denominator}</Fact>
                <Fact name="Day">{day}</Fact>
                <Fact name="Left out">{excludes}</Fact>
              </Facts>
            </Section>
          );
        })}
      </div>
    </SidePanel>
  );
}
