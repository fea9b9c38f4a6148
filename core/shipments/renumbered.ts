import type { FeedClass } from "@/core/feeds/feed";
import type { StoredClaim } from "./attributes";
import type { TimedEvent } from "./facts-in-order";

/** Sources that keep a row per package and correct it. A carrier's numbers are the packages themselves, Odoo's field is read as a whole. */
const CORRECTS: ReadonlySet<string> = new Set<FeedClass>(["warehouse", "transport", "marketplace"]);

/** Numbers that a source took back, by feed. */
export type Renumbered = ReadonlyMap<number, ReadonlySet<string>>;

const NONE: Renumbered = new Map();

/**
 * Finds the tracking numbers that a source has replaced: all it told under the old number (same words, same time, same place) it tells later, in
 * another message, under a new one. Two numbers that one message tells together are two packages, and what happened on a day without an hour
 * shows nothing, since two packages may share it.
 */
export function renumbered(claims: readonly StoredClaim[], events: readonly TimedEvent[]): Renumbered {
  const numbersOf = Map.groupBy(
    claims.filter(
      ({ attribute, subject, feedClass }) =>
        attribute === "tracking_number" && subject !== "" && CORRECTS.has(feedClass),
    ),
    ({ feedId }) => feedId,
  );
  const replaced = new Map<number, Set<string>>();
  for (const [feedId, said] of numbersOf) {
    if (said.length < 2) continue;
    const told = toldBy(events, feedId);
    const gone = said.filter((old) =>
      said.some((by) => by.occurredAtMs > old.occurredAtMs && retold(told.get(old.subject), told.get(by.subject))),
    );
    if (gone.length > 0) replaced.set(feedId, new Set(gone.map(({ subject }) => subject)));
  }
  return replaced.size === 0 ? NONE : replaced;
}

/** Claims without the numbers that their own source has replaced. */
export function withoutRenumbered(claims: readonly StoredClaim[], gone: Renumbered): readonly StoredClaim[] {
  if (gone.size === 0) return claims;
  return claims.filter(
    ({ attribute, feedId, subject }) => attribute !== "tracking_number" || !gone.get(feedId)?.has(subject),
  );
}

/** True where a number was replaced by its source and no other source knows it: no package, and no name of one. */
export function isGone(
  number: string,
  gone: Renumbered,
  trackingBy: readonly { numbers: readonly string[] }[],
  events: readonly TimedEvent[],
): boolean {
  const feeds = [...gone].filter(([, numbers]) => numbers.has(number)).map(([feedId]) => feedId);
  if (feeds.length === 0 || trackingBy.some(({ numbers }) => numbers.includes(number))) return false;
  return !events.some(({ event }) => event.package === number && !feeds.includes(event.feedId));
}

type Told = Map<string, { messageId: string; exact: boolean }>;

/** What a feed told under each number, by the words of it. */
function toldBy(events: readonly TimedEvent[], feedId: number): Map<string, Told> {
  const told = new Map<string, Told>();
  for (const { event } of events) {
    if (event.feedId !== feedId || event.package === null) continue;
    const { word, code, time, place } = event.raw;
    const own = told.get(event.package) ?? new Map();
    told.set(event.package, own);
    own.set(JSON.stringify([word, code, time, place]), {
      messageId: event.messageId,
      exact: event.time !== null && event.time.precision !== "date",
    });
  }
  return told;
}

function retold(old: Told | undefined, by: Told | undefined): boolean {
  if (old === undefined || by === undefined) return false;
  const all = [...old];
  return (
    all.some(([, { exact }]) => exact) &&
    all.every(([words, { messageId }]) => {
      const again = by.get(words);
      return again !== undefined && again.messageId !== messageId;
    })
  );
}
