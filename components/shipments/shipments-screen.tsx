"use client";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useCallback, useState } from "react";
import { useTRPC } from "@/components/providers";
import { useLive } from "@/components/shell/live";
import { PageHeader } from "@/components/shell/page-header";
import { useMay } from "@/components/shell/viewer";
import { DataTable } from "@/components/tables/data-table";
import { pagedTable, useRows } from "@/components/tables/paged";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import type { ShipmentFilter } from "@/core/shipments/filter";
import { SHIPMENT_COLUMNS } from "./columns";
import { ShipmentFilterBar } from "./filter-bar";
import { ShipmentViews } from "./quick-views";
import type { ShipmentRow } from "./rows";
import { ShipmentPanel } from "./shipment-panel";
import { NO_FILTER, type SetUrl, useShipmentsUrl } from "./url";

/** Keeps the answer of the filter before on the screen while the next one comes. */
const keep = <T,>(was: T | undefined) => was;

/** For who may not read customers: the server leaves these fields empty. */
const WITHOUT_CUSTOMERS = SHIPMENT_COLUMNS.filter(({ id }) => id !== "customer" && id !== "value");

export function ShipmentsScreen() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { id, filter, set } = useShipmentsUrl();
  const list = useInfiniteQuery({
    ...trpc.shipments.list.infiniteQueryOptions(
      { filter, limit: 100 },
      { getNextPageParam: (page) => page.nextCursor },
    ),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const rows = useRows(list);
  const facets = useQuery({ ...trpc.shipments.facets.queryOptions({ filter }), placeholderData: keep });
  const whole = useQuery({ ...trpc.shipments.facets.queryOptions({ filter: NO_FILTER }), placeholderData: keep });

  // counted from the newest row that the list holds; the rows themselves wait for a click
  const newest = list.data?.pages[0]?.items[0]?.updatedAt;
  const [asked, setAsked] = useState(false);
  const changes = useQuery({
    ...trpc.shipments.changes.queryOptions({ filter, since: newest ?? new Date(0) }),
    enabled: asked && newest !== undefined && !filter.late,
    staleTime: 0,
  });
  useLive(["shipments"], () => {
    // where no row can move, what came is shown at once
    if (rows.length === 0) void queries.invalidateQueries(trpc.shipments.list.infiniteQueryFilter());
    setAsked(true);
    void queries.invalidateQueries(trpc.shipments.changes.queryFilter());
    void queries.invalidateQueries(trpc.shipments.facets.queryFilter());
    if (id) void queries.invalidateQueries(trpc.shipments.get.queryFilter({ id }));
  });
  const showFresh = () => {
    setAsked(false);
    void queries.resetQueries(trpc.shipments.list.infiniteQueryFilter());
  };

  const mayCustomers = useMay("customers:read");
  const open = useCallback((row: ShipmentRow) => void set({ id: row.id }, { history: "replace" }), [set]);
  const walk = (step: 1 | -1) => {
    const next = rows[rows.findIndex((row) => row.id === id) + step];
    if (next) open(next);
  };
  const foundBy = list.data?.pages[0]?.foundBy ?? null;

  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col bg-surface">
        <PageHeader
          title="Shipments"
          note={foundBy === "prefix" ? `Nothing carries “${filter.search}” as a whole: these begin with it` : undefined}
        />
        <ShipmentViews filter={filter} facets={whole.data} set={set} />
        <DataTable
          name="shipments"
          label="Shipments"
          columns={mayCustomers ? SHIPMENT_COLUMNS : WITHOUT_CUSTOMERS}
          rows={rows}
          rowId={(row) => row.id}
          {...pagedTable(list)}
          activeId={id}
          onActivate={open}
          total={facets.data?.total}
          noun={["shipment", "shipments"]}
          fresh={asked && !filter.late ? (changes.data ?? 0) : 0}
          onShowFresh={showFresh}
          exportHref={`/shipments/export?${new URLSearchParams({ filter: JSON.stringify(filter) })}`}
          toolbar={<ShipmentFilterBar filter={filter} facets={facets.data} set={set} />}
          rowTone={(row) => (row.terminal === "cancelled" ? "muted" : undefined)}
          empty={<NoShipments filter={filter} set={set} />}
        />
      </div>
      {id ? (
        <ShipmentPanel
          id={id}
          onClose={() => void set({ id: null }, { history: "replace" })}
          onWalk={rows.length > 1 ? walk : undefined}
        />
      ) : null}
    </div>
  );
}

function NoShipments({ filter, set }: { filter: ShipmentFilter; set: SetUrl }) {
  const mayFeeds = useMay("feeds:manage");
  if (filter.search !== "")
    return (
      <EmptyState
        title="No shipment carries this number"
        action={<Button onClick={() => void set({ search: "" })}>Clear the search</Button>}
      >
        Numbers are compared without blanks and hyphens, in any case. Its message may not have come yet: look in the
        message log of the feed that should have told it.
      </EmptyState>
    );
  if (JSON.stringify(filter) !== JSON.stringify(NO_FILTER))
    return (
      <EmptyState
        title="No shipment matches these filters"
        action={<Button onClick={() => void set({ ...NO_FILTER })}>Clear all filters</Button>}
      />
    );
  return (
    <EmptyState
      title="No shipments yet"
      action={
        mayFeeds ? (
          <Button variant="primary" asChild>
            <Link href="/feeds">Connect a feed</Link>
          </Button>
        ) : undefined
      }
    >
      A shipment appears with the first message about it: from Odoo, a warehouse, a carrier or a marketplace.
    </EmptyState>
  );
}
