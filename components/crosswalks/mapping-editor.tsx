"use client";
import { useQuery } from "@tanstack/react-query";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useMemo, useState } from "react";
import { useTRPC } from "@/components/providers";
import { SearchBox } from "@/components/shipments/search-box";
import { sentence } from "@/components/shipments/words";
import { type Column, DataTable } from "@/components/tables/data-table";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount } from "@/components/ui/number";
import { Select } from "@/components/ui/select";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { CROSSWALK_KINDS } from "@/core/feeds/feed";
import { MendPanel } from "./mend-panel";
import { type WordRow, wordRows } from "./rows";

const parsers = {
  kind: parseAsStringLiteral([...CROSSWALK_KINDS, "all"]).withDefault("all"),
  find: parseAsString.withDefault(""),
  word: parseAsString,
};

const columns: Column<WordRow>[] = [
  {
    id: "word",
    label: "Word of the source",
    width: 280,
    narrowWidth: 190,
    fixed: true,
    cell: (row) => <code className="font-mono text-[12px]">{row.word}</code>,
  },
  {
    id: "to",
    label: "Means",
    width: 220,
    grow: true,
    fixed: true,
    cell: (row) =>
      row.to === null ? (
        <Badge tone="late" shape="diamond">
          Nobody has said
        </Badge>
      ) : (
        <span className="font-medium">{row.kind === "status" ? sentence(row.to) : row.to}</span>
      ),
  },
  { id: "kind", label: "Table", width: 110, wide: true, cell: (row) => sentence(row.kind) },
  {
    id: "source",
    label: "By",
    width: 150,
    wide: true,
    cell: (row) =>
      row.source === "person" ? (
        `a person, version ${row.since}`
      ) : row.source === "pack" ? (
        <span className="text-ink-3">adapter's pack</span>
      ) : (
        <span className="text-ink-3">–</span>
      ),
  },
  {
    id: "count",
    label: "Came",
    width: 90,
    align: "right",
    wide: true,
    cell: (row) =>
      row.count === null ? (
        <span className="text-ink-3">–</span>
      ) : (
        <span
          className={row.count === 0 ? "text-ink-3" : ""}
          title={row.to === null ? "times without a meaning" : "times among the newest 500 messages"}
        >
          {formatCount(row.count)}
        </span>
      ),
  },
  { id: "last", label: "Last", width: 100, wide: true, cell: (row) => <Time at={row.lastAt} className="text-ink-2" /> },
];

/** The crosswalk of a feed: unmapped words on top, each mended with its consequences shown first. */
export function MappingEditor({ feedId, slug, version }: { feedId: number; slug: string; version: number }) {
  const trpc = useTRPC();
  const [url, set] = useQueryStates(parsers, { history: "replace" });
  const [history, setHistory] = useState(false);
  const crosswalk = useQuery(trpc.crosswalks.list.queryOptions({ id: feedId }));
  const recent = useQuery({ ...trpc.crosswalks.recent.queryOptions({ id: feedId }), staleTime: 120_000 });
  const uses = useMemo(
    () => (recent.data ? new Map(recent.data.words.map((one) => [one.word, one.count])) : null),
    [recent.data],
  );
  const all = useMemo(() => (crosswalk.data ? wordRows(crosswalk.data, uses) : []), [crosswalk.data, uses]);
  const wanted = url.find.toLowerCase();
  const rows = all.filter(
    (row) =>
      (url.kind === "all" || row.kind === url.kind) &&
      (wanted === "" || row.word.toLowerCase().includes(wanted) || (row.to ?? "").toLowerCase().includes(wanted)),
  );
  const open =
    url.word === null
      ? undefined
      : (all.find((row) => row.key === url.word) ?? all.find((row) => row.word === url.word));
  const unmapped = crosswalk.data?.unmapped.length ?? 0;
  const known = open
    ? [...new Set(all.filter((row) => row.kind === open.kind && row.to !== null).map((row) => row.to ?? ""))].sort()
    : [];
  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <DataTable
          name="crosswalk"
          label="Mapping"
          columns={columns}
          rows={rows}
          rowId={(row) => row.key}
          loading={crosswalk.isPending}
          error={crosswalk.error}
          onRetry={() => void crosswalk.refetch()}
          activeId={open?.key ?? null}
          onActivate={(row) => void set({ word: row.key })}
          total={rows.length}
          noun={["word", "words"]}
          toolbar={
            <>
              <SearchBox
                label="Find a word or a meaning"
                placeholder="Word or meaning"
                value={url.find}
                onChange={(find) => void set({ find })}
                className="w-56"
              />
              <Select
                aria-label="Table"
                value={url.kind}
                onChange={(kind) => void set({ kind })}
                choices={[
                  { value: "all", label: "All tables" },
                  ...CROSSWALK_KINDS.map((kind) => ({ value: kind, label: sentence(kind) })),
                ]}
                className="w-36"
              />
              {unmapped > 0 ? (
                <Badge tone="late" shape="diamond">
                  {unmapped === 1 ? "1 word without a meaning" : `${formatCount(unmapped)} words without a meaning`}
                </Badge>
              ) : crosswalk.data ? (
                <Badge tone="ok" shape="check">
                  Every word has a meaning
                </Badge>
              ) : null}
              <Button variant="quiet" onClick={() => setHistory(true)}>
                Version {version}
              </Button>
            </>
          }
          empty={
            <EmptyState title={all.length === 0 ? "This feed needs no words mapped" : "No word matches"}>
              Words that the source uses and nobody has mapped appear here by themselves, with how often they came.
            </EmptyState>
          }
        />
      </div>
      {open ? (
        <MendPanel
          key={open.key}
          feed={slug}
          row={open}
          known={known}
          onClose={() => void set({ word: null })}
          onWalk={
            rows.length > 1
              ? (step) => {
                  const next = rows[rows.findIndex((row) => row.key === open.key) + step];
                  if (next) void set({ word: next.key });
                }
              : undefined
          }
        />
      ) : null}
      {history ? <Versions feedId={feedId} onClose={() => setHistory(false)} /> : null}
    </div>
  );
}

/** Who changed the mapping, when and how. */
function Versions({ feedId, onClose }: { feedId: number; onClose: () => void }) {
  const trpc = useTRPC();
  const versions = useQuery(trpc.crosswalks.versions.queryOptions({ id: feedId }));
  return (
    <Dialog
      open
      onOpenChange={(next) => (next ? undefined : onClose())}
      title="Versions of the mapping"
      description="Each message remembers the version it was read by; a replay may use that one or the newest."
    >
      {versions.error ? <p className="text-broken">{versions.error.message}</p> : null}
      {versions.data ? (
        <ol className="flex flex-col">
          {versions.data.map((one) => (
            <li key={one.number} className="flex items-baseline gap-3 border-line border-b py-1.5 last:border-b-0">
              <span className="w-8 shrink-0 font-medium">{one.number}</span>
              <span className="min-w-0 flex-1 break-words">
                {one.note || <span className="text-ink-3">no note</span>}
                {one.zone ? <span className="text-ink-3"> · zone {one.zone}</span> : null}
              </span>
              <span className="shrink-0 text-ink-3 text-xs">
                {one.by ?? "Waypost"}, <Time at={one.at} />
              </span>
            </li>
          ))}
        </ol>
      ) : versions.error ? null : (
        <SkeletonLines lines={4} />
      )}
    </Dialog>
  );
}
