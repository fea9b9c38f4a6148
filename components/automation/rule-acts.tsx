"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { formatCount } from "@/components/ui/number";
import { Section } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { RIGHT_OF_ACT } from "@/core/exceptions/bulk";
import type { Rule, RuleAct } from "./rows";

const RESULT = { done: "acted", refused: "left alone", failed: "failed" } as const;

/** What a rule did last, each with its exception, and the way back. */
export function RuleActs({ rule }: { rule: Rule }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const acts = useQuery({ ...trpc.automation.acts.queryOptions({ id: rule.id }), refetchInterval: 15_000 });
  const act = rule.says?.does.act;
  const mayAct = useMay(act && act !== "replay" ? RIGHT_OF_ACT[act] : "messages:replay");
  const [all, setAll] = useState(false);
  const undo = useMutation(
    trpc.automation.undo.mutationOptions({
      onSuccess: ({ id, total, done }) => {
        const link = { label: "Show the run", onClick: () => window.location.assign(`/runs/${id}`) };
        const kept = done && done.conflict > 0 ? ` ${formatCount(done.conflict)} stay: changed since.` : "";
        toast.success(
          done ? `Put back: ${formatCount(done.changed)}.${kept}` : `${formatCount(total)} are being put back.`,
          { action: link },
        );
      },
      onError: (error) => toast.error(error.message),
      onSettled: () => {
        setAll(false);
        void queries.invalidateQueries(trpc.automation.acts.queryFilter());
      },
    }),
  );
  const undoable = (acts.data ?? []).some((one) => one.canUndo);
  return (
    <Section
      title="What it did"
      aside={
        undoable && mayAct ? (
          <Button size="sm" onClick={() => setAll(true)}>
            Take all back
          </Button>
        ) : undefined
      }
    >
      {acts.error ? <p className="text-broken">{acts.error.message}</p> : null}
      {acts.data ? null : acts.error ? null : <SkeletonLines lines={3} />}
      {acts.data?.length === 0 ? <p className="text-ink-3">Nothing yet.</p> : null}
      <ul aria-label="What it did">
        {acts.data?.map((one) => (
          <li key={one.exceptionId} className="flex items-start gap-2 border-line border-b py-1.5 last:border-b-0">
            <span className="min-w-0 flex-1">
              <Link
                href={`/exceptions?view=list&id=${one.exceptionId}`}
                className="block truncate underline-offset-2 hover:underline"
                title={one.text}
              >
                {one.text}
              </Link>
              <span className="flex flex-wrap gap-x-2 text-ink-3 text-xs">
                <ActBadge act={one} />
                <Time at={one.at} />
                {one.reason ? <span>{one.reason}</span> : null}
                {one.undoneAt ? (
                  <span>
                    taken back <Time at={one.undoneAt} />
                  </span>
                ) : null}
              </span>
            </span>
            {one.canUndo && mayAct ? (
              <Button
                size="sm"
                disabled={undo.isPending}
                onClick={() => undo.mutate({ id: rule.id, exceptionIds: [one.exceptionId] })}
              >
                Undo
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {acts.data && acts.data.length >= 50 ? (
        <p className="mt-1 text-ink-3 text-xs">The newest 50 of {formatCount(rule.acted + rule.refused)}.</p>
      ) : null}
      {all ? (
        <Dialog
          open
          onOpenChange={setAll}
          title={`Take back all that “${rule.name}” did`}
          description="Each exception goes back to how it stood before, as a run. What somebody changed since stays. The rule does not act on them again."
          footer={
            <>
              <Button onClick={() => setAll(false)}>Leave it</Button>
              <Button variant="danger" busy={undo.isPending} onClick={() => undo.mutate({ id: rule.id })}>
                Take {formatCount(rule.acted)} back
              </Button>
            </>
          }
        />
      ) : null}
    </Section>
  );
}

function ActBadge({ act }: { act: RuleAct }) {
  return (
    <Badge tone={act.result === "done" ? "ok" : act.result === "failed" ? "broken" : "idle"}>
      {RESULT[act.result]}
    </Badge>
  );
}
