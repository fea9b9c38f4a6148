"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { RevisePanel } from "@/components/messages/revise-panel";
import { useTRPC } from "@/components/providers";
import { ReplayDialog, type ReplayScope } from "@/components/runs/replay-dialog";
import { RunProgress } from "@/components/runs/run-progress";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/side-panel";
import { toast } from "@/components/ui/toaster";
import type { Problem } from "@/core/outcome";
import { type ExceptionDetail, useRefreshRows } from "./rows";

/** Reads the message, or all of its cause, again: first as a dry run if wanted. */
export function ReplayRemedy({ exception }: { exception: ExceptionDetail }) {
  const trpc = useTRPC();
  const refresh = useRefreshRows();
  const mayReplay = useMay("messages:replay");
  const mayRevise = useMay("messages:revise");
  const [correcting, setCorrecting] = useState(false);
  const [runId, setRunId] = useState<string | null>(null);
  const [asked, setAsked] = useState<{ scope: ReplayScope; what: string } | null>(null);
  const replay = useMutation(
    trpc.messages.replay.mutationOptions({
      onSuccess: (run) => {
        setRunId(run.id);
        refresh([], {});
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  const { messageId, groupId } = exception;
  if (!mayReplay || !messageId) return null;
  return (
    <Section title="Read it again">
      <p className="mb-2 text-ink-2">
        The stored message goes through the mapping as it is now, or, if you choose so in the dry run, as it was. What
        can be read this time counts; the exception closes by itself.
      </p>
      <div className="mb-2 flex flex-wrap gap-2">
        <Button onClick={() => setAsked({ scope: { receipts: [messageId] }, what: "this message" })}>Dry run</Button>
        <Button
          variant="primary"
          busy={replay.isPending}
          onClick={() => replay.mutate({ scope: { receipts: [messageId] }, mapping: "current", dryRun: false })}
        >
          Replay this message
        </Button>
        <Button onClick={() => setAsked({ scope: { group: groupId }, what: "all with this cause" })}>
          Dry run of all with this cause
        </Button>
      </div>
      {asked ? <ReplayDialog {...asked} onStarted={setRunId} onClose={() => setAsked(null)} /> : null}
      {mayRevise && exception.kind === "unreadable_message" ? (
        correcting ? (
          <RevisePanel id={messageId} problems={problemsOf(exception)} onDone={() => refresh([], {})} />
        ) : (
          <Button onClick={() => setCorrecting(true)}>Correct the message</Button>
        )
      ) : null}
      {runId ? <RunProgress key={runId} id={runId} /> : null}
    </Section>
  );
}

/** The problems that the evidence names, to stand beside the fields they are about. */
function problemsOf({ evidence }: ExceptionDetail): Problem[] {
  if (typeof evidence !== "object" || evidence === null || Array.isArray(evidence)) return [];
  const problems = Array.isArray(evidence.problems) ? evidence.problems : [];
  return problems.filter(
    (one): one is Problem & { [key: string]: string | null } =>
      typeof one === "object" && one !== null && !Array.isArray(one) && typeof one.at === "string",
  );
}
