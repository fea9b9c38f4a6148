"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/components/providers";
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
  const scope = run.scope as { act?: { act?: string } } | null;
  if (run.kind !== "triage" || !ENDED.has(run.state) || run.changed === 0 || scope?.act?.act === "comment") return null;
  return (
    <Button busy={undo.isPending} onClick={() => undo.mutate({ id: run.id })}>
      Undo {formatCount(run.changed)}
    </Button>
  );
}
