"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import Link from "next/link";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { type Column, DataTable } from "@/components/tables/data-table";
import { pagedTable, useRows } from "@/components/tables/paged";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { formatDuration } from "@/components/ui/number";
import { absolute, Time } from "@/components/ui/time";
import { WINDOWED, type Workflow } from "@/core/service-levels/objectives";
import type { Range } from "@/core/service-levels/ranges";
import type { Breach } from "./types";

/** What the clock is of: a shipment, or a freight bill, which opens where bills are decided. */
const ABOUT: Column<Breach> = {
  id: "shipment",
  label: "About",
  width: 160,
  narrowWidth: 120,
  fixed: true,
  cell: (b) =>
    b.billNumber === null ? (
      <Link href={`/shipments/${b.shipmentId}`} className="font-mono text-[12px] underline-offset-2 hover:underline">
        {b.shipmentName ?? b.shipmentId.slice(-8)}
      </Link>
    ) : (
      <Link href={`/freight?tab=all&id=${b.shipmentId}`} className="underline-offset-2 hover:underline">
        Bill {b.billNumber}
      </Link>
    ),
};

const CLOCK_COLUMNS: readonly Column<Breach>[] = [
  { id: "took", label: "Took", width: 100, align: "right", cell: (b) => formatDuration(b.tookMs) },
  {
    id: "over",
    label: "Over by",
    width: 100,
    align: "right",
    cell: (b) => <span className="text-broken">{formatDuration(b.tookMs - b.objectiveMs)}</span>,
  },
  {
    id: "objective",
    label: "Objective",
    width: 96,
    align: "right",
    wide: true,
    cell: (b) => formatDuration(b.objectiveMs),
  },
  { id: "started", label: "Started", width: 156, wide: true, cell: (b) => <Time at={b.startedAt} show="absolute" /> },
];

const WINDOW_COLUMNS: readonly Column<Breach>[] = [
  {
    id: "over",
    label: "Late by",
    width: 100,
    align: "right",
    cell: (b) => <span className="text-broken">{formatDuration(b.tookMs - b.objectiveMs)}</span>,
  },
  {
    id: "window",
    label: "Window until",
    width: 156,
    wide: true,
    cell: (b) => <Time at={new Date(b.startedAt.getTime() + b.objectiveMs)} show="absolute" />,
  },
];

/** The clocks that ran over: the rows behind the red area. */
export function Breaches({
  workflow,
  range,
  feedId,
  hour,
  zone,
  onAllSteps,
}: {
  workflow: Workflow;
  range: Range;
  feedId: number | null;
  hour: Date | null;
  zone: string;
  onAllSteps: () => void;
}) {
  const trpc = useTRPC();
  const mayMessages = useMay("messages:read");
  const list = useInfiniteQuery(
    trpc.serviceLevels.breaches.infiniteQueryOptions(
      { workflow, range, feedId, hour, limit: 60 },
      { getNextPageParam: (page) => page.nextCursor },
    ),
  );
  const rows = useRows(list);
  const first = list.data?.pages[0];
  const columns: Column<Breach>[] = [
    ABOUT,
    ...(WINDOWED.has(workflow) ? WINDOW_COLUMNS : CLOCK_COLUMNS),
    {
      id: "ended",
      label: "Ended",
      width: 110,
      wide: true,
      cell: (b) => <Time at={b.endedAt} className="text-ink-2" />,
    },
    { id: "feed", label: "Feed", width: 160, wide: true, grow: true, cell: (b) => b.feedName ?? "–" },
    ...(mayMessages
      ? [
          {
            id: "message",
            label: "Message",
            width: 90,
            wide: true,
            cell: (b: Breach) =>
              b.messageId ? (
                <Link href={`/messages/${b.messageId}`} className="text-accent underline-offset-2 hover:underline">
                  Open
                </Link>
              ) : (
                "–"
              ),
          },
        ]
      : []),
  ];
  return (
    <div className="flex h-[420px] flex-col overflow-hidden rounded-lg border border-line">
      <DataTable
        name="breaches"
        label="Ran over"
        columns={columns}
        rows={rows}
        rowId={(b) => b.id}
        {...pagedTable(list)}
        total={first?.total ?? undefined}
        totalCapped={first?.capped}
        noun={["clock ran over", "clocks ran over"]}
        hotkeys={false}
        toolbar={
          <>
            <h2 className="font-semibold text-sm">Ran over</h2>
            {hour ? (
              <Button variant="secondary" size="sm" onClick={onAllSteps}>
                {absolute(hour, range === "30d" ? "UTC" : zone, false)}
                <X aria-label="Show all" />
              </Button>
            ) : null}
          </>
        }
        empty={
          <EmptyState title="Nothing ran over" className="py-8">
            <p>Every clock of this window kept its objective, or none was measured.</p>
          </EmptyState>
        }
      />
    </div>
  );
}
