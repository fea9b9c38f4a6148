"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
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
import { dayPlus } from "@/core/reconciliation/settings";
import type { StandingState } from "@/core/reconciliation/standing";
import { DayPicker } from "./day-picker";
import { NoRows, StandingLine } from "./day-standing";
import { Matrix } from "./matrix";
import { ReadinessView } from "./readiness-view";
import { RowPanel } from "./row-panel";
import { RowsList } from "./rows-list";
import { useChoice, useReconciliationUrl } from "./url";
import { Views } from "./views";

const DAYS = 14;
/** A day further back is shown with so many after it. */
const DAYS_AFTER = 6;

const MOVING: ReadonlySet<StandingState> = new Set(["running", "waiting", "paused"]);

/** Days by pairs of systems, the rows behind each number, and the lists of what is not ready. */
export function ReconciliationScreen() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const router = useRouter();
  const mayRun = useMay("reconciliation:run");
  const [aspects, setAspects] = useState<readonly Aspect[]>([]);
  const { state, set, chosenDay } = useReconciliationUrl();
  const [today, setToday] = useState<string | null>(null);
  const isFar = chosenDay !== null && today !== null && chosenDay <= dayPlus(today, -DAYS);
  const matrix = useQuery({
    ...trpc.reconciliation.matrix.queryOptions({
      days: DAYS,
      aspect: [...aspects],
      ...(isFar ? { to: dayPlus(chosenDay, DAYS_AFTER) } : {}),
    }),
    placeholderData: (was) => was,
    refetchInterval: 30_000,
  });
  useEffect(() => setToday(matrix.data?.today ?? null), [matrix.data?.today]);
  const newest = matrix.data?.days.find(({ shipments }) => shipments > 0)?.day ?? matrix.data?.today;
  const { filter, ready } = useChoice(state, newest);
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
  const isMoving = here !== undefined && MOVING.has(here.standing.state);
  return (
    <ListFrame
      title="Reconciliation"
      note="What each system says, where they differ, and why"
      actions={
        <>
          {matrix.data && filter && !ready ? (
            <DayPicker
              day={filter.day}
              oldest={matrix.data.oldest}
              today={matrix.data.today}
              onChange={(day) => void set({ day, id: null })}
            />
          ) : null}
          {mayRun && filter && here ? (
            <Button busy={run.isPending} disabled={isMoving} onClick={() => run.mutate({ day: filter.day })}>
              Compare {filter.day === matrix.data?.today ? "today" : "this day"} now
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
        <EmptyState title={`Nothing is kept of ${filter.day}`}>
          Results are kept since {matrix.data?.oldest}. How long that is stands in the settings.
        </EmptyState>
      ) : (
        <>
          <Matrix
            days={days}
            day={filter.day}
            today={matrix.data?.today ?? ""}
            pair={filter.pair}
            verdict={filter.verdict}
            onChoose={(day, pair, verdict) => void set({ day, pair: pair ? [pair] : [], verdict, id: null })}
          />
          {here ? <StandingLine day={here} today={matrix.data?.today ?? ""} /> : null}
          {here && here.shipments === 0 ? <NoRows day={here} /> : <RowsList filter={filter} set={set} id={state.id} />}
        </>
      )}
    </ListFrame>
  );
}
