"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { WORKFLOW_WORD } from "@/components/tower/words";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/input";
import { formatDuration } from "@/components/ui/number";
import { toast } from "@/components/ui/toaster";
import { type Objective, objectiveSchema, type Workflow } from "@/core/service-levels/objectives";

/** Changes what a workflow promises; past clocks are compared with it at once, breaches of the past stay as they were noted. */
export function ObjectiveDialog({
  workflow,
  objective,
  onClose,
}: {
  workflow: Workflow;
  objective: Objective;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const settings = useQuery(trpc.settings.read.queryOptions());
  const [percent, setPercent] = useState(String(objective.percent));
  const [seconds, setSeconds] = useState(String(objective.withinSeconds));
  const change = useMutation(
    trpc.settings.change.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries(trpc.serviceLevels.pathFilter());
        void queries.invalidateQueries(trpc.settings.read.queryFilter());
        void queries.invalidateQueries(trpc.tower.overview.queryFilter());
        toast.success(`${WORKFLOW_WORD[workflow]} has a new objective`);
        onClose();
      },
    }),
  );
  const next = objectiveSchema.safeParse({ percent: Number(percent), withinSeconds: Number(seconds) });
  const seen = settings.data?.settings.objectives;
  const wrong = (name: string) => next.error?.issues.find((issue) => issue.path[0] === name)?.message ?? null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Objective of ${WORKFLOW_WORD[workflow].toLowerCase()}`}
      description="Charts and budgets are compared with it at once. Breaches that were noted already stay; new clocks are held against the new objective."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            disabled={!next.success || !seen}
            busy={change.isPending}
            onClick={() =>
              next.success &&
              seen &&
              change.mutate({ name: "objectives", value: { ...seen, [workflow]: next.data }, seen: { ...seen } })
            }
          >
            Save
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-2 gap-4">
        <Field label="Per cent of clocks" error={wrong("percent")}>
          {(control) => (
            <Input
              {...control}
              inputMode="decimal"
              value={percent}
              onChange={(event) => setPercent(event.target.value.trim())}
            />
          )}
        </Field>
        <Field
          label="Within seconds"
          hint={next.success ? formatDuration(next.data.withinSeconds * 1000) : undefined}
          error={wrong("withinSeconds")}
        >
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              value={seconds}
              onChange={(event) => setSeconds(event.target.value.trim())}
            />
          )}
        </Field>
      </div>
      {change.error ? <p className="mt-3 text-broken">{change.error.message}</p> : null}
    </Dialog>
  );
}
