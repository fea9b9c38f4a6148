import type { DesiredPosting } from "@/core/postings/desired";
import type { PostingKind, PostingState } from "@/core/postings/kinds";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

export type DuePosting = {
  shipmentId: string;
  key: string;
  id: string;
  kind: PostingKind;
  state: PostingState;
  recordModel: "stock.picking";
  recordId: number;
  recordName: string | null;
  companyId: number | null;
  desired: DesiredPosting;
  attempts: number;
  sentAtMs: number | null;
  correlationId: string | null;
  messageId: string | null;
  receivedAtMs: number | null;
  createdAtMs: number;
};

type Raw = {
  shipment_id: string;
  key: string;
  id: string;
  kind: PostingKind;
  state: PostingState;
  record_model: "stock.picking";
  record_id: number;
  record_name: string | null;
  company_id: number | null;
  desired: DesiredPosting;
  attempts: number;
  sent_at: Date | null;
  correlation_id: string | null;
  message_id: string | null;
  received_at: Date | null;
  created_at: Date;
};

function toDue(row: Raw): DuePosting {
  return {
    shipmentId: row.shipment_id,
    key: row.key,
    id: row.id,
    kind: row.kind,
    state: row.state,
    recordModel: row.record_model,
    recordId: row.record_id,
    recordName: row.record_name,
    companyId: row.company_id,
    desired: row.desired,
    attempts: row.attempts,
    sentAtMs: row.sent_at?.getTime() ?? null,
    correlationId: row.correlation_id,
    messageId: row.message_id,
    receivedAtMs: row.received_at?.getTime() ?? null,
    createdAtMs: row.created_at.getTime(),
  };
}

/** The dead letters of a sender that is gone: what another owner holds as sending is unconfirmed from now on, to be looked up at once. */
export async function takeOver(tx: Tx, connectionId: number, owner: string, now: Date): Promise<number> {
  const result =
    await tx`update posting set state = 'unconfirmed', due_at = ${now}, lease_until = null, lease_owner = null,
      last_outcome = 'unknown', last_reason = 'The sender stopped while it was under way', updated_at = ${now}
    where connection_id = ${connectionId} and state = 'sending' and lease_owner is distinct from ${owner}`;
  return result.count;
}

/**
 * Takes due planned postings for sending: at most one a record, the first in order of kind and age; a record with one under way, unconfirmed or
 * waiting for a retry before it waits too. The state, the lease and the attempt rows are committed before any call.
 */
export async function claimPlanned(
  tx: Tx,
  connectionId: number,
  owner: string,
  limit: number,
  now: Date,
  leaseUntil: Date,
): Promise<DuePosting[]> {
  const rows = await tx<Raw[]>`
    with due as (
      select distinct on (record_model, record_id) shipment_id, key from (
        select shipment_id, key, record_model, record_id, sequence, created_at from posting
        where connection_id = ${connectionId} and state = 'planned' and due_at <= ${now}
        order by due_at, sequence limit ${limit * 8}) soon
      where not exists (
        select 1 from posting q where q.connection_id = ${connectionId} and q.record_model = soon.record_model and q.record_id = soon.record_id
          and (q.state in ('sending', 'unconfirmed')
            or (q.state = 'planned' and (q.sequence, q.created_at, q.key) < (soon.sequence, soon.created_at, soon.key))))
      order by record_model, record_id, sequence, created_at, key limit ${limit})
    update posting p set state = 'sending', attempts = p.attempts + 1, sent_at = ${now}, lease_owner = ${owner}, lease_until = ${leaseUntil}, updated_at = ${now}
    from due where p.shipment_id = due.shipment_id and p.key = due.key and p.state = 'planned'
    returning p.shipment_id, p.key, p.id, p.kind, p.state, p.record_model, p.record_id, p.record_name, p.company_id, p.desired, p.attempts, p.sent_at,
      p.correlation_id, p.message_id, p.received_at, p.created_at`;
  return rows.map(toDue);
}

