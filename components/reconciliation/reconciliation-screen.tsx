"use client";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTRPC } from "@/components/providers";
import { ListFrame, ViewTab } from "@/components/shell/list-frame";
import { useLive } from "@/components/shell/live";
import { useMay } from "@/components/shell/viewer";
import { SearchBox } from "@/components/shipments/search-box";
import { type Column, DataTable, NOTHING, type Selection } from "@/components/tables/data-table";
import { FacetFilter } from "@/components/tables/facet-filter";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { formatCount } from "@/components/ui/number";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import {
  ASPECTS,
  type Aspect,
  PAIRS,
  type SYSTEMS,
  VERDICTS,
  type Verdict,
  verdictsIn,
} from "@/core/reconciliation/aspects";
import { CAUSES } from "@/core/reconciliation/cause";
import type { ReconciliationFilter } from "@/core/reconciliation/filter";
import { READINESS_LISTS } from "@/core/reconciliation/readiness";
import { Matrix } from "./matrix";
import { ReadinessView } from "./readiness-view";
import { RowPanel } from "./row-panel";
import type { Day, Row } from "./rows";
import { useReconciliationUrl } from "./url";
import { Said } from "./value";
import { ASPECT_WORD, CAUSE_WORD, LIST_WORD, PAIR_WORD, SYSTEM_WORD, VERDICT_LOOK } from "./words";

const DAYS = 14;
const OPEN: Verdict[] = ["differs", "missing_left", "missing_right"];

/** Days by pairs of systems, the rows behind each number, and the lists of what is not ready. */
export function ReconciliationScreen() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const router = useRouter();
  const mayRun = useMay("reconciliation:run");
  const [aspects, setAspects] = useState<readonly Aspect[]>([]);
  const matrix = useQuery({
    ...trpc.reconciliation.matrix.queryOptions({ days: DAYS, aspect: [...aspects] }),
    placeholderData: (was) => was,
    refetchInterval: 30_000,
  });
  const newest = matrix.data?.days[0]?.day ?? matrix.data?.today;
  const { state, filter, ready, set } = useReconciliationUrl(newest);
  const chosen = state.aspect.join();
  useEffect(() => setAspects(chosen === "" ? [] : (chosen.split(",") as Aspect[])), [chosen]);
  useLive(["runs"], () => void queries.invalidateQueries(trpc.reconciliation.matrix.queryFilter()));
  const run = useMutation(
    trpc.reconciliation.run.mutationOptions({
      onSuccess: (made) => router.push(`/runs/${made.id}`),
      onError: (error) => toast.error(error.message),
    }),
  );
  const changeReady = useCallback(
    (over: Partial<{ warehouse: string[]; carrier: string[]; product: string[]; search: string }>) =>
      void set(over, { history: "replace" }),
    [set],
  );
  const days = matrix.data?.days;
  const here = days?.find(({ day }) => day === filter?.day);
  return (
    <ListFrame
      title="Reconciliation"
      note="What each system says, where they differ, and why"
      actions={
        <>
          {matrix.data?.running ? (
            <Link href={`/runs/${matrix.data.running}`} className="text-accent underline-offset-2 hover:underline">
              Today is being compared
            </Link>
          ) : null}
          {mayRun && filter ? (
            <Button
              busy={run.isPending}
              disabled={Boolean(matrix.data?.running)}
              onClick={() => run.mutate({ day: filter.day })}
            >
              Compare {filter.day === matrix.data?.today ? "today" : filter.day} now
            </Button>
          ) : null}
        </>
      }
      viewsLabel="Views"
      views={
        <Views
          day={here}
          state={state}
          onAspect={(aspect) => void set({ ready: null, aspect, id: null, pair: [] })}
          onList={(list) => void set({ ready: list, id: null, carrier: [], warehouse: [], search: "" })}
        />
      }
      panel={
        state.id && filter && !ready ? (
          <RowPanel
            id={state.id}
            day={filter.day}
            onClose={() => void set({ id: null }, { history: "replace" })}
            onChanged={() => {
              void queries.invalidateQueries(trpc.reconciliation.list.infiniteQueryFilter());
              void queries.invalidateQueries(trpc.reconciliation.counts.queryFilter());
              void queries.invalidateQueries(trpc.reconciliation.matrix.queryFilter());
            }}
          />
        ) : null
      }
    >
      {ready ? (
        <ReadinessView filter={ready} onChange={changeReady} />
      ) : matrix.error ? (
        <ErrorState title="The days could not be read" error={matrix.error} onRetry={() => void matrix.refetch()} />
      ) : !days || !filter ? (
        <SkeletonLines lines={8} className="m-4" />
      ) : days.length === 0 ? (
        <EmptyState title="Nothing has been compared yet">
          Shipments are compared with Odoo some minutes after they change, and each day once it has ended. With the
          button above you compare what changed today at once.
        </EmptyState>
      ) : (
        <>
          <Matrix
            days={days}
            day={filter.day}
            pair={filter.pair}
            verdict={filter.verdict}
            onChoose={(day, pair, verdict) => void set({ day, pair: pair ? [pair] : [], verdict, id: null })}
          />
          <Rows filter={filter} set={set} id={state.id} />
        </>
      )}
    </ListFrame>
  );
}

