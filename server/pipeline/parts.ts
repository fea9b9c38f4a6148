import type { Problem } from "@/core/outcome";
import type { ClaimedMessage } from "@/db/queries/pipeline/claim";
import type { RawMessage } from "../adapters/feed";
import type { AdvancedPart } from "./advance";
import type { Reading } from "./environment";
import type { Tally } from "./file-facts";
import { type Interpreted, interpret } from "./interpret";

/** Problems kept of one document; those of its parts are far more than anybody reads. */
const MOST_PROBLEMS = 2_000;

/** A document under way in parts: its parts one by one, and what they told of the whole so far. */
export type Parts = {
  count: number;
  /** Reads the parts in order; each says which shipments and events it holds. */
  read: () => Generator<Interpreted>;
  /** Notes what filing a part did. */
  done: (part: Interpreted, filed: AdvancedPart["filed"]) => void;
  /** The document as its parts told it, to be recorded once. */
  whole: () => Interpreted;
  tally: Tally;
};

/** Cuts a document as its feed is read now; null where it is read as a whole. */
export function cutMessage(message: ClaimedMessage, reading: Reading): Parts | null {
  if (message.bytes === null || reading.adapter.split === undefined) return null;
  const { bytes, contentType, name, receivedAtMs } = message;
  const raw: RawMessage = { bytes, contentType, headers: {}, receivedAtMs, name };
  const cut = splitSafely(reading, raw);
  if (cut === null) return null;
  const partReading: Reading = { ...reading, settings: cut.settings };
  const problems: Problem[] = [];
  const said = new Set<string>();
  const unmapped = new Map<string, Interpreted["unmapped"][number]>();
  const tally: Tally = { events: 0, repeated: 0, shipmentIds: new Set(), routeUs: 0, enrichUs: 0 };
  let records = 0;
  let shipments = 0;
  let fault: string | null = null;
  let transformUs = 0;
  return {
    count: cut.count,
    tally,
    *read() {
      for (const part of cut.parts)
        yield interpret({ ...message, bytes: Buffer.from(part.bytes.buffer) }, partReading, part.rows);
    },
    done(part, filed) {
      const made = filed.perMessage.get(message.id);
      tally.events += made?.events ?? 0;
      tally.repeated += made?.repeated ?? 0;
      for (const id of made?.shipmentIds ?? []) tally.shipmentIds.add(id);
      records += part.facts?.records ?? 0;
      shipments += part.shipments;
      transformUs += part.transformUs;
      tally.routeUs += made?.routeUs ?? 0;
      tally.enrichUs += made?.enrichUs ?? 0;
      fault ??= part.fault;
      for (const problem of part.problems) {
        if (problems.length >= MOST_PROBLEMS || !isNews(said, problem)) continue;
        problems.push(problem);
      }
      for (const word of part.unmapped) unmapped.set(`${word.kind} ${word.word}`, word);
    },
    whole: () => ({
      message,
      reading,
      facts: { shipments: [], invoices: [], problems, ignored: null, records },
      problems,
      fault,
      unmapped: [...unmapped.values()],
      shipments,
      transformUs,
    }),
  };
}

/** What a column says again and again is said once of the document; what is wrong with a row is said of each row. */
function isNews(said: Set<string>, { kind, at, found }: Problem): boolean {
  const column = at.split("/").slice(1).join("/");
  if (column === "") return true;
  const key = `${kind} ${column} ${found?.replace(/\d+/g, "#")}`;
  return !said.has(key) && said.add(key) !== undefined;
}

/** null where the adapter's own code fails on it: reading it as a whole then tells the fault. */
function splitSafely(reading: Reading, raw: RawMessage) {
  try {
    return reading.adapter.split?.(raw, reading.settings) ?? null;
  } catch {
    return null;
  }
}
