"use client";
import Link from "next/link";
import { PostingBadge } from "@/components/postings/posting-badge";
import { POSTING_KIND_WORD } from "@/components/postings/words";
import { Identifier } from "@/components/ui/identifier";
import { SeverityBadge, StateBadge } from "@/components/ui/severity";
import { Due, Time } from "@/components/ui/time";
import { EXCEPTION_SPECS, type ExceptionKind, type ExceptionState, type Severity } from "@/core/exceptions/kinds";
import type { PostingKind, PostingState } from "@/core/postings/kinds";
import type { Shipment } from "@/core/shipments/shipment";
import { SummaryBadge } from "./columns";
import type { ShipmentDetail } from "./rows";
import { REFERENCE_WORD, sentence } from "./words";

function Nothing({ children }: { children: string }) {
  return <p className="text-ink-3">{children}</p>;
}

export function Packages({ state }: { state: ShipmentDetail["head"]["state"] }) {
  const packages: Shipment["packages"] = "packages" in state ? state.packages : [];
  if (packages.length === 0) return <Nothing>No source has named a package.</Nothing>;
  return (
    <ul className="flex flex-col">
      {packages.map((one) => (
        <li
          key={one.number}
          className="flex items-center justify-between gap-2 border-line border-b py-1.5 last:border-b-0"
        >
          <span className="min-w-0">
            <Identifier value={one.number} max={26} />
            <span className="block text-ink-3 text-xs">
              {[one.issuer, one.master ? "master number" : null].filter(Boolean).join(" · ") || "carrier not named"}
            </span>
          </span>
          <span className="flex flex-col items-end">
            <SummaryBadge summary={one.summary} />
            {one.lastMovementAtMs === null ? null : <Time at={one.lastMovementAtMs} className="text-ink-3 text-xs" />}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function References({ references, feeds }: Pick<ShipmentDetail, "references" | "feeds">) {
  if (references.length === 0) return <Nothing>No number names this shipment.</Nothing>;
  return (
    <ul className="flex flex-col gap-0.5">
      {references.map((reference) => (
        <li
          key={`${reference.kind} ${reference.issuer} ${reference.value}`}
          className="flex min-h-6 items-center justify-between gap-2"
        >
          <span className="min-w-0">
            <Identifier value={reference.said} max={28} />
          </span>
          <span
            className="truncate text-ink-3 text-xs"
            title={`Told by ${feeds.find((feed) => feed.id === reference.feedId)?.name ?? "a feed"}`}
          >
            {REFERENCE_WORD[reference.kind] ?? sentence(reference.kind)}
            {reference.issuer ? `, ${reference.issuer}` : ""}
            {reference.liveUntil && reference.liveUntil.getTime() < Date.now() ? ", number is free again" : ""}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function Exceptions({ exceptions }: { exceptions: NonNullable<ShipmentDetail["exceptions"]> }) {
  if (exceptions.length === 0) return <Nothing>Nothing is wrong with it, and nothing was.</Nothing>;
  return (
    <ul className="flex flex-col">
      {exceptions.map((exception) => (
        <li key={exception.id} className="border-line border-b py-1.5 last:border-b-0">
          <span className="flex flex-wrap items-center gap-x-2">
            {exception.state === "resolved" ? null : <SeverityBadge severity={exception.severity as Severity} />}
            <StateBadge state={exception.state as ExceptionState} />
            <span className="ml-auto text-xs">
              {exception.state === "resolved" ? (
                <Time at={exception.resolvedAt} className="text-ink-3" />
              ) : (
                <Due at={exception.dueAt} />
              )}
            </span>
          </span>
          <Link
            href={`/exceptions?view=list&id=${exception.id}`}
            className="font-medium underline-offset-2 hover:underline"
          >
            {EXCEPTION_SPECS[exception.kind as ExceptionKind]?.label ?? sentence(exception.kind)}
          </Link>
          <span className="block break-words text-ink-2">{exception.text}</span>
          {exception.assignee ? <span className="text-ink-3 text-xs">{exception.assignee} has it</span> : null}
        </li>
      ))}
    </ul>
  );
}

export function Postings({ postings }: { postings: NonNullable<ShipmentDetail["postings"]> }) {
  if (postings.length === 0)
    return <Nothing>Nothing was planned for Odoo: the shipment has no picking, or nothing changed.</Nothing>;
  return (
    <ul className="flex flex-col">
      {[...postings].reverse().map((posting) => (
        <li
          key={posting.id}
          className="flex items-center justify-between gap-2 border-line border-b py-1.5 last:border-b-0"
        >
          <Link href={`/postings?id=${posting.id}`} className="min-w-0 underline-offset-2 hover:underline">
            {POSTING_KIND_WORD[posting.kind as PostingKind] ?? sentence(posting.kind)}
          </Link>
          <span className="flex flex-col items-end">
            <PostingBadge state={posting.state as PostingState} />
            <Time at={posting.verifiedAt ?? posting.postedAt ?? posting.createdAt} className="text-ink-3 text-xs" />
          </span>
        </li>
      ))}
    </ul>
  );
}

export function Messages({
  messages,
  feeds,
}: {
  messages: NonNullable<ShipmentDetail["messages"]>;
  feeds: ShipmentDetail["feeds"];
}) {
  if (messages.length === 0) return <Nothing>No stored message tells of it any more.</Nothing>;
  return (
    <ul className="flex flex-col">
      {messages.map((message) => (
        <li
          key={message.id}
          className="flex items-baseline justify-between gap-2 border-line border-b py-1.5 last:border-b-0"
        >
          <Link href={`/messages/${message.id}`} className="min-w-0 truncate underline-offset-2 hover:underline">
            {feeds.find((feed) => feed.id === message.feedId)?.name ?? "Feed"}
            {message.name ? <span className="text-ink-3"> {message.name}</span> : null}
          </Link>
          <span className="flex items-baseline gap-2 text-xs">
            {message.problems > 0 ? (
              <span className="text-late">
                {message.problems} {message.problems === 1 ? "problem" : "problems"}
              </span>
            ) : null}
            {message.readings > 1 ? <span className="text-ink-3">read {message.readings} times</span> : null}
            <Time at={message.receivedAt} className="text-ink-3" />
          </span>
        </li>
      ))}
    </ul>
  );
}

export function Acts({ acts }: Pick<ShipmentDetail, "acts">) {
  if (acts.length === 0) return <Nothing>Nobody has touched it.</Nothing>;
  return (
    <ul className="flex flex-col gap-1.5">
      {acts.map((act) => (
        <li key={act.id} className="flex items-baseline justify-between gap-2">
          <span className="min-w-0">
            <span className="font-medium">{act.actorName}</span>{" "}
            {sentence(act.action.split(".").pop() ?? "").toLowerCase()}{" "}
            <span className="text-ink-3">{act.subject.split(":")[0]}</span>
            {act.reason ? <span className="block break-words text-ink-2">{act.reason}</span> : null}
          </span>
          <Time at={act.at} className="text-ink-3 text-xs" />
        </li>
      ))}
    </ul>
  );
}
