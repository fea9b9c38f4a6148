"use client";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import Link from "next/link";
import { useCallback } from "react";
import { useTRPC } from "@/components/providers";
import { ListFrame, ViewTab } from "@/components/shell/list-frame";
import { useLive } from "@/components/shell/live";
import { useMay } from "@/components/shell/viewer";
import { SearchBox } from "@/components/shipments/search-box";
import { type Column, DataTable } from "@/components/tables/data-table";
import { FacetFilter } from "@/components/tables/facet-filter";
import { pagedTable, useFresh, useRows } from "@/components/tables/paged";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { formatMoney } from "@/components/ui/money";
import { Time } from "@/components/ui/time";
import { FREIGHT_TAB_NAMES, type FreightTab } from "@/core/freight/filter";
import { VERDICTS } from "@/core/freight/states";
import { BillPanel } from "./bill-panel";
import type { BillRow } from "./rows";
import { useFreightUrl } from "./url";
import { STATE_LOOK, TAB_WORD, VERDICT_LOOK } from "./words";

const DASH = <span className="text-ink-3">–</span>;
const money = (minor: number | null, currency: string | null) =>
  minor === null || currency === null ? DASH : formatMoney(minor, currency);

/** What is too much and too little, each for itself. */
function Variance({ row }: { row: BillRow }) {
  if (row.currency === null || (row.overMinor === 0 && row.underMinor === 0)) return DASH;
  return (
    <span className="flex justify-end gap-2">
      {row.overMinor > 0 ? <span className="text-high">+{formatMoney(row.overMinor, row.currency)}</span> : null}
      {row.underMinor > 0 ? <span className="text-late">−{formatMoney(row.underMinor, row.currency)}</span> : null}
    </span>
  );
}

const columns: Column<BillRow>[] = [
  {
    id: "verdict",
    label: "Check",
    width: 144,
    narrowWidth: 132,
    fixed: true,
    cell: (row) =>
      row.verdict ? (
        <Badge tone={VERDICT_LOOK[row.verdict].tone} shape={VERDICT_LOOK[row.verdict].shape}>
          {VERDICT_LOOK[row.verdict].word}
        </Badge>
      ) : (
        <Badge tone="idle" shape="ring">
          Being checked
        </Badge>
      ),
  },
  {
    id: "number",
    label: "Bill",
    width: 130,
    narrowWidth: 120,
    fixed: true,
    cell: (row) => (
      <span className="font-medium">
        {row.number}
        {row.kind === "credit" ? <span className="ml-1 font-normal text-ink-3">credit</span> : null}
      </span>
    ),
  },
  { id: "vendor", label: "Carrier", width: 88, wide: true, cell: (row) => row.vendor },
  {
    id: "billed",
    label: "Billed",
    width: 116,
    align: "right",
    cell: (row) => (row.billedMinor === null ? (row.total ?? DASH) : money(row.billedMinor, row.currency)),
  },
  {
    id: "why",
    label: "What speaks against it",
    width: 200,
    grow: true,
    wide: true,
    cell: (row) => {
      const text = row.objections.map((objection) => objection.text).join(" ");
      return text === "" ? DASH : <span title={text}>{text}</span>;
    },
  },
  {
    id: "expected",
    label: "Expected",
    width: 112,
    align: "right",
    wide: true,
    cell: (row) => money(row.expectedMinor, row.currency),
  },
  {
    id: "variance",
    label: "Over, under",
    width: 120,
    align: "right",
    wide: true,
    cell: (row) => <Variance row={row} />,
  },
  {
    id: "state",
    label: "State",
    width: 124,
    cell: (row) => (
      <Badge tone={STATE_LOOK[row.state].tone} shape={STATE_LOOK[row.state].shape}>
        {STATE_LOOK[row.state].word}
      </Badge>
    ),
  },
  {
    id: "posting",
    label: "In Odoo",
    width: 88,
    wide: true,
    cell: (row) =>
      row.postingId ? (
        <Link
          href={`/postings?id=${row.postingId}`}
          onClick={(event) => event.stopPropagation()}
          className="underline-offset-2 hover:underline"
        >
          {row.postingState}
        </Link>
      ) : (
        DASH
      ),
  },
  { id: "date", label: "Bill date", width: 96, wide: true, hidden: true, cell: (row) => row.invoiceDate ?? DASH },
  {
    id: "received",
    label: "Received",
    width: 100,
    wide: true,
    cell: (row) => <Time at={row.receivedAt} className="text-ink-2" />,
  },
];

const keep = <T,>(was: T | undefined) => was;

