"use client";
import Link from "next/link";
import type { ReactNode } from "react";
import { useViewer } from "@/components/shell/viewer";
import { SummaryBadge } from "@/components/shipments/columns";
import { sentence } from "@/components/shipments/words";
import { Badge } from "@/components/ui/badge";
import { Identifier } from "@/components/ui/identifier";
import { SeverityBadge } from "@/components/ui/severity";
import { Fact, Facts } from "@/components/ui/side-panel";
import { absolute, spanOf, Time } from "@/components/ui/time";
import type { Severity } from "@/core/exceptions/kinds";
import type { Answer, Stop } from "@/core/lookup/answer";
import { type Moment, sourceDayMs } from "@/core/lookup/moment";
import { OrderDocuments } from "./order-documents";
import { ReplyBox } from "./reply-box";
import type { LookupAnswer } from "./rows";
import { PARTY_WORD, TONE_LOOK } from "./words";

function When({ at }: { at: Moment }) {
  if (at.dateOnly)
    return <span className="whitespace-nowrap">{absolute(new Date(sourceDayMs(at)), "UTC").slice(0, 10)}</span>;
  return <Time at={at.atMs} offsetMinutes={at.offsetMinutes} show="both" />;
}

/** All there is to say about one shipment to somebody who asks: the answer left, the reply to copy beside it. */
export function AnswerCard({ answer, feeds, onOpen }: LookupAnswer & { onOpen: (id: string) => void }) {
  const { role } = useViewer();
  const look = TONE_LOOK[answer.tone];
  return (
    <article className="min-w-0 px-4 py-3">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 tabIndex={-1} className="font-semibold text-lg outline-none">
          {answer.milestone ? sentence(answer.milestone) : "No news yet"}
          {answer.place ? <span className="font-normal text-ink-2"> in {answer.place}</span> : null}
        </h2>
        <Badge tone={look.ink} shape={look.shape} filled>
          {look.word}
        </Badge>
        <Link href={`/shipments/${answer.id}`} className="ml-auto text-accent underline-offset-2 hover:underline">
          Open {answer.name}
        </Link>
      </header>
      <div className="mt-3 grid gap-4 xl:grid-cols-[minmax(0,1fr)_minmax(320px,420px)]">
        <div className="min-w-0 space-y-4">
          <Core answer={answer} />
          {answer.exceptions && answer.exceptions.length > 0 ? <Open exceptions={answer.exceptions} /> : null}
          <Part title="The way so far">
            <Way stops={answer.way} feeds={feeds} empty="No scan was told yet." />
          </Part>
          {answer.back.length > 0 || answer.returns.length > 0 ? (
            <Part title="The way back">
              <p className="text-ink-2">
                {answer.returns.length > 0
                  ? `Odoo takes it back by ${answer.returns.join(", ")}.`
                  : "Odoo has no return for it yet."}
              </p>
              <Way stops={answer.back} feeds={feeds} empty="No scan on the way back was told yet." />
            </Part>
          ) : null}
          <Packages packages={answer.packages} />
          {answer.siblings.length > 0 ? <Siblings siblings={answer.siblings} onOpen={onOpen} /> : null}
        </div>
        <div className="min-w-0 space-y-4 max-xl:order-first">
          {role === "partner" ? null : <ReplyBox answer={answer} />}
          <OrderDocuments id={answer.id} />
          {answer.notes === null ? null : <Told notes={answer.notes} />}
        </div>
      </div>
    </article>
  );
}

function Core({ answer }: { answer: Answer }) {
  const { lateness } = answer;
  return (
    <Facts>
      <Fact name="Since">{answer.since ? <When at={answer.since} /> : "–"}</Fact>
      <Fact name="Next step">{answer.next ?? "Nothing more: it has ended"}</Fact>
      <Fact name="Promised">
        {answer.promisedMs === null ? "No promise is known" : <Time at={answer.promisedMs} show="both" />}
      </Fact>
      {answer.etaMs === null ? null : (
        <Fact name="Expected">
          <Time at={answer.etaMs} show="both" />
        </Fact>
      )}
      {lateness ? (
        <Fact name={lateness.expected ? "Will be late" : "Late"}>
          <span className="font-medium text-broken">by {spanOf(lateness.lateByMs) ?? "moments"}</span>.{" "}
          {lateness.reason}.{" "}
          <span className="text-ink-3">Answers for it: {PARTY_WORD[lateness.party] ?? lateness.party}</span>
        </Fact>
      ) : null}
      {answer.trouble ? (
        <Fact name="Reported">
          {sentence(answer.trouble.kind)}
          {answer.trouble.description ? `: “${answer.trouble.description}”` : ""} <Time at={answer.trouble.sinceMs} />
        </Fact>
      ) : null}
      <Fact name="Last news">
        <Time at={answer.lastNewsMs} show="both" />
      </Fact>
      <Fact name="Order">
        {answer.calledBy.kind === "order" ? <Identifier value={answer.calledBy.said ?? ""} max={32} /> : "–"}
      </Fact>
      <Fact name="Carrier">{[answer.carrier, answer.service].filter(Boolean).join(", ") || "–"}</Fact>
      <Fact name="Tracking number">
        {answer.trackingNumber ? <Identifier value={answer.trackingNumber} max={32} /> : "–"}
      </Fact>
      {answer.customer ? <Fact name="Customer">{answer.customer}</Fact> : null}
      {answer.signedBy ? <Fact name="Signed by">{answer.signedBy}</Fact> : null}
    </Facts>
  );
}

