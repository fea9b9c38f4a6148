import type { Problem } from "@/core/outcome";
import { shown } from "@/core/raw-text";
import type { Attribute, Json } from "@/core/shipments/attributes";
import type { EventFact } from "@/core/shipments/event";
import type { ShipmentFacts } from "@/core/shipments/facts";
import { EVENT_KINDS } from "@/core/shipments/milestones";
import { type Reference, reference } from "@/core/shipments/references";
import type { TranslateContext } from "../feed";
import { X12_DELIVERY_ESTIMATES, X12_ESTIMATES, X12_REASON_PARTY } from "./codes";
import { grossGrams, isContainer, l11References, partiesOf, withoutTwins } from "./loops";
import { placeIn, statusFaults } from "./syntax";
import { timeOf, writtenText, type X12Place } from "./times";
import { element, type Group, type Segment, type TransactionSet } from "./tokenize";

/** Reads one 214: a shipment, its references, and an event for each AT7 with the place and equipment behind it. */
export function readShipmentStatus(
  set: TransactionSet,
  group: Group,
  saidAtMs: number,
  context: TranslateContext,
): { facts: ShipmentFacts | null; problems: Problem[] } {
  const problems = statusFaults(set, group).map(({ problem }) => problem);
  const { segments } = set;
  const b10 = segments.find(({ name }) => name === "B10");
  const scac = element(b10, 3);
  const carrier = scac === null ? null : (context.lookup("carrier", scac) ?? scac.toLowerCase());
  const ours = element(b10, 1);
  const references = withoutTwins([
    ours === null
      ? null
      : reference(isContainer(ours) ? "container" : "pro_number", isContainer(ours) ? null : carrier, ours),
    ...named("tms_load", element(b10, 2)),
    ...l11References(segments, carrier),
    ...segments.flatMap(containerOf),
  ]);
  if (references.length === 0) {
    if (b10)
      problems.push({
        kind: "missing_reference",
        at: `${set.at}/B10`,
        found: null,
        expected: "a number that names the shipment",
      });
    return { facts: null, problems };
  }
  const numbers = references.filter(({ kind }) => kind === "tracking_number");
  const scope: Scope = {
    set,
    package: numbers.length === 1 ? (numbers[0]?.value ?? null) : null,
    subject: [scac, ours, element(b10, 2)].map((part) => part ?? "").join("*"),
    context,
    problems,
  };
  const events = segments.flatMap((segment, index) => (segment.name === "AT7" ? eventsOf(segment, index, scope) : []));
  const facts: ShipmentFacts = {
    at: set.at,
    references,
    packages: numbers.map(({ value, issuer }) => ({ number: value, issuer, master: false })),
    events,
    claims: claimsOf(set, carrier, numbers, events, saidAtMs),
  };
  return { facts, problems };
}

type Scope = {
  set: TransactionSet;
  package: string | null;
  subject: string;
  context: TranslateContext;
  problems: Problem[];
};

function named(kind: Reference["kind"], value: string | null): (Reference | null)[] {
  return value === null ? [] : [reference(kind, null, value)];
}

/** A container told by MS2: owner's prefix, serial number and check digit in elements of their own. */
function containerOf(segment: Segment): (Reference | null)[] {
  if (segment.name !== "MS2") return [];
  const number = [1, 2, 4].map((index) => element(segment, index) ?? "").join("");
  return isContainer(number) ? named("container", number) : [];
}

/** One AT7 gives one event, or two where a sender, against the rules, gives a status and an appointment at once. */
function eventsOf(at7: Segment, index: number, scope: Scope): EventFact[] {
  const loop = scope.set.segments.slice(index + 1);
  const end = loop.findIndex(({ name }) => name === "AT7" || name === "LX" || name === "SE");
  const ms1 = (end < 0 ? loop : loop.slice(0, end)).find(({ name }) => name === "MS1");
  const place: X12Place = { city: element(ms1, 1), state: element(ms1, 2), country: element(ms1, 3) };
  const status = element(at7, 1);
  const appointment = element(at7, 3);
  const events: EventFact[] = [];
  if (status !== null) events.push(eventOf(at7, { code: status, word: status, reason: element(at7, 2) }, place, scope));
  if (appointment !== null) {
    const word = `appointment/${appointment}`;
    events.push(eventOf(at7, { code: appointment, word, reason: element(at7, 4) }, place, scope));
  }
  return events;
}

function eventOf(
  at7: Segment,
  said: { code: string; word: string; reason: string | null },
  place: X12Place,
  scope: Scope,
): EventFact {
  const { set, context, problems } = scope;
  const mapped = context.lookup("status", said.word);
  const kind = EVENT_KINDS.find((candidate) => candidate === mapped);
  if (kind === undefined) {
    const at = placeIn(set, at7, said.word === said.code ? 1 : 3);
    problems.push({ kind: "unmapped_code", at, found: shown(said.word), expected: "a word of the status crosswalk" });
  }
  const written = { date: element(at7, 5), time: element(at7, 6), code: element(at7, 7) };
  const { time, faults } = timeOf(written, place, context);
  if (faults.includes("code")) {
    problems.push({
      kind: "bad_value",
      at: placeIn(set, at7, 7),
      found: shown(written.code),
      expected: "a time code of element 623",
    });
  }
  if (faults.includes("date") && /^(\d{2})?\d{6}$/.test(written.date ?? "")) {
    problems.push({
      kind: "bad_value",
      at: placeIn(set, at7, 5),
      found: shown(written.date),
      expected: "a day that exists",
    });
  }
  if (written.date === null && written.time === null) {
    problems.push({ kind: "bad_value", at: placeIn(set, at7, 5), found: null, expected: "the date of the status" });
  }
  const location = [place.city, place.state, place.country].filter((part) => part !== null).join(", ") || null;
  const text = writtenText(written);
  const words = [scope.subject, said.word, said.reason, text, location].map((part) => part ?? "").join("|");
  return {
    kind: kind ?? "unmapped_code",
    classifier: X12_ESTIMATES.includes(said.word) ? "estimated" : said.word === said.code ? "actual" : "planned",
    time,
    package: scope.package,
    inferred: false,
    overall: false,
    retracts: null,
    reason: said.reason === null ? null : { code: said.reason, party: X12_REASON_PARTY[said.reason] ?? null },
    location,
    raw: {
      // Without a package the shipment's numbers keep two deliveries of one minute and place apart.
      eventId: scope.package === null ? words : null,
      word: said.word,
      code: said.code,
      description: said.reason,
      time: text,
      place: location,
    },
  };
}

function claimsOf(
  set: TransactionSet,
  carrier: string | null,
  numbers: readonly Reference[],
  events: readonly EventFact[],
  saidAtMs: number,
): ShipmentFacts["claims"] {
  const parties = partiesOf(set.segments);
  const consignee = parties.find(({ role }) => role === "CN") ?? parties.find(({ role }) => role === "ST");
  const estimate = events.findLast(({ raw, time }) => time !== null && X12_DELIVERY_ESTIMATES.includes(raw.word ?? ""));
  const claims: [Attribute, string, Json][] = [
    ["carrier", "", carrier],
    ["address", "", consignee?.address ?? null],
    ["weight_grams", "", grossGrams(set.segments)],
    ["eta", "", estimate?.time ? new Date(estimate.time.occurredAtMs).toISOString() : null],
    ...numbers.map(({ value, said }): [Attribute, string, Json] => ["tracking_number", value, said]),
  ];
  return claims.flatMap(([attribute, subject, value]) =>
    value === null ? [] : [{ attribute, subject, value, occurredAtMs: saidAtMs }],
  );
}
