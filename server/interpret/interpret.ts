import { createHash } from "node:crypto";
import { DEFAULT_THRESHOLDS } from "@/core/exceptions/thresholds";
import type { FeedClass } from "@/core/feeds/feed";
import type { Problem } from "@/core/outcome";
import type { StoredClaim } from "@/core/shipments/attributes";
import { type EventFact, eventIdentity, type StoredEvent } from "@/core/shipments/event";
import type { Facts, InvoiceFacts, ShipmentFacts } from "@/core/shipments/facts";
import { fold } from "@/core/shipments/fold";
import { canonicalJson } from "@/core/shipments/identity";
import { type Summary, summaryOf } from "@/core/shipments/milestones";
import { DEFAULT_OWNERSHIP } from "@/core/shipments/ownership";
import type { Reference } from "@/core/shipments/references";
import type { FeedAdapter, RawMessage, TranslateContext } from "@/server/adapters/feed";
import { lookupInPacks } from "@/server/adapters/registry";
import { gatherShipments } from "./distinct";

/** One line of `npm run interpret` (docs/api.md): what one document says of one shipment or invoice. */
export type Line = {
  file: string;
  adapter: string | null;
  trackingNumber: string | null;
  carrier: string | null;
  references: { kind: string; issuer: string | null; value: string }[];
  summary: Summary | null;
  events: LineEvent[];
  invoice: LineInvoice | null;
  problems: Problem[];
  /** How many rows or documents of the file it stands for. */
  rows: number;
};

type LineInvoice = Pick<InvoiceFacts, "number" | "kind" | "date" | "currency" | "total"> & {
  lines: Pick<InvoiceFacts["lines"][number], "line" | "code" | "description" | "amount">[];
};

type LineEvent = {
  kind: string;
  status: Summary;
  occurredAt: string | null;
  local: boolean;
  precision: string | null;
  basis: string | null;
  rawCode: string | null;
  rawDescription: string | null;
  location: string | null;
  reason: string | null;
  party: string | null;
  estimated: boolean;
  retracts: string | null;
};

/** Interprets one document without a database: crosswalks from the adapter's packs, no zones, so that times stay as the source said them. */
export function interpretFile(
  file: string,
  adapter: FeedAdapter | null,
  message: RawMessage,
  settings: unknown,
): Line[] {
  if (adapter === null) {
    const expected = "a document that one of the adapters recognises";
    return [
      lineOf(file, null, { problems: [{ kind: "unsupported_document", at: "", found: startOf(message), expected }] }),
    ];
  }
  const context: TranslateContext = {
    feedId: 0,
    zone: null,
    receivedAtMs: message.receivedAtMs,
    lookup: lookupInPacks(adapter),
    zoneOfPlace: () => undefined,
    settings: adapter.parseSettings(settings),
  };
  const outcome = adapter.interpret(message, context);
  if (!outcome.ok) return [lineOf(file, adapter.name, { problems: outcome.problems })];
  const lines = linesOf(file, adapter, outcome.value, message.receivedAtMs);
  if (lines.length > 0) return lines;
  const ignored = outcome.value.ignored ?? "nothing in it is about a shipment";
  const nothing: Problem = { kind: "unsupported_document", at: "", found: ignored, expected: "news of a shipment" };
  const problems = outcome.problems.length > 0 ? outcome.problems : [nothing];
  return [lineOf(file, adapter.name, { problems, rows: outcome.value.records })];
}

function linesOf(file: string, adapter: FeedAdapter, facts: Facts, receivedAtMs: number): Line[] {
  const gathered = gatherShipments(facts.shipments);
  const owners = new Map<string, number>();
  gathered.forEach((group, index) => {
    for (const { at } of group.facts) owners.set(at, index);
  });
  const problemsOf = new Map<number, Problem[]>();
  for (const problem of facts.problems) {
    const owner = ownerOf(problem.at, owners);
    problemsOf.set(owner, [...(problemsOf.get(owner) ?? []), problem]);
  }
  const shipments = gathered.map((group, index) =>
    shipmentLine(file, adapter, group.facts, problemsOf.get(index) ?? [], receivedAtMs),
  );
  const invoices = facts.invoices.map((invoice) =>
    lineOf(file, adapter.name, { invoice: lineInvoice(invoice), problems: [], rows: 1 }),
  );
  const lines = [...shipments, ...invoices];
  const [first] = lines;
  if (first) first.problems.unshift(...(problemsOf.get(-1) ?? []));
  return lines;
}

/** The line a problem belongs to, by its place in the document; -1 where it is about the whole. */
function ownerOf(at: string, owners: ReadonlyMap<string, number>): number {
  for (let end = at.length; end >= 0; end = end === 0 ? -1 : Math.max(0, at.lastIndexOf("/", end - 1))) {
    const owner = owners.get(at.slice(0, end));
    if (owner !== undefined) return owner;
  }
  return -1;
}