type UrlState = ReturnType<typeof useReconciliationUrl>["state"];

/** The views by what is compared, with what is open on the day, and the lists. */
function Views({
  day,
  state,
  onAspect,
  onList,
}: {
  day: Day | undefined;
  state: UrlState;
  onAspect: (aspect: Aspect[]) => void;
  onList: (list: (typeof READINESS_LISTS)[number]) => void;
}) {
  const trpc = useTRPC();
  const counts = useQuery({
    ...trpc.reconciliation.readinessCounts.queryOptions({
      filter: { list: state.ready ?? "delivered_not_invoiced", warehouse: [], carrier: [], product: [], search: "" },
    }),
    placeholderData: (was) => was,
    refetchInterval: 30_000,
  });
  const inList = (list: (typeof READINESS_LISTS)[number]) =>
    counts.data ? (counts.data.lists.find((one) => one.list === list)?.count ?? 0) : undefined;
  return (
    <>
      <ViewTab word="All" here={state.ready === null && state.aspect.length === 0} onClick={() => onAspect([])} />
      {ASPECTS.map((aspect) => (
        <ViewTab
          key={aspect}
          word={SHORT_WORD[aspect] ?? ASPECT_WORD[aspect]}
          count={day?.openBy[aspect]}
          countTone={lateTone(day?.openBy[aspect])}
          here={state.ready === null && state.aspect.length === 1 && state.aspect[0] === aspect}
          onClick={() => onAspect([aspect])}
        />
      ))}
      <span aria-hidden className="mx-1 w-px shrink-0 self-stretch bg-line" />
      {READINESS_LISTS.map((list) => (
        <ViewTab
          key={list}
          word={LIST_WORD[list].word}
          count={inList(list)}
          countTone={lateTone(inList(list))}
          here={state.ready === list}
          onClick={() => onList(list)}
        />
      ))}
    </>
  );
}

function lateTone(count: number | undefined): string | undefined {
  return (count ?? 0) > 0 ? "font-medium text-late" : undefined;
}

/** Words that are shorter where eight stand side by side. */
const SHORT_WORD: Partial<Record<Aspect, string>> = { tracking: "Tracking", proof: "Proof" };

/** The difference a row shows: the first of the aspects that were asked for. */
function shownOf(row: Row, filter: ReconciliationFilter) {
  const all = row.differences ?? [];
  return all.find(({ aspect }) => filter.aspect.length === 0 || filter.aspect.includes(aspect)) ?? null;
}

