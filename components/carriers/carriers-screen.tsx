"use client";
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import Link from "next/link";
import { useMemo, useState } from "react";
import { useTRPC } from "@/components/providers";
import { ListFrame, ViewTab } from "@/components/shell/list-frame";
import { usePulse } from "@/components/shell/pulse";
import { useMay } from "@/components/shell/viewer";
import { DataTable, NOTHING, type Selection } from "@/components/tables/data-table";
import { FacetFilter } from "@/components/tables/facet-filter";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { Segments } from "@/components/ui/tabs";
import { Time } from "@/components/ui/time";
import { RANGES } from "@/core/carriers/filter";
import { BASES } from "@/core/carriers/kpis";
import { DIMENSIONS, type Dimension } from "@/core/carriers/measures";
import { CarrierPanel } from "./carrier-panel";
import { scoreColumns, sorted } from "./columns";
import { ComparePanel } from "./compare-panel";
import { DefinitionsPanel } from "./definitions-panel";
import { NoScores } from "./no-scores";
import type { Score, Scores } from "./types";
import { type SetUrl, useCarriersUrl } from "./url";
import { BASIS_WORD, DIMENSION_WORD, nameOf, RANGE_WORD } from "./words";

const MOST_COMPARED = 4;
const idOf = (row: Score) => row.value ?? "";

/** Scorecards of carriers, services, lanes and warehouses, with what each figure is made of. */
export function CarriersScreen() {
  const trpc = useTRPC();
  const { question, by, range, basis, id, kpi, table, sort, compare, definitions, set } = useCarriersUrl();
  const [chosen, setChosen] = useState<Selection>(NOTHING);
  const maySchedule = useMay("runs:read");
  const off = usePulse()?.hidden.includes("/carriers") ?? false;
  const scores = useQuery({
    ...trpc.carriers.scores.queryOptions(question),
    placeholderData: (was) => was,
    refetchInterval: 60_000,
  });
  const data = scores.data;
  const order = { by: (sort ?? "-shipments").replace(/^-/, ""), descending: (sort ?? "-shipments").startsWith("-") };
  const rows = useMemo(
    () => sorted(data?.groups ?? [], order.by, order.descending),
    [data?.groups, order.by, order.descending],
  );
  const columns = useMemo(() => scoreColumns(by, data?.groups ?? []), [by, data?.groups]);
  const open = (row: Score) =>
    by === "carrier"
      ? void set({ id: idOf(row), compare: [], definitions: false }, { history: "replace" })
      : void set({ [by]: [idOf(row)], by: "carrier" });
  const opened = by === "carrier" ? rows.find((row) => idOf(row) === id) : undefined;
  const compared = compare.flatMap((value) => rows.find((row) => idOf(row) === value) ?? []);
  const walk = (step: 1 | -1) => {
    const next = rows[rows.findIndex((row) => idOf(row) === id) + step];
    if (next) open(next);
  };
  const filtered = DIMENSIONS.some((name) => question[name].length > 0);
  const clear = () => void set({ carrier: [], service: [], lane: [], warehouse: [] });

  return (
    <ListFrame
      title="Carriers"
      note={
        <>
          {noteOf(data)}
          {data?.counting.complete && data.counting.countedTo ? (
            <>
              , counted <Time at={data.counting.countedTo} />
            </>
          ) : null}
        </>
      }
      actions={
        <>
          <Button
            aria-pressed={definitions}
            onClick={() => void set({ definitions: !definitions, id: null, compare: [] })}
          >
            Definitions
          </Button>
          {maySchedule ? (
            <Button asChild>
              <Link href="/runs/schedules">Schedule</Link>
            </Button>
          ) : null}
          <Select
            aria-label="Basis of on-time delivery"
            value={basis}
            onChange={(next) => void set({ basis: next })}
            choices={BASES.map((value) => ({ value, label: BASIS_WORD[value] }))}
            className="w-48"
          />
          <Segments
            label="Days"
            value={range}
            onChange={(next) => void set({ range: next })}
            choices={RANGES.map((value) => ({ value, label: RANGE_WORD[value] }))}
          />
        </>
      }
      viewsLabel="Scorecards of"
      views={DIMENSIONS.map((name) => (
        <ViewTab
          key={name}
          word={DIMENSION_WORD[name][1]}
          here={by === name}
          count={by === name ? data?.groups.length : undefined}
          onClick={() => {
            setChosen(NOTHING);
            void set({ by: name, id: null, compare: [], sort: null });
          }}
        />
      ))}
      panel={
        definitions ? (
          <DefinitionsPanel onClose={() => void set({ definitions: false }, { history: "replace" })} />
        ) : opened ? (
          <CarrierPanel
            score={opened}
            question={question}
            kpi={kpi}
            table={table}
            set={set}
            onWalk={rows.length > 1 ? walk : undefined}
          />
        ) : compared.length > 1 ? (
          <ComparePanel scores={compared} by={by} onClose={() => void set({ compare: [] }, { history: "replace" })} />
        ) : null
      }
    >
      {off ? (
        <p className="border-line border-y bg-sunken px-4 py-2 text-ink-2">
          Phase 3, analytics, is switched off: nothing is counted meanwhile. What is here is as it stood; history is
          caught up when it is{" "}
          <Link href="/settings/phases" className="text-accent underline-offset-2 hover:underline">
            switched on
          </Link>
          .
        </p>
      ) : null}
      <DataTable
        name={`carriers-${by}`}
        label={DIMENSION_WORD[by][1]}
        columns={columns}
        rows={rows}
        rowId={idOf}
        loading={scores.isPending}
        error={scores.error}
        onRetry={() => void scores.refetch()}
        activeId={opened ? id : null}
        onActivate={open}
        selection={chosen}
        onSelection={setChosen}
        bulk={(count) => (
          <Compare
            count={count}
            onCompare={() => {
              const values = rows
                .map(idOf)
                .filter((value) => (chosen.all ? !chosen.except.has(value) : chosen.ids.has(value)));
              void set({ compare: values, id: null, definitions: false });
            }}
          />
        )}
        sort={order}
        onSort={(next) => void set({ sort: `${next.descending ? "-" : ""}${next.by}` }, { history: "replace" })}
        total={data ? data.groups.length + data.more : undefined}
        noun={[DIMENSION_WORD[by][0], DIMENSION_WORD[by][1].toLowerCase()]}
        exportHref={`/carriers/export?${new URLSearchParams({ filter: JSON.stringify(question) })}`}
        toolbar={
          <>
            {data ? <Filters data={data} question={question} set={set} /> : null}
            {data && data.more > 0 ? (
              <span className="text-ink-3 text-xs">
                The {data.groups.length} with the most shipments; a filter shows the others, the file has all.
              </span>
            ) : null}
            {filtered ? (
              <Button variant="quiet" onClick={clear}>
                <X aria-hidden />
                Clear
              </Button>
            ) : null}
          </>
        }
        empty={<NoScores counting={data?.counting} filtered={filtered} off={off} onClear={clear} />}
      />
    </ListFrame>
  );
}