/** Postings whose effect is to be looked up: those without an answer that are due, and those sent that wait to be verified. */
export async function findToReadBack(
  tx: Tx,
  connectionId: number,
  what: "unconfirmed" | "posted",
  limit: number,
  now: Date,
): Promise<DuePosting[]> {
  const rows =
    what === "unconfirmed"
      ? await tx<
          Raw[]
        >`select shipment_id, key, id, kind, state, record_model, record_id, record_name, company_id, desired, attempts, sent_at, correlation_id,
          message_id, received_at, created_at from posting
        where connection_id = ${connectionId} and state = 'unconfirmed' and due_at <= ${now} order by due_at limit ${limit}`
      : await tx<
          Raw[]
        >`select shipment_id, key, id, kind, state, record_model, record_id, record_name, company_id, desired, attempts, sent_at, correlation_id,
          message_id, received_at, created_at from posting
        where connection_id = ${connectionId} and state = 'posted' and due_at <= ${now} order by posted_at limit ${limit}`;
  return rows.map(toDue);
}

export type PostingStep = {
  shipmentId: string;
  key: string;
  from: PostingState;
  to: PostingState;
  dueAtMs: number | null;
  outcome: string;
  reason: string;
  posted: boolean;
  /** Gives the attempt back: it never left. */
  unspent?: boolean;
};

/**
 * Moves postings on; one whose state changed meanwhile (a person cancelled it) is left alone. Returns the keys moved. A call that was refused
 * or never arrived cannot be running any more, so `sent_at` goes with it.
 */
export async function movePostings(tx: Tx, steps: readonly PostingStep[], now: Date): Promise<Set<string>> {
  if (steps.length === 0) return new Set();
  const iso = (ms: number | null) => new Date(ms ?? now.getTime()).toISOString();
  const rows = await tx<{ key: string }[]>`
    update posting p set state = t.st, due_at = t.du, last_outcome = t.oc, last_reason = t.re, lease_until = null, lease_owner = null, updated_at = ${now},
      attempts = p.attempts - t.un, sent_at = case when t.oc in ('rejected', 'unreachable') then null else p.sent_at end, posted_at = case when t.po = 1 then coalesce(p.posted_at, ${now}) else p.posted_at end,
      verified_at = case when t.st = 'verified' then ${now} else p.verified_at end
    from unnest(${steps.map((s) => s.shipmentId)}::uuid[], ${steps.map((s) => s.key)}::text[], ${steps.map((s) => s.from)}::text[],
      ${steps.map((s) => s.to)}::text[], ${steps.map((s) => iso(s.dueAtMs))}::timestamptz[], ${steps.map((s) => s.outcome)}::text[],
      ${steps.map((s) => s.reason.slice(0, 1000))}::text[], ${steps.map((s) => (s.posted ? 1 : 0))}::int[], ${steps.map((s) => (s.unspent ? 1 : 0))}::int[])
      t(sh, ke, fr, st, du, oc, re, po, un)
    where p.shipment_id = t.sh and p.key = t.ke and p.state = t.fr returning p.key`;
  return new Set(rows.map((row) => row.key));
}

export type AttemptRow = {
  id: string;
  startedAt: Date;
  shipmentId: string;
  postingKey: string;
  number: number;
  purpose: "send" | "look_up" | "verify";
  request: Json;
  outcome: string | null;
  reason: string | null;
  answer: Json;
  durationMs: number | null;
  owner: string;
  correlationId: string | null;
  of: string | null;
};

