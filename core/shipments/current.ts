import { eventContent, type StoredEvent } from "./event";

/**
 * Picks the newest generation of each event key and drops the withdrawn. At equal generation a reading that still yields the event beats
 * a withdrawal, then the smaller content wins, so the order of arrival never decides.
 */
export function currentEvents(events: readonly StoredEvent[]): StoredEvent[] {
  const newest = new Map<string, StoredEvent>();
  for (const event of events) {
    const known = newest.get(event.key);
    if (known === undefined || supersedes(event, known)) newest.set(event.key, event);
  }
  const current: StoredEvent[] = [];
  for (const event of newest.values()) if (!event.withdrawn) current.push(event);
  return current;
}

function supersedes(event: StoredEvent, known: StoredEvent): boolean {
  if (event.generation !== known.generation) return event.generation > known.generation;
  if (event.withdrawn !== known.withdrawn) return known.withdrawn;
  return eventContent(event) < eventContent(known);
}
