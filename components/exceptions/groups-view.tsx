"use client";
import { useInfiniteQuery, useQueries } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Sparkline } from "@/components/charts/sparkline";
import { useTRPC } from "@/components/providers";
import { type Column, DataTable } from "@/components/tables/data-table";
import { pagedTable, useRows } from "@/components/tables/paged";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { formatMoney } from "@/components/ui/money";
import { formatCount } from "@/components/ui/number";
import { SeverityBadge, StateBadge } from "@/components/ui/severity";
import { Due, Time } from "@/components/ui/time";
import type { ExceptionFilter } from "@/core/exceptions/filter";
import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";
import type { GroupRow } from "./rows";
import type { SetUrl } from "./url";
import { PAGE } from "./url-parsers";

/** One cause, one row: how bad, what, how many stand, how it went over the last day. */
export function GroupsView({
  filter,
  set,
  toolbar,
  onCursor,
}: {
  filter: ExceptionFilter;
  set: SetUrl;
  toolbar: ReactNode;
  onCursor: (group: GroupRow) => void;
}) {
  const trpc = useTRPC();
  const groups = useInfiniteQuery(
    trpc.exceptions.groups.infiniteQueryOptions(
      { filter, limit: PAGE },
      { getNextPageParam: (page) => page.nextCursor },
    ),
  );
  const rows = useRows(groups);
  const trends = useQueries({
    queries: (groups.data?.pages ?? []).map((page) => ({
      ...trpc.exceptions.trends.queryOptions({ ids: page.items.map((row) => row.id) }),
      staleTime: 60_000,
    })),
    combine: (results) => Object.assign({}, ...results.map((result) => result.data ?? {})) as Record<string, number[]>,
  });

  const columns: Column<GroupRow>[] = [
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
      width: 150,
      wide: true,
      cell: (g) => (
        <span className="flex items-center gap-2">
          <StateBadge state={g.state} />
          {g.regressed ? (
            <Badge tone="late" title={settledWords(g)}>
              Regressed
            </Badge>
          ) : null}
          {g.snooze ? <span className="text-snoozed text-xs">{snoozeWordsOf(g.snooze)}</span> : null}
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
    {
      id: "count",
      label: "Ever",
      width: 76,
      from: 1180,
      wide: true,
      align: "right",
      cell: (g) => formatCount(g.count),
    },
    {
      id: "shipments",
      label: "Shipments",
      width: 84,
      wide: true,
      align: "right",
      cell: (g) => `${formatCount(g.shipments)}${g.shipmentsCapped ? "+" : ""}`,
    },
    {
      id: "money",
      label: "At risk",
      width: 112,
      wide: true,
      align: "right",
      cell: (g) =>
        g.risk.length === 0 ? (
          <span className="text-ink-3" title="No value of its orders is known, or the kind puts none at risk">
            –
          </span>
        ) : (
          <span title={g.risk.map((r) => formatMoney(r.riskMinor, r.currency)).join(", ")}>
            {formatMoney(g.risk[0]?.riskMinor ?? 0, g.risk[0]?.currency ?? "")}
            {g.risk.length > 1 ? " +" : ""}
          </span>
        ),
    },
    {
      id: "left",
      label: "First lost",
      width: 92,
      wide: true,
      cell: (g) => (g.deadlineAt ? <Due at={g.deadlineAt} /> : <span className="text-ink-3">–</span>),
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
      from: 1340,
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
      {...pagedTable(groups)}
      onActivate={(g) => void set({ view: "list", group: g.id, id: null })}
      onCursor={onCursor}
      noun={["cause", "causes"]}
      toolbar={toolbar}
      rowTone={(g) => (g.state === "resolved" ? "muted" : undefined)}
      empty={<NothingHere filter={filter} />}
    />
  );
}

function settledWords({ settledAt, settledByName }: GroupRow): string {
  if (!settledAt) return "It had been resolved before and came back";
  const at = settledAt.toISOString().slice(0, 16).replace("T", " ");
  return `${settledByName ? `${settledByName} resolved it` : "It was mended"} at ${at} UTC, and it came back`;
}

function snoozeWordsOf({ mode, until, left }: NonNullable<GroupRow["snooze"]>): string {
  if (mode === "more") return `after ${formatCount(left ?? 0)} more`;
  if (mode === "escalating") return "until it escalates";
  return until ? `back ${until.slice(5, 16).replace("T", " ")} UTC` : "";
}

export function NothingHere({ filter }: { filter: ExceptionFilter }) {
  const narrowed =
    filter.kind.length +
      filter.severity.length +
      filter.owner.length +
      filter.feed.length +
      filter.impact.length +
      filter.party.length >
      0 ||
    filter.overdue ||
    filter.regressed ||
    filter.action ||
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
