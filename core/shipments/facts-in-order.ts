import type { Thresholds } from "@/core/exceptions/thresholds";
import { currentEvents } from "./current";
import type { StoredEvent } from "./event";
import type { Condition, EventKind } from "./milestones";
import { RANK } from "./milestones";
import { withoutRetracted } from "./retract";

/** An event with a plausible time, and that time beside it. */
export type TimedEvent = { event: StoredEvent; atMs: number };

export type SortedFacts = {
  /** Actual events with a plausible time, by time, rank and key. */
  applied: TimedEvent[];
  /** Estimated and planned events with a time: they may set the eta, never a milestone. */
  forecasts: TimedEvent[];
  implausible: StoredEvent[];
  /** Actual events told later than the threshold after they happened, counted from when their feed first spoke of this shipment. */
  late: LateEvent[];
  unmapped: StoredEvent[];
  eventCount: number;
  flooded: boolean;
  lastReceivedAtMs: number | null;
};

export type LateEvent = { event: StoredEvent; atMs: number; lateMs: number };

const DAY_MS = 86_400_000;
const EARLIEST_PLAUSIBLE_MS = Date.UTC(2000, 0, 1);
const SAYS_NOTHING: ReadonlySet<EventKind> = new Set<Condition | "info">(["no_info", "info"]);

/** Picks the facts that count out of all stored events and brings them into the one order in which they are folded. */
export function factsInOrder(events: readonly StoredEvent[], thresholds: Thresholds): SortedFacts {
  const current = currentEvents(events);
  const flooded = current.length > thresholds.floodEvents;
  const standing = withoutRetracted(current);
  const facts: SortedFacts = {
    applied: [],
    forecasts: [],
    implausible: [],
    late: [],
    unmapped: [],
    eventCount: current.length,
    flooded,
    lastReceivedAtMs: null,
  };
  for (const event of flooded ? newestPerKindAndPlace(standing) : standing) place(facts, event, thresholds);
  for (const event of current) {
    if (facts.lastReceivedAtMs === null || event.receivedAtMs > facts.lastReceivedAtMs) {
      facts.lastReceivedAtMs = event.receivedAtMs;
    }
  }
  facts.applied.sort(inOrder);
  facts.late = lateOf(facts.applied, current, thresholds.lateUpdateMinutes * 60_000);
  return facts;
}

function place(facts: SortedFacts, event: StoredEvent, thresholds: Thresholds): void {
  if (event.kind === "unmapped_code") {
    facts.unmapped.push(event);
    return;
  }
  if (event.time === null) return;
  const atMs = event.time.occurredAtMs;
  const actual = event.classifier === "actual";
  if (
    atMs < EARLIEST_PLAUSIBLE_MS ||
    (actual && atMs > event.receivedAtMs + thresholds.futureToleranceMinutes * 60_000)
  ) {
    facts.implausible.push(event);
  } else if (!actual) {
    facts.forecasts.push({ event, atMs });
  } else if (!SAYS_NOTHING.has(event.kind)) {
    facts.applied.push({ event, atMs });
  }
}

/**
 * What happened before its feed first spoke of the shipment was told as history and counts from that first receipt; a time told to the day
 * lasts until its end.
 */
function lateOf(applied: readonly TimedEvent[], current: readonly StoredEvent[], limitMs: number): LateEvent[] {
  if (limitMs === 0) return [];
  const late: LateEvent[] = [];
  let firstReceipts: Map<number, number> | null = null;
  for (const { event, atMs } of applied) {
    if (event.receivedAtMs - atMs <= limitMs || event.overall || event.inferred) continue;
    firstReceipts ??= firstReceiptsOf(current);
    const happenedMs = event.time?.precision === "date" ? atMs + DAY_MS : atMs;
    const lateMs = event.receivedAtMs - Math.max(happenedMs, firstReceipts.get(event.feedId) ?? happenedMs);
    if (lateMs > limitMs) late.push({ event, atMs, lateMs });
  }
  return late;
}

function firstReceiptsOf(events: readonly StoredEvent[]): Map<number, number> {
  const first = new Map<number, number>();
  for (const { feedId, receivedAtMs } of events) {
    if (receivedAtMs < (first.get(feedId) ?? Number.POSITIVE_INFINITY)) first.set(feedId, receivedAtMs);
  }
  return first;
}

/** Orders by instant, then by rank (conditions after milestones of the same instant), then by key. */
function inOrder(a: TimedEvent, b: TimedEvent): number {
  return a.atMs - b.atMs || rankOf(a.event.kind) - rankOf(b.event.kind) || compareKeys(a.event.key, b.event.key);
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function rankOf(kind: EventKind): number {
  return (RANK as Partial<Record<EventKind, number>>)[kind] ?? 1000;
}

function newestPerKindAndPlace(events: readonly StoredEvent[]): StoredEvent[] {
  const newest = new Map<string, StoredEvent>();
  for (const event of events) {
    const { kind, classifier, overall, inferred, feedId, location, raw } = event;
    const slot = [
      kind,
      classifier,
      overall,
      inferred,
      feedId,
      event.package,
      location ?? raw.place,
      kind === "unmapped_code" ? raw.word : "",
    ].join("\u001f");
    const known = newest.get(slot);
    if (known === undefined || isNewer(event, known)) newest.set(slot, event);
  }
  return [...newest.values()];
}

function isNewer(event: StoredEvent, known: StoredEvent): boolean {
  const difference =
    (event.time?.occurredAtMs ?? Number.NEGATIVE_INFINITY) - (known.time?.occurredAtMs ?? Number.NEGATIVE_INFINITY);
  return difference > 0 || (!(difference < 0) && event.key > known.key);
}
