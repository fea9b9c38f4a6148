"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { ReplayDialog } from "@/components/runs/replay-dialog";
import { useLive } from "@/components/shell/live";
import { useMay } from "@/components/shell/viewer";
import { STAGE_WORD, sentence } from "@/components/shipments/words";
import { OneTrace } from "@/components/trace/message-trace";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { ErrorState } from "@/components/ui/error-state";
import { Identifier } from "@/components/ui/identifier";
import { formatBytes } from "@/components/ui/number";
import { Fact, Facts, Section } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import type { MessageStatus } from "@/core/messages/filter";
import type { Stage } from "@/core/shipments/milestones";
import { MessageBadge } from "./message-badge";
import { RawBody } from "./raw-body";
import { Revisions } from "./revisions";
import type { Inspection, Reading } from "./rows";
import { PROBLEM_WORD } from "./words";

/** How far a message came, by its newest reading. */
export function statusOf({ message, readings }: Pick<Inspection, "message" | "readings">): MessageStatus {
  if (message.setAside) return "set_aside";
  return readings[0]?.status ?? "waiting";
}

/** A message to the last byte: how it came, what each reading made of it, and where it went. */
export function Inspector({ id }: { id: string }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const got = useQuery({
    ...trpc.messages.inspect.queryOptions({ id }),
    // a fresh one is read within moments
    refetchInterval: (query) => (query.state.data && statusOf(query.state.data) === "waiting" ? 1_000 : false),
  });
  useLive(
    ["feeds", "shipments"],
    () => {
      void queries.invalidateQueries(trpc.messages.inspect.queryFilter({ id }));
      void queries.invalidateQueries(trpc.messages.trace.queryFilter({ id }));
    },
    4_000,
  );
  if (got.error)
    return <ErrorState title="This message could not be read" error={got.error} onRetry={() => void got.refetch()} />;
  if (!got.data)
    return (
      <div className="p-4">
        <SkeletonLines lines={10} />
      </div>
    );
  return <Loaded inspection={got.data} />;
}

