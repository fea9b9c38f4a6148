"use client";
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { parseAsArrayOf, parseAsInteger, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useEffect, useMemo, useRef } from "react";
import { Diff } from "@/components/diff/diff";
import { diffRowsOf } from "@/components/diff/diff-rows";
import { ExplainedDetails } from "@/components/postings/explained";
import { useTRPC } from "@/components/providers";
import { repairRows } from "@/components/reconciliation/repair-rows";
import { useMay } from "@/components/shell/viewer";
import { type Column, DataTable } from "@/components/tables/data-table";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Identifier } from "@/components/ui/identifier";
import { formatCount } from "@/components/ui/number";
import { Section, SidePanel } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { RUN_RESULTS, type RunResult } from "@/core/runs/run";
import type { AppRouter } from "@/server/api/root";
import { type ShipmentChange, shipmentChanges } from "./item-diff";
import { Progress, type Run, useRun } from "./run-progress";
import { ShadowItem, shadowTarget, sideOf } from "./shadow-item";
import { UndoButton } from "./undo-button";
import { proposalOf, RESULT_LOOK, RUN_KIND_WORD, scopeInWords } from "./words";

type Item = inferRouterOutputs<AppRouter>["runs"]["items"]["items"][number];

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
  const rows = useMemo(() => items.data?.pages.flatMap((page) => page.items) ?? [], [items.data]);
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
                {run.mapping ? `, by the ${run.mapping} mapping` : ""}
                <span className="text-ink-3">
                  {" · "}
                  {run.by ?? "Waypost"}, <Time at={run.createdAt} />
                </span>
              </p>
            </div>
            <span className="ml-auto">
              <UndoButton run={run} onUndone={(id) => router.push(`/runs/${id}`)} />
              <DoIt run={run} changing={countOf("changed")} />
            </span>
          </div>
          <Progress run={run} link={false} />
        </header>
        <DataTable
          name="run-items"
          label="Items"
          columns={columnsOf(run)}
          rows={rows}
          rowId={(row) => String(row.position)}
          loading={items.isPending}
          error={items.error}
          onRetry={() => void items.refetch()}
          hasMore={items.hasNextPage}
          loadingMore={items.isFetchingNextPage}
          onLoadMore={() => void items.fetchNextPage()}
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
            <EmptyState title="No item with this result">
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

/** A comparison changes nothing: its results are whether the systems agree. */
function wordOf(run: Run, result: RunResult): string {
  if (run.kind === "reconcile" && result === "changed") return "Differs";
  if (run.kind === "reconcile" && result === "unchanged") return "Agrees";
  return run.dryRun ? RESULT_LOOK[result].would : RESULT_LOOK[result].word;
}

/** Whether a repair has converged, of an item that read it back. */
function provedWord(run: Run, item: Item): string | null {
  if (run.kind !== "repair" || !item.target.startsWith("proof ")) return null;
  return item.result === "changed" ? "Converged" : item.result === "failed" ? "Not converged" : null;
}

function ResultBadge({ item, run }: { item: Item; run: Run }) {
  if (item.result === null)
    return (
      <Badge tone="idle" shape="clock">
        Not yet
      </Badge>
    );
  const look = RESULT_LOOK[item.result];
  return (
    <Badge tone={look.tone} shape={look.shape}>
      {provedWord(run, item) ?? wordOf(run, item.result)}
    </Badge>
  );
}

const isOnExceptions = (run: Run) => run.kind === "triage" || run.kind === "undo";

