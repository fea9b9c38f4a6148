"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay, useViewer } from "@/components/shell/viewer";
import { formatCount } from "@/components/ui/number";
import { toast } from "@/components/ui/toaster";
import type { ExceptionTarget } from "@/core/exceptions/filter";
import { AssignDialog } from "./assign-dialog";
import { ResolveDialog } from "./resolve-dialog";
import { type ExceptionRow, useRefreshRows } from "./rows";
import { SnoozeDialog } from "./snooze-dialog";

/** What an act is for, with how many that are, and for one: who has it on this screen. */
export type Aim = { target: ExceptionTarget; count: number; assigneeId?: string | null };
type Asking = { what: "assign" | "snooze" | "resolve"; aim: Aim } | null;

type Acts = {
  acknowledge: (aim: Aim) => void;
  assign: (aim: Aim) => void;
  take: (aim: Aim) => void;
  snooze: (aim: Aim) => void;
  resolve: (aim: Aim) => void;
  reopen: (aim: Aim) => void;
  busy: boolean;
};

const Context = createContext<Acts | null>(null);

/** The acts of a person on exceptions, with their dialogs; one and the same for panel, bulk bar and keys. */
export function useActs(): Acts {
  const acts = useContext(Context);
  if (!acts) throw new Error("useActs needs ActsProvider above it.");
  return acts;
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
        const rest = unchanged > 0 ? ` ${some(unchanged)} had changed meanwhile and stayed as they are.` : "";
        if (aim.count > 1 || rest) toast.success(`${did}: ${some(changed)}.${rest}`);
        onDone?.();
      } catch (error) {
        toast.error(error instanceof Error ? error.message : "This did not work.");
        refresh([], {});
      }
    },
    [refresh, onDone],
  );

  const give = useCallback(
    (aim: Aim, to: { id: string; name: string } | null) =>
      settle(
        assign.mutateAsync({
          target: aim.target,
          assigneeId: to?.id ?? null,
          ...(aim.count === 1 && aim.assigneeId !== undefined ? { expected: aim.assigneeId } : {}),
        }),
        aim,
        to ? `Given to ${to.name}` : "Given to nobody",
        { assigneeId: to?.id ?? null, assigneeName: to?.name ?? null },
      ),
    [assign, settle],
  );

  const busy = acknowledge.isPending || assign.isPending || snooze.isPending || resolve.isPending || reopen.isPending;
  const acts: Acts = {
    acknowledge: (aim) =>
      void settle(acknowledge.mutateAsync({ target: aim.target }), aim, "Acknowledged", { state: "acknowledged" }),
    take: (aim) => void give(aim, { id: viewer.id, name: viewer.name }),
    assign: (aim) => setAsking({ what: "assign", aim }),
    snooze: (aim) => setAsking({ what: "snooze", aim }),
    resolve: (aim) => setAsking({ what: "resolve", aim }),
    reopen: (aim) =>
      void settle(reopen.mutateAsync({ target: aim.target, reason: "" }), aim, "Opened again", { state: "open" }),
    busy,
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
          onChoose={(until) => {
            close();
            void settle(snooze.mutateAsync({ target: asking.aim.target, until }), asking.aim, "Snoozed", {
              state: "snoozed",
              snoozedUntil: until,
            });
          }}
        />
      ) : null}
      {asking?.what === "resolve" ? (
        <ResolveDialog
          count={asking.aim.count}
          onClose={close}
          onResolve={(reason) => {
            close();
            void settle(resolve.mutateAsync({ target: asking.aim.target, reason }), asking.aim, "Resolved", {
              state: "resolved",
              resolvedAt: new Date(),
            });
          }}
        />
      ) : null}
    </Context.Provider>
  );
}
