"use client";
import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { missingSteps, PLAYBOOKS, refusalOf } from "@/core/exceptions/playbooks";
import { type ExceptionDetail, useRefreshRows } from "./rows";

/** Says what stands between this exception and its resolution; null when nothing does. */
export function useMissingSteps({ kind, steps }: ExceptionDetail): string | null {
  return refusalOf(missingSteps(kind, new Set(steps.map((tick) => tick.step))));
}

/** The steps as a checklist that all share: who ticked what when. */
export function Playbook({ exception }: { exception: ExceptionDetail }) {
  const trpc = useTRPC();
  const refresh = useRefreshRows();
  const mayTick = useMay("exceptions:acknowledge") && exception.state !== "resolved";
  const tick = useMutation(
    trpc.exceptions.tick.mutationOptions({
      onSettled: () => refresh([], {}),
      onError: (error) => toast.error(error.message),
    }),
  );
  const ticks = new Map(exception.steps.map((row) => [row.step, row]));
  return (
    <ol className="flex flex-col gap-1.5">
      {PLAYBOOKS[exception.kind].map((step) => {
        const done = ticks.get(step.name);
        return (
          <li key={step.name}>
            <label className={`flex items-baseline gap-2 ${mayTick ? "cursor-pointer" : ""}`}>
              <input
                type="checkbox"
                checked={done !== undefined}
                disabled={!mayTick || tick.isPending}
                onChange={() => tick.mutate({ id: exception.id, step: step.name, done: done === undefined })}
                className="translate-y-0.5 accent-accent"
              />
              <span className={done ? "text-ink-3 line-through" : ""}>{step.text}</span>
              {step.required ? <span className="shrink-0 text-ink-3 text-xs">required</span> : null}
            </label>
            {done ? (
              <p className="pl-6 text-ink-3 text-xs">
                {done.byName ?? "Waypost"} <Time at={done.at} />
              </p>
            ) : null}
          </li>
        );
      })}
    </ol>
  );
}
