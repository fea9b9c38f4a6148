import { detect } from "@/core/exceptions/detect";
import type { ExceptionKind } from "@/core/exceptions/kinds";
import { DEFAULT_THRESHOLDS } from "@/core/exceptions/thresholds";
import { DEFAULT_WISHES, desires } from "@/core/postings/desire";
import type { PostingKind } from "@/core/postings/kinds";
import type { Workflow } from "@/core/service-levels/objectives";
import { workflowOfFinding, workflowOfKind } from "@/core/service-levels/workflow-kinds";
import type { OdooPicking, StoredClaim } from "@/core/shipments/attributes";
import { eventIdentity, type StoredEvent } from "@/core/shipments/event";
import { stepsBefore } from "@/core/shipments/event-classes";
import { fold } from "@/core/shipments/fold";
import { type EventKind, MILESTONES } from "@/core/shipments/milestones";
import { DEFAULT_OWNERSHIP } from "@/core/shipments/ownership";

/** What an event of a kind may lead to by the rules of the code, each once. */
export type Consumers = {
  postings: PostingKind[];
  opens: ExceptionKind[];
  /** Exceptions that stand where it is missing, and end with it. */
  ends: ExceptionKind[];
  workflows: Workflow[];
};

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 5, 8);
/** When the probe is judged: soon after, and when every step is long overdue. */
const CLOCKS_MS = [START_MS + 21 * HOUR_MS, START_MS + 90 * 24 * HOUR_MS];
const FEED = 1;
const OPEN: OdooPicking = {
  connectionId: 1,
  pickingId: 1,
  name: "WH/OUT/1",
  state: "assigned",
  companyId: 1,
  saleOrderId: 1,
  dateDone: null,
};
/** Some effects wait until the warehouse has validated the transfer. */
const DONE: OdooPicking = { ...OPEN, state: "done", dateDone: new Date(START_MS).toISOString() };

/** Promises that every step can break. */
const PROMISES: readonly StoredClaim[] = (["promised_dispatch_at", "promised_delivery_at"] as const).map(
  (attribute) => {
    const value = new Date(START_MS + 10 * 24 * HOUR_MS).toISOString();
    const feedClass = DEFAULT_OWNERSHIP[attribute][0] ?? "carrier";
    const told = { messageId: "probe", generation: 1, hash: value, subject: "", feedId: FEED, occurredAtMs: START_MS };
    return { attribute, value, feedClass, ...told };
  },
);

/**
 * Finds out what reads an event: a shipment that went through the steps before it is folded, judged and planned by the very rules of the
 * pipeline, once without the event and once with it; what differs is its doing.
 */
export function consumersOf(kind: EventKind): Consumers {
  const before = stepsBefore(kind).toReversed();
  const without = outcomeOf(before);
  const alone = outcomeOf([kind]);
  const told = outcomeOf([...before, kind]);
  const fresh = <T>(now: Set<T>, then: Set<T>) => [...now].filter((one) => !then.has(one));
  const nothing = outcomeOf([]);
  const postings = [
    ...new Set([...fresh(told.postings, without.postings), ...fresh(alone.postings, nothing.postings)]),
  ];
  const opens = fresh(told.findings, without.findings);
  const ends = fresh(without.findings, told.findings);
  const workflows = [...postings.map(workflowOfKind), ...opens.map(workflowOfFinding)].filter((one) => one !== null);
  return { postings, opens, ends, workflows: [...new Set(workflows)] };
}

type Outcome = { postings: Set<PostingKind>; findings: Set<ExceptionKind> };

function outcomeOf(story: readonly EventKind[]): Outcome {
  const shipment = fold({
    events: story.map(probe),
    claims: PROMISES,
    packages: [],
    posted: [],
    ownership: DEFAULT_OWNERSHIP,
    thresholds: DEFAULT_THRESHOLDS,
  });
  const wishes = { ...DEFAULT_WISHES, notes: MILESTONES };
  const wanted = [OPEN, DONE].flatMap((picking) => desires(shipment, picking, wishes));
  const postings = new Set(wanted.map(({ desired }) => desired.kind));
  const findings = new Set<ExceptionKind>();
  for (const nowMs of CLOCKS_MS) {
    const judged = detect({
      shipmentId: "probe",
      shipment,
      nowMs,
      thresholds: DEFAULT_THRESHOLDS,
      provisional: false,
      firstReceivedAtMs: START_MS,
      odooExpected: true,
      picking: OPEN,
      odoos: null,
      posted: [],
      feedName: () => "carrier",
      classOf: () => "carrier",
    });
    for (const { kind } of judged.findings) findings.add(kind);
  }
  return { postings, findings };
}

function probe(kind: EventKind, at: number): StoredEvent {
  const occurredAtMs = START_MS + at * HOUR_MS;
  const made: StoredEvent = {
    kind,
    classifier: "actual",
    time: { occurredAtMs, offsetMinutes: 0, precision: "second", basis: "offset" },
    // a number that an event is told under is news of its own, whatever the kind
    package: null,
    inferred: false,
    overall: false,
    retracts: null,
    reason: null,
    location: null,
    key: "",
    generation: 1,
    withdrawn: false,
    feedId: FEED,
    feedClass: "carrier",
    messageId: "probe",
    receivedAtMs: occurredAtMs + 60_000,
    raw: { eventId: null, word: kind, code: null, description: null, time: null, place: null },
  };
  return { ...made, key: eventIdentity(FEED, made) };
}
