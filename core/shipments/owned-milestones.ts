import type { FeedClass } from "@/core/feeds/feed";
import type { TimedEvent } from "./facts-in-order";
import { type EventKind, MILESTONES, RANK } from "./milestones";

/** What moves, ends or brings back a parcel after its hand-over; up to there it is execution, and who cancels owns the order. */
const GOVERNED: ReadonlySet<EventKind> = new Set<EventKind>([
  ...MILESTONES.filter((kind) => RANK[kind] >= RANK.in_transit),
  "lost",
  "destroyed",
  "found",
]);

/**
 * Of the milestones after the hand-over, keeps those of the owner: the first class of the order that told any of them. Where none of the
 * order did, all count, as they do where no order is chosen.
 */
export function ownedMilestones(events: readonly TimedEvent[], order: readonly FeedClass[]): readonly TimedEvent[] {
  if (order.length === 0) return events;
  let place = order.length;
  for (const { event } of events) {
    if (event.inferred || !GOVERNED.has(event.kind)) continue;
    const at = order.indexOf(event.feedClass);
    if (at >= 0 && at < place) place = at;
  }
  const owner = order[place];
  if (owner === undefined) return events;
  return events.filter(({ event }) => event.feedClass === owner || !GOVERNED.has(event.kind));
}
