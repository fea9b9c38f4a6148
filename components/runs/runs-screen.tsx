"use client";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { parseAsArrayOf, parseAsStringLiteral } from "nuqs";
import { useTRPC } from "@/components/providers";
import { useLive } from "@/components/shell/live";
import { PageHeader } from "@/components/shell/page-header";
import { useUrlState } from "@/components/shell/use-url-state";
import { type Column, DataTable } from "@/components/tables/data-table";
import { FacetFilter } from "@/components/tables/facet-filter";
import { pagedTable, useRows } from "@/components/tables/paged";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount } from "@/components/ui/number";
import { Time } from "@/components/ui/time";
import { RUN_KINDS, RUN_STATES } from "@/core/runs/run";
import type { AppRouter } from "@/server/api/root";
import { RunStateBadge } from "./run-progress";
import { RUN_KIND_WORD, RUN_STATE_LOOK, scopeInWords } from "./words";

type RunRow = inferRouterOutputs<AppRouter>["runs"]["list"]["items"][number];

const parsers = {
  state: parseAsArrayOf(parseAsStringLiteral(RUN_STATES)).withDefault([]),
  kind: parseAsArrayOf(parseAsStringLiteral(RUN_KINDS)).withDefault([]),
};

const columns: Column<RunRow>[] = [
  { id: "state", label: "State", width: 112, fixed: true, cell: (run) => <RunStateBadge run={run} /> },
  {
    id: "what",
    label: "What",
    width: 150,
    narrowWidth: 130,
    fixed: true,
    cell: (run) => (
      <span className="font-medium">
        {RUN_KIND_WORD[run.kind]}
        {run.dryRun ? <span className="font-normal text-ink-3"> dry run</span> : null}
      </span>
    ),
  },
  {
    id: "scope",
    label: "Of what",
    width: 260,
    grow: true,
    wide: true,
    cell: (run) => <span title={scopeInWords(run.scope)}>{scopeInWords(run.scope)}</span>,
  },
  { id: "progress", label: "Done", width: 150, cell: (run) => <Bar run={run} /> },
  { id: "changed", label: "Changed", width: 88, align: "right", wide: true, cell: (run) => formatCount(run.changed) },
  {
    id: "failed",
    label: "Failed",
    width: 80,
    align: "right",
    wide: true,
    cell: (run) => <span className={run.failed > 0 ? "text-broken" : "text-ink-3"}>{formatCount(run.failed)}</span>,
  },
  { id: "by", label: "Started by", width: 150, wide: true, cell: (run) => run.by ?? "Waypost" },
  {
    id: "at",
    label: "When",
    width: 100,
    wide: true,
    cell: (run) => <Time at={run.createdAt} className="text-ink-2" />,
  },
];

function Bar({ run }: { run: RunRow }) {
  const share = run.total === 0 ? (run.endedAt ? 1 : 0) : run.processed / run.total;
  return (
    <span className="flex items-center gap-2">
      <span className="flex h-1.5 w-16 overflow-hidden rounded-full bg-sunken">
        <span className={run.dryRun ? "bg-idle" : "bg-accent"} style={{ width: `${share * 100}%` }} />
      </span>
      <span className="text-ink-2 text-xs">
        {formatCount(run.processed)} / {formatCount(run.total)}
      </span>
    </span>
  );
}

export function RunsScreen() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const router = useRouter();
  const [filter, set] = useUrlState(parsers);
  const list = useInfiniteQuery({
    ...trpc.runs.list.infiniteQueryOptions({ filter, limit: 60 }, { getNextPageParam: (page) => page.nextCursor }),
    refetchOnWindowFocus: false,
  });
  // runs are few, and their order is that of their making: what changed is read in place
  useLive(["runs"], () => void queries.invalidateQueries(trpc.runs.list.infiniteQueryFilter()));
  const rows = useRows(list);
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-surface">
      <PageHeader
        title="Runs"
        note="Bulk work, what it did to each item, and how to stop it"
        actions={
          <Button asChild>
            <Link href="/runs/schedules">Batch workflows</Link>
          </Button>
        }
      />
      <DataTable
        name="runs"
        label="Runs"
        columns={columns}
        rows={rows}
        rowId={(run) => run.id}
        {...pagedTable(list)}
        onActivate={(run) => router.push(`/runs/${run.id}`)}
        noun={["run", "runs"]}
        toolbar={
          <>
            <FacetFilter
              label="State"
              value={filter.state}
              onChange={(state) => void set({ state })}
              choices={RUN_STATES.map((value) => ({
                value,
                words: RUN_STATE_LOOK[value].word,
                label: <RunStateBadge run={{ state: value, summary: null }} />,
              }))}
            />
            <FacetFilter
              label="Kind"
              value={filter.kind}
              onChange={(kind) => void set({ kind })}
              choices={RUN_KINDS.map((value) => ({ value, words: RUN_KIND_WORD[value], label: RUN_KIND_WORD[value] }))}
            />
          </>
        }
        empty={
          <EmptyState title={filter.state.length + filter.kind.length > 0 ? "No run matches" : "No runs yet"}>
            Replaying messages or posting again starts one, from an exception, a feed or the outbox. Its dry run stands
            here too.
          </EmptyState>
        }
      />
    </div>
  );
}
