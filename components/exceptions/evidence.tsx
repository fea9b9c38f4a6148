"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import { Diff } from "@/components/diff/diff";
import { ExceptionLegs } from "@/components/legs/exception-legs";
import { ExcerptLines } from "@/components/messages/excerpt-lines";
import { OdooRecord } from "@/components/odoo/odoo-record";
import { postingRows } from "@/components/postings/fields";
import { isMilestone, ProofLink, WhyLink } from "@/components/proof/why-link";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { ProofList } from "@/components/shipments/proofs";
import { Badge } from "@/components/ui/badge";
import { cn } from "@/components/ui/class-names";
import { ErrorState } from "@/components/ui/error-state";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { EvidenceFacts } from "./evidence-facts";
import type { ExceptionDetail, Explained } from "./rows";
import { sentence } from "./words";

/** Raw words, canonical facts and Odoo, side by side where there is room. */
export function Evidence({ exception }: { exception: ExceptionDetail }) {
  const trpc = useTRPC();
  const explained = useQuery({
    ...trpc.exceptions.explain.queryOptions({ id: exception.id }),
    placeholderData: undefined,
  });
  if (explained.isPending) return <SkeletonLines lines={5} />;
  if (explained.error)
    return (
      <ErrorState
        title="The evidence could not be read"
        error={explained.error}
        onRetry={() => void explained.refetch()}
        className="px-0 py-2"
      />
    );
  const { raw, events, postings, odoo, proofs } = explained.data;
  return (
    <div className="@container">
      <div className="grid gap-3 @3xl:grid-cols-3">
        <Step title="What the source said" from={exception.feedName}>
          {raw ? <Raw raw={raw} /> : <Nothing>No single message is at the root of this.</Nothing>}
        </Step>
        <Step title="What Waypost understood">
          <EvidenceFacts evidence={exception.evidence} kind={exception.kind} />
          {events.length > 0 ? <Events events={events} words={raw?.words ?? []} /> : null}
          <WhyLink
            shipmentId={exception.shipmentId}
            milestone={events.find((event) => isMilestone(event.kind))?.kind}
          />
        </Step>
        <Step title="Odoo" from={odoo?.connection ?? postings[0]?.connection}>
          <OdooSide odoo={odoo} postings={postings} />
        </Step>
      </div>
      <div className="mt-3">
        <Step title="Where the time went">
          <ExceptionLegs
            occurredAt={events.find((event) => event.messageId === exception.messageId)?.occurredAt ?? null}
            receivedAt={raw?.receivedAt ?? null}
            openedAt={exception.openedAt}
            resolvedAt={exception.resolvedAt}
          />
        </Step>
      </div>
      {proofs.length > 0 && exception.shipmentId ? (
        <div className="mt-3">
          <h4 className="mb-1.5 font-medium text-ink-2 text-xs">Proof of delivery</h4>
          <ProofList shipmentId={exception.shipmentId} proofs={proofs} />
        </div>
      ) : null}
    </div>
  );
}

function Step({ title, from, children }: { title: string; from?: string | null; children: ReactNode }) {
  return (
    <section className="min-w-0">
      <h4 className="mb-1.5 flex items-baseline justify-between gap-2 text-ink-2 text-xs">
        <span className="font-medium">{title}</span>
        {from ? <span className="truncate text-ink-3">{from}</span> : null}
      </h4>
      <div className="flex flex-col gap-2">{children}</div>
    </section>
  );
}

function Nothing({ children }: { children: ReactNode }) {
  return <p className="text-ink-3">{children}</p>;
}

