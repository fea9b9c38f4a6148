import type { Attribute, Json } from "./attributes";
import type { Precision, TimeBasis } from "./event";
import type { Condition, Milestone, Stage, Summary, Terminal } from "./milestones";

/** The earliest valid actual of a milestone. An inferred one has no time. */
export type Reached = {
  occurredAtMs: number | null;
  offsetMinutes: number | null;
  precision: Precision | null;
  basis: TimeBasis | null;
  inferred: boolean;
  feedId: number | null;
  key: string | null;
  /** When Waypost first received the fact behind it: decides whether an edge may be posted (postSince). */
  receivedAtMs: number | null;
};

export type PackageState = {
  number: string;
  issuer: string | null;
  master: boolean;
  milestone: Milestone | null;
  summary: Summary;
  terminal: Terminal | null;
  lastMovementAtMs: number | null;
};

/** A reported condition that is newer than the last movement (or latched) and therefore stands. */
export type ActiveCondition = {
  kind: Condition;
  sinceMs: number;
  package: string | null;
  feedId: number;
  key: string;
  code: string | null;
  description: string | null;
  reasonCode: string | null;
  party: string | null;
};

export type FieldValue = { value: Json; feedId: number; feedClass: string; occurredAtMs: number };
/** A losing value that differs from the owner's. */
export type Advisory = FieldValue & { attribute: Attribute; subject: string; mismatch: boolean };

/** The fold of all facts about a shipment: what is true. JSON-safe; instants in ms. */
export type Shipment = {
  milestone: Milestone | null;
  stage: Stage | null;
  summary: Summary;
  terminal: Terminal | null;
  terminalAtMs: number | null;
  reached: Partial<Record<Milestone, Reached>>;
  packages: PackageState[];
  conditions: ActiveCondition[];
  /** Later movement scans after a terminal event that changed nothing. */
  regressions: { key: string; kind: string; occurredAtMs: number; feedId: number }[];
  implausible: { key: string; feedId: number; rawTime: string | null; receivedAtMs: number }[];
  /** Actual events that were told later than the threshold after they happened, the newest last; at most 50. */
  late: { key: string; feedId: number; kind: string; occurredAtMs: number; receivedAtMs: number; lateMs: number }[];
  unmapped: { feedId: number; word: string; description: string | null; count: number; firstKey: string }[];
  attempts: number;
  firstCarrierScanAtMs: number | null;
  lastMovementAtMs: number | null;
  lastEventAtMs: number | null;
  lastReceivedAtMs: number | null;
  etaMs: number | null;
  promisedDeliveryAtMs: number | null;
  promisedDispatchAtMs: number | null;
  attributes: Partial<Record<Attribute, FieldValue>>;
  advisories: Advisory[];
  /** Tracking numbers by who says so, normalised, for tracking_mismatch. */
  trackingBy: { feedClass: string; feedId: number; numbers: string[] }[];
  eventCount: number;
  flooded: boolean;
};
