"use client";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { MeaningPicker } from "@/components/exceptions/meaning-picker";
import { RawExcerpt } from "@/components/messages/raw-lines";
import { useTRPC } from "@/components/providers";
import { ReplayDialog } from "@/components/runs/replay-dialog";
import { RunProgress } from "@/components/runs/run-progress";
import { TryIt } from "@/components/runs/try-it";
import { useMay } from "@/components/shell/viewer";
import { sentence } from "@/components/shipments/words";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/input";
import { formatCount } from "@/components/ui/number";
import { Section, SidePanel } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toaster";
import type { EventKind } from "@/core/shipments/milestones";
import { ChangedEvents } from "./changed-events";
import type { WordRow } from "./rows";

/** One word: what it means, what another meaning would change, and the replay that makes the past follow. */
export function MendPanel({
  feed,
  row,
  known,
  onClose,
  onWalk,
}: {
  feed: string;
  row: WordRow;
  /** Our values that this kind already leads to, to choose from. */
  known: readonly string[];
  onClose: () => void;
  onWalk?: (step: 1 | -1) => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const mayMend = useMay("crosswalks:mend");
  const mayReplay = useMay("messages:replay");
  const mayRead = useMay("messages:read");
  const [to, setTo] = useState<string | null>(row.to);
  const [done, setDone] = useState<{ version: number; to: string | null } | null>(null);
  const [runId, setRunId] = useState<string | null>(null);
  const changed = (to === null || to.trim() === "" ? null : to.trim()) !== row.to;
  const input = { feed, kind: row.kind, word: row.word, to: to === null || to.trim() === "" ? null : to.trim() };
  const preview = useQuery({
    ...trpc.crosswalks.preview.queryOptions(input),
    enabled: changed && done === null && row.kind === "status",
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const mend = useMutation(
    trpc.crosswalks.mend.mutationOptions({
      onSuccess: ({ version, to: now }) => {
        setDone({ version, to: now });
        void queries.invalidateQueries(trpc.crosswalks.pathFilter());
        void queries.invalidateQueries(trpc.feeds.pathFilter());
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  const [replaying, setReplaying] = useState(false);
  return (
    <SidePanel
      label="Word"
      onClose={onClose}
      onWalk={onWalk}
      header={
        <div className="flex flex-col gap-0.5">
          <span className="text-ink-3 text-xs">
            {sentence(row.kind)}
            {row.source === "person"
              ? `, mapped by a person since version ${row.since}`
              : row.source === "pack"
                ? ", from the adapter's pack"
                : ""}
          </span>
          <h2 className="break-all font-mono text-sm">{row.word}</h2>
        </div>
      }
    >
      <Section title={row.to === null ? "What does it mean" : "What it means"}>
        {row.to === null && row.count !== null ? (
          <p className="mb-2 text-ink-2">
            It came {formatCount(row.count)} {row.count === 1 ? "time" : "times"} and nobody has said what it means; its
            events are kept and count for nothing yet.
          </p>
        ) : null}
        <div className="flex flex-wrap items-center gap-2">
          {row.kind === "status" ? (
            <MeaningPicker value={to as EventKind | null} onChange={setTo} disabled={!mayMend || done !== null} />
          ) : (
            <Field label="Our value">
              {(control) => (
                <>
                  <Input
                    {...control}
                    list="crosswalk-known"
                    maxLength={200}
                    disabled={!mayMend || done !== null}
                    value={to ?? ""}
                    onChange={(event) => setTo(event.target.value)}
                    className="w-64"
                  />
                  <datalist id="crosswalk-known">
                    {known.map((value) => (
                      <option key={value} value={value} />
                    ))}
                  </datalist>
                </>
              )}
            </Field>
          )}
          {row.to !== null && mayMend && done === null ? (
            <Button variant="quiet" onClick={() => setTo(null)}>
              Take the meaning away
            </Button>
          ) : null}
        </div>
        {mayMend ? null : <p className="mt-2 text-ink-3">Changing it needs the right crosswalks:mend.</p>}
      </Section>
      {changed && done === null ? (
        <Section title="What that changes">
          {row.kind === "status" ? (
            preview.error ? (
              <p className="text-broken">{preview.error.message}</p>
            ) : preview.data ? (
              <ChangedEvents input={input} preview={preview.data} stale={preview.isPlaceholderData}>
                Nothing changes before the replay.
              </ChangedEvents>
            ) : (
              <SkeletonLines lines={4} />
            )
          ) : (
            <p className="text-ink-2">Messages from now on are read with it; past ones when they are replayed.</p>
          )}
          <div className="mt-3 flex flex-wrap gap-2">
            <Button
              variant="primary"
              busy={mend.isPending}
              disabled={row.kind === "status" && (preview.isFetching || !preview.data)}
              onClick={() => mend.mutate(input)}
            >
              {input.to === null
                ? "Take the meaning away"
                : `Activate: ${row.kind === "status" ? sentence(input.to) : input.to}`}
            </Button>
            {mayReplay && row.kind === "status" ? <TryIt proposal={input} /> : null}
          </div>
        </Section>
      ) : null}
      {done ? (
        <Section title={`In force as version ${done.version}`}>
          {runId ? (
            <RunProgress id={runId} />
          ) : (
            <>
              <p className="text-ink-2">
                New messages are read by it. Past events keep their old meaning until their messages are read again;
                nothing is doubled by that.
              </p>
              {mayReplay ? (
                <div className="mt-2 flex flex-wrap gap-2">
                  <Button variant="primary" onClick={() => setReplaying(true)}>
                    {row.kind === "status" ? "Replay the messages with this word" : "Replay the feed"}
                  </Button>
                  {replaying ? (
                    <ReplayDialog
                      scope={row.kind === "status" ? { feed, word: row.word } : { feed }}
                      what={row.kind === "status" ? "the messages with this word" : "all messages of the feed"}
                      real
                      onStarted={setRunId}
                      onClose={() => setReplaying(false)}
                    />
                  ) : null}
                </div>
              ) : null}
            </>
          )}
        </Section>
      ) : null}
      {row.sample && mayRead ? (
        <Section
          title="Where it came"
          aside={
            <Link href={`/messages/${row.sample}`} className="text-accent underline-offset-2 hover:underline">
              Open the message
            </Link>
          }
        >
          <RawExcerpt messageId={row.sample} words={[row.word, ...row.word.split("/").reverse()]} />
        </Section>
      ) : null}
    </SidePanel>
  );
}
