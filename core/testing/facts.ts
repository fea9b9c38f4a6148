import { DEFAULT_THRESHOLDS } from "@/core/exceptions/thresholds";
import type { FeedClass } from "@/core/feeds/feed";
import type { Attribute, Json, StoredClaim } from "@/core/shipments/attributes";
import { type EventTime, eventIdentity, type Precision, type StoredEvent } from "@/core/shipments/event";
import { type FoldInput, fold } from "@/core/shipments/fold";
import { canonicalJson } from "@/core/shipments/identity";
import type { EventKind } from "@/core/shipments/milestones";
import { DEFAULT_OWNERSHIP } from "@/core/shipments/ownership";
import type { Shipment } from "@/core/shipments/shipment";

/** Monday morning, from which the tests count hours. */
export const START_MS = Date.UTC(2026, 0, 5, 8);
export const HOUR_MS = 3_600_000;

/** Instant `hours` after the start. */
export function at(hours: number): number {
  return START_MS + hours * HOUR_MS;
}

/** Feeds of the tests: number and class. */
export const FEEDS = {
  odoo: 1,
  warehouse: 2,
  transport: 3,
  carrier: 4,
  aggregator: 5,
  marketplace: 6,
  finance: 7,
  customer_service: 8,
} as const satisfies Record<FeedClass, number>;

type EventExtra = Partial<Omit<StoredEvent, "kind" | "raw">> & {
  raw?: Partial<StoredEvent["raw"]>;
  precision?: Precision;
};

/** Makes a stored event of a kind, `hours` after the start (null: without a time), told by the carrier unless said otherwise. */
export function event(kind: EventKind, hours: number | null, extra: EventExtra = {}): StoredEvent {
  const { raw, precision, ...rest } = extra;
  const feedClass = rest.feedClass ?? "carrier";
  const time: EventTime | null =
    hours === null
      ? null
      : { occurredAtMs: at(hours), offsetMinutes: 0, precision: precision ?? "second", basis: "offset" };
  const made: StoredEvent = {
    kind,
    classifier: "actual",
    time,
    package: null,
    inferred: false,
    overall: false,
    retracts: null,
    reason: null,
    location: null,
    key: "",
    generation: 1,
    withdrawn: false,
    feedId: FEEDS[feedClass],
    feedClass,
    messageId: "message",
    receivedAtMs: at(Math.max(0, hours ?? 0)) + 60_000,
    ...rest,
    raw: {
      eventId: null,
      word: kind,
      code: null,
      description: null,
      time: hours === null ? null : String(hours),
      place: null,
      ...raw,
    },
  };
  return { ...made, key: rest.key ?? eventIdentity(made.feedId, made) };
}

/** Makes a stored claim, made `hours` after the start. */
export function claim(
  feedClass: FeedClass,
  attribute: Attribute,
  value: Json,
  extra: Partial<StoredClaim> & { hours?: number } = {},
): StoredClaim {
  const { hours = 0, ...rest } = extra;
  return {
    attribute,
    value,
    occurredAtMs: at(hours),
    subject: "",
    feedId: FEEDS[feedClass],
    feedClass,
    messageId: "message",
    generation: 1,
    hash: canonicalJson(value),
    ...rest,
  };
}

/** Folds with defaults for all that a test does not say. */
export function foldOf(events: readonly StoredEvent[], extra: Partial<FoldInput> = {}): Shipment {
  return fold({
    events,
    claims: [],
    packages: [],
    posted: [],
    ownership: DEFAULT_OWNERSHIP,
    thresholds: DEFAULT_THRESHOLDS,
    ...extra,
  });
}

/** Packages by number. */
export function packages(...numbers: string[]): FoldInput["packages"] {
  return numbers.map((number) => ({ number, issuer: "ups", master: false }));
}