function Compare({ count, onCompare }: { count: number; onCompare: () => void }) {
  const fits = count > 1 && count <= MOST_COMPARED;
  return (
    <>
      <Button variant="primary" disabled={!fits} onClick={onCompare}>
        Compare {count}
      </Button>
      {fits ? null : <span className="text-ink-3 text-xs">Two to {MOST_COMPARED} can stand side by side.</span>}
    </>
  );
}

function Filters({
  data,
  question,
  set,
}: {
  data: Scores;
  question: Readonly<Record<Dimension, string[]>>;
  set: SetUrl;
}) {
  const { carrier, ...others } = data.choices;
  const choices: Record<Dimension, { value: string; words: string }[]> = {
    carrier: carrier.map(({ value, said }) => ({ value, words: said })),
    service: others.service.map((value) => ({ value, words: nameOf(value) })),
    lane: others.lane.map((value) => ({ value, words: nameOf(value) })),
    warehouse: others.warehouse.map((value) => ({ value, words: nameOf(value) })),
  };
  return DIMENSIONS.map((name) => (
    <FacetFilter
      key={name}
      label={DIMENSION_WORD[name][0].replace(/^./, (letter) => letter.toUpperCase())}
      value={question[name]}
      onChange={(value) => void set({ [name]: value })}
      choices={choices[name].map((one) => ({ ...one, label: one.words }))}
    />
  ));
}

function noteOf(data: Scores | undefined): string {
  if (!data) return "What they promised, and what they did";
  const counting = data.counting.complete ? "" : "; history is still being counted";
  return `${data.days.from} to ${data.days.to}, against ${data.before.from} to ${data.before.to}${counting}`;
}