function Loaded({ inspection }: { inspection: Inspection }) {
  const { message, readings, events, shipments } = inspection;
  const [newest, ...earlier] = readings;
  const status = statusOf(inspection);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-line border-b px-4 py-3">
        <MessageBadge status={status} problems={newest?.problems?.length} filled />
        <span className="text-ink-2">{wordsOf(inspection)}</span>
        <span className="ml-auto">
          <ReplayButton id={message.id} />
        </span>
      </div>
      {newest?.problems && newest.problems.length > 0 ? (
        <Section title={newest.problems.length === 1 ? "1 problem" : `${newest.problems.length} problems`}>
          <Problems problems={newest.problems} feed={inspection.feed?.slug ?? null} />
        </Section>
      ) : null}
      <Section title="Its way">
        <OneTrace id={message.id} />
      </Section>
      {message.setAside ? (
        <Section title="Set aside: this is our fault">
          <p className="break-words">
            Our own code failed on it after {message.setAside.attempts}{" "}
            {message.setAside.attempts === 1 ? "attempt" : "attempts"}:{" "}
            <code className="font-mono text-[12px]">{message.setAside.error}</code>. Nothing is lost; a replay reads it
            again.
          </p>
        </Section>
      ) : null}
      <Section title="Raw bytes">
        {message.kept ? (
          <RawBody id={message.id} size={message.size} problems={newest?.problems ?? []} />
        ) : (
          <p className="text-ink-2">The bytes are past their retention; hash, readings and events stay.</p>
        )}
      </Section>
      <Revisions inspection={inspection} />
      <Section title={events.length === 0 ? "Events" : events.length === 1 ? "1 event" : `${events.length} events`}>
        <EventsOfMessage events={events} />
      </Section>
      <Section title="Shipments">
        {shipments.length === 0 ? (
          <p className="text-ink-3">It told of no shipment.</p>
        ) : (
          <ul className="flex flex-col">
            {shipments.map((shipment) => (
              <li key={shipment.id} className="flex items-baseline justify-between gap-2 py-0.5">
                <Link
                  href={`/shipments/${shipment.id}`}
                  className="font-medium text-accent underline-offset-2 hover:underline"
                >
                  {shipment.name}
                </Link>
                <span className="text-ink-3 text-xs">
                  {shipment.stage ? (STAGE_WORD[shipment.stage as Stage] ?? shipment.stage) : "no stage"}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {message.acknowledgement ? (
        <Section title="Acknowledgement (997)" aside={message.acknowledgement.accepted ? "accepted" : "rejected"}>
          <p className="mb-1 text-ink-2">
            {message.acknowledgement.fileName},{" "}
            {message.acknowledgement.writtenAt ? (
              <>
                written <Time at={message.acknowledgement.writtenAt} />
              </>
            ) : (
              "kept here for the sender"
            )}
          </p>
          <pre className="overflow-x-auto rounded-md border border-line bg-sunken p-2 font-mono text-[12px] leading-[17px]">
            {message.acknowledgement.body.replaceAll("~", "~\n").trim()}
          </pre>
        </Section>
      ) : null}
      <Section title="How it came">
        <Received inspection={inspection} />
      </Section>
      <Section title={readings.length === 1 ? "1 reading" : `${readings.length} readings`}>
        {newest ? (
          <ol className="flex flex-col">
            <ReadingRow reading={newest} counts />
            {earlier.map((reading) => (
              <ReadingRow key={reading.number} reading={reading} />
            ))}
          </ol>
        ) : (
          <p className="text-ink-3">{message.waiting ? "It waits for the worker." : "Nobody has read it."}</p>
        )}
      </Section>
    </>
  );
}

function wordsOf({ message, readings, events, shipments }: Inspection): string {
  const [newest] = readings;
  if (message.setAside) return "Our code failed on it";
  if (!newest) return message.waiting ? "It waits for the worker" : "Not read";
  if (newest.status === "ignored") return newest.ignored ?? "It is not about a shipment";
  if (newest.status === "failed") return "Nothing of it was taken";
  const what = `${events.length} ${events.length === 1 ? "event" : "events"} on ${shipments.length} ${shipments.length === 1 ? "shipment" : "shipments"}`;
  return newest.repeated > 0 ? `${what}, ${newest.repeated} known before` : what;
}

function Problems({ problems, feed }: { problems: NonNullable<Reading["problems"]>; feed: string | null }) {
  const mayMap = useMay("crosswalks:read");
  return (
    <ul className="flex flex-col">
      {problems.slice(0, 100).map((problem) => (
        <li
          key={`${problem.at} ${problem.kind} ${problem.found}`}
          className="border-line border-b py-1.5 last:border-b-0"
        >
          <span className="font-medium">{PROBLEM_WORD[problem.kind]}</span>
          {problem.at ? <code className="ml-2 font-mono text-[12px] text-ink-2">{problem.at}</code> : null}
          <span className="block break-words text-ink-2">
            expected {problem.expected}
            {problem.found === null ? "" : ", found "}
            {problem.found === null ? null : <code className="font-mono text-[12px]">{problem.found}</code>}
            {problem.kind === "unmapped_code" && mayMap && feed && problem.found ? (
              <Link
                href={`/feeds/${feed}?tab=mapping&word=${encodeURIComponent(problem.found)}`}
                className="ml-2 text-accent underline-offset-2 hover:underline"
              >
                Say what it means
              </Link>
            ) : null}
          </span>
        </li>
      ))}
      {problems.length > 100 ? <li className="py-1.5 text-ink-3">and {problems.length - 100} more</li> : null}
    </ul>
  );
}

function EventsOfMessage({ events }: Pick<Inspection, "events">) {
  if (events.length === 0)
    return <p className="text-ink-3">It gave no event: it repeated what was known, or told of other things.</p>;
  return (
    <ul className="flex flex-col">
      {events.map((event) => (
        <li
          key={`${event.shipmentId} ${event.key}`}
          className={cn("border-line border-b py-1.5 last:border-b-0", event.withdrawn && "text-ink-3 line-through")}
        >
          <span className="flex items-baseline justify-between gap-2">
            <span>
              <span className="font-medium">{sentence(event.kind)}</span>
              {event.word ? (
                <>
                  <span className="text-ink-3"> from </span>
                  <code className="font-mono text-[12px]">{event.word}</code>
                </>
              ) : null}
            </span>
            <Time
              at={event.occurredAt}
              offsetMinutes={event.offsetMinutes}
              show="absolute"
              className="text-ink-2 text-xs"
            />
          </span>
          <span className="block truncate text-ink-3 text-xs">
            <Link
              href={`/shipments/${event.shipmentId}?event=${event.key}`}
              className="underline-offset-2 hover:underline"
            >
              {event.shipment}
            </Link>
            {[event.description, event.location].filter(Boolean).map((part) => ` · ${part}`)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Received({ inspection: { message, feed } }: { inspection: Inspection }) {
  const headers = Object.entries(message.headers ?? {});
  return (
    <>
      <Facts>
        <Fact name="Feed">
          {feed ? (
            <Link href={`/feeds/${feed.slug}`} className="text-accent underline-offset-2 hover:underline">
              {feed.name}
            </Link>
          ) : (
            "gone"
          )}
        </Fact>
        <Fact name="Received">
          <Time at={message.receivedAt} show="both" />
        </Fact>
        <Fact name="Way">
          {feed?.adapter === "odoo"
            ? `Read from Odoo${message.name ? `: ${message.name}` : ""}`
            : message.name
              ? `File ${message.name}`
              : headers.length > 0
                ? "POST to the feed's door"
                : "Read from its source"}
        </Fact>
        <Fact name="Signature">
          {message.verdict === "verified" ? (
            <Badge tone="ok" shape="check">
              Verified
            </Badge>
          ) : (
            <Badge tone="idle" shape="dash">
              None asked for
            </Badge>
          )}
        </Fact>
        <Fact name="Receipt">
          <Identifier value={message.id} max={40} />
        </Fact>
        {message.deliveryId ? (
          <Fact name="Sender's id">
            <Identifier value={message.deliveryId} max={40} />
            {message.altered ? <span className="ml-2 text-late">came before with other bytes</span> : null}
          </Fact>
        ) : null}
        <Fact name="Correlation">
          <Identifier value={message.correlationId} max={40} />
        </Fact>
        <Fact name="SHA-256">
          <Identifier value={message.digest} max={40} />
        </Fact>
        <Fact name="Content">
          {message.contentType ?? "type not given"}, {formatBytes(message.size)}
        </Fact>
      </Facts>
      {headers.length > 0 ? (
        <details className="mt-2">
          <summary className="cursor-pointer text-ink-2">{headers.length} headers, secrets masked</summary>
          <dl className="mt-1 grid grid-cols-[minmax(96px,max-content)_1fr] gap-x-3 gap-y-0.5 font-mono text-[12px]">
            {headers.map(([name, value]) => (
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

function ReadingRow({ reading, counts }: { reading: Reading; counts?: boolean }) {
  return (
    <li
      className={cn(
        "flex flex-wrap items-baseline gap-x-2 border-line border-b py-1.5 last:border-b-0",
        counts ? "" : "text-ink-3",
      )}
    >
      <span className={counts ? "font-medium" : ""}>
        {reading.number}. {counts ? "counts" : "superseded"}
      </span>
      <MessageBadge status={reading.status} problems={reading.problems?.length} />
      <span>
        {reading.revision ? `correction ${reading.revision}, ` : ""}adapter {reading.adapterVersion}, mapping{" "}
        {reading.mappingVersion}
      </span>
      {reading.runId ? (
        <Link href={`/runs/${reading.runId}`} className="text-accent underline-offset-2 hover:underline">
          by a replay
        </Link>
      ) : null}
      <Time at={reading.at} className="ml-auto text-ink-3 text-xs" />
    </li>
  );
}

/** Reads one message again, first as a dry run. */
function ReplayButton({ id }: { id: string }) {
  const mayReplay = useMay("messages:replay");
  const [asked, setAsked] = useState(false);
  if (!mayReplay) return null;
  return (
    <>
      <Button title="Shows what reading it again would change; changes nothing yet" onClick={() => setAsked(true)}>
        Try a replay
      </Button>
      {asked ? <ReplayDialog scope={{ receipts: [id] }} what="this message" onClose={() => setAsked(false)} /> : null}
    </>
  );
}