function columnsOf(filter: ReconciliationFilter): Column<Row>[] {
  const value = (system: (typeof SYSTEMS)[number], width: number): Column<Row> => ({
    id: system,
    label: SYSTEM_WORD[system],
    width,
    wide: true,
    cell: (row) => {
      const shown = shownOf(row, filter);
      return shown ? <Said aspect={shown.aspect} value={shown.said[system]} /> : <span className="text-ink-3">–</span>;
    },
  });
  return [
    {
      id: "shipment",
      label: "Shipment",
      width: 150,
      narrowWidth: 130,
      fixed: true,
      cell: (row) => <span className="font-medium">{row.name}</span>,
    },
    {
      id: "what",
      label: "What",
      width: 130,
      fixed: true,
      cell: (row) => {
        const shown = shownOf(row, filter);
        if (!shown) return <Standing row={row} filter={filter} />;
        const more = (row.differences?.length ?? 0) - 1;
        return (
          <>
            {ASPECT_WORD[shown.aspect]}
            {more > 0 ? <span className="text-ink-3"> +{more}</span> : null}
          </>
        );
      },
    },
    value("carrier", 130),
    value("warehouse", 110),
    value("waypost", 140),
    value("odoo", 130),
    {
      id: "cause",
      label: "Cause",
      width: 240,
      grow: true,
      wide: true,
      cell: (row) => {
        const shown = shownOf(row, filter);
        if (!shown) return <span className="text-ink-3">–</span>;
        return (
          <span title={shown.why}>
            <span className="font-medium">{CAUSE_WORD[shown.cause].word}</span>
            <span className="text-ink-2"> {shown.why}</span>
          </span>
        );
      },
    },
    {
      id: "by",
      label: "Changed by",
      width: 140,
      wide: true,
      hidden: true,
      cell: (row) => shownOf(row, filter)?.by?.name ?? <span className="text-ink-3">–</span>,
    },
    {
      id: "carrierName",
      label: "Carrier's name",
      width: 120,
      wide: true,
      hidden: true,
      cell: (row) => row.carrier ?? "–",
    },
    {
      id: "at",
      label: "Compared",
      width: 100,
      wide: true,
      cell: (row) => <Time at={row.comparedAt} className="text-ink-2" />,
    },
  ];
}

/** What the letters of a row without a difference say of the pairs and aspects that were asked for. */
function Standing({ row, filter }: { row: Row; filter: ReconciliationFilter }) {
  const compared = verdictsIn(row.letters).filter(
    ({ pair, aspect }) =>
      (filter.pair.length === 0 || filter.pair.includes(pair)) &&
      (filter.aspect.length === 0 || filter.aspect.includes(aspect)),
  );
  const accepted = compared.some(({ verdict }) => verdict === "accepted");
  const look = VERDICT_LOOK[accepted ? "accepted" : "matched"];
  return (
    <Badge tone={look.tone} shape={look.shape}>
      {look.word} in {compared.length}
    </Badge>
  );
}

