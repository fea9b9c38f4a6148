"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Keyboard } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTRPC } from "@/components/providers";
import { useLive } from "@/components/shell/live";
import { PageHeader } from "@/components/shell/page-header";
import { useMay, useViewer } from "@/components/shell/viewer";
import { NOTHING, type Selection } from "@/components/tables/data-table";
import { useFresh } from "@/components/tables/paged";
import { countSelected } from "@/components/tables/selection";
import { Button } from "@/components/ui/button";
import { useHotkeys } from "@/components/ui/hotkeys";
import { Segments } from "@/components/ui/tabs";
import { Tooltip } from "@/components/ui/tooltip";
import { totalOf } from "@/core/exceptions/filter";
import { ActsProvider, type Aim, useActs } from "./acts";
import { BoardView } from "./board-view";
import { BulkStrip } from "./bulk-strip";
import { FilterBar } from "./filter-bar";
import { GroupBar } from "./group-bar";
import { GroupsView } from "./groups-view";
import { HelpSheet } from "./help-sheet";
import { ListView, targetOf, useExceptionPages } from "./list-view";
import { LostMoney } from "./lost-money";
import { aimAt, ExceptionPanel } from "./panel";
import { QuickViews } from "./quick-views";
import { RiskSum } from "./risk-sum";
import type { ExceptionRow, GroupRow } from "./rows";
import { SavedViews } from "./saved-views";
import { useExceptionsUrl } from "./url";

const NEXT_VIEW = { groups: "list", list: "board", board: "groups" } as const;

export function ExceptionsScreen() {
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const letGo = useCallback(() => setSelection(NOTHING), []);
  return (
    <ActsProvider onDone={letGo}>
      <Screen selection={selection} setSelection={setSelection} />
    </ActsProvider>
  );
}

