"use client";
import Link from "next/link";
import { RawExcerpt } from "@/components/messages/raw-lines";
import { useMay } from "@/components/shell/viewer";
import { Identifier } from "@/components/ui/identifier";
import { formatDuration } from "@/components/ui/number";
import { Fact, Facts, Section } from "@/components/ui/side-panel";
import { Time } from "@/components/ui/time";
import type { StoredEvent } from "@/core/shipments/event";
import type { FeedName } from "./rows";
import type { SightingMark } from "./timeline";
import { CLASS_WORD, sentence } from "./words";

const BASIS_WORD: Readonly<Record<string, string>> = {
  offset: "the payload's own offset",
  location: "the zone of the place",
  feed: "the zone of the feed",
  assumed: "no zone known: taken as UTC",
};

/** One sighting in full: what was understood, and the raw words of everybody who told it. */
export function EventDetail({
  mark,
  events,
  feeds,
}: {
  mark: SightingMark;
  events: readonly StoredEvent[];
  feeds: readonly FeedName[];
}) {
  const told = mark.told.flatMap((one) => events.find((event) => event.key === one.key) ?? []);
  return (
    <>
      <Section title="Understood as">
        <Facts>
          <Fact name="Kind">{sentence(mark.event.kind)}</Fact>
          <Fact name="Happened">
            {mark.atMs === null ? (
              "no time was given"
            ) : (
              <Time at={mark.atMs} offsetMinutes={mark.event.time?.offsetMinutes} show="both" />
            )}
          </Fact>
          {mark.event.time ? (
            <Fact name="Time by">
              {BASIS_WORD[mark.event.time.basis]}, to the {mark.event.time.precision}
            </Fact>
          ) : null}
          {mark.delayMs !== null ? (
            <Fact name="Known after">
              <span className={mark.late ? "text-late" : undefined}>
                {formatDuration(mark.delayMs)}
                {mark.late ? ", late" : ""}
              </span>
            </Fact>
          ) : null}
          {mark.event.classifier === "actual" ? null : <Fact name="Sort">{sentence(mark.event.classifier)}</Fact>}
          {mark.recovered ? (
            <Fact name="Recovered">Its source did not send it: it was found by asking for what was missed.</Fact>
          ) : null}
          {mark.event.inferred ? <Fact name="Inferred">The source implies it and does not say so.</Fact> : null}
          {mark.retracted ? (
            <Fact name="Taken back">Its sender said later that this never happened.</Fact>
          ) : mark.advisory ? (
            <Fact name="Does not count">{sentence(mark.advisory)}</Fact>
          ) : null}
          {mark.event.package ? (
            <Fact name="Package">
              <Identifier value={mark.event.package} />
            </Fact>
          ) : null}
        </Facts>
      </Section>
      {told.map((event) => (
        <RawWords key={event.key} event={event} feed={feeds.find((feed) => feed.id === event.feedId)} />
      ))}
    </>
  );
}

function RawWords({ event, feed }: { event: StoredEvent; feed: FeedName | undefined }) {
  const mayRead = useMay("messages:read");
  const mayMap = useMay("crosswalks:read");
  const { raw } = event;
  return (
    <Section
      title={`In the words of ${feed?.name ?? `feed ${event.feedId}`}`}
      aside={feed ? CLASS_WORD[feed.class] : undefined}
    >
      <Facts>
        {raw.word ? (
          <Fact name="Status">
            <code className="font-mono text-[12px]">{raw.word}</code>
            {mayMap && feed ? (
              <Link
                href={`/feeds/${feed.slug}?tab=mapping&kind=status&word=${encodeURIComponent(raw.word)}`}
                className="ml-2 text-accent text-xs underline-offset-2 hover:underline"
              >
                its mapping
              </Link>
            ) : null}
          </Fact>
        ) : null}
        {raw.code ? (
          <Fact name="Code">
            <code className="font-mono text-[12px]">{raw.code}</code>
          </Fact>
        ) : null}
        {raw.description ? <Fact name="Description">{raw.description}</Fact> : null}
        {raw.time ? (
          <Fact name="Time">
            <code className="font-mono text-[12px]">{raw.time}</code>
          </Fact>
        ) : null}
        {raw.place ? <Fact name="Place">{raw.place}</Fact> : null}
        {event.reason?.code ? <Fact name="Reason">{event.reason.code}</Fact> : null}
        {raw.eventId ? (
          <Fact name="Event id">
            <Identifier value={raw.eventId} />
          </Fact>
        ) : null}
        <Fact name="Received">
          <Time at={event.receivedAtMs} show="both" />
        </Fact>
        <Fact name="Read by">mapping generation {event.generation}</Fact>
      </Facts>
      {mayRead ? (
        <div className="mt-2">
          <RawExcerpt
            messageId={event.messageId}
            words={event.overall ? [raw.time, raw.word] : [raw.eventId, raw.description, raw.time, raw.code, raw.word]}
          />
          <Link
            href={`/messages/${event.messageId}`}
            className="mt-1 inline-block text-accent text-xs underline-offset-2 hover:underline"
          >
            Open the message
          </Link>
        </div>
      ) : (
        <p className="mt-2 text-ink-3 text-xs">The raw message needs the right messages:read.</p>
      )}
    </Section>
  );
}
