import type { FeedClass } from "@/core/feeds/feed";
import type { TimedEvent } from "./facts-in-order";
import {
  type Condition,
  type EventKind,
  type Milestone,
  RANK,
  STAGE_OF,
  type Summary,
  summaryOf,
  TERMINALS,
  type Terminal,
} from "./milestones";
import type { Reached } from "./shipment";

/** What one package went through, or the shipment where no packages are known. */
export type Track = {
  milestone: Milestone | null;
  rank: number;
  summary: Summary;
  terminal: Terminal | null;
  terminalAtMs: number | null;
  reached: Partial<Record<Milestone, Reached>>;
  /** Conditions that stand: newer than the last movement, or such as stand for good (damaged, short). */
  conditions: TimedEvent[];
  regressions: TimedEvent[];
  attempts: TimedEvent[];
  firstCarrierScanAtMs: number | null;
  lastMovementAtMs: number | null;
};

const DAY_MS = 86_400_000;
const RANKS: Readonly<Partial<Record<EventKind, number>>> = RANK;
const TRACKS_PARCELS: ReadonlySet<FeedClass> = new Set(["carrier", "aggregator", "transport", "marketplace"]);
const RETURN_TRACK: ReadonlySet<EventKind> = new Set<Milestone>(["return_initiated", "return_in_transit", "returned"]);
const WEAK_TERMINALS: ReadonlySet<EventKind> = new Set<Terminal>(["cancelled", "lost", "destroyed"]);
const ENDS: ReadonlySet<EventKind> = new Set<EventKind>([...TERMINALS, "found"]);
const TROUBLE: ReadonlySet<EventKind> = new Set<Condition>([
  "delivery_attempted",
  "delayed",
  "held",
  "customs_hold",
  "address_issue",
  "refused",
  "damaged",
  "misrouted",
  "short",
  "unclaimed",
  "expired",
  "label_failed",
]);
/** Goods that came damaged or short stay so, whatever is scanned later. */
const STANDS_FOR_GOOD: ReadonlySet<EventKind> = new Set<Condition>(["damaged", "short"]);
/** Conditions that say that the parcel is still under way, so that one after the end contradicts it. */
const UNDER_WAY: ReadonlySet<EventKind> = new Set<Condition>([
  "delivery_attempted",
  "held",
  "customs_hold",
  "refused",
  "misrouted",
  "unclaimed",
]);

/** How the story of a package ends or turns: what its events are weighed against. */
type Turn = {
  end: TimedEvent | null;
  endKind: Terminal | null;
  /** Up to here the end wins silently; what contradicts it later is a regression. */
  endsMs: number;
  /** The same for the forward track, which ends with the delivery even where a return followed. */
  forwardEndsMs: number;
  delivered: TimedEvent | null;
  /** First event of a return that began after the forward track had ended. */
  returnFrom: TimedEvent | null;
};

/** Folds the sorted events of one package; `skewMs` is the skew window of a feed. */
export function trackOf(sorted: readonly TimedEvent[], skewMs: (feedId: number) => number): Track {
  const events = withoutRedundantOverall(sorted);
  const turn = turnOf(events, skewMs);
  const track: Track = {
    milestone: null,
    rank: 0,
    summary: "unknown",
    terminal: turn.endKind,
    terminalAtMs: turn.end?.atMs ?? null,
    reached: {},
    conditions: [],
    regressions: [],
    attempts: [],
    firstCarrierScanAtMs: null,
    lastMovementAtMs: null,
  };
  let bookedAtMs: number | null = null;
  const trouble: TimedEvent[] = [];
  for (const timed of events) {
    const { event, atMs } = timed;
    const { kind } = event;
    if (TROUBLE.has(kind)) {
      trouble.push(timed);
      if (kind === "delivery_attempted") track.attempts.push(timed);
      continue;
    }
    if (kind === "found") {
      if (!event.inferred) track.lastMovementAtMs = atMs;
      continue;
    }
    const rank = RANKS[kind];
    if (rank === undefined || !counts(timed, rank, turn, track)) continue;
    note(track, timed, kind as Milestone, rank);
    if (kind === "booked") bookedAtMs = atMs;
  }
  track.milestone ??= track.terminal;
  weighTrouble(track, trouble, turn, bookedAtMs);
  inferPassed(track, turn);
  return track;
}

/**
 * An overall status counts only where no detail says so: none of its own feed, and none of a feed that tracks parcels. What moves or
 * troubles a parcel is compared in the coarse words of `Summary`, an end (or its undoing) by its very kind: that a return is under way
 * does not say that it came back.
 */
function withoutRedundantOverall(sorted: readonly TimedEvent[]): readonly TimedEvent[] {
  if (!sorted.some(({ event }) => event.overall)) return sorted;
  const said = new Set<string>();
  for (const { event } of sorted) {
    if (event.overall || event.inferred) continue;
    const word = saidBy(event.kind);
    said.add(`${event.feedId} ${word}`);
    if (TRACKS_PARCELS.has(event.feedClass)) said.add(word);
  }
  return sorted.filter(({ event }) => {
    const word = saidBy(event.kind);
    return !event.overall || !(said.has(word) || said.has(`${event.feedId} ${word}`));
  });
}

function saidBy(kind: EventKind): string {
  return ENDS.has(kind) ? kind : `~${summaryOf(kind)}`;
}

