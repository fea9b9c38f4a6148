"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useLive } from "@/components/shell/live";
import { PageHeader } from "@/components/shell/page-header";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { formatCount } from "@/components/ui/number";
import { SkeletonLines } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toaster";
import { BatchCard } from "./batch-card";
import { DailyDialog } from "./daily-dialog";
import { ScheduleDialog } from "./schedule-dialog";

/** Work that runs in batches: when, when next, what became of the last runs, and running it now. */
export function BatchesScreen() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const router = useRouter();
  const [changing, setChanging] = useState<"settlement" | "reconciliation" | "carriers" | null>(null);
  const may = {
    settle: useMay("freight:decide"),
    reconcile: useMay("reconciliation:run"),
    count: useMay("carriers:count"),
    odoo: useMay("odoo:manage"),
    settings: useMay("settings:manage"),
  };
  const read = useQuery({ ...trpc.batches.read.queryOptions(), refetchInterval: 15_000 });
  const reload = () => void queries.invalidateQueries(trpc.batches.read.queryFilter());
  useLive(["runs", "postings", "freight"], reload, 2_000);
  const onError = (error: { message: string }) => {
    toast.error(error.message);
    reload();
  };
  const toRun = { onError, onSuccess: ({ id }: { id: string }) => router.push(`/runs/${id}`) };
  const settle = useMutation(
    trpc.freight.runSettlement.mutationOptions({
      onError,
      onSuccess: ({ released, checked }) => {
        toast.success(
          `${formatCount(released)} ${released === 1 ? "posting goes" : "postings go"} out now, ${formatCount(checked)} undecided ${checked === 1 ? "bill is" : "bills are"} checked again`,
        );
        reload();
      },
    }),
  );
  const reconcile = useMutation(trpc.reconciliation.run.mutationOptions(toRun));
  const count = useMutation(trpc.carriers.count.mutationOptions(toRun));
  const done = () => {
    setChanging(null);
    reload();
    void queries.invalidateQueries(trpc.settings.read.queryFilter());
  };
  return (
    <>
      <PageHeader
        title="Batch workflows"
        note="When each runs, and what became of it"
        actions={
          <Button asChild>
            <Link href="/runs">All runs</Link>
          </Button>
        }
      />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-8">
        {read.data ? (
          <div className="grid max-w-[1280px] items-start gap-3 xl:grid-cols-2">
            <BatchCard
              title="Freight settlement"
              what="Approved freight bills, credits and costs go to Odoo."
              standing={read.data.settlement}
              more={{ href: "/freight/settlement", word: "Windows and what waits" }}
              run={may.settle ? { word: "Run now", busy: settle.isPending, act: () => settle.mutate() } : null}
              onChange={may.odoo ? () => setChanging("settlement") : null}
            />
            <BatchCard
              title="Historical reconciliation"
              what={
                read.data.reconciliation.continuous
                  ? "The day that ended is compared with Odoo. What changes is compared all day as well."
                  : "The day that ended is compared with Odoo."
              }
              standing={read.data.reconciliation}
              more={{ href: "/reconciliation", word: "Differences" }}
              run={
                may.reconcile
                  ? {
                      word: `Compare ${read.data.reconciliation.day} now`,
                      busy: reconcile.isPending,
                      act: () => reconcile.mutate({ day: read.data.reconciliation.day }),
                    }
                  : null
              }
              onChange={may.settings ? () => setChanging("reconciliation") : null}
            />
            <BatchCard
              title="Carrier figures"
              what="What changed is counted for the scorecards of carriers, services, lanes and warehouses."
              standing={read.data.carriers}
              more={{ href: "/carriers", word: "Scorecards" }}
              run={may.count ? { word: "Count now", busy: count.isPending, act: () => count.mutate() } : null}
              onChange={may.settings ? () => setChanging("carriers") : null}
            />
          </div>
        ) : read.error ? (
          <ErrorState
            title="The batch workflows could not be read"
            error={read.error}
            onRetry={() => void read.refetch()}
          />
        ) : (
          <SkeletonLines lines={12} className="max-w-xl" />
        )}
      </div>
      {read.data && changing === "reconciliation" ? (
        <DailyDialog onClose={() => setChanging(null)} onDone={done} />
      ) : null}
      {read.data && (changing === "settlement" || changing === "carriers") ? (
        <ScheduleDialog of={changing} standing={read.data[changing]} onClose={() => setChanging(null)} onDone={done} />
      ) : null}
    </>
  );
}
