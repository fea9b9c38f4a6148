import { EVENT_CLASSES, type EventUrgency } from "@/core/shipments/event-classes";
import {
  CONDITIONS,
  EVENT_KINDS,
  type EventKind,
  MILESTONES,
  STAGE_OF,
  type Stage,
  type Summary,
  summaryOf,
} from "@/core/shipments/milestones";
import { type Consumers, consumersOf } from "./consumers";

/** Version of what every event is made of; whoever changes the schema raises it (server/v1/event-schema.test.ts). */
export const EVENT_VERSION = 1;

/** One type of event as the code has it. */
export type EventType = {
  kind: EventKind;
  sort: "milestone" | "condition" | "news";
  version: number;
  urgency: EventUrgency;
  after: EventKind | null;
  stage: Stage | null;
  summary: Summary;
  consumers: Consumers;
};

let known: EventType[] | undefined;

/** Every type of event, made from the lists and rules that the code itself uses. */
export function eventTypes(): readonly EventType[] {
  known ??= EVENT_KINDS.map((kind) => ({
    kind,
    sort: includes(MILESTONES, kind) ? "milestone" : includes(CONDITIONS, kind) ? "condition" : "news",
    version: EVENT_VERSION,
    ...EVENT_CLASSES[kind],
    stage: includes(MILESTONES, kind) ? STAGE_OF[kind] : null,
    summary: summaryOf(kind),
    consumers: consumersOf(kind),
  }));
  return known;
}

function includes<T extends string>(list: readonly T[], word: string): word is T {
  return (list as readonly string[]).includes(word);
}
