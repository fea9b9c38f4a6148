import type { Problem } from "@/core/outcome";
import { shown } from "@/core/raw-text";
import type { Attribute, Json } from "@/core/shipments/attributes";
import type { EventFact } from "@/core/shipments/event";
import type { ShipmentFacts } from "@/core/shipments/facts";
import { EVENT_KINDS } from "@/core/shipments/milestones";
import { reference } from "@/core/shipments/references";
import type { TranslateContext } from "../feed";
import { grossGrams, l11References, partiesOf, withoutTwins } from "./loops";
import { type Said, timeOf } from "./times";
import { element, type Segment, type TransactionSet } from "./tokenize";

type Reading = { facts: ShipmentFacts | null; problems: Problem[] };

/** Reads a 204, a tender of a load: its numbers, what was promised, where it goes. */
export function readLoadTender(set: TransactionSet, said: Said, context: TranslateContext): Reading {
  const { segments } = set;
  const b2 = segments.find(({ name }) => name === "B2");
  const load = element(b2, 4);
  const loadReference = load === null ? null : reference("tms_load", null, load);
  if (loadReference === null) return { facts: null, problems: [missingLoad(set, "B2/4", load)] };
  const carrier = carrierOf(element(b2, 2), context);
  const stops = stopsOf(segments);
  const unload = stops.findLast(({ type }) => /^(CU|PU|UL)$/.test(type));
  const start = stops.find(({ type }) => /^(CL|PL|LD)$/.test(type)) ?? stops[0];
  const consignee = partiesOf(unload?.segments ?? segments).find(({ role }) => role === "CN" || role === "ST");
  const claims: [Attribute, Json][] = [
    ["carrier", carrier],
    ["promised_dispatch_at", windowEnd(start, ["38", "69", "10"], context)],
    ["promised_delivery_at", windowEnd(unload, ["54", "70", "02"], context)],
    ["address", consignee?.address ?? null],
    ["weight_grams", grossGrams(segments)],
  ];
  const occurredAtMs = said.time?.occurredAtMs ?? context.receivedAtMs;
  const problems: Problem[] = [];
  const purpose = element(
    segments.find(({ name }) => name === "B2A"),
    1,
  );
  const tender = { set, code: "204", answer: purpose ?? "00", place: "B2A/1", number: loadReference.said };
  const facts: ShipmentFacts = {
    at: set.at,
    references: withoutTwins([loadReference, ...l11References(segments, carrier)]),
    packages: [],
    events: [documentEvent(tender, said, context, problems)],
    claims: claims.flatMap(([attribute, value]) =>
      value === null ? [] : [{ attribute, subject: "", value, occurredAtMs }],
    ),
  };
  return { facts, problems };
}

/** Reads a 990, a carrier's answer to a tender: A accepts, D declines. */
export function readTenderResponse(set: TransactionSet, said: Said, context: TranslateContext): Reading {
  const b1 = set.segments.find(({ name }) => name === "B1");
  const load = element(b1, 2);
  const loadReference = load === null ? null : reference("tms_load", null, load);
  if (loadReference === null) return { facts: null, problems: [missingLoad(set, "B1/2", load)] };
  const carrier = carrierOf(element(b1, 1), context);
  const occurredAtMs = said.time?.occurredAtMs ?? context.receivedAtMs;
  const problems: Problem[] = [];
  const response = { set, code: "990", answer: element(b1, 4) ?? "", place: "B1/4", number: loadReference.said };
  const facts: ShipmentFacts = {
    at: set.at,
    references: [loadReference],
    packages: [],
    events: [documentEvent(response, said, context, problems)],
    claims: carrier === null ? [] : [{ attribute: "carrier", subject: "", value: carrier, occurredAtMs }],
  };
  return { facts, problems };
}

function carrierOf(scac: string | null, context: TranslateContext): string | null {
  return scac === null ? null : (context.lookup("carrier", scac) ?? scac.toLowerCase());
}

function missingLoad(set: TransactionSet, where: string, found: string | null): Problem {
  return { kind: "missing_reference", at: `${set.at}/${where}`, found, expected: "a load number" };
}

type Document = { set: TransactionSet; code: string; answer: string; place: string; number: string };

/** An event that a document itself is, at the time of its group. A tender implies what it says, an answer says it. */
function documentEvent(document: Document, said: Said, context: TranslateContext, problems: Problem[]): EventFact {
  const { set, code, answer, place, number } = document;
  const word = `${code}/${answer}`;
  const mapped = context.lookup("status", word);
  const kind = EVENT_KINDS.find((candidate) => candidate === mapped);
  if (kind === undefined) {
    const expected = "a word of the status crosswalk";
    problems.push({ kind: "unmapped_code", at: `${set.at}/${place}`, found: shown(word), expected });
  }
  return {
    kind: kind ?? "unmapped_code",
    classifier: "actual",
    time: said.time,
    package: null,
    inferred: code === "204" && kind !== undefined && kind !== "info",
    overall: false,
    retracts: null,
    reason: null,
    location: null,
    raw: {
      eventId: [number, word, said.text ?? ""].join("|"),
      word,
      code,
      description: answer,
      time: said.text,
      place: null,
    },
  };
}

type Stop = { type: string; segments: Segment[] };

/** Stops of a load: S5 and all up to the next one. */
function stopsOf(segments: readonly Segment[]): Stop[] {
  const stops: Stop[] = [];
  for (const segment of segments) {
    if (segment.name === "S5") stops.push({ type: element(segment, 2) ?? "", segments: [] });
    else if (segment.name === "L3" || segment.name === "SE") break;
    else stops.at(-1)?.segments.push(segment);
  }
  return stops;
}

/** The end of a stop's window, from the first qualifier of element 432 that it gives; local to the stop's town. */
function windowEnd(stop: Stop | undefined, qualifiers: readonly string[], context: TranslateContext): string | null {
  if (!stop) return null;
  const town = stop.segments.find(({ name }) => name === "N4");
  const place = { city: element(town, 1), state: element(town, 2), country: element(town, 4) };
  for (const qualifier of qualifiers) {
    const g62 = stop.segments.find((segment) => segment.name === "G62" && element(segment, 1) === qualifier);
    const { time } = timeOf({ date: element(g62, 2), time: element(g62, 4), code: element(g62, 5) }, place, context);
    if (time === null) continue;
    const endOfDay = time.precision === "date" ? 86_399_000 : 0;
    return new Date(time.occurredAtMs + endOfDay).toISOString();
  }
  return null;
}
