import type { ExceptionKind } from "@/core/exceptions/kinds";
import type { Json, OdooPicking } from "@/core/shipments/attributes";
import type { Milestone } from "@/core/shipments/milestones";
import type { Shipment } from "@/core/shipments/shipment";
import type { DesiredPosting } from "./desired";
import type { HoldReason, PostingKind, PostingState } from "./kinds";

export type ConnectionPolicy = {
  connectionId: number;
  observing: boolean;
  kinds: Readonly<Record<PostingKind, "on" | "off">>;
  /** Edges are posted only for facts first received at or after this instant; null: posting was never switched on. */
  postSinceMs: number | null;
  paused: boolean;
  /** Milestones that leave a note in the chatter. */
  notes: readonly Milestone[];
};

export type ExistingPosting = { key: string; kind: PostingKind; state: PostingState; desired: DesiredPosting };

export type PlanInput = {
  shipmentId: string;
  shipment: Shipment;
  picking: OdooPicking | null;
  policy: ConnectionPolicy | null;
  existing: readonly ExistingPosting[];
  /** Exceptions of this shipment that are assigned, and those that were. */
  activities: readonly {
    exceptionId: string;
    kind: ExceptionKind;
    text: string;
    assigneeLogin: string | null;
    dueAtMs: number;
    open: boolean;
  }[];
  firstReceivedAtMs: number;
  /** True while a history is loaded: edges are then planned and held. */
  backfill: boolean;
  nowMs: number;
  correlationId: string | null;
};

export type PlannedPosting = {
  /** Unique for good: kind, connection, record and what tells two effects of a kind apart; letters, digits, _ and - only. */
  key: string;
  kind: PostingKind;
  desired: DesiredPosting;
  before: Json;
  after: Json;
  held: HoldReason | null;
  /** Keys of waiting level postings that this one replaces. */
  supersedes: string[];
};

/** Plans the postings that do not exist yet by key. */
export function plan(_input: PlanInput): PlannedPosting[] {
  return [];
}

/** Says what Odoo should hold, from the facts alone: independent of the order they came in, of policy and of what was posted. */
export function desiredPostings(_shipment: Shipment, _picking: OdooPicking | null): DesiredPosting[] {
  return [];
}