/** What an item is about: a message by its receipt, or a posting by shipment and key. */
function targetOf(run: Run, item: Item): { words: string; href: string } {
  if (run.kind === "replay") return { words: item.target, href: `/messages/${item.target}` };
  if (isOnExceptions(run)) return { words: item.target, href: `/exceptions?view=list&id=${item.target}` };
  if (run.kind === "shadow") {
    const [first = ""] = item.target.split(" ");
    const shipment = sideOf(item.after)?.shipments[0];
    return {
      words: shadowTarget(item.target, item.after),
      href: shipment ? `/shipments/${shipment.id}` : `/messages/${first}`,
    };
  }
  if (run.kind === "reconcile" && item.target.startsWith("unknown "))
    return { words: "Transfers that only Odoo has", href: "/reconciliation" };
  if (run.kind === "repair" && item.target.startsWith("proof "))
    return { words: `Read back: ${item.target.slice(6)}`, href: `/shipments/${item.target.slice(6)}` };
  const [shipmentId = "", key = ""] = item.target.split(" ");
  return { words: key || shipmentId, href: `/shipments/${shipmentId}` };
}

const TARGET_WORD: Readonly<Record<Run["kind"], string>> = {
  replay: "Message",
  repost: "Posting",
  review: "Shipment",
  triage: "Exception",
  undo: "Exception",
  shadow: "Shipments",
  reconcile: "Shipment",
  repair: "Shipment",
};

function columnsOf(run: Run): Column<Item>[] {
  return [
    {
      id: "result",
      label: "Result",
      width: 150,
      narrowWidth: 130,
      fixed: true,
      cell: (item) => <ResultBadge item={item} run={run} />,
    },
    {
      id: "target",
      label: TARGET_WORD[run.kind],
      width: 300,
      narrowWidth: 180,
      fixed: true,
      cell: (item) =>
        run.kind === "shadow" ? targetOf(run, item).words : <Identifier value={targetOf(run, item).words} max={38} />,
    },
    {
      id: "reason",
      label: "Why",
      width: 280,
      grow: true,
      wide: true,
      cell: (item) => (
        <span title={item.reason ?? undefined}>{item.reason ?? <span className="text-ink-3">–</span>}</span>
      ),
    },
    { id: "at", label: "When", width: 100, wide: true, cell: (item) => <Time at={item.at} className="text-ink-2" /> },
  ];
}

function ItemPanel({
  run,
  item,
  onClose,
  onWalk,
}: {
  run: Run;
  item: Item;
  onClose: () => void;
  onWalk: (step: 1 | -1) => void;
}) {
  const target = targetOf(run, item);
  const shipments = shipmentChanges(item.before, item.after);
  const rowsOf = run.kind === "repair" ? repairRows : diffRowsOf;
  const rows = shipments === null ? rowsOf(item.before, item.after) : [];
  return (
    <SidePanel
      label="Item"
      onClose={onClose}
      onWalk={onWalk}
      header={
        <div className="flex flex-col gap-0.5">
          <ResultBadge item={item} run={run} />
          {run.kind === "shadow" ? (
            <span className="font-medium">{target.words}</span>
          ) : (
            <Identifier value={target.words} max={44} />
          )}
        </div>
      }
    >
      {item.reason ? (
        <Section title="Why">
          <p className="break-words">{item.reason}</p>
        </Section>
      ) : null}
      <Section
        title={
          run.kind === "reconcile"
            ? "In Odoo, and here"
            : run.dryRun
              ? "What would change"
              : item.result === "conflict"
                ? "What it would have changed"
                : "What changed"
        }
      >
        {run.kind === "shadow" && item.result !== null ? (
          <ShadowItem before={item.before} after={item.after} dryRun={run.dryRun} />
        ) : shipments !== null && shipments.length > 0 ? (
          shipments.map((one) => <ShipmentChanges key={one.shipmentId} change={one} dryRun={run.dryRun} />)
        ) : rows.length > 0 ? (
          <Diff rows={rows} label="Before and after" />
        ) : (
          <p className="text-ink-3">{item.result === null ? "It has not been worked yet." : "Nothing."}</p>
        )}
      </Section>
      <Section title="Where">
        <Link href={target.href} className="text-accent underline-offset-2 hover:underline">
          Open the{" "}
          {target.href.startsWith("/messages")
            ? "message"
            : target.href.startsWith("/exceptions")
              ? "exception"
              : "shipment"}
        </Link>
      </Section>
    </SidePanel>
  );
}

