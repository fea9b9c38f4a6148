"use client";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useMay, useViewer } from "@/components/shell/viewer";
import { NOTHING, type Selection } from "@/components/tables/data-table";
import { isSelected, toggle } from "@/components/tables/selection";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { cn } from "@/components/ui/class-names";
import { ErrorState } from "@/components/ui/error-state";
import { useHotkeys } from "@/components/ui/hotkeys";
import { formatMoney } from "@/components/ui/money";
import { formatCount } from "@/components/ui/number";
import { SeverityBadge, StateBadge } from "@/components/ui/severity";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Due } from "@/components/ui/time";
import { type ExceptionCell, type ExceptionFilter, totalOf } from "@/core/exceptions/filter";
import { EXCEPTION_SPECS, type ExceptionState } from "@/core/exceptions/kinds";
import { useActs } from "./acts";
import { BulkActs, targetOf, useExceptionPages } from "./list-view";
import { aimAt } from "./panel";
import { rankWords } from "./rank-words";
import type { ExceptionRow } from "./rows";
import type { BOARD_STATES } from "./url-parsers";
import { WakesWhen } from "./wakes-when";

/**
 * The queue as columns of states, each in the order of work. A card goes to another column by the same keys as everywhere, or by drag; nothing
 * moves by itself: what came since is announced in the head of its column.
 */
export function BoardView({
  filter,
  cells,
  countedAtMs,
  activeId,
  onActivate,
  onCursor,
  selection,
  onSelection,
  toolbar,
}: {
  filter: ExceptionFilter;
  cells: readonly ExceptionCell[];
  /** How old the cells are. */
  countedAtMs: number;
  activeId: string | null;
  onActivate: (row: ExceptionRow) => void;
  onCursor: (row: ExceptionRow | null) => void;
  selection: Selection;
  onSelection: (selection: Selection) => void;
  toolbar: ReactNode;
}) {
  const me = useViewer().id;
  const mayAct = useMay("exceptions:acknowledge");
  const acts = useActs();
  const columns = [useColumn(filter, "open"), useColumn(filter, "acknowledged"), useColumn(filter, "snoozed")].filter(
    ({ state }) => filter.state.length === 0 || filter.state.includes(state),
  );
  // acts patch rows where they stand in the lists: each goes to the column of the state it has now
  const rows = columns.flatMap((column) => column.rows);
  const byState = Map.groupBy(new Map(rows.map((row) => [row.id, row])).values(), (row) => row.state);
  const [cursor, setCursor] = useState<string | null>(null);
  const cards = useRef(new Map<string, HTMLButtonElement>());
  const keep = useCallback((id: string, card: HTMLButtonElement | null) => {
    if (card) cards.current.set(id, card);
    else cards.current.delete(id);
  }, []);
  const current = activeId ?? cursor;
  const grid = columns.map(({ state }) => byState.get(state) ?? []);

  const stand = (row: ExceptionRow | undefined) => {
    if (!row) return;
    setCursor(row.id);
    onCursor(row);
    if (activeId !== null) onActivate(row);
    cards.current.get(row.id)?.focus({ preventScroll: false });
  };
  const placeOf = (id: string | null): [column: number, at: number] => {
    for (const [column, list] of grid.entries()) {
      const at = list.findIndex((row) => row.id === id);
      if (at >= 0) return [column, at];
    }
    return [-1, -1];
  };
  const down = (step: 1 | -1) => {
    const [column, at] = placeOf(current);
    if (column < 0) return stand(grid.find((list) => list.length > 0)?.[0]);
    stand(grid[column]?.[at + step]);
  };
  const across = (step: 1 | -1) => {
    const [column, at] = placeOf(current);
    for (let next = column + step; next >= 0 && next < grid.length; next += step) {
      const list = grid[next] ?? [];
      if (list.length > 0) return stand(list[Math.min(Math.max(at, 0), list.length - 1)]);
    }
  };
  const chosen = selection.all ? 0 : selection.ids.size;
  useHotkeys({
    j: () => down(1),
    k: () => down(-1),
    h: () => across(-1),
    l: () => across(1),
    ...(activeId === null
      ? {
          ArrowDown: () => down(1),
          ArrowUp: () => down(-1),
          ArrowLeft: () => across(-1),
          ArrowRight: () => across(1),
          ...(chosen > 0 ? { Escape: () => onSelection(NOTHING) } : {}),
        }
      : {}),
    ...(mayAct ? { x: () => current && onSelection(toggle(selection, current)) } : {}),
  });
  // what was acted on is in another column now: the keys go on with the card that took its place
  const standing = useRef<[string | null, number, number]>([null, -1, -1]);
  useEffect(() => {
    const [column, at] = placeOf(current);
    const [was, wasColumn, wasAt] = standing.current;
    if (activeId === null && was === current && column >= 0 && wasColumn >= 0 && column !== wasColumn) {
      const list = grid[wasColumn] ?? [];
      const next = list[Math.min(wasAt, list.length - 1)];
      if (next) return stand(next);
    }
    standing.current = [current, column, at];
  });

  const drop = (state: ExceptionState, id: string) => {
    const row = rows.find((one) => one.id === id);
    if (!row || row.state === state || !mayAct) return;
    const aim = aimAt(row);
    if (state === "acknowledged") acts.acknowledge(aim);
    else if (state === "snoozed") acts.snooze(aim);
    else if (state === "open") acts.reopen(aim);
    else acts.resolve(aim);
  };
  return (
    <section aria-label="Board" className="flex min-h-0 flex-1 flex-col bg-surface">
      <div className="flex min-h-10 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-line border-b px-3 py-1.5">
        {chosen > 0 ? (
          <>
            <span className="font-medium">{formatCount(chosen)} chosen</span>
            <BulkActs target={targetOf(selection, filter, rows)} count={chosen} />
            <Button variant="quiet" onClick={() => onSelection(NOTHING)}>
              Let go
            </Button>
          </>
        ) : (
          toolbar
        )}
      </div>
      <div className="flex min-h-0 flex-1 overflow-x-auto">
        {columns.map((column, at) => (
          <BoardColumn
            key={column.state}
            column={column}
            rows={grid[at] ?? []}
            total={totalOf(cells, { ...filter, state: [column.state] }, me)}
            countedAtMs={countedAtMs}
            current={current}
            selection={selection}
            mayAct={mayAct}
            onToggle={(id) => onSelection(toggle(selection, id))}
            onOpen={(row) => {
              setCursor(row.id);
              onCursor(row);
              onActivate(row);
            }}
            onDrop={(id) => drop(column.state, id)}
            keep={keep}
          />
        ))}
        {mayAct ? <ResolveColumn onDrop={(id) => drop("resolved", id)} /> : null}
      </div>
    </section>
  );
}

