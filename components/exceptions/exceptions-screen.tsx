"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Keyboard } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTRPC } from "@/components/providers";
import { useLive } from "@/components/shell/live";
import { PageHeader } from "@/components/shell/page-header";
import { useMay, useViewer } from "@/components/shell/viewer";
import { NOTHING, type Selection } from "@/components/tables/data-table";
import { countSelected } from "@/components/tables/selection";
import { Button } from "@/components/ui/button";
import { useHotkeys } from "@/components/ui/hotkeys";
import { Segments } from "@/components/ui/tabs";
import { Tooltip } from "@/components/ui/tooltip";
import { totalOf } from "@/core/exceptions/filter";
import { ActsProvider, type Aim, useActs } from "./acts";
import { FilterBar } from "./filter-bar";
import { GroupBar } from "./group-bar";
import { GroupsView } from "./groups-view";
import { HelpSheet } from "./help-sheet";
import { ListView, targetOf, useExceptionPages } from "./list-view";
import { aimAt, ExceptionPanel } from "./panel";
import { QuickViews } from "./quick-views";
import type { ExceptionRow } from "./rows";
import { useExceptionsUrl } from "./url";

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

  // what the list was read at; more than that are new
  const [readAt, setReadAt] = useState<number | null>(null);
  const key = JSON.stringify([filter, view]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter is another list
  useEffect(() => {
    setReadAt(null);
    setSelection(NOTHING);
  }, [key]);
  useEffect(() => {
    if (readAt === null && total !== undefined && !list.isPending) setReadAt(total);
  }, [readAt, total, list.isPending]);
  const fresh = readAt === null || total === undefined ? 0 : Math.max(0, total - readAt);

  useLive(["exceptions"], () => {
    void queries.invalidateQueries(trpc.exceptions.counts.queryFilter());
    void queries.invalidateQueries(trpc.exceptions.groups.infiniteQueryFilter());
    if (id) void queries.invalidateQueries(trpc.exceptions.get.queryFilter({ id }));
  });

  const showFresh = () => {
    setReadAt(null);
    void queries.resetQueries(trpc.exceptions.list.infiniteQueryFilter());
  };
  const open = useCallback((row: ExceptionRow) => void set({ id: row.id }, { history: "replace" }), [set]);
  const close = () => void set({ id: null }, { history: "replace" });
  const walk = (step: 1 | -1) => {
    const next = rows[rows.findIndex((row) => row.id === id) + step];
    if (next) open(next);
  };

  const cursor = useRef<ExceptionRow | null>(null);
  const commentBox = useRef<HTMLTextAreaElement>(null);
  const [help, setHelp] = useState(false);
  const selected = countSelected(selection, total ?? rows.length);
  useKeys({
    aim: () => {
      if (selected > 0) return { target: targetOf(selection, filter), count: selected };
      const row = id ? rows.find((r) => r.id === id) : cursor.current;
      if (row) return aimAt(row);
      return id ? { target: { ids: [id] }, count: 1 } : null;
    },
    comment: () => {
      const row = cursor.current;
      if (!id && row) open(row);
      setTimeout(() => commentBox.current?.focus(), id ? 0 : 400);
    },
    flip: () => void set({ view: view === "list" ? "groups" : "list", group: null, id: null }),
    help: () => setHelp(true),
  });

  const toolbar = (
    <FilterBar
      cells={cells}
      filter={filter}
      feeds={counts.data?.feeds ?? []}
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
              <Segments
                label="View"
                value={view}
                onChange={(next) => void set({ view: next, group: null, id: null })}
                choices={[
                  { value: "groups", label: "By cause" },
                  { value: "list", label: "One by one" },
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
          <QuickViews cells={cells} filter={filter} set={set} />
        )}
        {view === "groups" ? (
          <GroupsView filter={filter} set={set} toolbar={toolbar} />
        ) : (
          <ListView
            filter={filter}
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
  comment,
  flip,
  help,
}: {
  aim: () => Aim | null;
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
    if (allowed && at && !acts.busy) act(at);
  };
  useHotkeys({
    a: on(may.acknowledge, acts.acknowledge),
    m: on(may.assign, acts.take),
    o: on(may.assign, acts.assign),
    s: on(may.snooze, acts.snooze),
    r: on(may.resolve, acts.resolve),
    c: () => may.comment && comment(),
    g: flip,
    "?": help,
  });
}