/** Freight bills: what the check says, what is decided, and what Odoo got of it. */
export function FreightScreen() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { tab, id, filter, set } = useFreightUrl();
  const mayManage = useMay("freight:manage");
  const list = useInfiniteQuery({
    ...trpc.freight.list.infiniteQueryOptions({ filter, limit: 60 }, { getNextPageParam: (page) => page.nextCursor }),
    refetchOnWindowFocus: false,
  });
  const rows = useRows(list);
  const counts = useQuery({
    ...trpc.freight.counts.queryOptions({ filter }),
    placeholderData: keep,
    refetchInterval: 60_000,
  });
  const tabs = counts.data?.tabs;
  const all = tabs ? Object.values(tabs).reduce((sum, one) => sum + one.count, 0) : undefined;
  const capped = tabs ? Object.values(tabs).some((one) => one.capped) : false;
  const total = tabs ? (tab === "all" ? all : tabs[tab].count) : undefined;

  const { fresh, again } = useFresh(JSON.stringify(filter), total, list.isPending);
  useLive(["freight", "postings"], () => {
    void queries.invalidateQueries(trpc.freight.counts.queryFilter());
    if (id) void queries.invalidateQueries(trpc.freight.get.queryFilter({ id }));
  });
  const reload = useCallback(() => {
    again();
    void queries.invalidateQueries(trpc.freight.list.infiniteQueryFilter());
    void queries.invalidateQueries(trpc.freight.counts.queryFilter());
  }, [again, queries, trpc]);

  const open = useCallback((row: BillRow) => void set({ id: row.id }, { history: "replace" }), [set]);
  const search = useCallback((words: string) => void set({ search: words }, { history: "replace" }), [set]);
  const walk = (step: 1 | -1) => {
    const next = rows[rows.findIndex((row) => row.id === id) + step];
    if (next) open(next);
  };
  const filtered = filter.verdict.length + filter.vendor.length > 0 || filter.search !== "" || filter.shipment !== null;

  return (
    <ListFrame
      title="Freight"
      note="What carriers bill, against what was expected"
      actions={
        <>
          <Button asChild>
            <Link href="/freight/settlement">Settlement</Link>
          </Button>
          {mayManage ? (
            <Button asChild>
              <Link href="/settings/thresholds?tab=freight">Tolerances and carriers</Link>
            </Button>
          ) : null}
        </>
      }
      viewsLabel="States"
      views={([...FREIGHT_TAB_NAMES, "all"] as const).map((name) => (
        <ViewTab
          key={name}
          word={name === "all" ? "All" : TAB_WORD[name]}
          here={tab === name}
          count={name === "all" ? all : tabs?.[name].count}
          capped={name === "all" ? capped : tabs?.[name].capped}
          onClick={() => void set({ tab: name, id: null })}
        />
      ))}
      panel={
        id ? (
          <BillPanel
            id={id}
            onClose={() => void set({ id: null }, { history: "replace" })}
            onWalk={rows.length > 1 ? walk : undefined}
            onOpen={(other) => void set({ id: other })}
            onChanged={reload}
          />
        ) : null
      }
    >
      <DataTable
        name="freight"
        label="Freight bills"
        columns={columns}
        rows={rows}
        rowId={(row) => row.id}
        {...pagedTable(list)}
        activeId={id}
        onActivate={open}
        total={total}
        totalCapped={tab === "all" ? capped : (tabs?.[tab].capped ?? false)}
        noun={["bill", "bills"]}
        exportHref={`/freight/export?${new URLSearchParams({ filter: JSON.stringify(filter) })}`}
        fresh={fresh}
        onShowFresh={reload}
        toolbar={
          <>
            <SearchBox
              label="Search freight bills by their number or a number on them"
              placeholder="Bill, PRO, BOL, tracking number"
              value={filter.search}
              onChange={search}
              className="w-72 max-sm:w-full"
            />
            <FacetFilter
              label="Check"
              value={filter.verdict}
              onChange={(verdict) => void set({ verdict })}
              choices={VERDICTS.map((value) => ({
                value,
                words: VERDICT_LOOK[value].word,
                label: VERDICT_LOOK[value].word,
                count: counts.data ? (counts.data.verdict.find((one) => one.value === value)?.count ?? 0) : undefined,
              }))}
            />
            <FacetFilter
              label="Carrier"
              value={filter.vendor}
              onChange={(vendor) => void set({ vendor })}
              choices={(counts.data?.vendor ?? []).map((one) => ({
                value: one.value,
                words: one.value,
                label: one.value,
                count: one.count,
              }))}
            />
            {filtered ? (
              <Button variant="quiet" onClick={() => void set({ verdict: [], vendor: [], search: "", shipment: null })}>
                <X aria-hidden />
                Clear
              </Button>
            ) : null}
          </>
        }
        rowTone={(row) => (row.state === "rejected" || row.state === "withdrawn" ? "muted" : undefined)}
        empty={<NoBills tab={tab} filtered={filtered} />}
      />
    </ListFrame>
  );
}

const EMPTY: Readonly<Record<FreightTab | "all", [string, string]>> = {
  to_decide: [
    "No freight bill waits for a decision",
    "Bills come through a feed, as X12, EDIFACT, CSV or JSON; each is checked within seconds of its receipt.",
  ],
  second: ["No bill waits for a second approval", "From the limit in the freight settings on, two people approve."],
  disputed: ["Nothing is disputed", "A bill that you dispute stands here until it is decided."],
  paid: ["No bill was approved yet", "An approved bill becomes a draft in Odoo, with its original attached."],
  dropped: ["Nothing was rejected or withdrawn", "Bills that repeat others end here when you reject them."],
  all: [
    "No freight bill has come",
    "Add a feed of a carrier or a broker that sends bills as X12, EDIFACT, CSV or JSON.",
  ],
};

function NoBills({ tab, filtered }: { tab: FreightTab | "all"; filtered: boolean }) {
  if (filtered) return <EmptyState title="No bill matches these filters" />;
  const [title, text] = EMPTY[tab];
  return <EmptyState title={title}>{text}</EmptyState>;
}
