"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { parseAsArrayOf, parseAsInteger, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useEffect, useRef } from "react";
import { useTRPC } from "@/components/providers";
import { DataTable } from "@/components/tables/data-table";
import { pagedTable, useRows } from "@/components/tables/paged";
import { cn } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { formatCount } from "@/components/ui/number";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { RUN_RESULTS, type RunResult } from "@/core/runs/run";
import { DoIt } from "./do-it";
import { ItemPanel } from "./item-panel";
import { RunPreview } from "./preview";
import { columnsOf, wordOf } from "./run-items";
import { Progress, type Run, useRun } from "./run-progress";
import { UndoButton } from "./undo-button";
import { mappingInWords, RUN_KIND_WORD, scopeInWords } from "./words";

const parsers = {
  result: parseAsArrayOf(parseAsStringLiteral(RUN_RESULTS)).withDefault([]),
  item: parseAsInteger,
};

export function RunPage({ id }: { id: string }) {
  const got = useRun(id);
  if (got.error)
    return (
      <ErrorState title="This run could not be read" error={got.error} onRetry={() => void got.refetch()}>
        <Link href="/runs" className="text-accent underline-offset-2 hover:underline">
          All runs
        </Link>
      </ErrorState>
    );
  if (!got.data)
    return (
      <div className="p-4">
        <SkeletonLines lines={8} />
      </div>
    );
  return <Loaded run={got.data} />;
}

function Loaded({ run }: { run: Run }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [url, set] = useQueryStates(parsers, { history: "replace" });
  const filter = { result: url.result };
  const results = useQuery({ ...trpc.runs.results.queryOptions({ id: run.id }), placeholderData: (was) => was });
  const items = useInfiniteQuery(
    trpc.runs.items.infiniteQueryOptions(
      { id: run.id, filter, limit: 100 },
      { getNextPageParam: (page) => page.nextCursor },
    ),
  );
  const rows = useRows(items);
  // results come in while it runs: read them again as it moves, without letting go of the place in the list
  const seen = useRef(run.processed);
  useEffect(() => {
    if (seen.current === run.processed) return;
    seen.current = run.processed;
    void results.refetch();
    void items.refetch();
  }, [run.processed, results, items]);
  const item = rows.find((row) => row.position === url.item);
  const countOf = (result: RunResult | null) => results.data?.find((row) => row.result === result)?.count ?? 0;
  const listed = url.result.length === 0 ? run.total : url.result.reduce((sum, result) => sum + countOf(result), 0);
  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col bg-surface">
        <header className="flex flex-col gap-2 border-line border-b px-4 pt-3 pb-3">
          <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
            <div className="min-w-0">
              <Link href="/runs" className="inline-flex items-center gap-1 text-ink-3 text-xs hover:text-ink">
                <ArrowLeft className="size-3" aria-hidden />
                Runs
              </Link>
              <h1 className="font-semibold text-xl tracking-tight">
                {RUN_KIND_WORD[run.kind]}
                {run.dryRun ? (
                  <span className="font-normal text-ink-3">
                    {run.kind === "shadow" ? " on a copy: nothing was changed" : " dry run: nothing was changed"}
                  </span>
                ) : run.kind === "shadow" ? (
                  <span className="font-normal text-ink-3"> done for real, as previewed</span>
                ) : null}
              </h1>
              <p className="text-ink-2">
                {scopeInWords(run.scope)}
                {run.mapping ? `, ${mappingInWords(run)}` : ""}
                <span className="text-ink-3">
                  {" · "}
                  {run.by ?? "Waypost"}, <Time at={run.createdAt} />
                </span>
              </p>
            </div>
            <span className="ml-auto">
              <UndoButton run={run} onUndone={(id) => router.push(`/runs/${id}`)} />
            </span>
          </div>
          <Progress run={run} link={false} />
          <RunPreview run={run} />
          <DoIt run={run} />
        </header>
        <DataTable
          name="run-items"
          label="Items"
          columns={columnsOf(run)}
          rows={rows}
          rowId={(row) => String(row.position)}
          {...pagedTable(items)}
          activeId={url.item === null ? null : String(url.item)}
          onActivate={(row) => void set({ item: row.position })}
          total={listed}
          noun={["item", "items"]}
          exportHref={`/runs/${run.id}/export?${new URLSearchParams(url.result.map((result) => ["result", result]))}`}
          toolbar={
            <nav aria-label="Results" className="flex min-w-0 flex-1 gap-1 overflow-x-auto">
              <ResultTab
                word="All"
                count={run.total}
                here={url.result.length === 0}
                onClick={() => void set({ result: [] })}
              />
              {RUN_RESULTS.map((result) => (
                <ResultTab
                  key={result}
                  word={wordOf(run, result)}
                  count={countOf(result)}
                  here={url.result.length === 1 && url.result[0] === result}
                  onClick={() => void set({ result: [result] })}
                />
              ))}
            </nav>
          }
          empty={
            <EmptyState
              title={run.kind === "count" ? "A count keeps no list of what it counted" : "No item with this result"}
            >
              {run.processed < run.total ? "The run is not through yet; results appear here as they come." : null}
            </EmptyState>
          }
        />
      </div>
      {item ? (
        <ItemPanel
          run={run}
          item={item}
          onClose={() => void set({ item: null })}
          onWalk={(step) => {
            const next = rows[rows.indexOf(item) + step];
            if (next) void set({ item: next.position });
          }}
        />
      ) : null}
    </div>
  );
}

function ResultTab({
  word,
  count,
  here,
  onClick,
}: {
  word: string;
  count: number;
  here: boolean;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      aria-current={here ? "true" : undefined}
      onClick={onClick}
      className={cn(
        "h-7 whitespace-nowrap rounded-md px-2 text-ink-2 hover:bg-sunken hover:text-ink",
        here && "bg-sunken font-medium text-ink",
      )}
    >
      {word}
      <span className="ml-1.5 text-ink-3 text-xs">{formatCount(count)}</span>
    </button>
  );
}
