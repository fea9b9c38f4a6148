import type { StoredEvent } from "./event";

/** A chain of retractions longer than this is no correction but a fault of the sender: its tail retracts nothing. */
const LONGEST_CHAIN = 16;

/**
 * Drops the events that a standing retraction of the same feed names by the sender's own id. A retraction that was itself retracted
 * retracts nothing; two that retract each other cancel out.
 */
export function withoutRetracted(events: readonly StoredEvent[]): readonly StoredEvent[] {
  const retractions = new Map<string, StoredEvent[]>();
  for (const event of events) {
    if (event.retracts === null) continue;
    const name = `${event.feedId}\u001f${event.retracts}`;
    const known = retractions.get(name);
    if (known) known.push(event);
    else retractions.set(name, [event]);
  }
  if (retractions.size === 0) return events;
  return events.filter((event) => !isRetracted(event, retractions, new Set()));
}

function isRetracted(
  event: StoredEvent,
  retractions: ReadonlyMap<string, StoredEvent[]>,
  asked: ReadonlySet<string>,
): boolean {
  if (event.raw.eventId === null || asked.has(event.key) || asked.size >= LONGEST_CHAIN) return false;
  const by = retractions.get(`${event.feedId}\u001f${event.raw.eventId}`);
  if (by === undefined) return false;
  const path = new Set(asked).add(event.key);
  return by.some((retraction) => !isRetracted(retraction, retractions, path));
}
