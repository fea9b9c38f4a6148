import type { ExceptionKind, ExceptionState, Severity } from "@/core/exceptions/kinds";
import type { Deadline, Stake } from "@/core/exceptions/work-order";
import type { DesiredPosting } from "@/core/postings/desired";
import type { PostingKind, PostingState } from "@/core/postings/kinds";
import type { Tx } from "@/db/client";
import { list } from "./list";

export type ExceptionRow = {
  homeId: string;
  id: string;
  kind: ExceptionKind;
  subject: string;
  occurrence: string;
  state: ExceptionState;
  byPerson: boolean;
  evidenceHash: string;
  groupId: string;
  text: string;
  assigneeId: string | null;
  dueAtMs: number;
  severity: Severity;
  openedAtMs: number;
  stake: Stake;
};

/** Exceptions of homes: those not resolved, and those that a person resolved (their decision holds for the same occurrence). */
export async function loadExceptions(tx: Tx, homes: readonly string[]): Promise<ExceptionRow[]> {
  if (homes.length === 0) return [];
  const rows = await tx<
    {
      home_id: string;
      id: string;
      kind: ExceptionKind;
      subject: string;
      occurrence: string;
      state: ExceptionState;
      by_person: boolean;
      evidence_hash: string;
      group_id: string;
      text: string;
      assignee_id: string | null;
      due_at: Date;
      severity: Severity;
      opened_at: Date;
      stake_minor: number | null;
      stake_currency: string | null;
      risk_minor: number | null;
      work_rank: number;
      work_at: Date;
      deadline_at: Date | null;
      deadline_kind: Deadline | null;
      lost: boolean;
    }[]
  >`select home_id, id, kind, subject, occurrence, state, resolved_by is not null as by_person, evidence_hash, group_id, text, assignee_id, due_at,
      severity, opened_at, stake_minor::float8 as stake_minor, stake_currency, risk_minor::float8 as risk_minor, work_rank, work_at, deadline_at, deadline_kind,
      lost_at is not null as lost
    from exception where home_id = any(${list(homes)}::uuid[]) and (state <> 'resolved' or resolved_by is not null or assignee_id is not null)`;
  return rows.map((row) => ({
    homeId: row.home_id,
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    occurrence: row.occurrence,
    state: row.state,
    byPerson: row.by_person,
    evidenceHash: row.evidence_hash,
    groupId: row.group_id,
    text: row.text,
    assigneeId: row.assignee_id,
    dueAtMs: row.due_at.getTime(),
    severity: row.severity,
    openedAtMs: row.opened_at.getTime(),
    lost: row.lost,
    stake: {
      stakeMinor: row.stake_minor,
      currency: row.stake_currency,
      riskMinor: row.risk_minor,
      deadlineMs: row.deadline_at?.getTime() ?? null,
      deadlineKind: row.deadline_kind,
      workRank: row.work_rank,
      workAtMs: row.work_at.getTime(),
    },
  }));
}

export type PostingRow = {
  shipmentId: string;
  key: string;
  kind: PostingKind;
  state: PostingState;
  desired: DesiredPosting;
  /** Odoo's own value that a person accepted in place of this one. */
  accepted: { value: string | null } | null;
  connectionId: number;
  recordId: number;
  createdAtMs: number;
  postedAtMs: number | null;
};

/** Postings of shipments in any state. */
export async function loadPostings(tx: Tx, ids: readonly string[]): Promise<PostingRow[]> {
  if (ids.length === 0) return [];
  const rows = await tx<
    {
      shipment_id: string;
      key: string;
      kind: PostingKind;
      state: PostingState;
      desired: DesiredPosting;
      accepted: { value: string | null } | null;
      connection_id: number;
      record_id: number;
      created_at: Date;
      posted_at: Date | null;
    }[]
  >`select shipment_id, key, kind, state, desired, accepted, connection_id, record_id, created_at, posted_at from posting
    where shipment_id = any(${list(ids)}::uuid[])`;
  return rows.map((row) => ({
    shipmentId: row.shipment_id,
    key: row.key,
    kind: row.kind,
    state: row.state,
    desired: row.desired,
    accepted: row.accepted,
    connectionId: row.connection_id,
    recordId: row.record_id,
    createdAtMs: row.created_at.getTime(),
    postedAtMs: row.posted_at?.getTime() ?? null,
  }));
}