function Rows({
  filter,
  set,
  id,
}: {
  filter: ReconciliationFilter;
  set: ReturnType<typeof useReconciliationUrl>["set"];
  id: string | null;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const mayRepair = useMay("reconciliation:repair");
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const list = useInfiniteQuery({
    ...trpc.reconciliation.list.infiniteQueryOptions(
      { filter, limit: 60 },
      { getNextPageParam: (page) => page.nextCursor },
    ),
    refetchOnWindowFocus: false,
  });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const counts = useQuery({ ...trpc.reconciliation.counts.queryOptions({ filter }), placeholderData: (was) => was });
  const key = JSON.stringify(filter);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter is another list
  useEffect(() => setSelection(NOTHING), [key]);
  const repair = useMutation(
    trpc.reconciliation.repair.mutationOptions({
      onSuccess: (run) => router.push(`/runs/${run.id}`),
      onError: (error) => toast.error(error.message),
    }),
  );
  const columns = useMemo(() => columnsOf(filter), [filter]);
  const open = useCallback((row: Row) => void set({ id: row.id }, { history: "replace" }), [set]);
  const search = useCallback((words: string) => void set({ search: words }, { history: "replace" }), [set]);
  const target = selection.all
    ? { filter, except: [...selection.except] }
    : { day: filter.day, ids: [...selection.ids].slice(0, 500) };
  const facets = (all: { value: string; count: number }[] | undefined) =>
    (all ?? []).map(({ value, count }) => ({ value, words: value, label: value, count }));
  const filtered =
    filter.cause.length + filter.carrier.length + filter.warehouse.length + filter.pair.length > 0 ||
    filter.search !== "";
  return (
    <DataTable
      name="reconciliation"
      label="Compared shipments"
      columns={columns}
      rows={rows}
      rowId={(row) => row.id}
      loading={list.isPending}
      error={list.error}
      onRetry={() => void list.refetch()}
      hasMore={list.hasNextPage}
      loadingMore={list.isFetchingNextPage}
      onLoadMore={() => void list.fetchNextPage()}
      activeId={id}
      onActivate={open}
      selection={mayRepair ? selection : undefined}
      onSelection={mayRepair ? setSelection : undefined}
      bulk={() =>
        !selection.all && selection.ids.size > 500 ? (
          <span className="text-ink-3">Choose up to 500 by hand, or all that match.</span>
        ) : (
          <Button busy={repair.isPending} onClick={() => repair.mutate({ dryRun: true, target })}>
            Repair: dry run first
          </Button>
        )
      }
      total={counts.data?.total}
      noun={["shipment", "shipments"]}
      exportHref={`/reconciliation/export?${new URLSearchParams({ filter: JSON.stringify(filter) })}`}
      toolbar={
        <>
          <SearchBox
            label="Search by shipment"
            placeholder="Shipment"
            value={filter.search}
            onChange={search}
            className="w-44 max-sm:w-full"
          />
          <FacetFilter
            label="Verdict"
            value={filter.verdict}
            onChange={(verdict) => void set({ verdict })}
            choices={VERDICTS.map((value) => ({
              value,
              words: VERDICT_LOOK[value].word,
              label: VERDICT_LOOK[value].word,
            }))}
          />
          <FacetFilter
            label="Cause"
            value={filter.cause}
            onChange={(cause) => void set({ cause })}
            choices={CAUSES.map((value) => ({
              value,
              words: CAUSE_WORD[value].word,
              label: CAUSE_WORD[value].word,
              count: counts.data ? (counts.data.cause.find((one) => one.value === value)?.count ?? 0) : undefined,
            }))}
          />
          <FacetFilter
            label="Between"
            value={filter.pair}
            onChange={(pair) => void set({ pair })}
            choices={PAIRS.map((value) => ({ value, words: PAIR_WORD[value], label: PAIR_WORD[value] }))}
          />
          <FacetFilter
            label="Carrier"
            value={filter.carrier}
            onChange={(carrier) => void set({ carrier })}
            choices={facets(counts.data?.carrier)}
          />
          <FacetFilter
            label="Warehouse"
            value={filter.warehouse}
            onChange={(warehouse) => void set({ warehouse })}
            choices={facets(counts.data?.warehouse)}
          />
          {counts.data && counts.data.comparisons !== counts.data.total ? (
            <span
              className="text-ink-3 text-xs"
              title="A shipment is compared in several things and between several systems; the numbers above count each"
            >
              {formatCount(counts.data.comparisons)} comparisons
            </span>
          ) : null}
          {filtered ? (
            <Button
              variant="quiet"
              onClick={() => void set({ cause: [], carrier: [], warehouse: [], pair: [], search: "" })}
            >
              <X aria-hidden />
              Clear
            </Button>
          ) : null}
        </>
      }
      empty={
        filtered || filter.aspect.length > 0 ? (
          <EmptyState title="No shipment of this day matches these filters" />
        ) : filter.verdict.every((one) => OPEN.includes(one)) ? (
          <EmptyState title="Nothing differs on this day">Choose another number above to see what matched.</EmptyState>
        ) : (
          <EmptyState title="No shipment of this day has this verdict" />
        )
      }
    />
  );
}
