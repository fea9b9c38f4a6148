import type { StoredEvent } from "@/core/shipments/event";
import { NON_EVENTS } from "@/core/shipments/milestones";
import { sightings } from "@/core/shipments/sightings";
import { offsetAt } from "@/core/shipments/zones";

/** What came later than this after it happened is drawn hollow. */
export const LATE_AFTER_MS = 2 * 3_600_000;
const DAY = 86_400_000;

export type Told = { feedId: number; key: string; receivedAtMs: number; messageId: string };

/** One scan on the timeline, or one line of the list of events. */
export type SightingMark = {
  key: string;
  event: StoredEvent;
  feedId: number;
  atMs: number | null;
  receivedAtMs: number;
  /** How long after it happened it was known, by the first who told it; null without a time. */
  delayMs: number | null;
  late: boolean;
  /** All who told it, in order of receipt. */
  told: Told[];
  /** Times that the feed it is drawn under told it. */
  copies: number;
  /** Why it is advice and moved nothing; null where it counts. */
  advisory: string | null;
  retracted: boolean;
  /** The first who told it did not do so by itself: its source was asked. */
  recovered: boolean;
};

export type Lane = { feedId: number; marks: SightingMark[] };

type FoldMarks = {
  regressions?: readonly { key: string }[];
  implausible?: readonly { key: string }[];
};

function advisoryOf(event: StoredEvent, state: FoldMarks, detailed: ReadonlySet<number>): string | null {
  if (event.classifier === "planned") return "planned, not a fact";
  if (event.classifier === "estimated") return "an estimate, not a fact";
  if (state.implausible?.some(({ key }) => key === event.key)) return "its time is implausible, so it was not applied";
  if (state.regressions?.some(({ key }) => key === event.key)) return "it came after the end and changed nothing";
  if (event.time === null) return "it has no time, so it was not applied";
  if (event.overall && detailed.has(event.feedId)) return "an overall status; the details beside it count";
  if (event.kind === "unmapped_code") return "nobody has said what this code means";
  return (NON_EVENTS as readonly string[]).includes(event.kind) ? "for information" : null;
}

function isLate(event: StoredEvent): boolean {
  if (event.time === null || event.classifier !== "actual") return false;
  // a day without a clock is late only once the next day is over
  const allowed = event.time.precision === "date" ? 2 * DAY : LATE_AFTER_MS;
  return event.receivedAtMs - event.time.occurredAtMs > allowed;
}

/** Folds the current events of a shipment to sightings with all that is to be shown of them; newest event time first, timeless ones on top. */
export function sightingMarks(
  events: readonly StoredEvent[],
  state: FoldMarks,
  recovered: ReadonlySet<string> = new Set(),
): SightingMark[] {
  const retracted = new Set(
    events.flatMap((event) => (event.retracts === null ? [] : [`${event.feedId} ${event.retracts}`])),
  );
  const detailed = new Set(
    events.filter((event) => !event.overall && event.classifier === "actual").map((event) => event.feedId),
  );
  return sightings(events)
    .map(({ key, events: told }): SightingMark => {
      const [event] = told;
      const atMs = event.time?.occurredAtMs ?? null;
      return {
        key,
        event,
        feedId: event.feedId,
        atMs,
        receivedAtMs: event.receivedAtMs,
        delayMs: atMs === null ? null : event.receivedAtMs - atMs,
        late: isLate(event),
        told: told.map(({ feedId, key: own, receivedAtMs, messageId }) => ({
          feedId,
          key: own,
          receivedAtMs,
          messageId,
        })),
        copies: told.filter((one) => one.feedId === event.feedId && one.overall === event.overall).length,
        advisory: advisoryOf(event, state, detailed),
        recovered: recovered.has(event.messageId),
        retracted: told.every((one) => one.raw.eventId !== null && retracted.has(`${one.feedId} ${one.raw.eventId}`)),
      };
    })
    .sort(
      (a, b) =>
        (b.atMs ?? Number.POSITIVE_INFINITY) - (a.atMs ?? Number.POSITIVE_INFINITY) || b.receivedAtMs - a.receivedAtMs,
    );
}

/** Lanes by feed in the given order, marks from left to right; those without a time are left to the list. */
export function lanesOf(marks: readonly SightingMark[], feedOrder: readonly number[]): Lane[] {
  const order = (feedId: number) => (feedOrder.includes(feedId) ? feedOrder.indexOf(feedId) : feedOrder.length);
  const ids = [...new Set(marks.flatMap((mark) => mark.told.map((one) => one.feedId)))].sort(
    (a, b) => order(a) - order(b) || a - b,
  );
  return ids.map((feedId) => ({
    feedId,
    marks: marks
      .filter((mark) => mark.feedId === feedId && mark.atMs !== null)
      .sort((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0)),
  }));
}

/** First and last instant of the axis: all event times, with a little room, and receipts as far as they do not stretch it out of shape. */
export function axisOf(instants: readonly number[], receipts: readonly number[]): { fromMs: number; toMs: number } {
  const first = Math.min(...instants);
  const last = Math.max(...instants);
  const span = Math.max(last - first, 3_600_000);
  const reach = Math.max(last, ...receipts.filter((at) => at <= last + span * 0.3));
  return { fromMs: first - span * 0.03, toMs: reach + span * 0.05 };
}

/** Puts marks that would cover each other into rows below; both in pixels. Returns the row of each. */
export function stackRows(xs: readonly number[], gap: number): number[] {
  const ends: number[] = [];
  return xs.map((x) => {
    const free = ends.findIndex((end) => x - end >= gap);
    const row = free < 0 ? ends.length : free;
    ends[row] = x;
    return row;
  });
}

const STEPS = [
  300_000,
  900_000,
  1_800_000,
  3_600_000,
  3 * 3_600_000,
  6 * 3_600_000,
  12 * 3_600_000,
  DAY,
  2 * DAY,
  4 * DAY,
  7 * DAY,
  14 * DAY,
  28 * DAY,
  84 * DAY,
  364 * DAY,
];

/** Round instants of a zone for the axis, at most `most` of them; whole days begin at midnight there. */
export function axisTicks(fromMs: number, toMs: number, most: number, zone: string): { atMs: number; day: boolean }[] {
  const step = STEPS.find((one) => (toMs - fromMs) / one <= most) ?? (toMs - fromMs) / most;
  const ticks: { atMs: number; day: boolean }[] = [];
  const offsetMs = (at: number) => offsetAt(at, zone) * 60_000;
  for (let local = Math.ceil((fromMs + offsetMs(fromMs)) / step) * step; ticks.length <= most; local += step) {
    const atMs = local - offsetMs(local - offsetMs(fromMs));
    if (atMs > toMs) break;
    if (atMs >= fromMs) ticks.push({ atMs, day: step >= DAY || local % DAY === 0 });
  }
  return ticks;
}
