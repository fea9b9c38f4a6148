"use client";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { parseAsIsoDateTime, useQueryState } from "nuqs";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useLive } from "@/components/shell/live";
import { PageHeader } from "@/components/shell/page-header";
import { useMay } from "@/components/shell/viewer";
import { useRows } from "@/components/tables/paged";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { formatCount, formatPercent } from "@/components/ui/number";
import { SkeletonLines } from "@/components/ui/skeleton";
import { absolute, Time, useZone } from "@/components/ui/time";
import { NextWindows } from "./next-windows";
import { RunDialog } from "./run-dialog";
import { sumWords } from "./sums";
import { WindowPanel } from "./window-panel";

/** Freight settlement: when postings go next, what waits, what became of each window, and letting them go now. */
export function SettlementScreen() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const zone = useZone();
  const mayRun = useMay("freight:decide");
  const [running, setRunning] = useState(false);
  const [opened, setOpened] = useQueryState("window", parseAsIsoDateTime);
  const now = useQuery({ ...trpc.freight.settlement.queryOptions(), refetchInterval: 60_000 });
  const windows = useInfiniteQuery(
    trpc.freight.windows.infiniteQueryOptions({ limit: 30 }, { getNextPageParam: (page) => page.next }),
  );
  const rows = useRows(windows);
  const reload = () => {
    void queries.invalidateQueries(trpc.freight.settlement.queryFilter());
    void queries.invalidateQueries(trpc.freight.windows.infiniteQueryFilter());
    void queries.invalidateQueries(trpc.freight.window.infiniteQueryFilter());
  };
  useLive(["postings", "odoo"], reload, 5_000);

  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col overflow-y-auto">
        <PageHeader
          title="Freight settlement"
          note="Freight postings, window by window"
          actions={
            <>
              <Button asChild>
                <Link href="/freight">Freight bills</Link>
              </Button>
              <Button asChild>
                <Link href="/runs/schedules">Schedule</Link>
              </Button>
              {mayRun ? (
                <Button
                  variant="primary"
                  disabled={!now.data || now.data.kinds.length === 0}
                  onClick={() => setRunning(true)}
                >
                  Run now
                </Button>
              ) : null}
            </>
          }
        />
        <div className="flex flex-col gap-3 px-4 pb-6">
          <section className="rounded-lg border border-line bg-surface p-4" aria-label="What goes next">
            {now.data ? (
              <NextWindows kinds={now.data.kinds} />
            ) : now.error ? (
              <ErrorState title="What waits could not be read" error={now.error} onRetry={() => void now.refetch()} />
            ) : (
              <SkeletonLines lines={4} />
            )}
          </section>
          <section className="rounded-lg border border-line bg-surface">
            <h2 className="px-4 pt-3 pb-2 font-semibold text-base">Windows</h2>
            {windows.error ? (
              <ErrorState
                title="The windows could not be read"
                error={windows.error}
                onRetry={() => void windows.refetch()}
              />
            ) : windows.isPending ? (
              <div className="p-4">
                <SkeletonLines lines={5} />
              </div>
            ) : rows.length === 0 ? (
              <EmptyState title="No window has had a freight posting yet" className="py-8">
                An approved bill is promised for the window that is open, or for the next one.
              </EmptyState>
            ) : (
              <div className="overflow-x-auto">
                <table className="w-full min-w-[640px]" aria-label="Windows of freight settlement">
                  <thead>
                    <tr className="text-right text-ink-3 text-xs">
                      <th className="py-1.5 pl-4 text-left font-normal">Window until ({zone})</th>
                      <th className="py-1.5 font-normal">Promised</th>
                      <th className="py-1.5 font-normal">In Odoo in time</th>
                      <th className="py-1.5 font-normal">Late</th>
                      <th className="py-1.5 font-normal">Failed</th>
                      <th className="py-1.5 font-normal">Still to go</th>
                      <th className="py-1.5 pr-4 font-normal">Money</th>
                    </tr>
                  </thead>
                  <tbody>
                    {rows.map((row) => (
                      <tr
                        key={row.endsAt.getTime()}
                        className={`border-line border-t text-right ${opened?.getTime() === row.endsAt.getTime() ? "bg-selected" : "hover:bg-sunken"}`}
                      >
                        <td className="pl-2 text-left">
                          <button
                            type="button"
                            className="h-8 whitespace-nowrap rounded-md px-2 text-left underline-offset-2 hover:underline"
                            onClick={() => void setOpened(row.endsAt)}
                          >
                            {absolute(row.endsAt, zone, false)}
                          </button>
                        </td>
                        <td>{formatCount(row.count)}</td>
                        <td className="whitespace-nowrap">
                          {formatCount(row.made)}{" "}
                          <span className="text-ink-3 text-xs">{formatPercent(row.made / row.count, 0)}</span>
                        </td>
                        <td className={row.late > 0 ? "text-late" : "text-ink-3"}>{formatCount(row.late)}</td>
                        <td className={row.failed > 0 ? "text-broken" : "text-ink-3"}>{formatCount(row.failed)}</td>
                        <td className={row.waiting > 0 ? "" : "text-ink-3"}>{formatCount(row.waiting)}</td>
                        <td className="whitespace-nowrap pr-4 pl-3 tabular-nums">{sumWords(row.sums)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
            {windows.hasNextPage ? (
              <div className="border-line border-t p-2 text-center">
                <Button variant="quiet" busy={windows.isFetchingNextPage} onClick={() => void windows.fetchNextPage()}>
                  Earlier windows
                </Button>
              </div>
            ) : null}
          </section>
          {now.data && now.data.runs.length > 0 ? (
            <section className="rounded-lg border border-line bg-surface p-4">
              <h2 className="mb-1 font-semibold text-base">Run by hand</h2>
              <ul>
                {now.data.runs.map((run) => (
                  <li
                    key={String(run.at)}
                    className="flex flex-wrap gap-x-3 border-line border-b py-1.5 last:border-b-0"
                  >
                    <Time at={run.at} show="absolute" className="text-ink-2" />
                    <span>
                      {run.by} let {formatCount(run.after?.released ?? 0)}{" "}
                      {run.after?.released === 1 ? "posting" : "postings"} go
                      {run.after?.checked
                        ? `, ${formatCount(run.after.checked)} undecided ${run.after.checked === 1 ? "bill" : "bills"} checked again`
                        : ""}
                    </span>
                  </li>
                ))}
              </ul>
            </section>
          ) : null}
        </div>
      </div>
      {opened ? <WindowPanel endsAt={opened} onClose={() => void setOpened(null)} /> : null}
      {running && now.data ? (
        <RunDialog
          kinds={now.data.kinds}
          next={now.data.next}
          onClose={() => setRunning(false)}
          onDone={() => {
            setRunning(false);
            reload();
          }}
        />
      ) : null}
    </div>
  );
}
