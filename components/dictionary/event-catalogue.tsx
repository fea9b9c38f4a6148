"use client";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useEffect, useRef } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import type { AppRouter } from "@/server/api/root";
import { EventPanel } from "./event-panel";
import { eventsLike, inWords } from "./find";

export type EventEntry = inferRouterOutputs<AppRouter>["dictionary"]["events"][number];

const SORT = { milestone: "Milestones", condition: "Conditions", news: "Other events" } as const;
const TONE = { urgent: "high", normal: "neutral", bulk: "idle" } as const;

/** Every type of event with its class, what it depends on, who tells it and who reads it; one of them open beside the list. */
export function EventCatalogue({
  asked,
  open,
  onOpen,
}: {
  asked: string;
  open: string | null;
  onOpen: (kind: string | null) => void;
}) {
  const trpc = useTRPC();
  const read = useQuery({ ...trpc.dictionary.events.queryOptions(), staleTime: 30_000 });
  const rows = useRef(new Map<string, HTMLButtonElement>());
  const ready = read.data !== undefined;
  useEffect(() => {
    if (ready && open !== null) rows.current.get(open)?.scrollIntoView({ block: "nearest" });
  }, [ready, open]);
  if (read.error)
    return (
      <ErrorState
        title="The event catalogue could not be read"
        error={read.error}
        onRetry={() => void read.refetch()}
      />
    );
  if (!read.data)
    return (
      <div className="p-4">
        <SkeletonLines lines={14} />
      </div>
    );
  const shown = eventsLike(read.data, asked);
  const walk = (step: 1 | -1) => {
    const next = shown[shown.findIndex(({ kind }) => kind === open) + step];
    if (next) onOpen(next.kind);
  };
  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      <div className="min-h-0 min-w-0 flex-1 overflow-y-auto px-4 py-3">
        <header className="mb-3 flex flex-wrap items-start justify-between gap-2">
          <div>
            <h2 className="font-semibold text-base">Event catalogue</h2>
            <p className="max-w-3xl text-ink-2">
              The types of events, how urgent their news is, the step of the process each depends on, the feeds that
              tell it and what reads it.
            </p>
          </div>
          <Button asChild>
            <a href="/dictionary/export" download>
              Download as JSON
            </a>
          </Button>
        </header>
        {shown.length === 0 ? (
          <EmptyState title={`No event is like “${asked}”`}>
            Look for a type, a feed, an exception or a posting.
          </EmptyState>
        ) : (
          (["milestone", "condition", "news"] as const).map((sort) => (
            <Group
              key={sort}
              title={SORT[sort]}
              rows={shown.filter((one) => one.sort === sort)}
              open={open}
              onOpen={onOpen}
              keep={(kind, button) => {
                if (button) rows.current.set(kind, button);
                else rows.current.delete(kind);
              }}
            />
          ))
        )}
      </div>
      {open === null ? null : (
        <EventPanel
          kind={open}
          onClose={() => {
            onOpen(null);
            rows.current.get(open)?.focus();
          }}
          onWalk={walk}
          onOpen={onOpen}
        />
      )}
    </div>
  );
}

function Group({
  title,
  rows,
  open,
  onOpen,
  keep,
}: {
  title: string;
  rows: readonly EventEntry[];
  open: string | null;
  onOpen: (kind: string) => void;
  keep: (kind: string, button: HTMLButtonElement | null) => void;
}) {
  const mayFeeds = useMay("feeds:read");
  if (rows.length === 0) return null;
  const columns = ["Event", "Urgency", "Depends on", ...(mayFeeds ? ["Told by"] : []), "Last told", "Read by"];
  return (
    <section aria-label={title} className="mb-5">
      <h3 className="font-medium text-ink-2">{title}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keys */}
      <div tabIndex={0} className="overflow-x-auto">
        <table className="w-full min-w-[680px] text-sm">
          <thead>
            <tr className="text-left text-ink-3 text-xs">
              {columns.map((column) => (
                <th key={column} scope="col" className="py-1.5 pr-4 font-normal">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.kind} className={cn("border-line border-t align-top", row.kind === open && "bg-selected")}>
                <th scope="row" className="py-1.5 pr-4 text-left font-normal">
                  <button
                    type="button"
                    ref={(button) => {
                      keep(row.kind, button);
                    }}
                    aria-expanded={row.kind === open}
                    onClick={() => onOpen(row.kind)}
                    className="whitespace-nowrap font-mono text-[12px] text-accent underline-offset-2 hover:underline"
                  >
                    {row.kind}
                  </button>
                </th>
                <td className="py-1.5 pr-4">
                  <Badge tone={TONE[row.urgency]}>{row.urgency}</Badge>
                </td>
                <td className="whitespace-nowrap py-1.5 pr-4">{row.after ? inWords(row.after) : <None />}</td>
                {mayFeeds ? <td className="py-1.5 pr-4">{toldBy(row)}</td> : null}
                <td className="whitespace-nowrap py-1.5 pr-4">
                  {row.lastAt ? <Time at={new Date(row.lastAt)} /> : <None />}
                </td>
                <td className="py-1.5">{readBy(row)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const None = () => <span className="text-ink-3">–</span>;

function toldBy({ producers }: EventEntry) {
  if (producers.length === 0) return <None />;
  const [first] = producers;
  return producers.length === 1 ? first?.name : `${first?.name} and ${producers.length - 1} more`;
}

function readBy({ consumers: { postings, opens, ends } }: EventEntry) {
  const parts = [
    ...postings.map(inWords),
    ...opens.map((kind) => `opens ${inWords(kind)}`),
    ...ends.map((kind) => `ends ${inWords(kind)}`),
  ];
  return parts.length === 0 ? <span className="text-ink-3">kept and shown only</span> : parts.join(", ");
}
