"use client";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { RotateCcw, X } from "lucide-react";
import Link from "next/link";
import { useCallback, useEffect, useState } from "react";
import { useTRPC } from "@/components/providers";
import { ListFrame, ViewTab } from "@/components/shell/list-frame";
import { useLive } from "@/components/shell/live";
import { useMay } from "@/components/shell/viewer";
import { SearchBox } from "@/components/shipments/search-box";
import { type Column, DataTable, NOTHING, type Selection } from "@/components/tables/data-table";
import { FacetFilter } from "@/components/tables/facet-filter";
import { pagedTable, useFresh, useRows } from "@/components/tables/paged";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Time } from "@/components/ui/time";
import { OUTBOX_TAB_NAMES, type OutboxTab } from "@/core/postings/filter";
import { HOLD_WORD } from "@/core/postings/hold-words";
import { HOLD_REASONS, POSTING_KINDS } from "@/core/postings/kinds";
import { changeInWords } from "./change-in-words";
import { HoldWords } from "./hold-words";
import { PostingBadge } from "./posting-badge";
import { PostingPanel } from "./posting-panel";
import { RecoverDialog } from "./recover-dialog";
import { CancelDialog, type PostingTarget, RepostManyDialog } from "./repost-dialog";
import type { PostingRow } from "./rows";
import { usePostingsUrl } from "./url";
import { POSTING_KIND_WORD, TAB_WORD } from "./words";

const columns: Column<PostingRow>[] = [
  {
    id: "state",
    label: "State",
    width: 152,
    narrowWidth: 130,
    fixed: true,
    cell: (row) => <PostingBadge state={row.state} />,
  },
  {
    id: "kind",
    label: "What",
    width: 168,
    narrowWidth: 150,
    fixed: true,
    cell: (row) => <span className="font-medium">{POSTING_KIND_WORD[row.kind]}</span>,
  },
  { id: "record", label: "Odoo record", width: 132, cell: (row) => row.recordName ?? `picking ${row.recordId}` },
  {
    id: "change",
    label: "Change",
    width: 220,
    grow: true,
    wide: true,
    cell: (row) => (
      <span title={changeInWords(row.before, row.after)}>{changeInWords(row.before, row.after) || "–"}</span>
    ),
  },
  {
    id: "why",
    label: "Why it stands there",
    width: 260,
    wide: true,
    cell: (row) =>
      row.state === "held" && row.heldBecause ? (
        <HoldWords row={row} />
      ) : row.lastReason ? (
        <span title={row.lastReason}>{row.lastReason}</span>
      ) : (
        <span className="text-ink-3">–</span>
      ),
  },
  {
    id: "shipment",
    label: "Shipment",
    width: 140,
    wide: true,
    cell: (row) => (
      <Link
        href={row.invoiceId ? `/freight?tab=all&id=${row.invoiceId}` : `/shipments/${row.shipmentId}`}
        onClick={(event) => event.stopPropagation()}
        className="underline-offset-2 hover:underline"
      >
        {row.invoiceId ? `bill ${row.recordName ?? ""}` : (row.shipmentName ?? row.shipmentId.slice(-8))}
      </Link>
    ),
  },
  {
    id: "attempts",
    label: "Attempts",
    width: 78,
    align: "right",
    wide: true,
    cell: (row) => row.attempts || <span className="text-ink-3">0</span>,
  },
  { id: "connection", label: "Connection", width: 130, wide: true, hidden: true, cell: (row) => row.connection || "–" },
  {
    id: "due",
    label: "Next",
    width: 96,
    wide: true,
    cell: (row) =>
      row.state === "planned" ||
      row.state === "unconfirmed" ||
      row.heldBecause === "window" ||
      row.heldBecause === "interval" ? (
        <Time at={row.dueAt} className="text-ink-2" />
      ) : (
        <span className="text-ink-3">–</span>
      ),
  },
  {
    id: "at",
    label: "Changed",
    width: 100,
    wide: true,
    cell: (row) => <Time at={row.updatedAt} className="text-ink-2" />,
  },
];

const keep = <T,>(was: T | undefined) => was;

