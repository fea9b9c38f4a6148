"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { wallInstant } from "@/components/messages/wall-instant";
import { useTRPC } from "@/components/providers";
import { PaceField, usePace } from "@/components/runs/pace-field";
import { FacetFilter } from "@/components/tables/facet-filter";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/input";
import { formatCount } from "@/components/ui/number";
import { SkeletonLines } from "@/components/ui/skeleton";
import { absolute, useZone } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { POSTING_KINDS, type PostingKind } from "@/core/postings/kinds";
import { boundWindow } from "@/core/postings/recover";
import { POSTING_KIND_WORD } from "./words";

const DAY_MS = 86_400_000;
const FAILED_WORD: Readonly<Record<string, string>> = { rejected: "refused by Odoo", dead: "given up" };

type Chosen = { since: Date | null; until: Date | null; kind: PostingKind[]; connection: number[] };

/** Posts all again that failed in a window of time: how many those are, then a dry run, from whose page the real one is started. */
export function RecoverDialog({
  chosen,
  connections,
  onChoose,
  onClose,
}: {
  chosen: Chosen;
  connections: readonly { value: number; name: string }[];
  onChoose: (chosen: Partial<Chosen>) => void;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const zone = useZone();
  const [openedAt] = useState(() => Date.now());
  const wallOf = (at: Date | null) => (at ? absolute(at, zone, false).replace(" ", "T") : "");
  const [since, setSince] = useState(() => wallOf(chosen.since ?? new Date(openedAt - DAY_MS)));
  const [until, setUntil] = useState(() => wallOf(chosen.until));
  const sinceAt = wallInstant(since, zone);
  const untilAt = wallInstant(until, zone);
  const wrong = wrongWith(sinceAt, untilAt, until !== "");
  const window = {
    since: sinceAt ?? "",
    until: untilAt,
    kinds: chosen.kind,
    connections: chosen.connection,
  };
  const failed = useQuery({
    ...trpc.postings.failed.queryOptions(window),
    enabled: wrong === null,
    placeholderData: (was) => was,
  });
  const recover = useMutation(
    trpc.postings.recover.mutationOptions({
      onSuccess: (run) => router.push(`/runs/${run.id}`),
      onError: (error) => toast.error(error.message),
    }),
  );
  const pace = usePace();
  const none = failed.data?.count === 0;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Post again what failed"
      description="All that Odoo refused, or that was given up, in a window of time is posted again once. A dry run asks Odoo first and sends nothing; you start the real run from its page."
      footer={
        <>
          <Button onClick={onClose}>Leave them</Button>
          <Button
            variant="primary"
            busy={recover.isPending}
            disabled={wrong !== null || !pace.fits || !failed.data || none}
            onClick={() => recover.mutate({ window, dryRun: true, perSecond: pace.perSecond })}
          >
            Start the dry run
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div className="flex flex-wrap gap-3">
          <Field label="Failed since" hint={zone}>
            {(control) => (
              <Input
                {...control}
                autoFocus
                type="datetime-local"
                value={since}
                onChange={(event) => {
                  setSince(event.target.value);
                  onChoose({ since: dateOf(wallInstant(event.target.value, zone)) });
                }}
                className="w-48"
              />
            )}
          </Field>
          <Field label="Until" hint="Empty: until now">
            {(control) => (
              <Input
                {...control}
                type="datetime-local"
                value={until}
                onChange={(event) => {
                  setUntil(event.target.value);
                  onChoose({ until: dateOf(wallInstant(event.target.value, zone)) });
                }}
                className="w-48"
              />
            )}
          </Field>
        </div>
        <div className="flex flex-wrap gap-1">
          <FacetFilter
            label="What"
            value={chosen.kind}
            onChange={(kind) => onChoose({ kind })}
            choices={POSTING_KINDS.map((value) => ({
              value,
              words: POSTING_KIND_WORD[value],
              label: POSTING_KIND_WORD[value],
            }))}
          />
          {connections.length > 1 || chosen.connection.length > 0 ? (
            <FacetFilter
              label="Connection"
              value={chosen.connection.map(String)}
              onChange={(connection) => onChoose({ connection: connection.map(Number) })}
              choices={connections.map(({ value, name }) => ({ value: String(value), words: name, label: name }))}
            />
          ) : null}
        </div>
        <div aria-live="polite" className="min-h-10">
          {wrong ? (
            <p className="text-broken">{wrong}</p>
          ) : failed.error ? (
            <p className="text-broken">{failed.error.message}</p>
          ) : failed.data ? (
            <Found found={failed.data} />
          ) : (
            <SkeletonLines lines={2} />
          )}
        </div>
        <PaceField
          pace={pace}
          hint="Empty: as fast as the connection allows"
          items={failed.data?.count}
          capped={failed.data?.capped}
        />
      </div>
    </Dialog>
  );
}

function dateOf(instant: string | null): Date | null {
  return instant === null ? null : new Date(instant);
}

function wrongWith(since: string | null, until: string | null, ends: boolean): string | null {
  if (since === null) return "Say since when.";
  if (ends && until === null) return "The end is no date and time.";
  const bound = boundWindow({ since: new Date(since), until: dateOf(until) }, new Date());
  return "wrong" in bound ? bound.wrong : null;
}

type Failed = { count: number; capped: boolean; parts: { kind: PostingKind; state: string; count: number }[] };

function Found({ found }: { found: Failed }) {
  if (found.count === 0) return <p className="text-ink-2">Nothing failed in this window that stands so still.</p>;
  return (
    <>
      <p className="font-medium">
        {formatCount(found.count)}
        {found.capped ? " or more" : ""} {found.count === 1 ? "posting" : "postings"} failed and{" "}
        {found.count === 1 ? "stands" : "stand"} so still
      </p>
      <ul className="text-ink-2">
        {found.parts.map((part) => (
          <li key={`${part.kind} ${part.state}`}>
            {POSTING_KIND_WORD[part.kind]}: {formatCount(part.count)} {FAILED_WORD[part.state] ?? part.state}
          </li>
        ))}
      </ul>
    </>
  );
}