function Raw({ raw }: { raw: NonNullable<Explained["raw"]> }) {
  const mayRead = useMay("messages:read");
  const { excerpt } = raw;
  return (
    <>
      {excerpt ? (
        <ExcerptLines lines={excerpt.lines} />
      ) : (
        <Nothing>
          {mayRead
            ? "The raw bytes are past their retention; what was read of them stands beside."
            : "Raw messages need the right messages:read."}
        </Nothing>
      )}
      <p className="flex flex-wrap items-center gap-x-2 text-ink-3 text-xs">
        {raw.verdict === "verified" ? (
          <Badge tone="ok" shape="check">
            Signature verified
          </Badge>
        ) : (
          <Badge tone="idle" shape="dash">
            No signature asked for
          </Badge>
        )}
        {raw.reading?.revision ? (
          <Badge tone="late" shape="half" title="A person corrected its text; the bytes that came are kept">
            Correction {raw.reading.revision} is read
          </Badge>
        ) : null}
        {excerpt?.at ? (
          <span>
            line {excerpt.at.line}, column {excerpt.at.column}
          </span>
        ) : null}
        <span>
          received <Time at={raw.receivedAt} />
        </span>
        {raw.name ? <span className="truncate">{raw.name}</span> : null}
        {mayRead ? (
          <Link href={`/messages/${raw.messageId}`} className="text-accent underline-offset-2 hover:underline">
            Open the message
          </Link>
        ) : null}
      </p>
      {raw.headers && Object.keys(raw.headers).length > 0 ? (
        <details className="text-xs">
          <summary className="cursor-pointer text-ink-3">
            {Object.keys(raw.headers).length} headers, secrets masked
          </summary>
          <dl className="mt-1 grid grid-cols-[minmax(80px,max-content)_1fr] gap-x-3 gap-y-0.5 font-mono">
            {Object.entries(raw.headers).map(([name, value]) => (
              <div key={name} className="contents">
                <dt className="text-ink-3">{name}</dt>
                <dd className="min-w-0 break-all">{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      ) : null}
    </>
  );
}

function Events({ events, words }: { events: Explained["events"]; words: readonly string[] }) {
  return (
    <ol className="flex flex-col rounded-md border border-line">
      {events.map((event) => {
        const spoke = words.includes(event.word ?? "") || words.includes(event.code ?? "");
        return (
          <li
            key={event.key}
            className={cn("flex flex-col border-line border-b px-2 py-1.5 last:border-b-0", spoke && "bg-medium-soft")}
          >
            <span className="flex items-baseline justify-between gap-2">
              <span className="font-medium">{sentence(event.kind)}</span>
              <Time at={event.occurredAt} offsetMinutes={event.offsetMinutes} show="absolute" className="text-xs" />
            </span>
            <span className="break-words text-ink-3 text-xs">
              {[event.feedName, event.word ? `“${event.word}”` : null, event.description, event.location]
                .filter(Boolean)
                .join(" · ")}
            </span>
            <span className="break-words text-ink-3 text-xs">
              {event.kind === "unmapped_code"
                ? "No rule: the mapping of the feed does not know the word"
                : event.word
                  ? `By the mapping of ${event.feedName}: “${event.word}” is ${sentence(event.kind).toLowerCase()}`
                  : `By the format of ${event.feedName}`}
              {event.rawTime ? `; time as written “${event.rawTime}”` : ""}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function OdooSide({ odoo, postings }: { odoo: Explained["odoo"]; postings: Explained["postings"] }) {
  if (!odoo && postings.length === 0)
    return <Nothing>Nothing in Odoo belongs to this, or the shipment is not linked to a picking yet.</Nothing>;
  return (
    <>
      {odoo ? (
        <p className="text-xs">
          <OdooRecord link={odoo.link} name={pickingName(odoo.values) ?? `${odoo.model} ${odoo.recordId}`} />
          <span className="text-ink-3">
            {" "}
            read <Time at={odoo.seenAt} />
          </span>
        </p>
      ) : null}
      {postings.map((posting) => (
        <div key={posting.id} className="flex flex-col gap-1">
          <span className="flex items-center justify-between gap-2">
            <span>{sentence(posting.kind)}</span>
            <span className="flex items-center gap-2">
              <ProofLink posting={posting.id} />
              <PostingWord state={posting.state} />
            </span>
          </span>
          <Diff
            rows={postingRows(posting.before, posting.after)}
            oldTitle="In Odoo before"
            newTitle={posting.postedAt ? "Posted" : "To be posted"}
            label={`${sentence(posting.kind)} in Odoo`}
          />
          {posting.lastReason ? (
            <p className={cn("break-words text-xs", isBad(posting.state) ? "text-broken" : "text-ink-3")}>
              {posting.lastReason}
            </p>
          ) : null}
          <span className="text-ink-3 text-xs">
            <OdooRecord link={posting.link} name={posting.recordName ?? `${posting.recordModel} ${posting.recordId}`} />
            {posting.heldBecause ? ` · held: ${posting.heldBecause.replaceAll("_", " ")}` : ""}
            {posting.attempts > 0 ? ` · ${posting.attempts} ${posting.attempts === 1 ? "attempt" : "attempts"}` : ""}
          </span>
        </div>
      ))}
    </>
  );
}

function isBad(state: string): boolean {
  return ["rejected", "dead", "unconfirmed"].includes(state);
}

function PostingWord({ state }: { state: string }) {
  const bad = isBad(state);
  const done = ["posted", "verified"].includes(state);
  return (
    <Badge tone={bad ? "broken" : done ? "ok" : "idle"} shape={bad ? "cross" : done ? "check" : "hollow_square"}>
      {sentence(state)}
    </Badge>
  );
}

function pickingName(values: unknown): string | null {
  if (typeof values !== "object" || values === null || !("name" in values)) return null;
  return typeof values.name === "string" ? values.name : null;
}
