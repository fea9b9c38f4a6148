"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import Link from "next/link";
import { useTRPC } from "@/components/providers";
import { useLive } from "@/components/shell/live";
import { useMay } from "@/components/shell/viewer";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { formatCount, formatDuration } from "@/components/ui/number";
import { SkeletonLines } from "@/components/ui/skeleton";
import { relative, Time, useNow } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { waitIn } from "@/core/reconciliation/patience";
import { paceOf, RUN_ACTS, type RunAct } from "@/core/runs/run";
import type { AppRouter } from "@/server/api/root";
import { DoIt } from "./do-it";
import { RunPreview } from "./preview";
import { RUN_KIND_WORD, RUN_STATE_LOOK } from "./words";

export type Run = inferRouterOutputs<AppRouter>["runs"]["get"];

const MOVES = new Set(["waiting", "running"]);

/** A run that is read again while it moves. */
export function useRun(id: string) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const run = useQuery({
    ...trpc.runs.get.queryOptions({ id }),
    refetchInterval: (query) => (query.state.data && MOVES.has(query.state.data.state) ? 1_500 : false),
  });
  useLive(
    ["runs"],
    () => {
      void queries.invalidateQueries(trpc.runs.get.queryFilter({ id }));
      void queries.invalidateQueries(trpc.runs.results.queryFilter({ id }));
    },
    1_000,
  );
  return run;
}

export function RunStateBadge({ run, filled }: { run: Pick<Run, "state" | "summary">; filled?: boolean }) {
  const waits = run.state === "running" && waitIn(run.summary) !== null;
  const look = RUN_STATE_LOOK[waits ? "waiting" : run.state];
  return (
    <Badge tone={look.tone} shape={look.shape} filled={filled}>
      {look.word}
    </Badge>
  );
}

/** How far a run is: a bar from zero, counts, pace, time left; pause, resume and cancel beside it. Stands in panels and on its own page. */
export function RunProgress({ id, link = true }: { id: string; link?: boolean }) {
  const got = useRun(id);
  if (got.error) return <p className="text-broken">{got.error.message}</p>;
  if (!got.data) return <SkeletonLines lines={2} />;
  return (
    <div className="flex flex-col gap-2">
      <Progress run={got.data} link={link} />
      {got.data.dryRun ? <RunPreview run={got.data} /> : null}
      {got.data.dryRun ? <DoIt run={got.data} /> : null}
    </div>
  );
}

export function Progress({ run, link }: { run: Run; link: boolean }) {
  const now = useNow();
  const share = run.total === 0 ? (run.endedAt ? 1 : 0) : Math.min(1, run.processed / run.total);
  const { perSecond, secondsLeft } = paceOf({
    total: run.total,
    processed: run.processed,
    startedAtMs: run.startedAt?.getTime() ?? null,
    endedAtMs: run.endedAt?.getTime() ?? null,
    nowMs: Math.max(now, run.startedAt?.getTime() ?? 0),
  });
  const wait = run.state === "running" ? waitIn(run.summary) : null;
  const word = `${RUN_KIND_WORD[run.kind]}${run.dryRun ? ", dry run" : ""}`;
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {link ? (
          <Link href={`/runs/${run.id}`} className="font-medium underline-offset-2 hover:underline">
            {word}
          </Link>
        ) : null}
        <RunStateBadge run={run} />
        {run.restsUntil ? (
          <span className="text-ink-2">
            looks again <Time at={run.restsUntil} />
          </span>
        ) : null}
        <span className="text-ink-2">
          {formatCount(run.processed)} of {formatCount(run.total)}
        </span>
        <span className="ml-auto flex gap-2">
          <RunActs run={run} />
        </span>
      </div>
      <div
        role="progressbar"
        aria-label={word}
        aria-valuemin={0}
        aria-valuemax={run.total}
        aria-valuenow={run.processed}
        className="flex h-1.5 overflow-hidden rounded-full bg-sunken"
      >
        <span
          className={run.state === "failed" ? "bg-broken" : run.dryRun ? "bg-idle" : "bg-accent"}
          style={{ width: `${share * 100}%` }}
        />
      </div>
      <p className="flex flex-wrap gap-x-3 text-ink-3 text-xs">
        <span>
          {formatCount(run.changed)} {run.dryRun ? "would change" : "changed"}
        </span>
        {run.failed > 0 ? (
          <span className="text-broken">
            {formatCount(run.failed)} {run.dryRun ? "would fail" : "failed"}
          </span>
        ) : null}
        {perSecond === null ? null : (
          <span>
            {perSecond >= 10 ? formatCount(Math.round(perSecond)) : perSecond.toFixed(1)} a second
            {run.perSecond === null ? "" : `, at most ${formatCount(run.perSecond)}`}
          </span>
        )}
        {secondsLeft === null || wait || !MOVES.has(run.state) ? null : (
          <span>{formatDuration(secondsLeft * 1000)} left</span>
        )}
      </p>
      {wait ? (
        <p className="break-words text-late">
          {wait.why}. It goes on by itself: tried {wait.tries} {wait.tries === 1 ? "time" : "times"},{" "}
          {wait.untilMs > now ? `again ${relative(wait.untilMs, now)}` : "again now"}.
        </p>
      ) : null}
      {run.error ? <p className="break-words text-broken">{run.error}</p> : null}
    </div>
  );
}

function RunActs({ run }: { run: Run }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const mayControl = useMay("runs:control");
  const after = {
    onSuccess: () => {
      void queries.invalidateQueries(trpc.runs.get.queryFilter({ id: run.id }));
      void queries.invalidateQueries(trpc.runs.list.infiniteQueryFilter());
    },
    onError: (error: { message: string }) => {
      toast.error(error.message);
      void queries.invalidateQueries(trpc.runs.get.queryFilter({ id: run.id }));
    },
  };
  const pause = useMutation(trpc.runs.pause.mutationOptions(after));
  const resume = useMutation(trpc.runs.resume.mutationOptions(after));
  const cancel = useMutation(trpc.runs.cancel.mutationOptions(after));
  const goOn = useMutation(trpc.reconciliation.goOn.mutationOptions(after));
  const mayRepair = useMay("reconciliation:repair");
  const can = (act: RunAct) => (RUN_ACTS[act] as readonly string[]).includes(run.state);
  if (!mayControl) return null;
  const left = run.total - run.processed;
  return (
    <>
      {run.kind === "repair" && run.restsUntil && mayRepair ? (
        <Button
          size="sm"
          variant="primary"
          busy={goOn.isPending}
          title="Look now whether what it waits for is there"
          onClick={() => goOn.mutate({ id: run.id })}
        >
          Go on
        </Button>
      ) : null}
      {can("pause") ? (
        <Button size="sm" busy={pause.isPending} onClick={() => pause.mutate({ id: run.id })}>
          Pause
        </Button>
      ) : null}
      {can("resume") ? (
        <Button size="sm" variant="primary" busy={resume.isPending} onClick={() => resume.mutate({ id: run.id })}>
          Resume
        </Button>
      ) : null}
      {can("cancel") ? (
        <Button
          size="sm"
          busy={cancel.isPending}
          title="What is done stays done"
          onClick={() => cancel.mutate({ id: run.id })}
        >
          Cancel the other {formatCount(left)}
        </Button>
      ) : null}
    </>
  );
}
