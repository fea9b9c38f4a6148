import type { FeedClass } from "@/core/feeds/feed";
import type { EventKind } from "./milestones";

export const PRECISIONS = ["second", "minute", "date"] as const;
export type Precision = (typeof PRECISIONS)[number];

/** Where the instant came from: the payload's offset, the zone of the place, the zone of the feed, or assumed UTC. */
export const TIME_BASES = ["offset", "location", "feed", "assumed"] as const;
export type TimeBasis = (typeof TIME_BASES)[number];

export const CLASSIFIERS = ["actual", "estimated", "planned"] as const;
export type Classifier = (typeof CLASSIFIERS)[number];

export const PARTIES = ["carrier", "shipper", "consignee", "customs", "weather", "other", "none"] as const;
export type Party = (typeof PARTIES)[number];

/** When an event happened: instant in ms since 1970 UTC, the source's own offset in minutes or null, precision, basis. */
export type EventTime = {
  occurredAtMs: number;
  offsetMinutes: number | null;
  precision: Precision;
  basis: TimeBasis;
};

/** What an adapter says of one event. `raw` keeps the words exactly as the source wrote them, before any crosswalk or zone. */
export type EventFact = {
  kind: EventKind;
  classifier: Classifier;
  /** null when the source gave no time at all: kept, shown, never applied. */
  time: EventTime | null;
  /** Normalised tracking number of the piece it is about; null applies to the whole shipment. */
  package: string | null;
  /** True where the source itself does not say so but implies it (Odoo "done" implies dispatched). */
  inferred: boolean;
  /** True for a feed's overall status: used only where no detail says so. */
  overall: boolean;
  /** Sender's own id of an earlier event that never happened. */
  retracts: string | null;
  reason: { code: string | null; party: Party | null } | null;
  location: string | null;
  raw: {
    /** Sender's own id of this very event (not of the message that carried it). */
    eventId: string | null;
    /** Status words, joined by the adapter: what a crosswalk is asked for, e.g. "in_transit/arrived_at_facility". */
    word: string | null;
    code: string | null;
    description: string | null;
    time: string | null;
    place: string | null;
  };
};

/** An event as the fold sees it: a stored fact with its origin. */
export type StoredEvent = EventFact & {
  /** UUID made of the SHA-256 of `eventIdentity`. */
  key: string;
  /** Newest generation of one key counts; a withdrawn row says that its message, read again, no longer yields it. */
  generation: number;
  withdrawn: boolean;
  feedId: number;
  feedClass: FeedClass;
  messageId: string;
  receivedAtMs: number;
};

/**
 * Names an event by what the source wrote (domain.md, Identity): feed and the sender's event id where there is one, else feed,
 * package, raw status words, raw time and raw place. Never contains a shipment id, a mapped code or a resolved zone. An overall status is
 * repeated with each delivery: one word of it is one event, at the earliest time it was told.
 */
export function eventIdentity(feedId: number, event: EventFact): string {
  const { raw } = event;
  const parts = raw.eventId
    ? [feedId, "id", raw.eventId]
    : event.overall
      ? [feedId, "overall", event.package, raw.word]
      : [
          feedId,
          event.package,
          event.classifier === "actual" ? "" : event.classifier,
          raw.word,
          raw.code,
          raw.description,
          raw.time,
          raw.place,
        ];
  return parts.map((part) => (part == null ? "" : String(part))).join("\u001f");
}

/** Text over which two readings of one event key are compared: all that a crosswalk or a zone can change. */
export function eventContent(event: EventFact): string {
  const { time, reason } = event;
  return [
    event.kind,
    event.classifier,
    time?.occurredAtMs,
    time?.offsetMinutes,
    time?.precision,
    time?.basis,
    event.inferred,
    event.retracts,
    reason?.code,
    reason?.party,
  ].join("\u001f");
}
