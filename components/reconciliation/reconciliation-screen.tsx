"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useState } from "react";
import { useTRPC } from "@/components/providers";
import { ListFrame } from "@/components/shell/list-frame";
import { useLive } from "@/components/shell/live";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { SkeletonLines } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toaster";
import type { Aspect } from "@/core/reconciliation/aspects";
import { Matrix } from "./matrix";
import { ReadinessView } from "./readiness-view";
import { RowPanel } from "./row-panel";
import { RowsList } from "./rows-list";
import { useReconciliationUrl } from "./url";
import { Views } from "./views";

const DAYS = 14;

/** Days by pairs of systems, the rows behind each number, and the lists of what is not ready. */
export function ReconciliationScreen() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const router = useRouter();
  const mayRun = useMay("reconciliation:run");
  const [aspects, setAspects] = useState<readonly Aspect[]>([]);
  const matrix = useQuery({
    ...trpc.reconciliation.matrix.queryOptions({ days: DAYS, aspect: [...aspects] }),
    placeholderData: (was) => was,
    refetchInterval: 30_000,
  });
  const newest = matrix.data?.days[0]?.day ?? matrix.data?.today;
  const { state, filter, ready, set } = useReconciliationUrl(newest);
  const chosen = state.aspect.join();
  useEffect(() => setAspects(chosen === "" ? [] : (chosen.split(",") as Aspect[])), [chosen]);
  useLive(["runs"], () => void queries.invalidateQueries(trpc.reconciliation.matrix.queryFilter()));
  const run = useMutation(
    trpc.reconciliation.run.mutationOptions({
      onSuccess: (made) => router.push(`/runs/${made.id}`),
      onError: (error) => toast.error(error.message),
    }),
  );
  const changeReady = useCallback(
    (over: Partial<{ warehouse: string[]; carrier: string[]; product: string[]; search: string }>) =>
      void set(over, { history: "replace" }),
    [set],
  );
  const days = matrix.data?.days;
  const here = days?.find(({ day }) => day === filter?.day);
  return (
    <ListFrame
      title="Reconciliation"
      note="What each system says, where they differ, and why"
      actions={
        <>
          {matrix.data?.running ? (
            <Link href={`/runs/${matrix.data.running}`} className="text-accent underline-offset-2 hover:underline">
              Today is being compared
            </Link>
          ) : null}
          {mayRun && filter ? (
            <Button
              busy={run.isPending}
              disabled={Boolean(matrix.data?.running)}
              onClick={() => run.mutate({ day: filter.day })}
            >
              Compare {filter.day === matrix.data?.today ? "today" : filter.day} now
            </Button>
          ) : null}
        </>
      }
      viewsLabel="Views"
      views={
        <Views
          day={here}
          state={state}
          onAspect={(aspect) => void set({ ready: null, aspect, id: null, pair: [] })}
          onList={(list) => void set({ ready: list, id: null, carrier: [], warehouse: [], search: "" })}
        />
      }
      panel={
        state.id && filter && !ready ? (
          <RowPanel
            id={state.id}
            day={filter.day}
            onClose={() => void set({ id: null }, { history: "replace" })}
            onChanged={() => {
              void queries.invalidateQueries(trpc.reconciliation.list.infiniteQueryFilter());
              void queries.invalidateQueries(trpc.reconciliation.counts.queryFilter());
              void queries.invalidateQueries(trpc.reconciliation.matrix.queryFilter());
            }}
          />
        ) : null
      }
    >
      {ready ? (
        <ReadinessView filter={ready} onChange={changeReady} />
      ) : matrix.error ? (
        <ErrorState title="The days could not be read" error={matrix.error} onRetry={() => void matrix.refetch()} />
      ) : !days || !filter ? (
        <SkeletonLines lines={8} className="m-4" />
      ) : days.length === 0 ? (
        <EmptyState title="Nothing has been compared yet">
          Shipments are compared with Odoo some minutes after they change, and each day once it has ended. With the
          button above you compare what changed today at once.
        </EmptyState>
      ) : (
        <>
          <Matrix
            days={days}
            day={filter.day}
            pair={filter.pair}
            verdict={filter.verdict}
            onChoose={(day, pair, verdict) => void set({ day, pair: pair ? [pair] : [], verdict, id: null })}
          />
          <RowsList filter={filter} set={set} id={state.id} />
        </>
      )}
    </ListFrame>
  );
}
