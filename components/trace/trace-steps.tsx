"use client";
import Link from "next/link";
import type { ReactNode } from "react";
import { POSTING_KIND_WORD, POSTING_LOOK } from "@/components/postings/words";
import { reasonWords } from "@/components/routing/route-words";
import { sentence } from "@/components/shipments/words";
import { cn } from "@/components/ui/class-names";
import { formatDuration } from "@/components/ui/number";
import { Time } from "@/components/ui/time";
import { EXCEPTION_SPECS, type ExceptionKind } from "@/core/exceptions/kinds";
import type { PostingKind } from "@/core/postings/kinds";
import type { TraceStage } from "@/core/service-levels/trace";
import type { MessageTrace } from "./message-trace";

const STAGE_WORD: Readonly<Record<TraceStage, string>> = {
  transformation: "Transformation",
  routing: "Routing",
  enrichment: "Enrichment",
  retries: "Posting, with retries",
  monitoring: "Monitoring",
};

const READ_WORD: Readonly<Record<MessageTrace["status"], string>> = {
  waiting: "waits",
  interpreted: "read",
  ignored: "read: nothing for us in it",
  failed: "could not be read",
};

/** The five stages side by side: when each began, how long it took, and what came of it with links. */
export function TraceSteps({ trace }: { trace: MessageTrace }) {
  return (
    <ol className="grid grid-cols-2 gap-x-3 gap-y-1.5 @xl:grid-cols-5">
      {trace.steps.map((step) => (
        <li
          key={step.stage}
          className={cn(
            "min-w-0 border-t-2 pt-1",
            step.state === "done" ? "border-ok" : step.state === "under_way" ? "border-accent" : "border-line",
          )}
        >
          <span className="block text-ink-2 text-xs">{STAGE_WORD[step.stage]}</span>
          <span className={cn("block tabular-nums", step.state === "done" || "text-ink-3")}>{durationWords(step)}</span>
          {step.startedAtMs === null ? null : (
            <Time at={step.startedAtMs} show="absolute" className="block truncate text-ink-3 text-xs" />
          )}
          <Note stage={step.stage} trace={trace} />
        </li>
      ))}
    </ol>
  );
}

function durationWords({ state, durationMs }: MessageTrace["steps"][number]): string {
  if (state === "none") return "not asked for";
  if (state === "waiting") return "not yet";
  if (durationMs === null) return "not measured";
  const words =
    durationMs > 0 && durationMs < 1 ? `${Math.max(0.01, durationMs).toFixed(2)} ms` : formatDuration(durationMs);
  return state === "under_way" ? `${words} so far` : words;
}

function Note({ stage, trace }: { stage: TraceStage; trace: MessageTrace }) {
  switch (stage) {
    case "transformation":
      if (trace.readings === 0) return null;
      return (
        <Line>
          {READ_WORD[trace.status]}
          {trace.readings > 1 ? `, ${trace.readings} times by now` : ""}
          {trace.problems > 0 ? `, ${trace.problems} ${trace.problems === 1 ? "problem" : "problems"}` : ""}
        </Line>
      );
    case "routing":
      return trace.routes.slice(0, 3).map(({ odoo, route }) => (
        <Line key={`${odoo} ${route?.by} ${route?.rule?.id}`}>
          {odoo === null ? "to no Odoo yet" : `to ${odoo}`}
          {route ? `: ${reasonWords(route)}` : ""}
        </Line>
      ));
    case "enrichment":
      return trace.postings.length > 0 ? (
        <Line>
          planned {trace.postings.length} {trace.postings.length === 1 ? "posting" : "postings"}
        </Line>
      ) : null;
    case "retries":
      return (
        <>
          {trace.postings.slice(0, 6).map((posting) => (
            <Line key={posting.id}>
              <Link href={`/postings?id=${posting.id}`} className="underline underline-offset-2">
                {POSTING_KIND_WORD[posting.kind as PostingKind] ?? sentence(posting.kind)}
              </Link>{" "}
              {POSTING_LOOK[posting.state].word.toLowerCase()}
              {posting.calls > 1 ? `, ${posting.calls - 1} ${posting.calls === 2 ? "retry" : "retries"}` : ""}
            </Line>
          ))}
          {trace.postings.length > 6 ? <Line>and {trace.postings.length - 6} more</Line> : null}
        </>
      );
    case "monitoring":
      return (
        <>
          {trace.postings.length > 0 ? <Line>{readBackWords(trace.postings)}</Line> : null}
          {trace.exceptions.slice(0, 6).map(({ id, kind, resolvedAt }) => (
            <Line key={id}>
              <Link href={`/exceptions?view=list&id=${id}`} className="underline underline-offset-2">
                {EXCEPTION_SPECS[kind as ExceptionKind]?.label ?? sentence(kind)}
              </Link>{" "}
              {resolvedAt === null ? "open" : "resolved"}
            </Line>
          ))}
        </>
      );
  }
}

function readBackWords(postings: MessageTrace["postings"]): string {
  const verified = postings.filter(({ state }) => state === "verified").length;
  return `${verified} of ${postings.length} read back in Odoo`;
}

function Line({ children }: { children: ReactNode }) {
  return <span className="block break-words text-ink-2 text-xs">{children}</span>;
}
