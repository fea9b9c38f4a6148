"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, Columns3, Download } from "lucide-react";
import { type ReactNode, useCallback, useEffect, useId, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { cn } from "@/components/ui/class-names";
import { Dropdown, DropdownCheck, DropdownLabel, DropdownSeparator } from "@/components/ui/dropdown";
import { ErrorState } from "@/components/ui/error-state";
import { useHotkeys } from "@/components/ui/hotkeys";
import { formatCount } from "@/components/ui/number";
import { Skeleton } from "@/components/ui/skeleton";
import { Tooltip } from "@/components/ui/tooltip";
import type { Column, Sort } from "./columns";
import { addAll, countSelected, isSelected, NOTHING, type Selection, toggle } from "./selection";
import { useNarrow, useRoom, useTableSettings } from "./table-settings";

const HEAD = 32;
const CHECK = 36;
const SKELETONS = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];

export type { Column, Sort } from "./columns";
export { NOTHING, type Selection } from "./selection";

/**
 * The one table of the product: fixed rows, sticky head and first column, virtual rows over keyset pages. It fills its parent, which must have
 * a height (`flex min-h-0 flex-1 flex-col`). Keys: j/k or arrows move, Enter opens, x chooses, Shift+A chooses all loaded, and once more all that match; Esc lets go.
 */
