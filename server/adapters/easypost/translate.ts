import type { Problem } from "@/core/outcome";
import { shown, storable, wordOf } from "@/core/raw-text";
import type { Json } from "@/core/shipments/attributes";
import type { EventFact, EventTime } from "@/core/shipments/event";
import type { Facts, ShipmentFacts } from "@/core/shipments/facts";
import { EVENT_KINDS, type EventKind, MILESTONES, RANK } from "@/core/shipments/milestones";
import { type Reference, reference } from "@/core/shipments/references";
import { resolveTime } from "@/core/shipments/zones";
import { readIsoTime } from "@/core/wall-clock";
import type { TranslateContext } from "../feed";
import { type Fields, isFields } from "./parse";

const KINDS: ReadonlyMap<string, EventKind> = new Map(EVENT_KINDS.map((kind) => [kind, kind]));

/** More scans than this on one tracker are not read; the newest ones, which stand last, are. */
const MOST_DETAILS = 2_000;
const GRAMS_PER_OUNCE = 28.349523125;

/** Says in facts what a tracker says: its scans as events, its own status as the overall one, the rest as claims. */
export function translateTracker(tracker: Fields, at: string, context: TranslateContext): Facts {
  const problems: Problem[] = [];
  const said = wordOf(tracker.tracking_code);
  const carrier = carrierOf(tracker, context);
  const number = said === null ? null : reference("tracking_number", carrier, said);
  if (number === null) {
    const found = shown(tracker.tracking_code);
    problems.push({ kind: "missing_reference", at: `${at}/tracking_code`, found, expected: "a tracking number" });
    return { shipments: [], invoices: [], problems, ignored: null, records: 1 };
  }
  const scope: Scope = { package: number.value, isReturn: tracker.is_return === true, context, problems };
  const overall = overallOf(tracker, at, scope);
  const events = [...detailsOf(tracker, at, scope), ...(overall ? [overall] : [])];
  const writtenAt = overall?.time?.occurredAtMs ?? claimedAt(tracker, events, context);
  const claims = claimsOf(tracker, number, carrier, writtenAt, scope);
  const shipment: ShipmentFacts = {
    at,
    references: [number],
    packages: [{ number: number.value, issuer: number.issuer, master: false }],
    events,
    claims,
  };
  return { shipments: [shipment], invoices: [], problems, ignored: null, records: 1 };
}

type Scope = { package: string; isReturn: boolean; context: TranslateContext; problems: Problem[] };

function carrierOf(tracker: Fields, context: TranslateContext): string | null {
  const word = wordOf(tracker.carrier);
  return word === null ? null : (context.lookup("carrier", word) ?? word.toLowerCase());
}

function detailsOf(tracker: Fields, at: string, scope: Scope): EventFact[] {
  const details = tracker.tracking_details;
  if (details === undefined || details === null) return [];
  const path = `${at}/tracking_details`;
  if (!Array.isArray(details)) {
    scope.problems.push({ kind: "schema", at: path, found: shown(details), expected: "a list of tracking details" });
    return [];
  }
  const skipped = Math.max(0, details.length - MOST_DETAILS);
  if (skipped > 0) {
    const expected = `at most ${MOST_DETAILS} details; the ${skipped} first ones were left out`;
    scope.problems.push({ kind: "bad_value", at: path, found: String(details.length), expected });
  }
  return details.slice(skipped).flatMap((detail: unknown, index) => {
    const event = detailOf(detail, `${path}/${index + skipped}`, scope);
    return event ? [event] : [];
  });
}

function detailOf(detail: unknown, at: string, scope: Scope): EventFact | null {
  if (!isFields(detail)) {
    scope.problems.push({ kind: "schema", at, found: shown(detail), expected: "a tracking detail" });
    return null;
  }
  const place = placeOf(detail.tracking_location);
  const description = wordOf(detail.message) ?? wordOf(detail.description);
  return statusEvent(detail, at, scope, {
    field: "datetime",
    overall: false,
    place,
    code: wordOf(detail.carrier_code),
    description,
  });
}

function overallOf(tracker: Fields, at: string, scope: Scope): EventFact | null {
  if (wordOf(tracker.status) === null) return null;
  const field = wordOf(tracker.updated_at) === null ? "created_at" : "updated_at";
  return statusEvent(tracker, at, scope, { field, overall: true, place: null, code: null, description: null });
}