function Part({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1 font-semibold">{title}</h3>
      {children}
    </section>
  );
}

function Open({ exceptions }: { exceptions: NonNullable<Answer["exceptions"]> }) {
  return (
    <Part title={exceptions.length === 1 ? "One thing is wrong" : `${exceptions.length} things are wrong`}>
      <ul>
        {exceptions.map((one) => (
          <li key={one.id} className="border-line border-t py-1.5">
            <span className="flex flex-wrap items-center gap-x-2">
              <SeverityBadge severity={one.severity as Severity} />
              <Link
                href={`/exceptions?view=list&id=${one.id}`}
                className="font-medium underline-offset-2 hover:underline"
              >
                {one.label}
              </Link>
              <Time at={one.openedAtMs} className="ml-auto text-ink-3 text-xs" />
            </span>
            <span className="block break-words text-ink-2">{one.text}</span>
            <span className="text-ink-3 text-xs">
              Answers for it: {PARTY_WORD[one.party] ?? one.party}
              {one.assignee ? ` · ${one.assignee} has it` : " · nobody has it"}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Way({ stops, feeds, empty }: { stops: readonly Stop[]; feeds: LookupAnswer["feeds"]; empty: string }) {
  if (stops.length === 0) return <p className="text-ink-3">{empty}</p>;
  return (
    <ol>
      {[...stops].reverse().map((stop) => (
        <li key={stop.key} className="flex flex-wrap items-baseline justify-between gap-x-3 border-line border-t py-1">
          <span className="min-w-0">
            {sentence(stop.kind)}
            {stop.place ? <span className="text-ink-2"> {stop.place}</span> : null}
          </span>
          <span className="text-ink-3 text-xs">
            {feeds.find((feed) => feed.id === stop.feedId)?.name} · <When at={stop.at} />
          </span>
        </li>
      ))}
    </ol>
  );
}

function Packages({ packages }: Pick<Answer, "packages">) {
  if (packages.length === 0) return null;
  return (
    <Part title={packages.length === 1 ? "One package" : `${packages.length} packages`}>
      <ul>
        {packages.map((one) => (
          <li key={one.number} className="flex items-center justify-between gap-2 border-line border-t py-1">
            <Identifier value={one.number} max={28} />
            <SummaryBadge summary={one.summary} />
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Siblings({ siblings, onOpen }: Pick<Answer, "siblings"> & { onOpen: (id: string) => void }) {
  return (
    <Part title="Further shipments of the order">
      <ul>
        {siblings.map((one) => (
          <li key={one.id} className="flex items-center justify-between gap-2 border-line border-t py-1">
            <button
              type="button"
              onClick={() => onOpen(one.id)}
              className="truncate text-accent underline-offset-2 hover:underline"
            >
              {one.name}
            </button>
            <SummaryBadge summary={one.summary} />
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** Notes in Odoo's chatter are internal: saying so keeps anybody from taking them for mail to the customer. */
function Told({ notes }: { notes: NonNullable<Answer["notes"]> }) {
  return (
    <Part title="What Odoo's chatter was told">
      {notes.length === 0 ? (
        <p className="text-ink-3">Waypost has written nothing about it.</p>
      ) : (
        <>
          <ul>
            {notes.map((note) => (
              <li key={note.id} className="border-line border-t py-1.5">
                <span className="flex justify-between gap-2">
                  <span className="font-medium">{note.headline}</span>
                  <Time at={note.atMs} className="text-ink-3 text-xs" />
                </span>
                <span className="block text-ink-2 text-xs">{note.lines.join(" · ")}</span>
                {note.told ? null : <span className="text-late text-xs">Not written yet: {note.state}</span>}
              </li>
            ))}
          </ul>
          <p className="mt-1 text-ink-3 text-xs">
            These are internal notes. Waypost sends the customer nothing by itself.
          </p>
        </>
      )}
    </Part>
  );
}