function Screen({ selection, setSelection }: { selection: Selection; setSelection: (selection: Selection) => void }) {
  const trpc = useTRPC();
  const acts = useActs();
  const queries = useQueryClient();
  const me = useViewer().id;
  const { view, id, filter, set } = useExceptionsUrl();
  const mayAssign = useMay("exceptions:assign");
  const colleagues = useQuery({ ...trpc.access.colleagues.queryOptions(), enabled: mayAssign, staleTime: 300_000 });
  const counts = useQuery({
    ...trpc.exceptions.counts.queryOptions({
      group: filter.group,
      shipment: filter.shipment,
      resolved: filter.state.includes("resolved"),
    }),
    refetchInterval: 30_000,
    placeholderData: (was) => was,
  });
  const cells = useMemo(() => counts.data?.cells ?? [], [counts.data]);
  const total = counts.data ? totalOf(cells, filter, me) : undefined;
  const pages = useExceptionPages(filter, view === "list");
  const { list, rows } = pages;

  const key = JSON.stringify([filter, view]);
  const { fresh, again } = useFresh(key, total, list.isPending);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter is another list
  useEffect(() => setSelection(NOTHING), [key]);

  useLive(["exceptions"], () => {
    // where no row can move, what came is shown at once
    if (view === "list" && rows.length === 0) {
      again();
      void queries.invalidateQueries(trpc.exceptions.list.infiniteQueryFilter());
    }
    void queries.invalidateQueries(trpc.exceptions.counts.queryFilter());
    void queries.invalidateQueries(trpc.exceptions.groups.infiniteQueryFilter());
    if (id) void queries.invalidateQueries(trpc.exceptions.get.queryFilter({ id }));
  });

  const showFresh = () => {
    again();
    void queries.resetQueries(trpc.exceptions.list.infiniteQueryFilter());
  };
  const open = useCallback((row: ExceptionRow) => void set({ id: row.id }, { history: "replace" }), [set]);
  const close = () => void set({ id: null }, { history: "replace" });
  const walk = (step: 1 | -1) => {
    const next = rows[rows.findIndex((row) => row.id === id) + step];
    if (next) open(next);
  };

  const cursor = useRef<ExceptionRow | null>(null);
  const groupCursor = useRef<GroupRow | null>(null);
  const keepGroup = useCallback((group: GroupRow) => {
    groupCursor.current = group;
  }, []);
  const commentBox = useRef<HTMLTextAreaElement>(null);
  const [help, setHelp] = useState(false);
  const selected = countSelected(selection, total ?? rows.length);
  useKeys({
    aim: () => {
      if (selected > 0) return { target: targetOf(selection, filter, rows), count: selected };
      const row = id ? rows.find((r) => r.id === id) : cursor.current;
      if (row) return aimAt(row);
      return id ? { target: { ids: [id] }, count: 1 } : null;
    },
    comment: () => {
      const row = cursor.current;
      if (!id && row) open(row);
      // the panel may have to be read first
      const until = Date.now() + 10_000;
      const focus = () => {
        if (commentBox.current) commentBox.current.focus();
        else if (Date.now() < until) setTimeout(focus, 100);
      };
      setTimeout(focus, 0);
    },
    cause: () => (view === "groups" ? groupCursor.current : null),
    flip: () => void set({ view: NEXT_VIEW[view], group: null, id: null }),
    help: () => setHelp(true),
  });

  const toolbar = (
    <FilterBar
      cells={cells}
      filter={filter}
      feeds={counts.data?.feeds ?? []}
      teams={counts.data?.teams ?? []}
      colleagues={colleagues.data ?? []}
      set={set}
    />
  );

  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col bg-surface">
        <PageHeader
          title="Exceptions"
          actions={
            <>
              <SavedViews cells={cells} view={view} filter={filter} set={set} />
              <Segments
                label="View"
                value={view}
                onChange={(next) => void set({ view: next, group: null, id: null })}
                choices={[
                  { value: "groups", label: "By cause" },
                  { value: "list", label: "One by one" },
                  { value: "board", label: "Board" },
                ]}
              />
              <Tooltip content="Keys (?)">
                <Button variant="quiet" icon aria-label="Keys" onClick={() => setHelp(true)} className="max-sm:hidden">
                  <Keyboard />
                </Button>
              </Tooltip>
            </>
          }
        />
        {filter.group || filter.shipment ? (
          <GroupBar filter={filter} set={set} total={total} />
        ) : (
          <QuickViews
            cells={cells}
            filter={filter}
            set={set}
            aside={
              <>
                <RiskSum cells={cells} filter={filter} me={me} />
                <LostMoney />
              </>
            }
          />
        )}
        {acts.run ? (
          <BulkStrip key={acts.run} id={acts.run} onClose={() => acts.showRun(null)} onRun={acts.showRun} />
        ) : null}
        {view === "groups" ? (
          <GroupsView filter={filter} set={set} toolbar={toolbar} onCursor={keepGroup} />
        ) : view === "board" ? (
          <BoardView
            key={key}
            filter={filter}
            cells={cells}
            countedAtMs={counts.data?.atMs ?? 0}
            activeId={id}
            onActivate={open}
            onCursor={(row) => {
              cursor.current = row;
            }}
            selection={selection}
            onSelection={setSelection}
            toolbar={toolbar}
          />
        ) : (
          <ListView
            filter={filter}
            teams={counts.data?.teams ?? []}
            total={total}
            totalCapped={counts.data?.resolvedCapped ?? false}
            fresh={fresh}
            onShowFresh={showFresh}
            activeId={id}
            onActivate={open}
            onCursor={(row) => {
              cursor.current = row;
            }}
            selection={selection}
            onSelection={setSelection}
            toolbar={toolbar}
            pages={pages}
          />
        )}
      </div>
      {id ? (
        <ExceptionPanel id={id} onClose={close} onWalk={view === "list" ? walk : undefined} commentBox={commentBox} />
      ) : null}
      {help ? <HelpSheet onClose={() => setHelp(false)} /> : null}
    </div>
  );
}

function useKeys({
  aim,
  cause,
  comment,
  flip,
  help,
}: {
  aim: () => Aim | null;
  /** The cause one stands on, where causes are listed. */
  cause: () => GroupRow | null;
  comment: () => void;
  flip: () => void;
  help: () => void;
}) {
  const acts = useActs();
  const may = {
    acknowledge: useMay("exceptions:acknowledge"),
    assign: useMay("exceptions:assign"),
    snooze: useMay("exceptions:snooze"),
    resolve: useMay("exceptions:resolve"),
    comment: useMay("exceptions:comment"),
  };
  const on = (allowed: boolean, act: (aim: Aim) => void) => () => {
    const at = aim();
    if (allowed && at) act(at);
  };
  // what is done at once waits for the act before it; what asks first does not
  const atOnce = (allowed: boolean, act: (aim: Aim) => void) => on(allowed && !acts.busy, act);
  useHotkeys({
    a: atOnce(may.acknowledge, acts.acknowledge),
    m: atOnce(may.assign, acts.take),
    o: on(may.assign, acts.assign),
    s: () => {
      const group = cause();
      if (!group) on(may.snooze, acts.snooze)();
      else if (may.snooze) (group.snooze ? acts.wakeCause : acts.snoozeCause)(group.id);
    },
    r: on(may.resolve, acts.resolve),
    c: () => may.comment && comment(),
    g: flip,
    "?": help,
  });
}
