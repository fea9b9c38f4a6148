"use client";
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { Check, X } from "lucide-react";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { SearchBox } from "@/components/shipments/search-box";
import { DataTable, NOTHING, type Selection } from "@/components/tables/data-table";
import { FacetFilter } from "@/components/tables/facet-filter";
import { pagedTable, useRows } from "@/components/tables/paged";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount } from "@/components/ui/number";
import { toast } from "@/components/ui/toaster";
import { PAIRS, VERDICTS, type Verdict } from "@/core/reconciliation/aspects";
import { CAUSES } from "@/core/reconciliation/cause";
import type { ReconciliationFilter } from "@/core/reconciliation/filter";
import { columnsOf } from "./columns";
import type { Row } from "./rows";
import type { useReconciliationUrl } from "./url";
import { CAUSE_WORD, PAIR_WORD, VERDICT_LOOK } from "./words";

const OPEN: Verdict[] = ["differs", "missing_left", "missing_right"];

/** The shipments behind a number of the matrix, to be filtered, chosen and repaired. */
export function RowsList({
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
  const rows = useRows(list);
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
    filter.posted ||
    filter.cause.length + filter.carrier.length + filter.warehouse.length + filter.pair.length > 0 ||
    filter.search !== "";
  return (
    <DataTable
      name="reconciliation"
      label="Compared shipments"
      columns={columns}
      rows={rows}
      rowId={(row) => row.id}
      {...pagedTable(list)}
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
          <Button
            variant={filter.posted ? "secondary" : "quiet"}
            aria-pressed={filter.posted}
            title="Only what differs though all that was posted of it succeeded"
            onClick={() => void set({ posted: !filter.posted })}
          >
            {filter.posted ? <Check aria-hidden /> : null}
            All posted, still differs
          </Button>
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
              onClick={() => void set({ cause: [], carrier: [], warehouse: [], pair: [], search: "", posted: false })}
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
