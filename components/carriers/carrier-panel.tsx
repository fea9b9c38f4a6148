"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/providers";
import { ErrorState } from "@/components/ui/error-state";
import { useHotkeys } from "@/components/ui/hotkeys";
import { formatCount } from "@/components/ui/number";
import { Section, SidePanel } from "@/components/ui/side-panel";
import { Skeleton } from "@/components/ui/skeleton";
import type { CarrierQuestion } from "@/core/carriers/filter";
import type { Kpi } from "@/core/carriers/kpis";
import { FigureList } from "./figure-list";
import { PartTable } from "./part-table";
import { Trend } from "./trend";
import type { Score } from "./types";
import type { SetUrl } from "./url";
import { RANGE_WORD } from "./words";

/** One carrier: a figure over the weeks, all figures with what they are made of, and apart by service, lane and warehouse. */
export function CarrierPanel({
  score,
  question,
  kpi,
  table,
  set,
  onWalk,
}: {
  score: Score;
  question: CarrierQuestion;
  kpi: Kpi;
  table: boolean;
  set: SetUrl;
  onWalk: ((step: 1 | -1) => void) | undefined;
}) {
  const trpc = useTRPC();
  const { by: _by, carrier: _carrier, ...rest } = question;
  const weeks = useQuery({
    ...trpc.carriers.carrier.queryOptions({ ...rest, carrier: score.value ?? "" }),
    placeholderData: (was) => was,
  });
  useHotkeys({ t: () => void set({ table: !table }, { history: "replace" }) });
  const at = score.figures.findIndex((figure) => figure.kpi === kpi);
  const figure = score.figures[at];
  const chosen = (next: Kpi) => void set({ kpi: next }, { history: "replace" });
  const narrow = (part: { service?: string[]; lane?: string[]; warehouse?: string[] }) => void set(part);
  return (
    <SidePanel
      label="Carrier"
      header={
        <>
          <h2 className="truncate font-semibold text-base">{score.word}</h2>
          <p className="text-ink-3 text-xs">
            {formatCount(score.shipments)} shipments handed over in {RANGE_WORD[question.range]}
          </p>
        </>
      }
      onClose={() => void set({ id: null }, { history: "replace" })}
      onWalk={onWalk}
    >
      {weeks.data && figure ? (
        <>
          <section className="border-line border-b px-4 py-3" aria-busy={weeks.isPlaceholderData}>
            <Trend
              weeks={weeks.data.weeks}
              figure={figure}
              before={score.before[at]}
              table={table}
              onKpi={chosen}
              onTable={() => void set({ table: !table }, { history: "replace" })}
            />
          </section>
          <Section title="Figures" aside={`against the ${RANGE_WORD[question.range]} before`}>
            <FigureList score={score} chosen={kpi} onKpi={chosen} />
          </Section>
          <Section title="By service">
            <PartTable label="Service" parts={weeks.data.services} onChoose={(value) => narrow({ service: [value] })} />
          </Section>
          <Section title="By lane" aside="destination; the origin is the warehouse">
            <PartTable label="Lane" parts={weeks.data.lanes} onChoose={(value) => narrow({ lane: [value] })} />
          </Section>
          <Section title="By warehouse">
            <PartTable
              label="Warehouse"
              parts={weeks.data.warehouses}
              onChoose={(value) => narrow({ warehouse: [value] })}
            />
          </Section>
        </>
      ) : weeks.error ? (
        <ErrorState title="The carrier could not be read" error={weeks.error} onRetry={() => void weeks.refetch()} />
      ) : (
        <div className="flex flex-col gap-3 p-4">
          <Skeleton className="h-52 w-full" />
          <Skeleton className="h-80 w-full" />
        </div>
      )}
    </SidePanel>
  );
}
