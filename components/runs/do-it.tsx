"use client";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/components/ui/number";
import { toast } from "@/components/ui/toaster";
import { paceOf } from "@/core/runs/run";
import { PaceField, usePace } from "./pace-field";
import type { Run } from "./run-progress";
import { proposalOf } from "./words";

/** After a dry run: the same scope for real, at a pace that may be another one, with the number that it will change on the button. */
export function DoIt({ run }: { run: Run }) {
  const trpc = useTRPC();
  const router = useRouter();
  const mayReplay = useMay("messages:replay");
  const mayRepost = useMay("postings:repost");
  const mayRepair = useMay("reconciliation:repair");
  const mayMend = useMay("crosswalks:mend");
  const pace = usePace(run.perSecond);
  const again = useMutation(
    trpc.runs.repeat.mutationOptions({
      onSuccess: (made) => router.push(`/runs/${made.id}`),
      onError: (error) => toast.error(error.message),
    }),
  );
  const proposal = proposalOf(run.scope);
  const may =
    run.kind === "repost"
      ? mayRepost
      : run.kind === "repair"
        ? mayRepair
        : run.kind === "replay" || run.kind === "shadow"
          ? mayReplay && (proposal === null || mayMend)
          : false;
  if (!run.dryRun || run.state !== "done" || !may) return null;
  if (run.changed === 0) return <p className="text-ink-3">It would change nothing, so there is nothing to do.</p>;
  const paced = run.kind !== "repair";
  // what held the dry run to a pace says nothing of how fast it could go
  const measured = run.perSecond === null ? measuredOf(run) : null;
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
      {paced ? (
        <PaceField
          pace={pace}
          hint={PACE_HINT[run.kind] ?? ""}
          items={run.total}
          measured={measured}
          unknown={UNKNOWN}
        />
      ) : (
        <span />
      )}
      <Button
        variant="primary"
        busy={again.isPending}
        disabled={paced && !pace.fits}
        onClick={() => again.mutate({ id: run.id, ...(paced ? { perSecond: pace.perSecond } : {}) })}
      >
        {wordsOf(run, proposal !== null)}
      </Button>
    </div>
  );
}

const UNKNOWN = "The dry run kept a pace, so it is not known how fast it could go.";
const PACE_HINT: Readonly<Partial<Record<Run["kind"], string>>> = {
  replay: "Empty: as fast as it goes. Live messages go first either way.",
  shadow: "Shipments, each with all its messages. Empty: as fast as it goes.",
  repost: "Empty: as fast as the connection allows",
};

function measuredOf(run: Run): number | null {
  return paceOf({
    total: run.total,
    processed: run.processed,
    startedAtMs: run.startedAt?.getTime() ?? null,
    endedAtMs: run.endedAt?.getTime() ?? null,
    nowMs: run.endedAt?.getTime() ?? 0,
  }).perSecond;
}

function wordsOf(run: Run, proposes: boolean): string {
  const { kind, total, changed } = run;
  if (kind === "shadow")
    return `${proposes ? "Activate and replay" : "Do exactly this"}, changing ${formatCount(changed)}`;
  if (kind === "repair") return `Repair ${formatCount(changed)} ${changed === 1 ? "shipment" : "shipments"} as shown`;
  const [act, noun] = kind === "replay" ? ["Replay", "message"] : ["Post again", "posting"];
  return `${act} ${formatCount(total)} ${noun}${total === 1 ? "" : "s"}, changing ${formatCount(changed)}`;
}
