"use client";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { ChangedEvents } from "@/components/crosswalks/changed-events";
import { useTRPC } from "@/components/providers";
import { PaceField, usePace } from "@/components/runs/pace-field";
import { RunProgress } from "@/components/runs/run-progress";
import { TryIt } from "@/components/runs/try-it";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toaster";
import type { EventKind } from "@/core/shipments/milestones";
import { MeaningPicker } from "./meaning-picker";
import { type ExceptionDetail, useRefreshRows } from "./rows";
import { sentence } from "./words";

function wordOf(exception: ExceptionDetail): string | null {
  const { evidence } = exception;
  if (typeof evidence !== "object" || evidence === null || Array.isArray(evidence)) return null;
  return typeof evidence.word === "string" ? evidence.word : null;
}

/** Gives an unknown code a meaning, shows what that changes, then reads the messages again. */
export function MendRemedy({ exception }: { exception: ExceptionDetail }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const refresh = useRefreshRows();
  const mayMend = useMay("crosswalks:mend");
  const mayReplay = useMay("messages:replay");
  const mayRead = useMay("crosswalks:read");
  const word = wordOf(exception);
  const feed = exception.feedSlug;
  const [to, setTo] = useState<EventKind | null>(null);
  const [runId, setRunId] = useState<string | null>(null);
  const [mended, setMended] = useState(false);
  const pace = usePace();

  const input = { feed: feed ?? "", kind: "status" as const, word: word ?? "", to };
  const preview = useQuery({
    ...trpc.crosswalks.preview.queryOptions(input),
    enabled: mayRead && feed !== null && word !== null && to !== null && !mended,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const mend = useMutation(trpc.crosswalks.mend.mutationOptions());
  const replay = useMutation(trpc.messages.replay.mutationOptions());
  if (!feed || !word || !mayRead) return null;

  const activate = async () => {
    try {
      if (!mended) await mend.mutateAsync(input);
      setMended(true);
      void queries.invalidateQueries(trpc.crosswalks.list.queryFilter());
      if (mayReplay) {
        const run = await replay.mutateAsync({
          scope: { feed, word },
          mapping: "current",
          dryRun: false,
          perSecond: pace.perSecond,
        });
        setRunId(run.id);
      } else {
        toast.success(
          "The meaning is in force for new messages. Somebody with the right to replay can read the past ones again.",
        );
      }
    } catch (error) {
      toast.error(error instanceof Error ? error.message : "This did not work.");
    }
    refresh([], {});
  };

  return (
    <Section title="Mend the mapping" aside={exception.feedName}>
      {runId ? (
        <div className="flex flex-col gap-2">
          <p>
            <code className="font-mono text-[12px]">{word}</code> means <b>{to ? sentence(to) : ""}</b> from now on. The
            messages that carried it are read again; the exceptions of this cause close by themselves.
          </p>
          <RunProgress id={runId} />
        </div>
      ) : (
        <div className="flex flex-col gap-3">
          {mended ? (
            <p className="text-ink-2">The meaning is in force. The past messages still wait to be read again.</p>
          ) : (
            <div className="flex flex-wrap items-center gap-2">
              <code className="break-all rounded-sm bg-sunken px-1.5 py-1 font-mono text-[12px]">{word}</code>
              <span className="text-ink-2">means</span>
              <MeaningPicker value={to} onChange={setTo} disabled={!mayMend} />
            </div>
          )}
          {to && !mended ? (
            preview.data ? (
              <ChangedEvents input={input} preview={preview.data} stale={preview.isPlaceholderData}>
                Postings that follow from it are planned by the rules of the connection.
              </ChangedEvents>
            ) : preview.error ? (
              <p className="text-broken">{preview.error.message}</p>
            ) : (
              <SkeletonLines lines={3} />
            )
          ) : null}
          {mayMend && mayReplay && (to || mended) ? (
            <PaceField pace={pace} hint="For the messages that are read again. Empty: as fast as it goes." />
          ) : null}
          {mayMend ? (
            <div className="flex items-center gap-3">
              <Button
                variant="primary"
                disabled={!pace.fits || (!mended && (!to || !preview.data || preview.isPlaceholderData))}
                busy={mend.isPending || replay.isPending}
                onClick={() => void activate()}
              >
                {mended ? "Replay" : mayReplay ? "Activate and replay" : "Activate"}
              </Button>
              {mayReplay && !mended && to ? <TryIt proposal={input} /> : null}
              <Link
                href={`/feeds/${feed}?tab=mapping`}
                className="text-accent text-xs underline-offset-2 hover:underline"
              >
                The whole mapping
              </Link>
            </div>
          ) : (
            <p className="text-ink-3">Giving a code a meaning needs the right crosswalks:mend.</p>
          )}
        </div>
      )}
    </Section>
  );
}
