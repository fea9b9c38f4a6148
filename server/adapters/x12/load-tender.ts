import type { Problem } from "@/core/outcome";
import type { Attribute, Json } from "@/core/shipments/attributes";
import type { EventFact, EventTime } from "@/core/shipments/event";
import type { ShipmentFacts } from "@/core/shipments/facts";
import type { EventKind } from "@/core/shipments/milestones";
import { reference } from "@/core/shipments/references";
import type { TranslateContext } from "../feed";
import { grossGrams, l11References, partiesOf, withoutTwins } from "./loops";
import { timeOf } from "./times";
import { element, type Segment, type TransactionSet } from "./tokenize";

type Said = { facts: ShipmentFacts | null; problems: Problem[] };

/** Reads a 204, a tender of a load: its numbers, what was promised, where it goes. That it was tendered implies that it was released. */
export function readLoadTender(set: TransactionSet, said: EventTime | null, context: TranslateContext): Said {
  const { segments } = set;
  const b2 = segments.find(({ name }) => name === "B2");
  const load = element(b2, 4);
  const loadReference = load === null ? null : reference("tms_load", null, load);
  if (loadReference === null) {
    return {
      facts: null,
      problems: [{ kind: "missing_reference", at: `${set.at}/B2/4`, found: load, expected: "a load number" }],
    };
  }
  const scac = element(b2, 2);
  const carrier = scac === null ? null : (context.lookup("carrier", scac) ?? scac.toLowerCase());
  const references = withoutTwins([loadReference, ...l11References(segments, carrier)]);
  const purpose = element(
    segments.find(({ name }) => name === "B2A"),
    1,
  );
  const cancelled = purpose === "01";
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
  const occurredAtMs = said?.occurredAtMs ?? context.receivedAtMs;
  const kind: EventKind = cancelled ? "info" : "order_released";
  const word = `204/${purpose ?? "00"}`;
  const facts: ShipmentFacts = {
    at: set.at,
    references,
    packages: [],
    events: [
      documentEvent({ kind, word, code: "204", purpose, number: loadReference.said, inferred: !cancelled }, said),
    ],
    claims: claims.flatMap(([attribute, value]) =>
      value === null ? [] : [{ attribute, subject: "", value, occurredAtMs }],
    ),
  };
  return { facts, problems: [] };
}

/** Reads a 990, a carrier's answer to a tender: A accepts, D declines. */
export function readTenderResponse(set: TransactionSet, said: EventTime | null, context: TranslateContext): Said {
  const b1 = set.segments.find(({ name }) => name === "B1");
  const load = element(b1, 2);
  const loadReference = load === null ? null : reference("tms_load", null, load);
  const answer = element(b1, 4);
  if (loadReference === null) {
    return {
      facts: null,
      problems: [{ kind: "missing_reference", at: `${set.at}/B1/2`, found: load, expected: "a load number" }],
    };
  }
  const word = `990/${answer ?? ""}`;
  const kind: EventKind = answer === "A" ? "booked" : answer === "D" ? "label_failed" : "unmapped_code";
  const problems: Problem[] =
    kind === "unmapped_code"
      ? [{ kind: "unmapped_code", at: `${set.at}/B1/4`, found: answer, expected: "A (accepted) or D (declined)" }]
      : [];
  const scac = element(b1, 1);
  const carrier = scac === null ? null : (context.lookup("carrier", scac) ?? scac.toLowerCase());
  const occurredAtMs = said?.occurredAtMs ?? context.receivedAtMs;
  const facts: ShipmentFacts = {
    at: set.at,
    references: withoutTwins([loadReference]),
    packages: [],
    events: [
      documentEvent({ kind, word, code: "990", purpose: answer, number: loadReference.said, inferred: false }, said),
    ],
    claims: carrier === null ? [] : [{ attribute: "carrier", subject: "", value: carrier, occurredAtMs }],
  };
  return { facts, problems };
}

/** An event that a document itself is, at the time of its group. */
function documentEvent(
  about: { kind: EventKind; word: string; code: string; purpose: string | null; number: string; inferred: boolean },
  time: EventTime | null,
): EventFact {
  return {
    kind: about.kind,
    classifier: "actual",
    time,
    package: null,
    inferred: about.inferred,
    overall: false,
    retracts: null,
    reason: null,
    location: null,
    raw: {
      eventId: `${about.word}|${about.number}|${time?.occurredAtMs ?? ""}`,
      word: about.word,
      code: about.code,
      description: about.purpose,
      time: time === null ? null : new Date(time.occurredAtMs).toISOString(),
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
