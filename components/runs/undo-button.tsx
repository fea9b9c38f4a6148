"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/components/ui/number";
import { toast } from "@/components/ui/toaster";
import type { Run } from "./run-progress";

const ENDED = new Set(["done", "cancelled", "failed"]);

/** Takes an action on exceptions back, once; says so where somebody has. */
export function UndoButton({ run, onUndone }: { run: Run; onUndone?: (id: string) => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const undo = useMutation(
    trpc.runs.undo.mutationOptions({
      onSuccess: ({ id, done }) => {
        void queries.invalidateQueries(trpc.runs.get.queryFilter({ id: run.id }));
        if (done)
          toast.success(
            `${formatCount(done.changed)} put back.${done.conflict > 0 ? ` ${formatCount(done.conflict)} stay: somebody changed them since.` : ""}`,
          );
        onUndone?.(id);
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  if (run.undoneBy !== null)
    return (
      <Link href={`/runs/${run.undoneBy}`} className="text-accent underline-offset-2 hover:underline">
        Taken back
      </Link>
    );
  if (run.kind === "repair")
    return <UndoRepair run={run} busy={undo.isPending} onUndo={() => undo.mutate({ id: run.id })} />;
  const scope = run.scope as { act?: { act?: string } } | null;
  if (run.kind !== "triage" || !ENDED.has(run.state) || run.changed === 0 || scope?.act?.act === "comment") return null;
  return (
    <Button busy={undo.isPending} onClick={() => undo.mutate({ id: run.id })}>
      Undo {formatCount(run.changed)}
    </Button>
  );
}

/** Of a repair only the numbers that it moved are taken back; what it posted is undone by the facts behind it. */
function UndoRepair({ run, busy, onUndo }: { run: Run; busy: boolean; onUndo: () => void }) {
  const mayLink = useMay("shipments:link");
  const mayCorrect = useMay("shipments:correct");
  if (run.dryRun || !ENDED.has(run.state) || run.moved === 0 || !mayLink || !mayCorrect) return null;
  return (
    <Button busy={busy} onClick={onUndo} title="Its numbers stand where they stood; what was posted stays">
      Move {run.moved === 1 ? "the number" : `${formatCount(run.moved)} numbers`} back
    </Button>
  );
}