export function PostingsScreen() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { tab, id, filter, recover, since, until, set } = usePostingsUrl();
  const mayRepost = useMay("postings:repost");
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const [asking, setAsking] = useState<"repost" | "cancel" | null>(null);
  const list = useInfiniteQuery({
    ...trpc.postings.list.infiniteQueryOptions({ filter, limit: 60 }, { getNextPageParam: (page) => page.nextCursor }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const rows = useRows(list);
  const counts = useQuery({
    ...trpc.postings.counts.queryOptions({ filter }),
    placeholderData: keep,
    refetchInterval: 30_000,
  });
  const tabs = counts.data?.tabs;
  const all = tabs ? Object.values(tabs).reduce((sum, one) => sum + one.count, 0) : undefined;
  const capped = tabs ? Object.values(tabs).some((one) => one.capped) : false;
  const total = tabs ? (tab === "all" ? all : tabs[tab].count) : undefined;

  const key = JSON.stringify(filter);
  const { fresh, again } = useFresh(key, total, list.isPending);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter is another list
  useEffect(() => setSelection(NOTHING), [key]);
  useLive(["postings"], () => {
    void queries.invalidateQueries(trpc.postings.counts.queryFilter());
    if (id) void queries.invalidateQueries(trpc.postings.get.queryFilter({ id }));
  });
  const reload = () => {
    again();
    setSelection(NOTHING);
    void queries.resetQueries(trpc.postings.list.infiniteQueryFilter());
    void queries.invalidateQueries(trpc.postings.counts.queryFilter());
  };

  const open = useCallback((row: PostingRow) => void set({ id: row.id }, { history: "replace" }), [set]);
  const search = useCallback((words: string) => void set({ search: words }, { history: "replace" }), [set]);
  const walk = (step: 1 | -1) => {
    const next = rows[rows.findIndex((row) => row.id === id) + step];
    if (next) open(next);
  };
  const target: PostingTarget = selection.all ? { filter, except: [...selection.except] } : { ids: [...selection.ids] };
  const chosen = selection.all ? Math.max(0, (total ?? 0) - selection.except.size) : selection.ids.size;
  const filtered = filter.kind.length + filter.connection.length + filter.held.length > 0 || filter.search !== "";

  return (
    <>
      <ListFrame
        title="Postings"
        note="What Odoo is told, and what it answered"
        actions={
          mayRepost ? (
            <Button onClick={() => void set({ recover: true, since: aDayAgo() }, { history: "replace" })}>
              <RotateCcw aria-hidden />
              Post again what failed
            </Button>
          ) : null
        }
        viewsLabel="States"
        views={(["all", ...OUTBOX_TAB_NAMES] as const).map((name) => (
          <ViewTab
            key={name}
            word={name === "all" ? "All" : TAB_WORD[name]}
            here={tab === name}
            count={name === "all" ? all : tabs?.[name].count}
            capped={name === "all" ? capped : tabs?.[name].capped}
            countTone={
              name !== "all" && BAD.has(name) && (tabs?.[name].count ?? 0) > 0 ? "font-medium text-broken" : undefined
            }
            onClick={() =>
              void set({ tab: name, id: null, held: name === "waiting" || name === "all" ? undefined : [] })
            }
          />
        ))}
        panel={
          id ? (
            <PostingPanel
              id={id}
              onClose={() => void set({ id: null }, { history: "replace" })}
              onWalk={rows.length > 1 ? walk : undefined}
            />
          ) : null
        }
      >
        <DataTable
          name="postings"
          label="Postings"
          columns={columns}
          rows={rows}
          rowId={(row) => row.id}
          {...pagedTable(list)}
          activeId={id}
          onActivate={open}
          selection={mayRepost ? selection : undefined}
          onSelection={mayRepost ? setSelection : undefined}
          bulk={() =>
            "ids" in target && target.ids.length > 500 ? (
              <span className="text-ink-3">Choose up to 500 by hand, or all that match.</span>
            ) : (
              <>
                <Button onClick={() => setAsking("repost")}>Post again</Button>
                <Button onClick={() => setAsking("cancel")}>Cancel waiting</Button>
              </>
            )
          }
          total={total}
          totalCapped={tab === "all" ? capped : (tabs?.[tab].capped ?? false)}
          noun={["posting", "postings"]}
          exportHref={`/postings/export?${new URLSearchParams({ filter: JSON.stringify(filter) })}`}
          fresh={fresh}
          onShowFresh={reload}
          toolbar={
            <>
              <SearchBox
                label="Search postings by number, key or correlation id"
                placeholder="Picking, order, tracking number, key"
                value={filter.search}
                onChange={search}
                className="w-72 max-sm:w-full"
              />
              <FacetFilter
                label="What"
                value={filter.kind}
                onChange={(kind) => void set({ kind })}
                choices={POSTING_KINDS.map((value) => ({
                  value,
                  words: POSTING_KIND_WORD[value],
                  label: POSTING_KIND_WORD[value],
                  count: counts.data ? (counts.data.kind.find((one) => one.value === value)?.count ?? 0) : undefined,
                }))}
              />
              <FacetFilter
                label="Waiting for"
                value={filter.held}
                onChange={(held) => void set({ held, tab: held.length > 0 ? "waiting" : tab })}
                choices={HOLD_REASONS.map((value) => ({
                  value,
                  words: HOLD_WORD[value].word,
                  label: HOLD_WORD[value].word,
                  count: counts.data ? (counts.data.held.find((one) => one.value === value)?.count ?? 0) : undefined,
                }))}
              />
              {(counts.data?.connection.length ?? 0) > 1 || filter.connection.length > 0 ? (
                <FacetFilter
                  label="Connection"
                  value={filter.connection.map(String)}
                  onChange={(connection) => void set({ connection: connection.map(Number) })}
                  choices={(counts.data?.connection ?? []).map((one) => ({
                    value: String(one.value),
                    words: one.name,
                    label: one.name,
                    count: one.count,
                  }))}
                />
              ) : null}
              {filtered ? (
                <Button variant="quiet" onClick={() => void set({ kind: [], connection: [], held: [], search: "" })}>
                  <X aria-hidden />
                  Clear
                </Button>
              ) : null}
            </>
          }
          rowTone={(row) => (row.state === "superseded" || row.state === "cancelled" ? "muted" : undefined)}
          empty={<NoPostings tab={tab} filtered={filtered} />}
        />
      </ListFrame>
      {recover && mayRepost ? (
        <RecoverDialog
          chosen={{ since, until, kind: filter.kind, connection: filter.connection }}
          connections={counts.data?.connection ?? []}
          onChoose={(chosen) => void set(chosen, { history: "replace" })}
          onClose={() => void set({ recover: false, since: null, until: null }, { history: "replace" })}
        />
      ) : null}
      {asking === "repost" && chosen > 0 ? (
        <RepostManyDialog target={target} count={chosen} onClose={() => setAsking(null)} />
      ) : null}
      {asking === "cancel" && chosen > 0 ? (
        <CancelDialog
          target={target}
          count={chosen}
          onClose={() => setAsking(null)}
          onDone={() => {
            setAsking(null);
            reload();
          }}
        />
      ) : null}
    </>
  );
}

/** Whole minutes, which is what a field for a time shows. */
function aDayAgo(): Date {
  return new Date(Math.floor(Date.now() / 60_000) * 60_000 - 86_400_000);
}

/** Views that somebody has to look at. */
const BAD: ReadonlySet<OutboxTab> = new Set<OutboxTab>(["rejected", "dead", "unconfirmed"]);

const EMPTY: Readonly<Record<OutboxTab | "all", [string, string]>> = {
  all: [
    "Nothing has been planned for Odoo",
    "A posting appears when a shipment that is linked to a picking learns something Odoo should know.",
  ],
  due: ["Nothing is due", "What is planned goes out within seconds; a longer list means that Odoo is slow or limited."],
  sending: ["Nothing is on its way", "Postings stand here while Odoo works on them."],
  posted: [
    "Nothing was posted yet",
    "Switch a posting kind on for an Odoo connection; its dry run shows what would go out.",
  ],
  waiting: [
    "Nothing waits",
    "Postings wait here while a connection observes, is paused, or Odoo does not answer; each says why.",
  ],
  rejected: [
    "Odoo has refused nothing",
    "What Odoo refuses stands here with its own words, until somebody posts it again or cancels it.",
  ],
  unconfirmed: ["Every answer came", "A posting without an answer stands here until Odoo was read back."],
  dead: ["Nothing was given up", "After the last retry a posting stands here until somebody looks."],
  dropped: [
    "Nothing was replaced or cancelled",
    "Waiting postings that a newer one replaced, and those that people cancelled.",
  ],
};

function NoPostings({ tab, filtered }: { tab: OutboxTab | "all"; filtered: boolean }) {
  if (filtered) return <EmptyState title="No posting matches these filters" />;
  const [title, text] = EMPTY[tab];
  return <EmptyState title={title}>{text}</EmptyState>;
}
