"use client";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { parseAsString, parseAsStringLiteral } from "nuqs";
import { useCallback, useMemo, useState } from "react";
import { useTRPC } from "@/components/providers";
import { useLive } from "@/components/shell/live";
import { useUrlState } from "@/components/shell/use-url-state";
import { useMay } from "@/components/shell/viewer";
import { SearchBox } from "@/components/shipments/search-box";
import { type Column, DataTable } from "@/components/tables/data-table";
import { pagedTable, useRows } from "@/components/tables/paged";
import { Button } from "@/components/ui/button";
import { EmptyState, NoRight } from "@/components/ui/empty-state";
import { Identifier } from "@/components/ui/identifier";
import { Input } from "@/components/ui/input";
import { formatBytes } from "@/components/ui/number";
import { Select } from "@/components/ui/select";
import { SidePanel } from "@/components/ui/side-panel";
import { Time, useZone } from "@/components/ui/time";
import { type MessageFilter, messageFilter } from "@/core/messages/filter";
import { Inspector } from "./inspector";
import { MessageBadge } from "./message-badge";
import type { MessageRow } from "./rows";
import { wallInstant } from "./wall-instant";
import { PROBLEM_WORD, SHOW_WORD } from "./words";

const SHOWS = Object.keys(SHOW_WORD) as [keyof typeof SHOW_WORD, ...(keyof typeof SHOW_WORD)[]];
const parsers = {
  show: parseAsStringLiteral(SHOWS).withDefault("all"),
  since: parseAsString.withDefault(""),
  until: parseAsString.withDefault(""),
  search: parseAsString.withDefault(""),
  message: parseAsString,
};

const columns: Column<MessageRow>[] = [
  {
    id: "status",
    label: "State",
    width: 132,
    narrowWidth: 122,
    fixed: true,
    cell: (row) => <MessageBadge status={row.status} problems={row.problems} />,
  },
  { id: "at", label: "Received", width: 140, fixed: true, cell: (row) => <Time at={row.receivedAt} show="absolute" /> },
  {
    id: "what",
    label: "What became of it",
    width: 300,
    grow: true,
    wide: true,
    cell: (row) => <Became row={row} />,
  },
  {
    id: "id",
    label: "Sender's id or file",
    width: 200,
    wide: true,
    cell: (row) =>
      row.name ? (
        <span title={row.name}>{row.name}</span>
      ) : row.deliveryId ? (
        <Identifier value={row.deliveryId} max={24} />
      ) : (
        <span className="text-ink-3">–</span>
      ),
  },
  { id: "events", label: "Events", width: 70, align: "right", wide: true, cell: (row) => row.events },
  {
    id: "repeated",
    label: "Known",
    width: 70,
    align: "right",
    wide: true,
    cell: (row) => <span className="text-ink-3">{row.repeated}</span>,
  },
  {
    id: "size",
    label: "Size",
    width: 80,
    align: "right",
    wide: true,
    cell: (row) => <span className="text-ink-2">{formatBytes(row.size)}</span>,
  },
  {
    id: "receipt",
    label: "Receipt",
    width: 210,
    wide: true,
    hidden: true,
    cell: (row) => <Identifier value={row.id} max={24} />,
  },
];

function Became({ row }: { row: MessageRow }) {
  if (row.firstProblem) {
    const { kind, at, found } = row.firstProblem;
    return (
      <span title={`expected ${row.firstProblem.expected}`}>
        {PROBLEM_WORD[kind]}
        {found ? <span className="text-ink-2"> “{found}”</span> : null}
        {at ? <span className="text-ink-3"> at {at}</span> : null}
        {row.problems > 1 ? <span className="text-ink-3"> and {row.problems - 1} more</span> : null}
      </span>
    );
  }
  if (row.ignored) return <span className="text-ink-3">{row.ignored}</span>;
  if (row.status === "waiting") return <span className="text-ink-3">waits for the worker</span>;
  if (row.altered) return <span className="text-late">its sender's id came before with other bytes</span>;
  const shipments = row.shipmentIds.length;
  return (
    <span className="text-ink-2">
      {shipments === 0
        ? "no shipment"
        : shipments === 1
          ? "1 shipment"
          : `${shipments}${shipments === 20 ? " or more" : ""} shipments`}
      {row.readings > 1 ? `, read ${row.readings} times` : ""}
    </span>
  );
}

function sameRow(a: MessageRow | undefined, b: MessageRow | undefined): boolean {
  return a?.id === b?.id && a?.status === b?.status && a?.readings === b?.readings;
}

