"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { type ReactNode, useMemo } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { type Column, DataTable, type Selection } from "@/components/tables/data-table";
import { pagedTable, useRows } from "@/components/tables/paged";
import { Button } from "@/components/ui/button";
import { formatMoney } from "@/components/ui/money";
import { SeverityBadge, StateBadge } from "@/components/ui/severity";
import { Due, Time } from "@/components/ui/time";
import type { ExceptionFilter, ExceptionTarget } from "@/core/exceptions/filter";
import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";
import { useActs } from "./acts";
import { NothingHere } from "./groups-view";
import { rankWords } from "./rank-words";
import type { ExceptionRow } from "./rows";
import { PAGE } from "./url-parsers";
import { WakesWhen } from "./wakes-when";

/** The pages of a filter, as the list and the panel that walks it see them. */
export function useExceptionPages(filter: ExceptionFilter, enabled: boolean) {
  const trpc = useTRPC();
  const list = useInfiniteQuery({
    ...trpc.exceptions.list.infiniteQueryOptions(
      { filter, limit: PAGE },
      { getNextPageParam: (page) => page.nextCursor },
    ),
    enabled,
    // the list waits for the reader: news are announced, never pushed between the rows
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const rows = useRows(list);
  return { list, rows };
}

const columnsOf = (teams: readonly { id: string; name: string }[]): Column<ExceptionRow>[] => [
  {
    id: "severity",
    label: "Severity",
    width: 92,
    narrowWidth: 84,
    fixed: true,
    cell: (e) => <SeverityBadge severity={e.severity} />,
  },
  {
    id: "what",
    label: "What",
    width: 250,
    narrowWidth: 180,
    grow: true,
    fixed: true,
    cell: (e) => (
      <span title={e.text}>
        <span className="font-medium">{EXCEPTION_SPECS[e.kind].label}</span>
        <span className="text-ink-2"> {e.text}</span>
      </span>
    ),
  },
  {
    id: "shipment",
    label: "Shipment",
    width: 150,
    wide: true,
    from: 560,
    cell: (e) =>
      e.shipmentId ? (
        <Link
          href={`/shipments/${e.shipmentId}`}
          onClick={(event) => event.stopPropagation()}
          className="font-mono text-[12px] underline-offset-2 hover:underline"
        >
          {e.shipmentName ?? e.shipmentId.slice(-8)}
        </Link>
      ) : (
        <span className="text-ink-3">–</span>
      ),
  },
  {
    id: "owner",
    label: "Owner",
    width: 120,
    wide: true,
    from: 860,
    cell: (e) =>
      e.assigneeName ?? teams.find((one) => one.id === e.teamId)?.name ?? <span className="text-ink-3">Nobody</span>,
  },
  { id: "state", label: "State", width: 118, wide: true, from: 720, cell: (e) => <StateBadge state={e.state} /> },
  {
    id: "since",
    label: "Since",
    width: 92,
    wide: true,
    from: 960,
    cell: (e) => <Time at={e.openedAt} className="text-ink-2" />,
  },
  {
    id: "due",
    label: "Left",
    width: 92,
    narrowWidth: 84,
    cell: (e) =>
      e.state === "resolved" ? (
        <span className="text-ink-3">–</span>
      ) : e.state === "snoozed" ? (
        <WakesWhen exception={e} />
      ) : e.state === "suppressed" ? (
        <Time at={e.suppressedUntil} className="text-ink-3" />
      ) : (
        <Due at={e.dueAt} />
      ),
  },
  {
    id: "money",
    label: "At risk",
    width: 124,
    wide: true,
    from: 1040,
    align: "right",
    cell: (e) => (
      <span title={rankWords(e)} className={e.riskMinor ? "" : "text-ink-3"}>
        {e.riskMinor && e.currency ? formatMoney(e.riskMinor, e.currency) : e.riskMinor === null ? "unknown" : "–"}
      </span>
    ),
  },
  { id: "feed", label: "Feed", width: 140, wide: true, hidden: true, cell: (e) => e.feedName ?? "–" },
];

export function ListView({
  filter,
  teams,
  total,
  totalCapped,
  fresh,
  onShowFresh,
  activeId,
  onActivate,
  onCursor,
  selection,
  onSelection,
  toolbar,
  pages,
}: {
  filter: ExceptionFilter;
  teams: readonly { id: string; name: string }[];
  total: number | undefined;
  totalCapped: boolean;
  fresh: number;
  onShowFresh: () => void;
  activeId: string | null;
  onActivate: (row: ExceptionRow) => void;
  onCursor: (row: ExceptionRow) => void;
  selection: Selection;
  onSelection: (selection: Selection) => void;
  toolbar: ReactNode;
  pages: ReturnType<typeof useExceptionPages>;
}) {
  const { list, rows } = pages;
  const mayAct = useMay("exceptions:acknowledge");
  const columns = useMemo(() => columnsOf(teams), [teams]);
  return (
    <DataTable
      name="exceptions"
      label="Exceptions"
      columns={columns}
      rows={rows}
      rowId={(e) => e.id}
      {...pagedTable(list)}
      activeId={activeId}
      onActivate={onActivate}
      onCursor={onCursor}
      selection={mayAct ? selection : undefined}
      onSelection={mayAct ? onSelection : undefined}
      bulk={(count) => <BulkActs target={targetOf(selection, filter, rows)} count={count} />}
      total={total}
      totalCapped={totalCapped}
      noun={["exception", "exceptions"]}
      fresh={fresh}
      onShowFresh={onShowFresh}
      exportHref={`/exceptions/export?${exportQuery(filter)}`}
      toolbar={toolbar}
      rowTone={(e) => (e.state === "resolved" ? "muted" : undefined)}
      empty={<NothingHere filter={filter} />}
    />
  );
}

/** What a selection means to the server. */
export function targetOf(
  selection: Selection,
  filter: ExceptionFilter,
  rows: readonly ExceptionRow[],
): ExceptionTarget {
  if (selection.all) return { filter, except: [...selection.except] };
  // what somebody changes meanwhile is a conflict, not overwritten
  const chosen = rows.filter((row) => selection.ids.has(row.id));
  const seen = Object.fromEntries(chosen.map(({ id, state, assigneeId }) => [id, { state, assigneeId }]));
  return { ids: [...selection.ids], seen };
}

function exportQuery(filter: ExceptionFilter): string {
  return new URLSearchParams({ filter: JSON.stringify(filter) }).toString();
}

export function BulkActs({ target, count }: { target: ExceptionTarget; count: number }) {
  const acts = useActs();
  const aim = { target, count };
  const tooMany = "ids" in target && target.ids.length > 500;
  if (tooMany) return <span className="text-ink-3">Choose up to 500 by hand, or all that match.</span>;
  return (
    <>
      <ActButton right="exceptions:acknowledge" word="Acknowledge" onClick={() => acts.acknowledge(aim)} />
      <ActButton right="exceptions:assign" word="Assign" onClick={() => acts.assign(aim)} />
      <ActButton right="exceptions:snooze" word="Snooze" onClick={() => acts.snooze(aim)} />
      <ActButton right="exceptions:resolve" word="Resolve" onClick={() => acts.resolve(aim)} />
    </>
  );
}

function ActButton({
  right,
  word,
  onClick,
}: {
  right: "exceptions:acknowledge" | "exceptions:assign" | "exceptions:snooze" | "exceptions:resolve";
  word: string;
  onClick: () => void;
}) {
  const may = useMay(right);
  const { busy } = useActs();
  return may ? (
    <Button onClick={onClick} disabled={busy}>
      {word}
    </Button>
  ) : null;
}