/** The common part of a scan and of the tracker's own status: words, kind and time. */
function statusEvent(
  source: Fields,
  at: string,
  scope: Scope,
  about: { field: string; overall: boolean; place: string | null; code: string | null; description: string | null },
): EventFact | null {
  const status = wordOf(source.status);
  const detail = exactDetail(source.status_detail);
  const word = status === null ? detail : detail === null ? status : `${status}/${detail}`;
  const text = wordOf(source[about.field]);
  const time = timeOf(text, scope.context);
  if (time === null) {
    const found = shown(source[about.field]);
    scope.problems.push({ kind: "bad_value", at: `${at}/${about.field}`, found, expected: "an ISO 8601 date-time" });
    if (about.overall) return null;
  }
  const kind = kindOf(status, word, scope.context);
  if (kind === null) {
    const expected = "a word of the status crosswalk";
    scope.problems.push({ kind: "unmapped_code", at: `${at}/status`, found: word, expected });
  }
  return {
    kind: kind === null ? "unmapped_code" : scope.isReturn ? onTheWayBack(kind) : kind,
    classifier: "actual",
    time,
    package: scope.package,
    inferred: false,
    overall: about.overall,
    retracts: null,
    reason: null,
    location: about.place,
    raw: { eventId: null, word, code: about.code, description: about.description, time: text, place: about.place },
  };
}

/** A detail that says no more than the status is none, so that one unknown status is one word to map. */
function exactDetail(said: unknown): string | null {
  const detail = wordOf(said);
  return detail === "status_update" || detail === "unknown" ? null : detail;
}

/** The most exact entry wins: "status/detail", then "status". A word that nobody mapped has no kind. */
function kindOf(status: string | null, word: string | null, context: TranslateContext): EventKind | null {
  if (word === null) return null;
  const mapped = context.lookup("status", word) ?? (status === null ? undefined : context.lookup("status", status));
  return mapped === undefined ? null : (KINDS.get(mapped) ?? null);
}

/** A return label's own journey runs on the return track: its delivery is the goods' coming back. */
function onTheWayBack(kind: EventKind): EventKind {
  if (kind === "delivered" || kind === "pod_received") return "returned";
  const milestone = MILESTONES.find((candidate) => candidate === kind);
  if (milestone === undefined || RANK[milestone] === 0 || RANK[milestone] >= RANK.return_initiated) return kind;
  return RANK[milestone] <= RANK.pickup_arrived ? "return_initiated" : "return_in_transit";
}

function timeOf(text: string | null, context: TranslateContext): EventTime | null {
  const clock = text === null ? null : readIsoTime(text);
  return clock === null ? null : resolveTime({ ...clock, feedZone: context.zone });
}

function placeOf(location: unknown): string | null {
  if (!isFields(location)) return null;
  const { city, state, country, zip } = location;
  let place = "";
  for (const part of [city, state, country, zip]) {
    const word = wordOf(part);
    if (word !== null) place = place === "" ? word : `${place}, ${word}`;
  }
  return place === "" ? null : storable(place);
}

/** Claims carry the time at which the tracker was written, else that of its newest scan, else of receipt. */
function claimedAt(tracker: Fields, events: EventFact[], context: TranslateContext): number {
  const written = timeOf(wordOf(tracker.updated_at), context) ?? timeOf(wordOf(tracker.created_at), context);
  const newest = Math.max(...events.map((event) => event.time?.occurredAtMs ?? Number.NEGATIVE_INFINITY));
  return written?.occurredAtMs ?? (Number.isFinite(newest) ? newest : context.receivedAtMs);
}

function claimsOf(
  tracker: Fields,
  number: Reference,
  carrier: string | null,
  occurredAtMs: number,
  scope: Scope,
): ShipmentFacts["claims"] {
  const detail = isFields(tracker.carrier_detail) ? tracker.carrier_detail : {};
  const eta = timeOf(wordOf(tracker.est_delivery_date), scope.context);
  const guaranteed = timeOf(wordOf(detail.guaranteed_delivery_date), scope.context);
  const weight = tracker.weight;
  const ounces = typeof weight === "number" && Number.isFinite(weight) && weight > 0 && weight < 1e9 ? weight : null;
  const serviceWord = wordOf(detail.service);
  const service = serviceWord === null ? null : (scope.context.lookup("service", serviceWord) ?? serviceWord);
  const link = wordOf(tracker.public_url);
  const values = [
    ["carrier", "", carrier],
    ["service", "", service],
    ["tracking_number", number.value, number.said],
    ["eta", number.value, eta && new Date(eta.occurredAtMs).toISOString()],
    ["promised_delivery_at", "", guaranteed && new Date(guaranteed.occurredAtMs).toISOString()],
    ["weight_grams", number.value, ounces && Math.round(ounces * GRAMS_PER_OUNCE)],
    ["signed_by", number.value, wordOf(tracker.signed_by)],
    ["tracking_url", number.value, link !== null && /^https:\/\/\S+$/.test(link) ? link : null],
  ] as const;
  const claims: ShipmentFacts["claims"] = [];
  for (const [attribute, subject, value] of values)
    if (value !== null) claims.push({ attribute, subject, value: value as Json, occurredAtMs });
  return claims;
}