/** Delivered beats cancelled, lost and destroyed; returned beats delivered when later; of the others the last one holds. */
function turnOf(events: readonly TimedEvent[], skewMs: (feedId: number) => number): Turn {
  let delivered: TimedEvent | null = null;
  let pod: TimedEvent | null = null;
  let foundAtMs = Number.NEGATIVE_INFINITY;
  for (const timed of events) {
    if (timed.event.kind === "delivered") delivered ??= timed;
    else if (timed.event.kind === "pod_received") pod ??= timed;
    else if (timed.event.kind === "found") foundAtMs = timed.atMs;
  }
  delivered ??= pod;
  let weak: TimedEvent | null = null;
  let returned: TimedEvent | null = null;
  for (const timed of events) {
    const { kind } = timed.event;
    if (kind === "returned" && (delivered === null || timed.atMs > delivered.atMs)) returned ??= timed;
    else if (WEAK_TERMINALS.has(kind) && !(kind === "lost" && timed.atMs <= foundAtMs)) weak = timed;
  }
  const forwardEnd = delivered ?? (returned === null ? weak : null);
  const returnFrom = forwardEnd === null ? null : firstReturnAfter(events, forwardEnd.atMs);
  const end = returned ?? (returnFrom === null ? forwardEnd : null);
  const endKind = end === null ? null : end === delivered ? "delivered" : (end.event.kind as Terminal);
  return {
    end,
    endKind,
    endsMs: windowEnd(end, skewMs),
    forwardEndsMs: windowEnd(forwardEnd ?? end, skewMs),
    delivered,
    returnFrom,
  };
}

function firstReturnAfter(events: readonly TimedEvent[], atMs: number): TimedEvent | null {
  return events.find((timed) => RETURN_TRACK.has(timed.event.kind) && timed.atMs > atMs) ?? null;
}

/** A terminal event told to the day only may lie anywhere in it. */
function windowEnd(end: TimedEvent | null, skewMs: (feedId: number) => number): number {
  if (end === null) return Number.POSITIVE_INFINITY;
  return end.atMs + (end.event.time?.precision === "date" ? DAY_MS : 0) + skewMs(end.event.feedId);
}

/** Says whether a milestone event counts; a movement after the end that starts no return is noted as a regression. */
function counts(timed: TimedEvent, rank: number, turn: Turn, track: Track): boolean {
  const { event, atMs } = timed;
  if (RETURN_TRACK.has(event.kind)) return turn.delivered === null || atMs > turn.delivered.atMs;
  if (WEAK_TERMINALS.has(event.kind)) return turn.end === timed;
  if (rank < RANK.pickup_arrived || rank >= RANK.delivered || atMs <= turn.forwardEndsMs) return true;
  if (event.inferred) return false;
  if (turn.returnFrom !== null && atMs >= turn.returnFrom.atMs && atMs <= turn.endsMs) track.lastMovementAtMs = atMs;
  else if (!event.overall) track.regressions.push(timed);
  return false;
}

function note(track: Track, timed: TimedEvent, kind: Milestone, rank: number): void {
  const { event, atMs } = timed;
  const known = track.reached[kind];
  if (known === undefined || (known.inferred && !event.inferred))
    track.reached[kind] = reachedBy(timed, event.inferred);
  if (rank > track.rank) {
    track.rank = rank;
    track.milestone = kind;
  }
  if (event.inferred || rank < RANK.pickup_arrived || kind === "pod_received") return;
  track.lastMovementAtMs = atMs;
  if (rank >= RANK.picked_up && TRACKS_PARCELS.has(event.feedClass)) track.firstCarrierScanAtMs ??= atMs;
}

function reachedBy({ event, atMs }: TimedEvent, inferred: boolean): Reached {
  return {
    occurredAtMs: inferred ? null : atMs,
    offsetMinutes: inferred ? null : (event.time?.offsetMinutes ?? null),
    precision: inferred ? null : (event.time?.precision ?? null),
    basis: inferred ? null : (event.time?.basis ?? null),
    inferred,
    feedId: event.feedId,
    key: event.key,
    receivedAtMs: event.receivedAtMs,
  };
}

function weighTrouble(track: Track, trouble: readonly TimedEvent[], turn: Turn, bookedAtMs: number | null): void {
  const movedAtMs = track.lastMovementAtMs ?? Number.NEGATIVE_INFINITY;
  let inTrouble = false;
  for (const timed of trouble) {
    const { event, atMs } = timed;
    if (track.terminal !== null) {
      if (STANDS_FOR_GOOD.has(event.kind)) track.conditions.push(timed);
      else if (UNDER_WAY.has(event.kind) && atMs > turn.endsMs && !event.overall) track.regressions.push(timed);
      continue;
    }
    const since = event.kind === "label_failed" ? Math.max(movedAtMs, bookedAtMs ?? movedAtMs) : movedAtMs;
    const fresh = atMs >= since;
    if (fresh || STANDS_FOR_GOOD.has(event.kind)) track.conditions.push(timed);
    if (fresh) inTrouble = true;
  }
  track.summary = summaryOfTrack(track, inTrouble);
}

function summaryOfTrack(track: Track, inTrouble: boolean): Summary {
  if (track.terminal !== null) return summaryOf(track.terminal);
  if (inTrouble) return "exception";
  return track.milestone === null ? "unknown" : summaryOf(track.milestone);
}

/** A later milestone implies that the goods left and moved: marked inferred, never timed. */
function inferPassed(track: Track, turn: Turn): void {
  const { reached, milestone } = track;
  if (turn.delivered !== null && reached.delivered === undefined) reached.delivered = reachedBy(turn.delivered, true);
  if (milestone === null || track.rank < RANK.in_transit) return;
  const implying = reached[milestone];
  if (implying === undefined) return;
  const implied: Reached = {
    ...implying,
    occurredAtMs: null,
    offsetMinutes: null,
    precision: null,
    basis: null,
    inferred: true,
  };
  reached.picked_up ??= implied;
  const moved = (Object.keys(reached) as Milestone[]).some((kind) => STAGE_OF[kind] === "in_transit");
  if (!moved && track.rank >= RANK.delivered) reached.in_transit = implied;
}