/** Appends attempts. */
export async function insertAttempts(tx: Tx, rows: readonly AttemptRow[]): Promise<void> {
  if (rows.length === 0) return;
  const json = (value: Json) => (value === null ? null : JSON.stringify(value));
  await tx`insert into posting_attempt (id, started_at, shipment_id, posting_key, number, purpose, request, outcome, reason, answer, duration_ms, owner, correlation_id, of)
    select i, sa, sh, pk, nu, pu, rq::jsonb, oc, re, an::jsonb, du, ow, co, f from unnest(${rows.map((r) => r.id)}::uuid[],
      ${rows.map((r) => r.startedAt.toISOString())}::timestamptz[], ${rows.map((r) => r.shipmentId)}::uuid[], ${rows.map((r) => r.postingKey)}::text[],
      ${rows.map((r) => r.number)}::int[], ${rows.map((r) => r.purpose)}::text[], ${rows.map((r) => json(r.request))}::text[],
      ${rows.map((r) => r.outcome)}::text[], ${rows.map((r) => r.reason?.slice(0, 1000) ?? null)}::text[], ${rows.map((r) => json(r.answer))}::text[],
      ${rows.map((r) => r.durationMs)}::int[], ${rows.map((r) => r.owner)}::text[], ${rows.map((r) => r.correlationId)}::text[], ${rows.map((r) => r.of)}::uuid[])
      t(i, sa, sh, pk, nu, pu, rq, oc, re, an, du, ow, co, f)`;
}

/** Connections that have something due to send, look up or verify. */
export async function connectionsWithWork(tx: Tx, now: Date): Promise<Set<number>> {
  const rows = await tx<{ id: number }[]>`
    select c.id from odoo_connection c where c.state = 'active' and (
      exists (select 1 from posting p where p.connection_id = c.id and p.state in ('planned', 'unconfirmed') and p.due_at <= ${now})
      or exists (select 1 from posting p where p.connection_id = c.id and p.state = 'posted' and p.due_at <= ${now})
      or exists (select 1 from posting p where p.state = 'sending' and p.connection_id = c.id and p.lease_until < ${now}))`;
  return new Set(rows.map((row) => row.id));
}

export type FoundPosting = { posting: DuePosting; connectionId: number; level: boolean; after: Json };

type RawFound = Raw & { connection_id: number; level: boolean; after: Json };

/** One posting by its id. */
export async function findForRepost(tx: Tx, id: string): Promise<FoundPosting | null> {
  const [row] = await tx<
    RawFound[]
  >`select shipment_id, key, id, kind, state, record_model, record_id, record_name, company_id, desired, attempts, sent_at,
      correlation_id, message_id, received_at, created_at, connection_id, level, after from posting where id = ${id}`;
  return row ? { posting: toDue(row), connectionId: row.connection_id, level: row.level, after: row.after } : null;
}

/** Postings by run target "shipment key". */
export async function findByTarget(tx: Tx, targets: readonly string[]): Promise<Map<string, FoundPosting>> {
  const parts = targets.map((target) => target.split(" ") as [string, string]);
  const rows = await tx<
    RawFound[]
  >`select p.shipment_id, p.key, p.id, p.kind, p.state, p.record_model, p.record_id, p.record_name, p.company_id, p.desired,
      p.attempts, p.sent_at, p.correlation_id, p.message_id, p.received_at, p.created_at, p.connection_id, p.level, p.after
    from posting p join unnest(${parts.map((p) => p[0])}::uuid[], ${parts.map((p) => p[1] ?? "")}::text[]) t(s, k) on p.shipment_id = t.s and p.key = t.k`;
  return new Map(
    rows.map((row) => [
      `${row.shipment_id} ${row.key}`,
      { posting: toDue(row), connectionId: row.connection_id, level: row.level, after: row.after },
    ]),
  );
}

/** Opens postings again: levels and what never went out are planned, an edge that went out once is looked up first. */
export async function reopenPostings(tx: Tx, rows: readonly FoundPosting[], now: Date): Promise<void> {
  if (rows.length === 0) return;
  await tx`update posting p set state = case when p.level or p.sent_at is null then 'planned' else 'unconfirmed' end, attempts = 0, due_at = ${now},
      held_because = null, lease_until = null, lease_owner = null, last_reason = 'Reposted', updated_at = ${now}
    from unnest(${rows.map((r) => r.posting.shipmentId)}::uuid[], ${rows.map((r) => r.posting.key)}::text[], ${rows.map((r) => r.posting.state)}::text[]) t(s, k, st)
    where p.shipment_id = t.s and p.key = t.k and p.state = t.st`;
  await tx`select pg_notify('waypost_postings', ''), pg_notify('waypost_live', '{"topic":"postings"}')`;
}
