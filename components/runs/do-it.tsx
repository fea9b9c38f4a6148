"use client";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/components/ui/number";
import { toast } from "@/components/ui/toaster";
import type { Run } from "./run-progress";
import { proposalOf } from "./words";

/** After a dry run: the same scope for real, with the number that it will change on the button. */
export function DoIt({ run, changing }: { run: Run; changing: number }) {
  const trpc = useTRPC();
  const router = useRouter();
  const mayReplay = useMay("messages:replay");
  const mayRepost = useMay("postings:repost");
  const mayRepair = useMay("reconciliation:repair");
  const started = {
    onSuccess: (made: { id: string }) => router.push(`/runs/${made.id}`),
    onError: (error: { message: string }) => toast.error(error.message),
  };
  const again = useMutation(trpc.runs.repeat.mutationOptions(started));
  const mayMend = useMay("crosswalks:mend");
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
  if (changing === 0) return <span className="text-ink-3">It would change nothing, so there is nothing to do.</span>;
  if (run.kind === "shadow")
    return (
      <Button variant="primary" busy={again.isPending} onClick={() => again.mutate({ id: run.id })}>
        {proposal ? "Activate and replay" : "Do exactly this"}, changing {formatCount(changing)}
      </Button>
    );
  if (run.kind === "repair")
    return (
      <Button variant="primary" busy={again.isPending} onClick={() => again.mutate({ id: run.id })}>
        Repair {formatCount(changing)} {changing === 1 ? "shipment" : "shipments"} as shown
      </Button>
    );
  const what =
    run.kind === "replay" ? (run.total === 1 ? "message" : "messages") : run.total === 1 ? "posting" : "postings";
  return (
    <Button variant="primary" busy={again.isPending} onClick={() => again.mutate({ id: run.id })}>
      {run.kind === "replay" ? "Replay" : "Post again"} {formatCount(run.total)} {what}, changing{" "}
      {formatCount(changing)}
    </Button>
  );
}
