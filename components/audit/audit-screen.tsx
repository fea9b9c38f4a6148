"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useTRPC } from "@/components/providers";
import { PageHeader } from "@/components/shell/page-header";
import { type Column, DataTable } from "@/components/tables/data-table";
import { FacetFilter } from "@/components/tables/facet-filter";
import { pagedTable, useRows } from "@/components/tables/paged";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Identifier } from "@/components/ui/identifier";
import { Input } from "@/components/ui/input";
import { Time } from "@/components/ui/time";
import { ACTION_LABELS } from "@/core/access/audit-filter";
import type { AppRouter } from "@/server/api/root";
import { AuditPanel } from "./audit-panel";
import { type AuditUrl, exportHref, useAuditUrl } from "./url";

export type AuditRow = inferRouterOutputs<AppRouter>["audit"]["list"]["items"][number];

const COLUMNS: Column<AuditRow>[] = [
  { id: "at", label: "When", width: 150, fixed: true, cell: (row) => <Time at={row.at} show="absolute" /> },
  { id: "actor", label: "Who", width: 170, cell: (row) => row.actorName },
  { id: "action", label: "What", width: 220, cell: (row) => ACTION_LABELS[row.action] ?? row.action },
  {
    id: "subject",
    label: "About",
    width: 280,
    cell: (row) => <Identifier value={row.subject} max={34} />,
  },
  {
    id: "change",
    label: "Change",
    width: 240,
    grow: true,
    cell: (row) => <span className="text-ink-2">{summaryOf(row)}</span>,
  },
  { id: "reason", label: "Reason", width: 180, hidden: true, cell: (row) => row.reason ?? "" },
];

/** Names of the fields that were written, in one line. */
function summaryOf(row: AuditRow): string {
  const names = [row.before, row.after].flatMap((side) =>
    typeof side === "object" && side !== null && !Array.isArray(side) ? Object.keys(side) : [],
  );
  return [...new Set(names)].join(", ");
}

export function AuditScreen() {
  const trpc = useTRPC();
  const url = useAuditUrl();
  const list = useInfiniteQuery(
    trpc.audit.list.infiniteQueryOptions(
      { ...url.filter, limit: 100 },
      { getNextPageParam: (page) => page.nextCursor, placeholderData: (was) => was },
    ),
  );
  const rows = useRows(list);
  const open = rows.find((row) => row.id === url.state.row) ?? null;
  const walk = (step: 1 | -1) => {
    const next = rows[rows.findIndex((row) => row.id === open?.id) + step];
    if (next) void url.set({ row: next.id });
  };
  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <PageHeader title="Audit log" note="who changed what, before and after; nothing here is ever altered" />
        <DataTable
          name="audit"
          label="Audit log"
          columns={COLUMNS}
          rows={rows}
          rowId={(row) => row.id}
          {...pagedTable(list)}
          activeId={open?.id ?? null}
          onActivate={(row) => void url.set({ row: row.id })}
          exportHref={exportHref(url.filter)}
          toolbar={<Filters url={url} />}
          empty={
            <EmptyState
              title="Nothing like that was done"
              action={<Button onClick={() => void url.set(null)}>Show everything</Button>}
            >
              No row fits this filter.
            </EmptyState>
          }
        />
      </div>
      {open ? <AuditPanel row={open} onClose={() => void url.set({ row: null })} onWalk={walk} /> : null}
    </div>
  );
}

function Filters({ url: { state, filter, set } }: { url: AuditUrl }) {
  const trpc = useTRPC();
  const facets = useQuery({ ...trpc.audit.facets.queryOptions(), staleTime: 60_000 });
  const actors = facets.data?.actors ?? [];
  const nouns = [...new Set((facets.data?.actions ?? []).map((action) => action.split(".")[0] ?? ""))];
  return (
    <>
      <FacetFilter
        label="What"
        value={filter.action}
        onChange={(action) => void set({ action, row: null })}
        choices={[
          ...nouns.map((noun) => ({
            value: noun,
            label: <span className="font-medium">All of {noun}</span>,
            words: noun,
          })),
          ...(facets.data?.actions ?? []).map((action) => ({
            value: action,
            label: ACTION_LABELS[action] ?? action,
            words: ACTION_LABELS[action] ?? action,
          })),
        ]}
      />
      <FacetFilter
        label="Who"
        value={filter.actor ? [filter.actor] : []}
        onChange={(chosen) => void set({ actor: chosen.at(-1) ?? null, row: null })}
        choices={actors.map((actor) => ({
          value: actor.id,
          label: actor.kind === "api_key" ? `${actor.name} (key)` : actor.name,
          words: actor.name,
        }))}
      />
      <Input
        key={state.subject ?? ""}
        aria-label="About: a subject or an id"
        placeholder="About: id"
        defaultValue={state.subject ?? ""}
        className="w-44"
        onKeyDown={(event) => {
          if (event.key === "Enter") void set({ subject: event.currentTarget.value.trim() || null, row: null });
        }}
        onBlur={(event) => {
          const subject = event.currentTarget.value.trim() || null;
          if (subject !== state.subject) void set({ subject, row: null });
        }}
      />
      <Day label="From day (UTC)" value={state.since} onChange={(since) => void set({ since, row: null })} />
      <Day label="To day (UTC)" value={state.until} onChange={(until) => void set({ until, row: null })} />
    </>
  );
}

function Day({ label, value, onChange }: { label: string; value: Date | null; onChange: (day: Date | null) => void }) {
  return (
    <Input
      type="date"
      aria-label={label}
      title={label}
      value={value?.toISOString().slice(0, 10) ?? ""}
      onChange={(event) => onChange(event.target.value ? new Date(`${event.target.value}T00:00:00Z`) : null)}
      className="w-34"
    />
  );
}
