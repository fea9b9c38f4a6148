"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/providers";
import { useLive } from "@/components/shell/live";
import { PageHeader } from "@/components/shell/page-header";
import { useHidden } from "@/components/shell/pulse";
import { useViewer } from "@/components/shell/viewer";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { relative, useNow } from "@/components/ui/time";
import { Feeds } from "./feeds";
import { Inbox } from "./inbox";
import { Levels } from "./levels";
import { Odoo } from "./odoo";
import { OpenExceptions } from "./open-exceptions";
import { Promises } from "./promises";
import { Stages } from "./stages";
import type { Overview } from "./types";

/** The whole at a glance; every number opens its rows. */
export function TowerScreen() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const overview = useQuery({
    ...trpc.tower.overview.queryOptions(),
    refetchInterval: 15_000,
    staleTime: 3_000,
  });
  useLive(
    ["exceptions", "shipments", "postings", "feeds", "odoo"],
    () => void queries.invalidateQueries(trpc.tower.overview.queryFilter()),
    5_000,
  );
  const now = useNow();
  return (
    <>
      <PageHeader title="Tower" note={overview.data ? `as of ${relative(overview.data.atMs, now)}` : undefined} />
      {overview.data ? (
        <Parts overview={overview.data} now={now} />
      ) : overview.error ? (
        <ErrorState
          title="The tower could not be read"
          error={overview.error}
          onRetry={() => void overview.refetch()}
        />
      ) : (
        <Waiting />
      )}
    </>
  );
}

function Parts({ overview, now }: { overview: Overview; now: number }) {
  const { role } = useViewer();
  const { stages, promises, exceptions, levels, feeds, odoo, inbox } = overview;
  const watch = exceptions ? <OpenExceptions key="exceptions" exceptions={exceptions} /> : null;
  const promised = promises ? <Promises key="promises" promises={promises} /> : null;
  const hidden = useHidden();
  const kept = levels && !hidden.includes("/service-levels") ? <Levels key="levels" levels={levels} /> : null;
  const systems =
    odoo || inbox ? (
      <div key="systems" className="flex min-w-0 flex-col gap-3">
        {odoo ? <Odoo connections={odoo} /> : null}
        {inbox ? <Inbox inbox={inbox} /> : null}
      </div>
    ) : null;
  const sources = feeds ? <Feeds key="feeds" feeds={feeds} className="xl:col-span-2" /> : null;
  // what a role answers for stands first
  const order =
    role === "executive" || role === "finance"
      ? [promised, kept, watch, sources, systems]
      : role === "administrator"
        ? [watch, promised, kept, sources, systems]
        : [watch, promised, kept, systems, sources];
  return (
    <div className="flex flex-col gap-3 px-4 pb-6">
      {stages ? <Stages stages={stages} age={relative(stages.atMs, now)} /> : null}
      <div className="grid grid-cols-1 gap-3 lg:grid-cols-2 xl:grid-cols-3">{order}</div>
    </div>
  );
}

function Waiting() {
  return (
    <output className="flex flex-col gap-3 px-4">
      <span className="sr-only">Loading</span>
      <Skeleton className="h-36 w-full" />
      <div className="grid gap-3 lg:grid-cols-2 xl:grid-cols-3">
        <Skeleton className="h-72 w-full" />
        <Skeleton className="h-72 w-full" />
        <Skeleton className="h-72 w-full" />
      </div>
    </output>
  );
}
