"use client";
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  AtSign,
  Bell as BellIcon,
  CircleCheck,
  type LucideIcon,
  MessageSquare,
  TrendingUp,
  TriangleAlert,
  UserRound,
} from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useLive } from "@/components/shell/live";
import { useRows } from "@/components/tables/paged";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Popover } from "@/components/ui/popover";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import type { NotificationRow } from "./rows";

const ICON: Readonly<Record<NotificationRow["kind"], LucideIcon>> = {
  opened: TriangleAlert,
  recovered: CircleCheck,
  escalated: TrendingUp,
  assigned: UserRound,
  mentioned: AtSign,
  watched: MessageSquare,
};
const MOST = 99;

/** What Waypost has to tell this person: a count, and the list behind it. */
export function Bell() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const unread = useQuery({
    ...trpc.alerts.unread.queryOptions(),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
  useLive(["alerts"], () => void queries.invalidateQueries(trpc.alerts.pathFilter()));
  const count = unread.data ?? 0;
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      align="end"
      className="w-[min(400px,calc(100vw-16px))] p-0"
      trigger={
        <Button
          variant="quiet"
          icon
          aria-label={
            count === 0 ? "Alerts: none unread" : `Alerts: ${count > MOST ? `more than ${MOST}` : count} unread`
          }
          className="relative"
        >
          <BellIcon className="size-4!" aria-hidden />
          {count > 0 ? (
            <span
              aria-hidden
              className="-top-0.5 -right-0.5 absolute grid h-4 min-w-4 place-items-center rounded-full bg-broken px-1 font-semibold text-[10px] text-on-accent tabular-nums"
            >
              {count > MOST ? `${MOST}+` : count}
            </span>
          ) : null}
        </Button>
      }
    >
      <Notifications onFollow={() => setOpen(false)} />
    </Popover>
  );
}

function Notifications({ onFollow }: { onFollow: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const got = useInfiniteQuery(
    trpc.alerts.list.infiniteQueryOptions({}, { getNextPageParam: (page) => page.nextCursor, initialCursor: null }),
  );
  const read = useMutation(
    trpc.alerts.markRead.mutationOptions({ onSettled: () => queries.invalidateQueries(trpc.alerts.pathFilter()) }),
  );
  const rows = useRows(got);
  const newest = rows[0];
  const someUnread = rows.some((row) => !row.readAt);
  return (
    <section aria-label="Alerts" className="flex max-h-[70vh] flex-col">
      <div className="flex items-center gap-2 border-line border-b px-3 py-2">
        <h2 className="flex-1 font-semibold text-sm">Alerts</h2>
        {newest && someUnread ? (
          <Button variant="quiet" busy={read.isPending} onClick={() => read.mutate({ upTo: newest.id })}>
            Mark all as read
          </Button>
        ) : null}
      </div>
      {got.isPending ? (
        <SkeletonLines lines={4} className="p-3" />
      ) : rows.length === 0 ? (
        <p className="px-3 py-8 text-center text-ink-2 text-sm">
          {got.error
            ? `The alerts could not be read: ${got.error.message}`
            : "Nothing to tell. New causes of your role, escalations and what colleagues give you come here."}
        </p>
      ) : (
        <ol className="overflow-y-auto py-1">
          {rows.map((row) => (
            <li key={row.id}>
              <Link
                href={row.href}
                onClick={() => {
                  if (!row.readAt) read.mutate({ ids: [row.id] });
                  onFollow();
                }}
                className="flex gap-2.5 px-3 py-2 hover:bg-sunken"
              >
                <Mark row={row} />
                <span className="min-w-0 flex-1">
                  <span className={cn("block text-sm", !row.readAt && "font-semibold")}>
                    {row.title}
                    {row.readAt ? null : <span className="sr-only"> (unread)</span>}
                  </span>
                  <span className="line-clamp-2 text-ink-2 text-xs">{row.text}</span>
                  <span className="text-ink-3 text-xs">
                    <Time at={row.at} />
                  </span>
                </span>
              </Link>
            </li>
          ))}
          {got.hasNextPage ? (
            <li className="px-3 py-2">
              <Button variant="quiet" busy={got.isFetchingNextPage} onClick={() => void got.fetchNextPage()}>
                Show older ones
              </Button>
            </li>
          ) : null}
        </ol>
      )}
      <p className="border-line border-t px-3 py-2 text-ink-3 text-xs">
        <Link href="/settings/account" onClick={onFollow} className="underline underline-offset-2">
          Choose what is mailed to you
        </Link>
      </p>
    </section>
  );
}

function Mark({ row }: { row: NotificationRow }) {
  const Icon = ICON[row.kind];
  return (
    <Icon
      aria-hidden
      className={cn(
        "mt-0.5 size-4 shrink-0",
        row.kind === "recovered"
          ? "text-ok"
          : row.kind === "opened" || row.kind === "escalated"
            ? "text-broken"
            : "text-ink-3",
      )}
    />
  );
}