function ShipmentChanges({ change, dryRun }: { change: ShipmentChange; dryRun: boolean }) {
  return (
    <div className="mb-3 flex flex-col gap-2 last:mb-0">
      <Link href={`/shipments/${change.shipmentId}`} className="font-medium underline-offset-2 hover:underline">
        {change.shipment}
      </Link>
      <Diff
        label={`Before and after of ${change.shipment}`}
        rows={change.rows.map((row) => ({ field: row.field, old: { value: row.old }, new: { value: row.new } }))}
      />
      {change.opens.length > 0 ? (
        <p className="break-words">
          {dryRun ? "Would open" : "Opened"}{" "}
          {change.opens.length === 1 ? "an exception" : `${change.opens.length} exceptions`}: {change.opens.join("; ")}
        </p>
      ) : null}
      {change.closes > 0 ? (
        <p>
          {dryRun ? "Would close" : "Closed"} {change.closes} {change.closes === 1 ? "exception" : "exceptions"}
        </p>
      ) : null}
      {change.postings.map((posting, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: postings of one item have no other name
        <div key={i} className="flex flex-col gap-1">
          <p>
            {dryRun ? "Would plan for Odoo" : "Planned for Odoo"}: {posting.kind}
            {posting.held ? <span className="text-ink-3">, waiting: {posting.held}</span> : null}
          </p>
          <Diff rows={diffRowsOf(posting.before, posting.after)} oldTitle="In Odoo before" newTitle="To be posted" />
          {posting.explained ? <ExplainedDetails explained={posting.explained} /> : null}
        </div>
      ))}
    </div>
  );
}

/** After a dry run: the same scope for real, with the number that it will change on the button. */
function DoIt({ run, changing }: { run: Run; changing: number }) {
  const trpc = useTRPC();
  const router = useRouter();
  const mayReplay = useMay("messages:replay");
  const mayRepost = useMay("postings:repost");
  const mayRepair = useMay("reconciliation:repair");
  const started = {
    onSuccess: (made: { id: string }) => router.push(`/runs/${made.id}`),
    onError: (error: { message: string }) => toast.error(error.message),
  };
  const again = useMutation(trpc.runs.repeat.mutationOptions(started));
  const mayMend = useMay("crosswalks:mend");
  const proposal = proposalOf(run.scope);
  const may =
    run.kind === "repost"
      ? mayRepost
      : run.kind === "repair"
        ? mayRepair
        : run.kind === "replay" || run.kind === "shadow"
          ? mayReplay && (proposal === null || mayMend)
          : false;
  if (!run.dryRun || run.state !== "done" || !may) return null;
  if (changing === 0) return <span className="text-ink-3">It would change nothing, so there is nothing to do.</span>;
  if (run.kind === "shadow")
    return (
      <Button variant="primary" busy={again.isPending} onClick={() => again.mutate({ id: run.id })}>
        {proposal ? "Activate and replay" : "Do exactly this"}, changing {formatCount(changing)}
      </Button>
    );
  if (run.kind === "repair")
    return (
      <Button variant="primary" busy={again.isPending} onClick={() => again.mutate({ id: run.id })}>
        Repair {formatCount(changing)} {changing === 1 ? "shipment" : "shipments"} as shown
      </Button>
    );
  const what =
    run.kind === "replay" ? (run.total === 1 ? "message" : "messages") : run.total === 1 ? "posting" : "postings";
  return (
    <Button variant="primary" busy={again.isPending} onClick={() => again.mutate({ id: run.id })}>
      {run.kind === "replay" ? "Replay" : "Post again"} {formatCount(run.total)} {what}, changing{" "}
      {formatCount(changing)}
    </Button>
  );
}