/** Class of feed that such documents usually come from. */
const USUAL_CLASS: Readonly<Record<string, FeedClass>> = {
  easypost: "aggregator",
  x12: "carrier",
  edifact: "carrier",
  csv: "warehouse",
  bills: "finance",
  document: "carrier",
  odoo: "odoo",
};

function shipmentLine(
  file: string,
  adapter: FeedAdapter,
  all: readonly ShipmentFacts[],
  problems: Problem[],
  receivedAtMs: number,
): Line {
  const events = all.flatMap((facts) => facts.events);
  const feedClass = USUAL_CLASS[adapter.name] ?? "carrier";
  const claims = all.flatMap((facts) => facts.claims).map((claim) => storedClaim(claim, feedClass));
  const shipment = fold({
    events: events.map((event) => storedEvent(event, feedClass, receivedAtMs)),
    claims,
    packages: all.flatMap((facts) => facts.packages),
    posted: [],
    ownership: DEFAULT_OWNERSHIP,
    thresholds: DEFAULT_THRESHOLDS,
  });
  const references = distinctReferences(all.flatMap((facts) => facts.references));
  const carrier = shipment.attributes.carrier?.value ?? claims.find(({ attribute }) => attribute === "carrier")?.value;
  return lineOf(file, adapter.name, {
    trackingNumber: references.find(({ kind }) => kind === "tracking_number")?.said ?? null,
    carrier: typeof carrier === "string" ? carrier : null,
    references: references.map(({ kind, issuer, said }) => ({ kind, issuer, value: said })),
    summary: shipment.summary,
    events: events.filter(({ overall }) => !overall).map(lineEvent),
    problems,
    rows: all.length,
  });
}

function lineInvoice({ number, kind, date, currency, total, lines }: InvoiceFacts): LineInvoice {
  const said = lines.map(({ line, code, description, amount }) => ({ line, code, description, amount }));
  return { number, kind, date, currency, total, lines: said };
}

function lineOf(file: string, adapter: string | null, said: Partial<Line>): Line {
  const nothing = { trackingNumber: null, carrier: null, references: [], summary: null, events: [], invoice: null };
  return { file, adapter, ...nothing, problems: [], rows: 0, ...said };
}

function distinctReferences(references: Reference[]): Reference[] {
  return [...new Map(references.map((ref) => [`${ref.kind} ${ref.issuer ?? ""} ${ref.value}`, ref])).values()];
}

function lineEvent(event: EventFact): LineEvent {
  return {
    kind: event.kind,
    status: summaryOf(event.kind),
    occurredAt: timeText(event),
    local: event.time !== null && event.time.basis !== "offset",
    precision: event.time?.precision ?? null,
    basis: event.time?.basis ?? null,
    rawCode: event.raw.code,
    rawDescription: event.raw.description,
    location: event.location,
    reason: event.reason?.code ?? null,
    party: event.reason?.party ?? null,
    estimated: event.classifier !== "actual",
    retracts: event.retracts,
  };
}

/** The source's own clock: with its offset where it gave one, else as it stood on the wall. */
function timeText({ time }: EventFact): string | null {
  if (time === null) return null;
  const offset = time.offsetMinutes ?? 0;
  const wall = new Date(time.occurredAtMs + offset * 60_000).toISOString();
  const digits = wall.slice(0, time.precision === "date" ? 10 : wall.endsWith(".000Z") ? 19 : 23);
  if (time.basis !== "offset" || time.precision === "date") return digits;
  if (offset === 0) return `${digits}Z`;
  const size = Math.abs(offset);
  const pair = (value: number) => String(value).padStart(2, "0");
  return `${digits}${offset < 0 ? "-" : "+"}${pair(Math.floor(size / 60))}:${pair(size % 60)}`;
}

function storedEvent(event: EventFact, feedClass: FeedClass, receivedAtMs: number): StoredEvent {
  const hex = createHash("sha256").update(eventIdentity(0, event)).digest("hex").slice(0, 32);
  const key = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { ...event, key, generation: 1, withdrawn: false, feedId: 0, feedClass, messageId: "", receivedAtMs };
}

function storedClaim(claim: ShipmentFacts["claims"][number], feedClass: FeedClass): StoredClaim {
  const hash = createHash("sha256").update(canonicalJson(claim.value)).digest("hex");
  return { ...claim, feedId: 0, feedClass, messageId: "", generation: 1, hash };
}

function startOf({ bytes }: RawMessage): string {
  const start = Buffer.from(bytes.subarray(0, 40)).toString("latin1");
  return start.replace(/[^\x20-\x7e]+/g, " ").trim();
}
