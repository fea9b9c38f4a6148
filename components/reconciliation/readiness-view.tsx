"use client";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useRouter } from "next/navigation";
import { useCallback } from "react";
import { useTRPC } from "@/components/providers";
import { useLive } from "@/components/shell/live";
import { SearchBox } from "@/components/shipments/search-box";
import { type Column, DataTable } from "@/components/tables/data-table";
import { FacetFilter } from "@/components/tables/facet-filter";
import { pagedTable, useRows } from "@/components/tables/paged";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { formatMoney } from "@/components/ui/money";
import { formatCount } from "@/components/ui/number";
import { Time } from "@/components/ui/time";
import { NO_WAREHOUSE, type ReadinessFilter } from "@/core/reconciliation/filter";
import type { ReadyRow } from "./rows";
import { LIST_WORD } from "./words";

const placeOf = (warehouse: string) => (warehouse === NO_WAREHOUSE ? "no warehouse named" : warehouse);
const columns: Column<ReadyRow>[] = [
  {
    id: "shipment",
    label: "Shipment",
    width: 150,
    fixed: true,
    cell: (row) => <span className="font-medium">{row.name}</span>,
  },
  { id: "order", label: "Order", width: 110, cell: (row) => row.orderName ?? <span className="text-ink-3">–</span> },
  {
    id: "customer",
    label: "Customer",
    width: 180,
    wide: true,
    grow: true,
    cell: (row) => row.customer ?? <span className="text-ink-3">–</span>,
  },
  {
    id: "warehouse",
    label: "Warehouse",
    width: 120,
    wide: true,
    cell: (row) => row.warehouse ?? <span className="text-ink-3">–</span>,
  },
  {
    id: "carrier",
    label: "Carrier",
    width: 120,
    wide: true,
    cell: (row) => row.carrier ?? <span className="text-ink-3">–</span>,
  },
  {
    id: "lines",
    label: "Products",
    width: 260,
    wide: true,
    cell: (row) => {
      const words = row.lines.map(({ code, quantity }) => `${quantity} × ${code}`).join(", ");
      return <span title={words}>{words}</span>;
    },
  },
  {
    id: "value",
    label: "Order value",
    width: 110,
    align: "right",
    wide: true,
    cell: (row) =>
      row.valueMinor === null || row.currency === null ? (
        <span className="text-ink-3">–</span>
      ) : (
        formatMoney(row.valueMinor, row.currency)
      ),
  },
  { id: "since", label: "Since", width: 100, cell: (row) => <Time at={row.since} className="text-ink-2" /> },
];

/** Who stands on one list now, longest first, with the products by warehouse above. */
export function ReadinessView({
  filter,
  onChange,
}: {
  filter: ReadinessFilter;
  onChange: (over: Partial<Pick<ReadinessFilter, "warehouse" | "carrier" | "product" | "search">>) => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const router = useRouter();
  const list = useInfiniteQuery(
    trpc.reconciliation.readiness.infiniteQueryOptions(
      { filter, limit: 60 },
      { getNextPageParam: (page) => page.nextCursor },
    ),
  );
  const rows = useRows(list);
  const counts = useQuery({
    ...trpc.reconciliation.readinessCounts.queryOptions({ filter }),
    placeholderData: (was) => was,
    refetchInterval: 30_000,
  });
  useLive(["runs"], () => {
    void queries.invalidateQueries(trpc.reconciliation.readiness.infiniteQueryFilter());
    void queries.invalidateQueries(trpc.reconciliation.readinessCounts.queryFilter());
  });
  const search = useCallback((words: string) => onChange({ search: words }), [onChange]);
  const facets = (all: { value: string; count: number }[] | undefined) =>
    (all ?? []).map(({ value, count }) => ({ value, words: placeOf(value), label: placeOf(value), count }));
  const filtered = filter.warehouse.length + filter.carrier.length + filter.product.length > 0 || filter.search !== "";
  const look = LIST_WORD[filter.list];
  return (
    <>
      <p className="px-4 pb-2 text-ink-2">{look.help}</p>
      {counts.data && counts.data.products.length > 0 ? (
        <div className="max-h-44 shrink-0 overflow-auto border-line border-t border-b">
          <table aria-label="Quantities by product and warehouse" className="w-full min-w-[480px] text-sm tabular-nums">
            <thead className="sticky top-0 bg-surface text-ink-3 text-xs">
              <tr className="text-left">
                <th className="px-4 py-1 font-normal">Product</th>
                <th className="px-2 py-1 font-normal">Warehouse</th>
                <th className="px-2 py-1 text-right font-normal">
                  {filter.list === "shipped_not_validated" ? "Quantity at risk" : "Quantity"}
                </th>
                <th className="px-4 py-1 text-right font-normal">Shipments</th>
              </tr>
            </thead>
            <tbody>
              {counts.data.products.map((one) => (
                <tr key={`${one.code} ${one.warehouse}`} className="border-line border-t">
                  <td className="px-4 py-0.5">{one.code}</td>
                  <td className="px-2 py-0.5 text-ink-2">{placeOf(one.warehouse)}</td>
                  <td className="px-2 py-0.5 text-right">{one.quantity.toLocaleString("en")}</td>
                  <td className="px-4 py-0.5 text-right">
                    <button
                      type="button"
                      onClick={() => onChange({ product: [one.code], warehouse: [one.warehouse] })}
                      className="min-h-6 min-w-6 text-right hover:underline"
                    >
                      {formatCount(one.shipments)}
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      <DataTable
        name="readiness"
        label={look.word}
        columns={columns}
        rows={rows}
        rowId={(row) => row.id}
        {...pagedTable(list)}
        onActivate={(row) => router.push(`/shipments/${row.id}`)}
        total={counts.data?.total}
        noun={["shipment", "shipments"]}
        exportHref={`/reconciliation/readiness-export?${new URLSearchParams({ filter: JSON.stringify(filter) })}`}
        toolbar={
          <>
            <SearchBox
              label="Search by shipment, order or customer"
              placeholder="Shipment, order, customer"
              value={filter.search}
              onChange={search}
              className="w-60 max-sm:w-full"
            />
            <FacetFilter
              label="Warehouse"
              value={filter.warehouse}
              onChange={(warehouse) => onChange({ warehouse })}
              choices={facets(counts.data?.warehouse)}
            />
            <FacetFilter
              label="Carrier"
              value={filter.carrier}
              onChange={(carrier) => onChange({ carrier })}
              choices={facets(counts.data?.carrier)}
            />
            {filter.product.length > 0 ? (
              <span className="text-ink-2">Product: {filter.product.join(", ")}</span>
            ) : null}
            {filtered ? (
              <Button variant="quiet" onClick={() => onChange({ warehouse: [], carrier: [], product: [], search: "" })}>
                <X aria-hidden />
                Clear
              </Button>
            ) : null}
          </>
        }
        empty={
          <EmptyState title={filtered ? "Nothing matches these filters" : "Nothing stands on this list"}>
            {filtered ? null : "It fills when shipments are compared with Odoo, some minutes after they change."}
          </EmptyState>
        }
      />
    </>
  );
}
