"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/providers";
import { PageHeader } from "@/components/shell/page-header";
import { ErrorState } from "@/components/ui/error-state";
import { FLOW_SHAPE, FLOW_TONE } from "@/components/ui/flow";
import { Mark } from "@/components/ui/mark";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Backlog } from "./backlog";
import { Count } from "./count";
import { WorkerTable } from "./worker-table";

/** The worker processes: how many there are and should be, and how fast they are through with what waits. */
export function WorkersScreen() {
  const trpc = useTRPC();
  const read = useQuery({ ...trpc.workers.read.queryOptions(), refetchInterval: 3_000 });
  return (
    <>
      <PageHeader title="Workers" note="Processes that work through what comes in" />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-8">
        {read.data ? (
          <div className="flex max-w-[1080px] flex-col gap-3">
            <section className="rounded-lg border border-line bg-surface p-4" aria-label="How it stands">
              <p className="flex items-center gap-2 font-semibold text-base" role="status">
                <Mark shape={FLOW_SHAPE[read.data.pipeline.flow]} className={FLOW_TONE[read.data.pipeline.flow]} />
                {read.data.pipeline.words}
              </p>
              <Backlog pipeline={read.data.pipeline} />
            </section>
            <Count key={`${read.data.setting.count} ${read.data.crews[0]?.byEnvironment}`} read={read.data} />
            <WorkerTable read={read.data} />
          </div>
        ) : read.error ? (
          <ErrorState title="The workers could not be read" error={read.error} onRetry={() => void read.refetch()} />
        ) : (
          <SkeletonLines lines={8} className="max-w-xl" />
        )}
      </div>
    </>
  );
}
