import { hash } from "node:crypto";
import type { CrosswalkKind } from "@/core/feeds/feed";
import type { Problem } from "@/core/outcome";
import { type EventFact, eventIdentity } from "@/core/shipments/event";
import type { Facts, ShipmentFacts } from "@/core/shipments/facts";
import { canonicalJson } from "@/core/shipments/identity";
import type { ClaimedMessage } from "@/db/queries/pipeline/claim";
import type { Reading } from "./environment";
import { stopwatch } from "./stopwatch";

/** What one reading made of one message. */
export type Interpreted = {
  message: ClaimedMessage;
  reading: Reading;
  /** null: no output at all. */
  facts: Facts | null;
  problems: Problem[];
  /** Our own code threw on it. */
  fault: string | null;
  unmapped: { kind: CrosswalkKind; word: string }[];
  /** Shipments it speaks of; those of a document read in parts are not in `facts`. */
  shipments: number;
  /** Microseconds that reading took. */
  transformUs: number;
};

/**
 * Reads one message, or a part of one whose records stand in these rows of the whole; never throws: what our code throws is kept as `fault`.
 */
export function interpret(message: ClaimedMessage, reading: Reading, rows?: readonly number[]): Interpreted {
  const watch = stopwatch();
  return { ...readOne(message, reading, rows), transformUs: watch() };
}

function readOne(
  message: ClaimedMessage,
  reading: Reading,
  rows: readonly number[] | undefined,
): Omit<Interpreted, "transformUs"> {
  const unmapped = new Map<string, { kind: CrosswalkKind; word: string }>();
  const base = { message, reading, facts: null, problems: [], fault: null, unmapped: [], shipments: 0 };
  if (message.bytes === null) {
    const gone: Problem = {
      kind: "unreadable",
      at: "",
      found: null,
      expected: "the raw bytes, which retention has removed",
    };
    return { ...base, problems: [gone] };
  }
  try {
    const outcome = reading.adapter.interpret(
      {
        id: message.id,
        bytes: message.bytes,
        contentType: message.contentType,
        headers: {},
        receivedAtMs: message.receivedAtMs,
        name: message.name,
        ...(rows ? { rows } : {}),
      },
      {
        feedId: reading.feedId,
        zone: reading.zone,
        receivedAtMs: message.receivedAtMs,
        settings: reading.settings,
        lookup: (kind, word) => {
          const to = reading.lookup(kind, word);
          if (to === undefined && kind === "status") unmapped.set(`${kind}\u001f${word}`, { kind, word });
          return to;
        },
      },
    );
    if (!outcome.ok) return { ...base, problems: outcome.problems };
    const words = outcome.value.shipments.some((s) => s.events.some((e) => e.kind === "unmapped_code"))
      ? [...unmapped.values()]
      : [];
    return {
      ...base,
      facts: outcome.value,
      problems: outcome.problems,
      unmapped: words.filter((w) => usedBy(outcome.value, w.word)),
      shipments: outcome.value.shipments.length,
    };
  } catch (error) {
    return {
      ...base,
      fault: error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : "unknown error",
    };
  }
}

function usedBy(facts: Facts, word: string): boolean {
  return facts.shipments.some((s) => s.events.some((e) => e.kind === "unmapped_code" && e.raw.word === word));
}

const VARIANTS = "89ab";

/** First 16 bytes of SHA-256 as a UUID of version 8 (RFC 9562, 5.8: made by the application), so that whoever checks ids takes it. */
export function hashId(text: string): string {
  const hex = hash("sha256", text, "hex");
  const variant = VARIANTS[Number.parseInt(hex[16] ?? "0", 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Key of an event (core/shipments/event.ts, eventIdentity). */
export function eventKey(feedId: number, event: EventFact): string {
  return hashId(eventIdentity(feedId, event));
}

/** Hash that breaks ties between claims. */
export function claimHash(value: ShipmentFacts["claims"][number]["value"]): string {
  return hash("sha256", canonicalJson(value), "hex").slice(0, 16);
}
