"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Fragment, type ReactNode } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Fact, Facts, Section, SidePanel } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { EXCEPTION_SPECS, type ExceptionKind } from "@/core/exceptions/kinds";
import type { EventEntry } from "./event-catalogue";
import { inWords } from "./find";

const LINK = "text-accent underline-offset-2 hover:underline";

/** One type of event: what it is, who tells and reads it, its schema, and a real one. */
export function EventPanel({
  kind,
  onClose,
  onWalk,
  onOpen,
}: {
  kind: string;
  onClose: () => void;
  onWalk: (step: 1 | -1) => void;
  onOpen: (kind: string) => void;
}) {
  const trpc = useTRPC();
  const mayFeeds = useMay("feeds:read");
  const read = useQuery({ ...trpc.dictionary.event.queryOptions({ kind }), staleTime: 30_000, retry: false });
  const entry = read.data;
  return (
    <SidePanel
      label={`The event ${inWords(kind)}`}
      header={<h2 className="truncate font-semibold text-base">{inWords(kind)}</h2>}
      onClose={onClose}
      onWalk={onWalk}
    >
      {read.error?.data?.code === "NOT_FOUND" ? (
        <EmptyState title={`There is no event “${kind}”`}>Choose one in the list.</EmptyState>
      ) : read.error ? (
        <ErrorState title="The event could not be read" error={read.error} onRetry={() => void read.refetch()} />
      ) : entry ? (
        <>
          <What entry={entry} onOpen={onOpen} />
          {mayFeeds ? <Producers entry={entry} /> : null}
          <Consumers entry={entry} />
          <Section title="A real one">
            {entry.sample ? (
              <>
                <p className="mb-1 text-ink-2">
                  The newest that you may see, of{" "}
                  <Link href={`/shipments/${entry.sample.shipmentId}`} className={LINK}>
                    {entry.sample.shipment}
                  </Link>
                  {entry.sample.event.rawDescription === null
                    ? "; free text of the source is for others or was not given"
                    : ""}
                  .
                </p>
                <Text value={entry.sample.event} label="A real event" />
              </>
            ) : (
              <p className="text-ink-3">None of the newest messages that you may see told one.</p>
            )}
          </Section>
          <Section title={`Schema, version ${entry.version}`}>
            <Text value={entry.schema} label="JSON Schema" />
          </Section>
        </>
      ) : (
        <div className="p-4">
          <SkeletonLines lines={12} />
        </div>
      )}
    </SidePanel>
  );
}

function What({ entry, onOpen }: { entry: EventEntry; onOpen: (kind: string) => void }) {
  const { after } = entry;
  return (
    <Section title="What it is">
      <Facts>
        <Fact name="Type">{entry.sort}</Fact>
        <Fact name="Version">{entry.version}</Fact>
        <Fact name="Urgency">{entry.urgency}</Fact>
        <Fact name="Depends on">
          {after === null ? (
            "nothing: it may come first"
          ) : (
            <button type="button" className={LINK} onClick={() => onOpen(after)}>
              {inWords(after)}
            </button>
          )}
        </Fact>
        <Fact name="Stage">{entry.stage === null ? "none" : inWords(entry.stage)}</Fact>
        <Fact name="Summary">{inWords(entry.summary)}</Fact>
      </Facts>
    </Section>
  );
}

function Producers({ entry: { kind, producers } }: { entry: EventEntry }) {
  return (
    <Section title="Told by">
      {producers.length === 0 ? <p className="text-ink-3">No feed has told it lately or has a word for it.</p> : null}
      <ul className="flex flex-col gap-1.5">
        {producers.map((one) => (
          <li key={one.feed}>
            <Link href={`/feeds/${one.feed}?tab=mapping&kind=status&to=${kind}`} className={LINK}>
              {one.name}
            </Link>
            {one.owner ? `, owned by ${one.owner}` : ", without an owner"}
            <p className="text-ink-3 text-xs">
              {one.told === 0 ? "in none" : `in ${one.told}`} of its newest 300 messages
              {one.lastAt ? (
                <>
                  , last <Time at={new Date(one.lastAt)} />
                </>
              ) : null}
              ; {one.words} {one.words === 1 ? "word" : "words"}
              {one.sampleWord ? (
                <>
                  , such as <code className="font-mono">{one.sampleWord}</code>
                </>
              ) : null}
              ; adapter {one.adapter} {one.adapterVersion ?? ""}, mapping {one.mappingVersion}; its messages are{" "}
              {one.inbox} in the inbox
            </p>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Consumers({ entry }: { entry: EventEntry }) {
  const mayPostings = useMay("postings:read");
  const { postings, opens, ends, workflows } = entry.consumers;
  const posting = (kind: string) =>
    mayPostings ? (
      <Link href={`/postings?kind=${kind}`} className={LINK}>
        {inWords(kind)}
      </Link>
    ) : (
      inWords(kind)
    );
  const exception = (kind: string) => (
    <Link href={`/exceptions?view=list&kind=${kind}`} className={LINK}>
      {EXCEPTION_SPECS[kind as ExceptionKind].label}
    </Link>
  );
  return (
    <Section title="Read by">
      <Facts>
        <Fact name="Into Odoo">
          <Names of={postings} show={posting} />
        </Fact>
        <Fact name="Opens">
          <Names of={opens} show={exception} />
        </Fact>
        <Fact name="Ends">
          <Names of={ends} show={exception} />
        </Fact>
        <Fact name="Service levels">
          <Names of={workflows} show={inWords} />
        </Fact>
        <Fact name="Outside">
          <code className="font-mono text-[12px]">{"/api/v1/shipments/{id}/events"}</code>
          {opens.length > 0 ? ", alerts by e-mail" : ""}
        </Fact>
      </Facts>
      <p className="mt-2 text-ink-3 text-xs">
        Found by running the rules over a shipment without the event and with it. Which postings leave is switched by
        connection, thresholds are settings.
      </p>
    </Section>
  );
}

function Names({ of, show }: { of: readonly string[]; show: (name: string) => ReactNode }) {
  if (of.length === 0) return <span className="text-ink-3">none</span>;
  return of.map((name, at) => (
    <Fragment key={name}>
      {at > 0 ? ", " : ""}
      {show(name)}
    </Fragment>
  ));
}

function Text({ value, label }: { value: unknown; label: string }) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
      tabIndex={0}
      className="max-h-80 overflow-auto rounded-md border border-line bg-sunken p-2"
    >
      <pre className="font-mono text-[12px] leading-[17px]">{JSON.stringify(value, null, 2)}</pre>
    </section>
  );
}
