"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay, useViewer } from "@/components/shell/viewer";
import { formatCount } from "@/components/ui/number";
import { toast } from "@/components/ui/toaster";
import type { BulkAct } from "@/core/exceptions/bulk";
import type { SnoozeChoice } from "@/core/exceptions/cause-snooze";
import type { ExceptionTarget } from "@/core/exceptions/filter";
import { AssignDialog } from "./assign-dialog";
import { ResolveDialog } from "./resolve-dialog";
import { type ExceptionRow, useRefreshRows } from "./rows";
import { SnoozeDialog } from "./snooze-dialog";

/** What an act is for, with how many that are, and for one: who has it on this screen. */
export type Aim = { target: ExceptionTarget; count: number; assigneeId?: string | null };
type Asking = { what: "assign" | "snooze" | "resolve"; aim: Aim } | { what: "snoozeCause"; groupId: string } | null;

type Acts = {
  acknowledge: (aim: Aim) => void;
  assign: (aim: Aim) => void;
  take: (aim: Aim) => void;
  snooze: (aim: Aim) => void;
  resolve: (aim: Aim) => void;
  reopen: (aim: Aim) => void;
  /** Asks until when a whole cause is put away. */
  snoozeCause: (groupId: string) => void;
  wakeCause: (groupId: string) => void;
  busy: boolean;
  /** The run over all that match which was started last, until it is closed. */
  run: string | null;
  showRun: (id: string | null) => void;
};

const Context = createContext<Acts | null>(null);

/** The acts of a person on exceptions, with their dialogs; one and the same for panel, bulk bar and keys. */
export function useActs(): Acts {
  const acts = useContext(Context);
  if (!acts) throw new Error("useActs needs ActsProvider above it.");
  return acts;
}

/** More than one row, or all that match a filter. */
const isMany = (aim: Aim) => "filter" in aim.target || aim.target.ids.length > 1;

/** How it stands now, where the refusal of a stale act says it. */
function presentOf(error: unknown): Partial<ExceptionRow> | null {
  if (typeof error !== "object" || error === null || !("data" in error)) return null;
  const { data } = error as { data: { details?: { present?: Partial<ExceptionRow> } | null } | null };
  return data?.details?.present ?? null;
}

const some = (n: number) => (n === 1 ? "1 exception" : `${formatCount(n)} exceptions`);