/** The messages of one feed, newest first, with the inspector beside them. */
export function MessageLog({ feedId }: { feedId: number }) {
  const mayRead = useMay("messages:read");
  if (!mayRead) return <NoRight what="messages" right="messages:read" />;
  return <Log feedId={feedId} />;
}

function Log({ feedId }: { feedId: number }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const zone = useZone();
  const [url, set] = useUrlState(parsers);
  const filter = useMemo((): MessageFilter => {
    const parsed = messageFilter.safeParse({
      feedId,
      show: url.show,
      search: url.search,
      since: wallInstant(url.since, zone),
      until: wallInstant(url.until, zone),
    });
    return parsed.success ? parsed.data : messageFilter.parse({ feedId });
  }, [feedId, url.show, url.search, url.since, url.until, zone]);
  const list = useInfiniteQuery({
    ...trpc.messages.list.infiniteQueryOptions({ filter, limit: 60 }, { getNextPageParam: (page) => page.nextCursor }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const rows = useRows(list);
  const [moved, setMoved] = useState(false);
  const look = async () => {
    const newest = await queries.fetchQuery(trpc.messages.list.queryOptions({ filter, limit: 1 }, { staleTime: 0 }));
    if (!sameRow(newest.items[0], rows[0])) setMoved(true);
  };
  useLive(
    ["feeds", "shipments"],
    (word) => {
      if (word === "changed") setMoved(true);
      else if (list.data) void look().catch(() => {});
    },
    4_000,
  );
  const open = useCallback((row: MessageRow) => void set({ message: row.id }, { history: "replace" }), [set]);
  const search = useCallback((words: string) => void set({ search: words }, { history: "replace" }), [set]);
  const walk = (step: 1 | -1) => {
    const next = rows[rows.findIndex((row) => row.id === url.message) + step];
    if (next) open(next);
  };
  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <DataTable
          name="messages"
          label="Messages"
          columns={columns}
          rows={rows}
          rowId={(row) => row.id}
          {...pagedTable(list)}
          activeId={url.message}
          onActivate={open}
          noun={["message", "messages"]}
          exportHref={`/messages/export?${new URLSearchParams({ filter: JSON.stringify(filter) })}`}
          toolbar={
            <>
              <SearchBox
                label="Search messages by receipt, sender's id, hash or correlation id"
                placeholder="Receipt, sender's id, SHA-256, correlation id"
                value={url.search}
                onChange={search}
                className="w-72 max-sm:w-full"
              />
              <Select
                aria-label="Show"
                value={url.show}
                onChange={(show) => void set({ show })}
                choices={SHOWS.map((value) => ({ value, label: SHOW_WORD[value] }))}
                className="w-44"
              />
              <Input
                type="datetime-local"
                aria-label={`Since (${zone})`}
                title={`Since, ${zone}`}
                value={url.since}
                onChange={(event) => void set({ since: event.target.value }, { history: "replace" })}
                className="w-44"
              />
              <Input
                type="datetime-local"
                aria-label={`Until (${zone})`}
                title={`Until, ${zone}`}
                value={url.until}
                onChange={(event) => void set({ until: event.target.value }, { history: "replace" })}
                className="w-44"
              />
              {moved ? (
                <Button
                  size="sm"
                  onClick={() => {
                    setMoved(false);
                    void queries.resetQueries(trpc.messages.list.infiniteQueryFilter());
                  }}
                >
                  Show new ones
                </Button>
              ) : null}
            </>
          }
          empty={
            url.search !== "" ? (
              <EmptyState title="No message of this feed carries that">
                Receipts, sender's ids and hashes are found whenever they came; a correlation id is looked for among the
                newest 100,000 messages.
              </EmptyState>
            ) : url.show !== "all" || url.since !== "" || url.until !== "" ? (
              <EmptyState
                title="No message matches"
                action={<Button onClick={() => void set({ show: "all", since: "", until: "" })}>Show all</Button>}
              />
            ) : (
              <EmptyState title="Nothing has come yet">
                The first message appears here as soon as it is stored. Send a sample from the overview to see the whole
                way.
              </EmptyState>
            )
          }
        />
      </div>
      {url.message ? (
        <SidePanel
          label="Message"
          onClose={() => void set({ message: null }, { history: "replace" })}
          onWalk={rows.length > 1 ? walk : undefined}
          pageHref={`/messages/${url.message}`}
          header={
            <div className="flex flex-col gap-0.5 py-0.5">
              <h2 className="font-semibold text-base">Message</h2>
              <Identifier value={url.message} max={40} />
            </div>
          }
        >
          <Inspector key={url.message} id={url.message} />
        </SidePanel>
      ) : null}
    </div>
  );
}