type Column = ReturnType<typeof useColumn>;

function useColumn(filter: ExceptionFilter, state: (typeof BOARD_STATES)[number]) {
  const wanted = filter.state.length === 0 || filter.state.includes(state);
  const only = useMemo(() => ({ ...filter, state: [state] }), [filter, state]);
  const { list, rows } = useExceptionPages(only, wanted);
  return { state, list, rows };
}

function BoardColumn({
  column: { state, list, rows: own },
  rows,
  total,
  countedAtMs,
  current,
  selection,
  mayAct,
  onToggle,
  onOpen,
  onDrop,
  keep,
}: {
  column: Column;
  rows: readonly ExceptionRow[];
  total: number;
  countedAtMs: number;
  current: string | null;
  selection: Selection;
  mayAct: boolean;
  onToggle: (id: string) => void;
  onOpen: (row: ExceptionRow) => void;
  onDrop: (id: string) => void;
  keep: (id: string, card: HTMLButtonElement | null) => void;
}) {
  const [over, setOver] = useState(false);
  const fresh = useFresh(
    { total, countedAtMs },
    { readAt: list.dataUpdatedAt, shown: rows.length, moved: rows.length - own.length, more: list.hasNextPage },
  );
  return (
    <section
      aria-label={`${formatCount(total)} ${state}`}
      className={cn("flex w-full min-w-64 flex-1 flex-col border-line border-r", over && "bg-selected")}
      onDragOver={(event) => {
        if (!mayAct) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onDrop(event.dataTransfer.getData("text/plain"));
      }}
    >
      <h2 className="flex h-8 shrink-0 items-center gap-2 border-line border-b px-3">
        <StateBadge state={state} />
        <span className="text-ink-3 text-xs tabular-nums">{formatCount(total)}</span>
        {fresh > 0 ? (
          <button
            type="button"
            onClick={() => void list.refetch()}
            className="ml-auto rounded-full bg-accent px-2 font-medium text-on-accent text-xs hover:bg-accent-strong"
          >
            {formatCount(fresh)} new
          </button>
        ) : null}
      </h2>
      <span className="sr-only" aria-live="polite">
        {fresh > 0 ? `${fresh} new ${state}` : ""}
      </span>
      <ul className="min-h-0 flex-1 overflow-y-auto overscroll-contain p-2" aria-busy={list.isPending}>
        {list.isPending ? <SkeletonLines lines={6} /> : null}
        {list.error ? (
          <ErrorState title="This column could not be read" error={list.error} onRetry={() => void list.refetch()} />
        ) : null}
        {!list.isPending && !list.error && rows.length === 0 ? (
          <li className="px-1 py-4 text-ink-3">Nothing is {state} under this filter.</li>
        ) : null}
        {rows.map((row) => (
          <Card
            key={row.id}
            row={row}
            here={row.id === current}
            chosen={isSelected(selection, row.id)}
            mayAct={mayAct}
            onToggle={onToggle}
            onOpen={onOpen}
            keep={keep}
          />
        ))}
        {list.hasNextPage ? (
          <li>
            <Button
              variant="quiet"
              className="w-full"
              busy={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              Show more
            </Button>
          </li>
        ) : null}
      </ul>
    </section>
  );
}

/**
 * How many there are that the column does not show: counted only after it last changed, since counts are a little older than rows. Of a column
 * that is read in part, how many more than at its first count.
 */
function useFresh(
  { total, countedAtMs }: { total: number; countedAtMs: number },
  column: { readAt: number; shown: number; moved: number; more: boolean },
): number {
  const key = `${column.readAt} ${column.shown}`;
  const changed = useRef({ key, atMs: column.readAt });
  if (changed.current.key !== key) changed.current = { key, atMs: Date.now() };
  const first = useRef<{ readAt: number; total: number } | null>(null);
  if (countedAtMs <= changed.current.atMs) return 0;
  if (first.current?.readAt !== column.readAt) first.current = { readAt: column.readAt, total: total - column.moved };
  return Math.max(0, total - (column.more ? first.current.total + column.moved : column.shown));
}

function Card({
  row,
  here,
  chosen,
  mayAct,
  onToggle,
  onOpen,
  keep,
}: {
  row: ExceptionRow;
  here: boolean;
  chosen: boolean;
  mayAct: boolean;
  onToggle: (id: string) => void;
  onOpen: (row: ExceptionRow) => void;
  keep: (id: string, card: HTMLButtonElement | null) => void;
}) {
  const { id } = row;
  const keepCard = useCallback((card: HTMLButtonElement | null) => keep(id, card), [keep, id]);
  return (
    <li
      className={cn(
        "relative mb-1.5 rounded-md border border-line bg-raised",
        here && "border-accent bg-selected",
        chosen && "border-accent",
      )}
      draggable={mayAct}
      onDragStart={(event) => event.dataTransfer.setData("text/plain", id)}
    >
      <button
        ref={keepCard}
        type="button"
        aria-current={here ? "true" : undefined}
        onClick={() => onOpen(row)}
        className="flex w-full flex-col gap-0.5 rounded-md px-2.5 py-2 pr-8 text-left"
      >
        <span className="flex items-center gap-2">
          <SeverityBadge severity={row.severity} />
          <span className="ml-auto text-xs">
            {row.state === "snoozed" ? <WakesWhen exception={row} /> : <Due at={row.dueAt} />}
          </span>
        </span>
        <span className="line-clamp-2 break-words" title={row.text}>
          <span className="font-medium">{EXCEPTION_SPECS[row.kind].label}</span>{" "}
          <span className="text-ink-2">{row.text}</span>
        </span>
        <span className="flex flex-wrap gap-x-2 text-ink-3 text-xs">
          {row.shipmentName ? <span className="font-mono">{row.shipmentName}</span> : null}
          <span>{row.assigneeName ?? "Nobody"}</span>
          {row.riskMinor && row.currency ? (
            <span title={rankWords(row)}>{formatMoney(row.riskMinor, row.currency)} at risk</span>
          ) : null}
        </span>
      </button>
      {mayAct ? (
        <Checkbox
          aria-label="Choose card"
          tabIndex={-1}
          checked={chosen}
          onCheckedChange={() => onToggle(id)}
          className={cn("absolute right-2 bottom-2", chosen ? "" : "opacity-60 hover:opacity-100")}
        />
      ) : null}
    </li>
  );
}

/** Where a card is dropped to be resolved; what is resolved leaves the board. */
function ResolveColumn({ onDrop }: { onDrop: (id: string) => void }) {
  const [over, setOver] = useState(false);
  return (
    <section
      aria-label="Resolve"
      className={cn(
        "hidden w-28 shrink-0 flex-col items-center p-3 text-center text-ink-3 text-xs lg:flex",
        over && "bg-selected",
      )}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onDrop(event.dataTransfer.getData("text/plain"));
      }}
    >
      Drop a card here, or press r, to resolve it
    </section>
  );
}
