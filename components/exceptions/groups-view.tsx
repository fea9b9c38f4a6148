"use client";
import { useInfiniteQuery, useQueries } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Sparkline } from "@/components/charts/sparkline";
import { useTRPC } from "@/components/providers";
import { type Column, DataTable } from "@/components/tables/data-table";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount } from "@/components/ui/number";
import { SeverityBadge, StateBadge } from "@/components/ui/severity";
import { Time } from "@/components/ui/time";
import type { ExceptionFilter } from "@/core/exceptions/filter";
import { EXCEPTION_SPECS, type ExceptionKind } from "@/core/exceptions/kinds";
import type { SetUrl } from "./url";
import { PAGE } from "./url-parsers";

type Group = {
  id: string;
  kind: ExceptionKind;
  cause: string;
  feedName: string | null;
  count: number;
  open: number;
  capped: boolean;
  shipments: number;
  shipmentsCapped: boolean;
  firstSeen: Date;
  lastSeen: Date;
  regressed: boolean;
  state: "open" | "acknowledged" | "snoozed" | "resolved";
};

/** One cause, one row: how bad, what, how many stand, how it went over the last day. */
export function GroupsView({ filter, set, toolbar }: { filter: ExceptionFilter; set: SetUrl; toolbar: ReactNode }) {
  const trpc = useTRPC();
  const groups = useInfiniteQuery(
    trpc.exceptions.groups.infiniteQueryOptions(
      { filter, limit: PAGE },
      { getNextPageParam: (page) => page.nextCursor },
    ),
  );
  const rows = groups.data?.pages.flatMap((page) => page.items) ?? [];
  const trends = useQueries({
    queries: (groups.data?.pages ?? []).map((page) => ({
      ...trpc.exceptions.trends.queryOptions({ ids: page.items.map((row) => row.id) }),
      staleTime: 60_000,
    })),
    combine: (results) => Object.assign({}, ...results.map((result) => result.data ?? {})) as Record<string, number[]>,
  });

  const columns: Column<Group>[] = [
    {
      id: "severity",
      label: "Severity",
      width: 96,
      narrowWidth: 88,
      fixed: true,
      cell: (g) => <SeverityBadge severity={EXCEPTION_SPECS[g.kind].severity} />,
    },
    {
      id: "cause",
      label: "Cause",
      width: 260,
      narrowWidth: 190,
      grow: true,
      fixed: true,
      cell: (g) => (
        <span title={g.cause}>
          <span className="font-medium">{EXCEPTION_SPECS[g.kind].label}</span>
          <span className="text-ink-2"> {g.cause}</span>
        </span>
      ),
    },
    {
      id: "state",
      label: "State",
      width: 124,
      wide: true,
      cell: (g) => (
        <span className="flex items-center gap-2">
          <StateBadge state={g.state} />
          {g.regressed ? (
            <Badge tone="late" title="It had been resolved before and came back">
              again
            </Badge>
          ) : null}
        </span>
      ),
    },
    {
      id: "open",
      label: "Standing",
      width: 84,
      narrowWidth: 70,
      align: "right",
      cell: (g) => (
        <span className="font-medium">
          {formatCount(g.open)}
          {g.capped ? "+" : ""}
        </span>
      ),
    },
    { id: "count", label: "Ever", width: 76, wide: true, align: "right", cell: (g) => formatCount(g.count) },
    {
      id: "shipments",
      label: "Shipments",
      width: 84,
      wide: true,
      align: "right",
      cell: (g) => `${formatCount(g.shipments)}${g.shipmentsCapped ? "+" : ""}`,
    },
    {
      id: "trend",
      label: "Opened in 24 h",
      width: 116,
      wide: true,
      cell: (g) => {
        const trend = trends[g.id];
        if (!trend) return <span className="skeleton inline-block h-4 w-20 align-middle" />;
        const sum = trend.reduce((a, b) => a + b, 0);
        return <Sparkline values={trend} label={`${formatCount(sum)} opened in the last 24 hours, by hour`} />;
      },
    },
    {
      id: "last",
      label: "Last seen",
      width: 92,
      wide: true,
      cell: (g) => <Time at={g.lastSeen} className="text-ink-2" />,
    },
    {
      id: "first",
      label: "First seen",
      width: 92,
      wide: true,
      cell: (g) => <Time at={g.firstSeen} className="text-ink-2" />,
    },
    { id: "feed", label: "Feed", width: 130, wide: true, hidden: true, cell: (g) => g.feedName ?? "–" },
  ];

  return (
    <DataTable
      name="exception-groups"
      label="Causes"
      columns={columns}
      rows={rows}
      rowId={(g) => g.id}
      loading={groups.isPending}
      error={groups.error}
      onRetry={() => void groups.refetch()}
      hasMore={groups.hasNextPage}
      loadingMore={groups.isFetchingNextPage}
      onLoadMore={() => void groups.fetchNextPage()}
      onActivate={(g) => void set({ view: "list", group: g.id, id: null })}
      noun={["cause", "causes"]}
      toolbar={toolbar}
      rowTone={(g) => (g.state === "resolved" ? "muted" : undefined)}
      empty={<NothingHere filter={filter} />}
    />
  );
}

export function NothingHere({ filter }: { filter: ExceptionFilter }) {
  const narrowed =
    filter.kind.length + filter.severity.length + filter.owner.length + filter.feed.length + filter.impact.length > 0 ||
    filter.overdue ||
    filter.state.length > 0 ||
    filter.group !== null ||
    filter.shipment !== null;
  return narrowed ? (
    <EmptyState title="No exception matches">
      <p>Nothing stands under this filter right now. Take a part of it away to see more.</p>
    </EmptyState>
  ) : (
    <EmptyState title="Nothing stands">
      <p>
        Exceptions appear here by themselves when a message cannot be read, a promise is at risk, or Odoo refuses a
        posting. They are sorted by how bad they are and when they are due.
      </p>
    </EmptyState>
  );
}
