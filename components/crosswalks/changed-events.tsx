"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { sentence } from "@/components/shipments/words";
import { useRows } from "@/components/tables/paged";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/components/ui/number";
import { Time } from "@/components/ui/time";
import type { CrosswalkKind } from "@/core/feeds/feed";
import type { MendPreview } from "./rows";

const PAGE = 200;

/** Past events that another meaning would change: how many, and each of them, more when asked for. */
export function ChangedEvents({
  input,
  preview,
  stale,
  children,
}: {
  input: { feed: string; kind: CrosswalkKind; word: string; to: string | null };
  preview: MendPreview;
  /** The preview is still of another choice. */
  stale: boolean;
  /** What follows from it, after the counts. */
  children: string;
}) {
  const trpc = useTRPC();
  const [of, setOf] = useState<string | null>(null);
  const here = JSON.stringify(input);
  const rest = useInfiniteQuery({
    ...trpc.crosswalks.changed.infiniteQueryOptions(
      { ...input, limit: PAGE },
      { initialCursor: preview.next, getNextPageParam: (page) => page.nextCursor },
    ),
    enabled: of === here && preview.next !== null && !stale,
    staleTime: Number.POSITIVE_INFINITY,
    // what follows the first of them belongs to this preview alone
    gcTime: 0,
  });
  const more = useRows(rest);
  const rows = of === here ? [...preview.samples, ...more] : preview.samples;
  const plus = preview.more ? "+" : "";
  const counted = (count: number, one: string) => `${formatCount(count)}${plus} ${one}${count === 1 ? "" : "s"}`;
  const isMore = of === here ? rest.hasNextPage : preview.next !== null;
  const showMore = () => (of === here ? void rest.fetchNextPage() : setOf(here));
  if (preview.events === 0)
    return <p className="text-ink-2">No past event would change; new messages are read by it.</p>;
  return (
    <div className={stale ? "opacity-50" : ""} aria-busy={stale}>
      <p>
        Changes <b>{counted(preview.events, "event")}</b> of <b>{counted(preview.shipments, "shipment")}</b>. {children}
      </p>
      <ul
        aria-label="Events that change"
        className="mt-2 flex max-h-64 flex-col overflow-y-auto rounded-md border border-line"
      >
        {rows.map((row, at) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: two events of one message and instant have no other name
            key={at}
            className="flex items-baseline gap-2 border-line border-b px-2 py-1 last:border-b-0"
          >
            <Link
              href={`/shipments/${row.shipmentId}`}
              className="shrink-0 font-mono text-[12px] underline-offset-2 hover:underline"
            >
              {row.shipment}
            </Link>
            <span className="min-w-0 flex-1 truncate text-xs" title={row.description ?? undefined}>
              <del className="rounded-sm bg-removed px-0.5 no-underline">{sentence(row.from)}</del>{" "}
              <span className="text-ink-3">to</span>{" "}
              <ins className="rounded-sm bg-added px-0.5 no-underline">{row.to ? sentence(row.to) : "nothing"}</ins>
            </span>
            <Time at={row.occurredAt} className="text-ink-3 text-xs" />
          </li>
        ))}
        {isMore ? (
          <li className="p-1">
            <Button variant="quiet" busy={rest.isFetching} onClick={showMore}>
              Show more of {counted(preview.events, "event")}
            </Button>
          </li>
        ) : null}
        {rest.error ? <li className="px-2 py-1 text-broken">{rest.error.message}</li> : null}
      </ul>
    </div>
  );
}