export function DataTable<Row>({
  name,
  label,
  columns,
  rows,
  rowId,
  loading = false,
  error,
  onRetry,
  empty,
  hasMore = false,
  loadingMore = false,
  onLoadMore,
  activeId,
  onActivate,
  onCursor,
  selection,
  onSelection,
  bulk,
  total,
  totalCapped,
  noun = ["row", "rows"],
  fresh = 0,
  onShowFresh,
  exportHref,
  toolbar,
  sort,
  onSort,
  hotkeys = true,
  rowTone,
}: {
  name: string;
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowId: (row: Row) => string;
  loading?: boolean;
  error?: { message: string } | null;
  onRetry?: () => void;
  empty: ReactNode;
  hasMore?: boolean;
  loadingMore?: boolean;
  onLoadMore?: () => void;
  /** The row whose panel is open; moving then moves the panel. */
  activeId?: string | null;
  onActivate?: (row: Row) => void;
  /** The row the keys stand on, for further keys of the screen. */
  onCursor?: (row: Row) => void;
  selection?: Selection;
  onSelection?: (selection: Selection) => void;
  /** Buttons for what is chosen; shown in place of the toolbar, so that nothing below moves. */
  bulk?: (count: number) => ReactNode;
  total?: number;
  totalCapped?: boolean;
  noun?: readonly [one: string, many: string];
  /** Rows that came since and wait for a click. */
  fresh?: number;
  onShowFresh?: () => void;
  exportHref?: string;
  toolbar?: ReactNode;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  hotkeys?: boolean;
  rowTone?: (row: Row) => "muted" | undefined;
}) {
  const { settings, showColumn, setComfortable } = useTableSettings(name);
  const scroller = useRef<HTMLDivElement>(null);
  const prefix = useId();
  const [cursor, setCursor] = useState<string | null>(null);
  const height = settings.comfortable ? 36 : 32;
  const chosen = selection ?? NOTHING;
  const narrow = useNarrow();
  const room = useRoom(scroller);
  const shown = columns.filter(
    (c) => (c.fixed || (settings.columns[c.id] ?? !c.hidden)) && !(narrow && c.wide) && (c.from ?? 0) <= room,
  );
  const widthOf = (c: Column<Row>) => (narrow ? (c.narrowWidth ?? c.width) : c.width);
  const minWidth = shown.reduce((sum, c) => sum + widthOf(c), selection ? CHECK : 0);
  const current = activeId ?? cursor;
  const at = current === null ? -1 : rows.findIndex((row) => rowId(row) === current);

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: HEAD,
    scrollPaddingStart: HEAD,
    // what the server draws before there is a window
    initialRect: { width: 1200, height: 1000 },
  });
  const items = virtual.getVirtualItems();
  const first = items[0];
  const last = items[items.length - 1];

  // biome-ignore lint/correctness/useExhaustiveDependencies: another row height asks for a new measurement
  useEffect(() => virtual.measure(), [height, virtual]);

  useEffect(() => {
    if (last && hasMore && !loadingMore && last.index >= rows.length - 10) onLoadMore?.();
  }, [last, hasMore, loadingMore, rows.length, onLoadMore]);

  const move = useCallback(
    (step: number) => {
      const next = Math.max(0, Math.min(rows.length - 1, at + step));
      const row = rows[next];
      if (!row) return;
      virtual.scrollToIndex(next, { align: "auto" });
      if (activeId != null) onActivate?.(row);
      setCursor(rowId(row));
      onCursor?.(row);
    },
    [rows, at, activeId, onActivate, onCursor, rowId, virtual],
  );
  const withCurrent = (act: (row: Row) => void) => () => {
    const row = rows[at];
    if (row) act(row);
  };

  const everyLoaded = rows.length > 0 && rows.every((row) => isSelected(chosen, rowId(row)));
  useHotkeys(
    {
      j: () => move(1),
      k: () => move(-1),
      ...(activeId == null ? { ArrowDown: () => move(1), ArrowUp: () => move(-1) } : {}),
      Enter: withCurrent((row) => onActivate?.(row)),
      ...(onSelection
        ? {
            x: withCurrent((row) => onSelection(toggle(chosen, rowId(row)))),
            A: () =>
              onSelection(
                everyLoaded && total !== undefined && total > rows.length
                  ? { all: true, except: new Set() }
                  : addAll(chosen, rows.map(rowId)),
              ),
            ...(activeId == null && countSelected(chosen, total ?? rows.length) > 0
              ? { Escape: () => onSelection(NOTHING) }
              : {}),
          }
        : {}),
    },
    hotkeys,
  );

  const count = countSelected(chosen, total ?? rows.length);
  const leftOf = (index: number) => (index === 0 ? (selection ? CHECK : 0) : undefined);

  return (
    <section aria-label={label} className="relative flex min-h-0 flex-1 flex-col bg-surface">
      <div className="flex min-h-10 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-line border-b px-3 py-1.5">
        {count > 0 && bulk && onSelection ? (
          <>
            <span className="font-medium">{formatCount(count)} chosen</span>
            {!chosen.all && everyLoaded && total !== undefined && total > rows.length ? (
              <Button variant="link" onClick={() => onSelection({ all: true, except: new Set() })}>
                Choose all {formatCount(total)}
                {totalCapped ? "+" : ""} matching
              </Button>
            ) : null}
            {bulk(count)}
            <Button variant="quiet" onClick={() => onSelection(NOTHING)}>
              Let go
            </Button>
          </>
        ) : (
          <>
            <div className="flex min-w-0 flex-1 flex-wrap items-center gap-2 max-sm:basis-full max-sm:flex-nowrap max-sm:overflow-x-auto">
              {toolbar}
            </div>
            {total === undefined ? null : (
              <span className="text-ink-3 text-xs">
                {formatCount(total)}
                {totalCapped ? "+" : ""} {total === 1 ? noun[0] : noun[1]}
              </span>
            )}
            <Dropdown
              align="end"
              trigger={
                <Button variant="quiet" icon aria-label="Columns and row height" title="Columns and row height">
                  <Columns3 />
                </Button>
              }
            >
              <DropdownLabel>Columns</DropdownLabel>
              {columns
                .filter((c) => !c.fixed)
                .map((c) => (
                  <DropdownCheck
                    key={c.id}
                    checked={settings.columns[c.id] ?? !c.hidden}
                    onCheckedChange={(on) => showColumn(c.id, on === true)}
                  >
                    {c.label}
                  </DropdownCheck>
                ))}
              <DropdownSeparator />
              <DropdownCheck checked={settings.comfortable} onCheckedChange={(on) => setComfortable(on === true)}>
                Taller rows
              </DropdownCheck>
            </Dropdown>
            {exportHref ? (
              <Tooltip content="All rows of this filter as CSV">
                <Button variant="quiet" icon asChild>
                  <a href={exportHref} download aria-label="Export all rows of this filter as CSV">
                    <Download />
                  </a>
                </Button>
              </Tooltip>
            ) : null}
          </>
        )}
      </div>

      {fresh > 0 && onShowFresh ? (
        <div className="pointer-events-none absolute inset-x-0 top-20 z-20 flex justify-center">
          <button
            type="button"
            onClick={() => {
              onShowFresh();
              scroller.current?.scrollTo({ top: 0 });
            }}
            className="pointer-events-auto animate-appear rounded-full bg-accent px-3 py-1 font-medium text-on-accent text-xs shadow-lift hover:bg-accent-strong"
          >
            {formatCount(fresh)} new
          </button>
        </div>
      ) : null}
      <span className="sr-only" aria-live="polite">
        {fresh > 0 ? `${fresh} new ${fresh === 1 ? noun[0] : noun[1]}` : ""}
      </span>

      <div ref={scroller} className="min-h-0 flex-1 overflow-auto overscroll-contain">
        <table
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows are moved through and chosen by keys, as in a grid
          role="grid"
          aria-label={label}
          aria-rowcount={total ?? -1}
          aria-busy={loading}
          aria-multiselectable={selection ? true : undefined}
          aria-activedescendant={items.some((item) => item.index === at) ? `${prefix}-${at}` : undefined}
          tabIndex={0}
          className="w-full table-fixed border-separate border-spacing-0 outline-offset-[-2px]"
          style={{ minWidth }}
        >
          <thead>
            <tr style={{ height: HEAD }}>
              {selection ? (
                <th
                  scope="col"
                  style={{ width: CHECK }}
                  className="sticky top-0 left-0 z-20 border-line border-b bg-surface pl-3 text-left"
                >
                  <Checkbox
                    aria-label="Choose all loaded rows"
                    checked={everyLoaded ? true : count > 0 ? "indeterminate" : false}
                    onCheckedChange={(on) => onSelection?.(on === true ? addAll(chosen, rows.map(rowId)) : NOTHING)}
                    className="align-middle"
                  />
                </th>
              ) : null}
              {shown.map((c, i) => (
                <th
                  key={c.id}
                  scope="col"
                  style={{ width: c.grow ? undefined : widthOf(c), left: leftOf(i) }}
                  aria-sort={sort && c.sort === sort.by ? (sort.descending ? "descending" : "ascending") : undefined}
                  className={cn(
                    "sticky top-0 z-10 truncate border-line border-b bg-surface px-2 text-left font-normal text-ink-3 text-xs",
                    i === 0 && "z-20",
                    i === 0 && !selection && "pl-3",
                    c.align === "right" && "text-right",
                  )}
                >
                  <Head column={c} sort={sort} onSort={onSort} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {loading ? (
              SKELETONS.map((key) => (
                <tr key={key} style={{ height }}>
                  {selection ? <td className="border-line border-b" /> : null}
                  {shown.map((c, i) => (
                    <td key={c.id} className={cn("border-line border-b px-2", i === 0 && !selection && "pl-3")}>
                      <Skeleton className={cn("w-2/3", c.align === "right" && "ml-auto")} />
                    </td>
                  ))}
                </tr>
              ))
            ) : (
              <>
                {first && first.start > HEAD ? <tr style={{ height: first.start - HEAD }} aria-hidden /> : null}
                {items.map((item) => {
                  const row = rows[item.index];
                  if (row === undefined) return null;
                  const id = rowId(row);
                  const active = item.index === at;
                  const picked = isSelected(chosen, id);
                  const ground = active ? "bg-selected" : "bg-surface group-hover:bg-sunken";
                  return (
                    <tr
                      key={id}
                      id={`${prefix}-${item.index}`}
                      aria-rowindex={item.index + 2}
                      aria-selected={picked || active}
                      style={{ height }}
                      className={cn(
                        "group",
                        onActivate && "cursor-pointer",
                        rowTone?.(row) === "muted" && "text-ink-3",
                      )}
                      onClick={() => {
                        setCursor(id);
                        onCursor?.(row);
                        onActivate?.(row);
                      }}
                    >
                      {selection ? (
                        // biome-ignore lint/a11y/useKeyWithClickEvents: keeps a click beside the box from opening the row
                        <td
                          className={cn("sticky left-0 z-[1] border-line border-b pl-3", ground)}
                          onClick={(event) => event.stopPropagation()}
                        >
                          <Checkbox
                            aria-label="Choose row"
                            tabIndex={-1}
                            checked={picked}
                            onCheckedChange={() => onSelection?.(toggle(chosen, id))}
                            className={cn("align-middle", picked ? "" : "opacity-60 group-hover:opacity-100")}
                          />
                        </td>
                      ) : null}
                      {shown.map((c, i) => (
                        <td
                          key={c.id}
                          style={{ left: leftOf(i) }}
                          className={cn(
                            "truncate border-line border-b px-2",
                            ground,
                            i === 0 && "sticky z-[1]",
                            i === 0 && !selection && "pl-3",
                            c.align === "right" && "text-right",
                          )}
                        >
                          {c.cell(row)}
                        </td>
                      ))}
                    </tr>
                  );
                })}
                {last ? (
                  <tr style={{ height: Math.max(0, virtual.getTotalSize() - (last.end - HEAD)) }} aria-hidden />
                ) : null}
                {loadingMore
                  ? SKELETONS.slice(0, 3).map((key) => (
                      <tr key={`more ${key}`} style={{ height }} aria-hidden>
                        {selection ? <td className="border-line border-b" /> : null}
                        {shown.map((c) => (
                          <td key={c.id} className="border-line border-b px-2">
                            <Skeleton className="w-1/2" />
                          </td>
                        ))}
                      </tr>
                    ))
                  : null}
              </>
            )}
          </tbody>
        </table>
        {!loading && error ? <ErrorState title={`${label} could not be read`} error={error} onRetry={onRetry} /> : null}
        {!loading && !error && rows.length === 0 ? empty : null}
      </div>
    </section>
  );
}

function Head<Row>({
  column,
  sort,
  onSort,
}: {
  column: Column<Row>;
  sort: Sort | undefined;
  onSort: ((sort: Sort) => void) | undefined;
}) {
  const words = (
    <>
      {column.label}
      {column.unit ? <span className="text-ink-3"> ({column.unit})</span> : null}
    </>
  );
  const by = column.sort;
  if (column.mark) return <span className="sr-only">{words}</span>;
  if (!by || !onSort) return words;
  const on = sort?.by === by;
  return (
    <button
      type="button"
      onClick={() => onSort({ by, descending: on ? !sort.descending : true })}
      className="inline-flex items-center gap-1 hover:text-ink"
    >
      {words}
      {on ? sort.descending ? <ArrowDown className="size-3" /> : <ArrowUp className="size-3" /> : null}
    </button>
  );
}
