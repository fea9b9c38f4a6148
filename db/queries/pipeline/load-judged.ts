import type { ExceptionKind, ExceptionState } from "@/core/exceptions/kinds";
import type { DesiredPosting } from "@/core/postings/desired";
import type { PostingKind, PostingState } from "@/core/postings/kinds";
import type { Tx } from "@/db/client";

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
    }[]
  >`select home_id, id, kind, subject, occurrence, state, resolved_by is not null as by_person, evidence_hash, group_id, text, assignee_id, due_at
    from exception where home_id = any(${homes as string[]}::uuid[]) and (state <> 'resolved' or resolved_by is not null or assignee_id is not null)`;
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
  }));
}

export type PostingRow = {
  shipmentId: string;
  key: string;
  kind: PostingKind;
  state: PostingState;
  desired: DesiredPosting;
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
      connection_id: number;
      record_id: number;
      created_at: Date;
      posted_at: Date | null;
    }[]
  >`select shipment_id, key, kind, state, desired, connection_id, record_id, created_at, posted_at from posting
    where shipment_id = any(${ids as string[]}::uuid[])`;
  return rows.map((row) => ({
    shipmentId: row.shipment_id,
    key: row.key,
    kind: row.kind,
    state: row.state,
    desired: row.desired,
    connectionId: row.connection_id,
    recordId: row.record_id,
    createdAtMs: row.created_at.getTime(),
    postedAtMs: row.posted_at?.getTime() ?? null,
  }));
}
