import type { EventTime, StoredEvent } from "./event";

/** One scan, told by one feed or by several: shown once, all sources named (domain.md, Identity). */
export type Sighting = {
  /** Key of the event that was received first. */
  key: string;
  /** In order of receipt, overall words last; the first one stands for all. */
  events: [StoredEvent, ...StoredEvent[]];
};

const MINUTE = 60_000;

function dayOf(time: EventTime): number {
  return Math.floor((time.occurredAtMs + (time.offsetMinutes ?? 0) * MINUTE) / 86_400_000);
}

function sameInstant(a: EventTime, b: EventTime): boolean {
  if (a.precision === "date" || b.precision === "date") return dayOf(a) === dayOf(b);
  return Math.abs(a.occurredAtMs - b.occurredAtMs) < MINUTE;
}

function sameScan(a: StoredEvent, b: StoredEvent): boolean {
  if (a.kind !== b.kind || a.classifier !== b.classifier) return false;
  if (a.package !== null && b.package !== null && a.package !== b.package) return false;
  if (a.time === null || b.time === null || a.retracts !== null || b.retracts !== null) return false;
  if (a.overall !== b.overall) return a.feedId === b.feedId && sameInstant(a.time, b.time);
  if (a.feedId === b.feedId)
    return a.time.occurredAtMs === b.time.occurredAtMs && a.location === b.location && a.package === b.package;
  return sameInstant(a.time, b.time);
}

/**
 * Groups events that tell of the same scan: equal kind, classifier and package within the same minute, or the same day where one of them
 * knows only the day. Two of one feed must agree in place and instant too; a feed's overall status joins the detail it repeats and never
 * stands for it. Events without a time stand alone. Ordered by event time.
 */
export function sightings(events: readonly StoredEvent[]): Sighting[] {
  const groups: Sighting[] = [];
  const at = (event: StoredEvent) => event.time?.occurredAtMs ?? Number.POSITIVE_INFINITY;
  const ordered = [...events].sort(
    (a, b) => at(a) - at(b) || a.receivedAtMs - b.receivedAtMs || (a.key < b.key ? -1 : 1),
  );
  for (const event of ordered) {
    const known =
      event.time === null ? undefined : groups.findLast((group) => group.events.every((e) => sameScan(e, event)));
    if (known) known.events.push(event);
    else groups.push({ key: event.key, events: [event] });
  }
  for (const group of groups) {
    group.events.sort(
      (a, b) => Number(a.overall) - Number(b.overall) || a.receivedAtMs - b.receivedAtMs || (a.key < b.key ? -1 : 1),
    );
    group.key = group.events[0].key;
  }
  return groups;
}
