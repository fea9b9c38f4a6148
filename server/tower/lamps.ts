import { spanInWords } from "@/core/duration";
import type { ConnectionPulse, FeedPulse } from "@/db/queries/tower";

export type Flow = "ok" | "late" | "broken" | "idle";
export type Lamp = { flow: Flow; words: string };

/** A posting that is due longer than this is late. */
const LATE_MS = 300_000;

/** Reads the stored breaker of a connection; anything else is closed. */
export function breakerOf(value: unknown): { open: boolean; reason: string } {
  if (typeof value !== "object" || value === null) return { open: false, reason: "" };
  const { state, reason } = value as { state?: unknown; reason?: unknown };
  return { open: state === "open" || state === "half_open", reason: typeof reason === "string" ? reason : "" };
}

/** How one connection is, in a word and a sentence. */
export function connectionLamp(connection: ConnectionPulse, nowMs: number): Lamp {
  const breaker = breakerOf(connection.breaker);
  const { name } = connection;
  if (breaker.open)
    return { flow: "broken", words: `${name} cannot be reached${breaker.reason ? `: ${breaker.reason}` : ""}` };
  if (connection.state === "paused") return { flow: "late", words: `${name} is paused by a person` };
  const waitedMs = connection.oldestDue ? nowMs - connection.oldestDue.getTime() : 0;
  if (waitedMs > LATE_MS) return { flow: "late", words: `${name} is behind by ${spanInWords(waitedMs)}` };
  if (connection.observing) return { flow: "ok", words: `${name} is read; posting is not switched on yet` };
  return { flow: "ok", words: `${name} answers` };
}

/** The worst connection counts. */
export function odooLamp(connections: readonly ConnectionPulse[], nowMs: number): Lamp {
  if (connections.length === 0) return { flow: "idle", words: "No Odoo is connected yet" };
  return worst(connections.map((connection) => connectionLamp(connection, nowMs)));
}

/** How one feed is, in a word and a sentence. */
export function feedLamp(feed: FeedPulse, nowMs: number): Lamp {
  const since = feed.lastAt ? spanInWords(nowMs - feed.lastAt.getTime()) : null;
  if (feed.silent) return { flow: "broken", words: `${feed.name} is silent${since ? ` for ${since}` : ""}` };
  if (feed.refused) return { flow: "broken", words: `${feed.name}: a sender is refused` };
  if (feed.state === "paused") return { flow: "late", words: `${feed.name} is paused by a person` };
  if (!since) return { flow: "idle", words: `${feed.name} has not sent anything yet` };
  if (feed.failed > 0 && feed.failed * 20 > feed.received)
    return {
      flow: "late",
      words: `${feed.name}: ${feed.failed} of ${feed.received} messages could not be read in 24 h`,
    };
  return { flow: "ok", words: `${feed.name}: last message ${since} ago` };
}

/** The worst feed counts; without trouble it says how many there are. */
export function feedsLamp(feeds: readonly FeedPulse[], nowMs: number): Lamp {
  if (feeds.length === 0) return { flow: "idle", words: "No feed is set up yet" };
  const bad = worst(feeds.map((feed) => feedLamp(feed, nowMs)));
  if (bad.flow === "late" || bad.flow === "broken") return bad;
  const spoke = feeds.filter((feed) => feed.lastAt).length;
  return { flow: spoke > 0 ? "ok" : "idle", words: `${spoke} of ${feeds.length} feeds have sent messages` };
}

const ORDER: readonly Flow[] = ["broken", "late", "idle", "ok"];

function worst(lamps: readonly Lamp[]): Lamp {
  const [first] = lamps.toSorted((a, b) => ORDER.indexOf(a.flow) - ORDER.indexOf(b.flow));
  const alike = lamps.filter((lamp) => lamp.flow === first?.flow);
  if (!first) return { flow: "idle", words: "" };
  return alike.length > 1 && first.flow !== "ok"
    ? { ...first, words: alike.map((lamp) => lamp.words).join("; ") }
    : first;
}
