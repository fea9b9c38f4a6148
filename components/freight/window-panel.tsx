"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { POSTING_KIND_WORD, POSTING_LOOK } from "@/components/postings/words";
import { useTRPC } from "@/components/providers";
import { useRows } from "@/components/tables/paged";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { SidePanel } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { absolute, Time, useZone } from "@/components/ui/time";
import type { SettlementRow } from "./rows";
import { sumWords } from "./sums";

/** The postings that were promised for one window, and what became of each. */
export function WindowPanel({ endsAt, onClose }: { endsAt: Date; onClose: () => void }) {
  const trpc = useTRPC();
  const zone = useZone();
  const list = useInfiniteQuery(
    trpc.freight.window.infiniteQueryOptions({ endsAt, limit: 60 }, { getNextPageParam: (page) => page.next }),
  );
  const rows = useRows(list);
  return (
    <SidePanel
      label="Window of freight settlement"
      onClose={onClose}
      header={<h2 className="font-semibold text-base">Window until {absolute(endsAt, zone, false)}</h2>}
    >
      {list.error ? (
        <ErrorState title="This window could not be read" error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <div className="p-4">
          <SkeletonLines lines={6} />
        </div>
      ) : rows.length === 0 ? (
        <p className="p-4 text-ink-2">Nothing was promised for this window.</p>
      ) : (
        <ul>
          {rows.map((row) => (
            <WindowLine key={row.id} row={row} />
          ))}
        </ul>
      )}
      {list.hasNextPage ? (
        <div className="p-3 text-center">
          <Button variant="quiet" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            More
          </Button>
        </div>
      ) : null}
    </SidePanel>
  );
}

function WindowLine({ row }: { row: SettlementRow }) {
  const look = POSTING_LOOK[row.state];
  const about = row.billId ? `/freight?tab=all&id=${row.billId}` : `/shipments/${row.shipmentId}`;
  return (
    <li className="flex flex-col gap-0.5 border-line border-b px-4 py-2">
      <span className="flex items-baseline gap-2">
        <Link href={about} className="min-w-0 flex-1 truncate font-medium underline-offset-2 hover:underline">
          {row.name ?? "No number"}
        </Link>
        <span className="tabular-nums">{sumWords([{ currency: row.currency, sum: row.amount }])}</span>
      </span>
      <span className="flex flex-wrap items-baseline gap-x-2 text-ink-2 text-xs">
        <Link href={`/postings?id=${row.id}`} className="underline-offset-2 hover:underline">
          {POSTING_KIND_WORD[row.kind]}
        </Link>
        <Badge tone={look.tone} shape={look.shape}>
          {look.word}
        </Badge>
        {row.postedAt ? <Time at={row.postedAt} show="absolute" /> : null}
        {row.late ? <span className="text-late">late</span> : null}
      </span>
      {row.reason && (row.state === "rejected" || row.state === "dead") ? (
        <span className="text-broken text-xs">{row.reason}</span>
      ) : null}
    </li>
  );
}