export function ActsProvider({ onDone, children }: { onDone?: () => void; children: ReactNode }) {
  const trpc = useTRPC();
  const viewer = useViewer();
  const refresh = useRefreshRows();
  const [asking, setAsking] = useState<Asking>(null);
  const mayAssign = useMay("exceptions:assign");
  const colleagues = useQuery({ ...trpc.access.colleagues.queryOptions(), enabled: mayAssign, staleTime: 300_000 });
  const people = useMemo(() => colleagues.data ?? [], [colleagues.data]);

  const acknowledge = useMutation(trpc.exceptions.acknowledge.mutationOptions());
  const assign = useMutation(trpc.exceptions.assign.mutationOptions());
  const snooze = useMutation(trpc.exceptions.snooze.mutationOptions());
  const resolve = useMutation(trpc.exceptions.resolve.mutationOptions());
  const reopen = useMutation(trpc.exceptions.reopen.mutationOptions());

  const snoozeCause = useMutation(trpc.exceptions.snoozeCause.mutationOptions());
  const wakeCause = useMutation(trpc.exceptions.wakeCause.mutationOptions());
  const wake = async (groupId: string) => {
    try {
      const { changed } = await wakeCause.mutateAsync({ groupId });
      toast.success(`The cause is awake: ${some(changed)} came back.`);
    } catch (error) {
      toast.error(error instanceof Error ? error.message : "This did not work.");
    }
    refresh(null, {});
  };
  const putAway = async (groupId: string, choice: SnoozeChoice) => {
    try {
      const { changed } = await snoozeCause.mutateAsync({ groupId, choice });
      toast.success(`The cause is snoozed with ${some(changed)}.`, {
        action: { label: "Undo", onClick: () => void wake(groupId) },
      });
    } catch (error) {
      toast.error(error instanceof Error ? error.message : "This did not work.");
    }
    refresh(null, {});
  };

  const bulk = useMutation(trpc.exceptions.bulk.mutationOptions());
  const undo = useMutation(trpc.runs.undo.mutationOptions());
  const [run, setRun] = useState<string | null>(null);
  const takeBack = useCallback(
    async (id: string) => {
      try {
        const { done } = await undo.mutateAsync({ id });
        const stay = done && done.conflict > 0 ? ` ${some(done.conflict)} stay: somebody changed them since.` : "";
        toast.success(done ? `Put back: ${some(done.changed)}.${stay}` : "It is being put back.");
      } catch (error) {
        toast.error(error instanceof Error ? error.message : "This did not work.");
      }
      refresh(null, {});
    },
    [undo, refresh],
  );
  /** On many: a run. A few are done at once and can be taken back from the toast, all that match are followed in a strip. */
  const many = useCallback(
    async (aim: Aim, act: BulkAct, did: string, patch: Partial<ExceptionRow>) => {
      try {
        const { id, total, done } = await bulk.mutateAsync({ target: aim.target, act });
        if (!done) {
          setRun(id);
          toast.message(`Started on ${some(total)}.`);
        } else {
          refresh(done.conflict > 0 ? null : done.ids, patch);
          const rest = [
            done.unchanged > 0 ? `${some(done.unchanged)} stood so already.` : "",
            done.conflict > 0 ? `With ${some(done.conflict)} somebody was faster.` : "",
            done.refused > 0 ? `${some(done.refused)} refused: a required step is not ticked.` : "",
          ].filter(Boolean);
          toast.success([`${did}: ${some(done.changed)}.`, ...rest].join(" "), {
            duration: 10_000,
            ...(done.changed > 0 ? { action: { label: "Undo", onClick: () => void takeBack(id) } } : {}),
          });
        }
        onDone?.();
      } catch (error) {
        toast.error(error instanceof Error ? error.message : "This did not work.");
        refresh([], {});
      }
    },
    [bulk, refresh, onDone, takeBack],
  );

  const settle = useCallback(
    async (
      act: Promise<{ changed: number; unchanged: number; ids: string[] }>,
      aim: Aim,
      did: string,
      patch: Partial<ExceptionRow>,
    ) => {
      try {
        const { changed, unchanged, ids } = await act;
        refresh(changed <= ids.length ? ids : null, patch);
        const rest =
          unchanged > 0
            ? ` ${some(unchanged)} could not take it in the state they are in, and stayed as they are.`
            : "";
        if (aim.count > 1 || rest) toast.success(`${did}: ${some(changed)}.${rest}`);
        onDone?.();
      } catch (error) {
        toast.error(error instanceof Error ? error.message : "This did not work.");
        // somebody was faster: the row shows at once how it stands
        const present = presentOf(error);
        refresh(present && "ids" in aim.target ? aim.target.ids : [], present ?? {});
      }
    },
    [refresh, onDone],
  );

  const give = useCallback(
    (aim: Aim, to: { id: string; name: string } | null) => {
      const did = to ? `Given to ${to.name}` : "Given to nobody";
      const patch = { assigneeId: to?.id ?? null, assigneeName: to?.name ?? null };
      if (isMany(aim)) return many(aim, { act: "assign", assigneeId: to?.id ?? null }, did, patch);
      return settle(
        assign.mutateAsync({
          target: aim.target,
          assigneeId: to?.id ?? null,
          ...(aim.count === 1 && aim.assigneeId !== undefined ? { expected: aim.assigneeId } : {}),
        }),
        aim,
        did,
        patch,
      );
    },
    [assign, settle, many],
  );

  const busy =
    acknowledge.isPending ||
    assign.isPending ||
    snooze.isPending ||
    resolve.isPending ||
    reopen.isPending ||
    bulk.isPending;
  const acts: Acts = {
    acknowledge: (aim) =>
      void (isMany(aim)
        ? many(aim, { act: "acknowledge" }, "Acknowledged", { state: "acknowledged" })
        : settle(acknowledge.mutateAsync({ target: aim.target }), aim, "Acknowledged", { state: "acknowledged" })),
    take: (aim) => void give(aim, { id: viewer.id, name: viewer.name }),
    assign: (aim) => setAsking({ what: "assign", aim }),
    snooze: (aim) => setAsking({ what: "snooze", aim }),
    resolve: (aim) => setAsking({ what: "resolve", aim }),
    reopen: (aim) =>
      void (isMany(aim)
        ? many(aim, { act: "reopen", reason: "" }, "Opened again", { state: "open" })
        : settle(reopen.mutateAsync({ target: aim.target, reason: "" }), aim, "Opened again", { state: "open" })),
    snoozeCause: (groupId) => setAsking({ what: "snoozeCause", groupId }),
    wakeCause: (groupId) => void wake(groupId),
    busy,
    run,
    showRun: setRun,
  };
  const close = () => setAsking(null);

  return (
    <Context.Provider value={acts}>
      {children}
      {asking?.what === "assign" ? (
        <AssignDialog
          count={asking.aim.count}
          people={people}
          meId={viewer.id}
          onClose={close}
          onChoose={(person) => {
            close();
            void give(asking.aim, person);
          }}
        />
      ) : null}
      {asking?.what === "snooze" ? (
        <SnoozeDialog
          count={asking.aim.count}
          onClose={close}
          onChoose={(choice) => {
            close();
            const { aim } = asking;
            const patch = {
              state: "snoozed" as const,
              snoozedUntil: choice.mode === "until" ? choice.until : null,
              wakesAfter: choice.mode === "more" ? choice.more : null,
              wakesEscalating: choice.mode === "escalating",
            };
            void (isMany(aim)
              ? many(aim, { act: "snooze", choice }, "Snoozed", patch)
              : settle(snooze.mutateAsync({ target: aim.target, choice }), aim, "Snoozed", patch));
          }}
        />
      ) : null}
      {asking?.what === "snoozeCause" ? (
        <SnoozeDialog
          count={1}
          cause
          onClose={close}
          onChoose={(choice) => {
            close();
            void putAway(asking.groupId, choice);
          }}
        />
      ) : null}
      {asking?.what === "resolve" ? (
        <ResolveDialog
          count={asking.aim.count}
          onClose={close}
          onResolve={(reason) => {
            close();
            const { aim } = asking;
            const patch = { state: "resolved" as const, resolvedAt: new Date() };
            void (isMany(aim)
              ? many(aim, { act: "resolve", reason }, "Resolved", patch)
              : settle(resolve.mutateAsync({ target: aim.target, reason }), aim, "Resolved", patch));
          }}
        />
      ) : null}
    </Context.Provider>
  );
}
