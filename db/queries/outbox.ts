import type { DesiredPosting, PostedModel } from "@/core/postings/desired";
import type { HoldReason, PostingKind, PostingState } from "@/core/postings/kinds";
import type { SealedAttempt } from "@/core/proof/seal";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import { waitedUntil } from "./posting-holds";

const REPOSTED = "Reposted";

export type DuePosting = {
  shipmentId: string;
  key: string;
  id: string;
  kind: PostingKind;
  state: PostingState;
  /** The freight bill it is about; then `shipmentId` is that bill's id. */
  invoiceId: string | null;
  recordModel: PostedModel;
  recordId: number;
  recordName: string | null;
  companyId: number | null;
  desired: DesiredPosting;
  attempts: number;
  sentAtMs: number | null;
  correlationId: string | null;
  messageId: string | null;
  receivedAtMs: number | null;
  windowEndsAtMs: number | null;
  createdAtMs: number;
  /** How long policy or a person held it before it was let go. */
  waitedMs: number;
  /** Rank of its class: 0 urgent, 1 normal, 2 bulk. */
  urgency: number;
  /** A person asked for it again. */
  reposted: boolean;
  heldBecause: HoldReason | null;
  /** What stood and is to stand, as it was planned; read when it leaves. */
  shown?: { before: Json; after: Json };
};

type Raw = {
  shipment_id: string;
  key: string;
  id: string;
  kind: PostingKind;
  state: PostingState;
  invoice_id: string | null;
  record_model: PostedModel;
  record_id: number;
  record_name: string | null;
  company_id: number | null;
  desired: DesiredPosting;
  attempts: number;
  sent_at: Date | null;
  correlation_id: string | null;
  message_id: string | null;
  received_at: Date | null;
  window_ends_at: Date | null;
  created_at: Date;
  waited_ms: string | number;
  urgency: number;
  last_reason: string | null;
  held_because: HoldReason | null;
};

function toDue(row: Raw): DuePosting {
  return {
    shipmentId: row.shipment_id,
    key: row.key,
    id: row.id,
    kind: row.kind,
    state: row.state,
    invoiceId: row.invoice_id,
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
    windowEndsAtMs: row.window_ends_at?.getTime() ?? null,
    createdAtMs: row.created_at.getTime(),
    waitedMs: Number(row.waited_ms),
    urgency: row.urgency,
    reposted: row.last_reason === REPOSTED,
    heldBecause: row.held_because,
  };
}

/**
 * The dead letters of a sender that is gone, or that lost the database under its calls: what stands as sending is unconfirmed from now on, to be
 * looked up at once. Their calls left before now, so the time that they may still run counts from now.
 */
export async function takeOver(tx: Tx, connectionId: number, now: Date): Promise<number> {
  const result =
    await tx`update posting set state = 'unconfirmed', due_at = ${now}, sent_at = ${now}, lease_until = null, lease_owner = null,
      last_outcome = 'unknown', last_reason = 'The sender stopped while it was under way', updated_at = ${now}
    where connection_id = ${connectionId} and state = 'sending'`;
  return result.count;
}

/**
 * Due planned postings of some kinds, the next to go out, up to so many of each class: at most one a record, the first in order of kind and
 * age; a record with one under way, unconfirmed or waiting for a retry before it waits too. What stands before a more urgent one on its
 * record goes with the class of that one, so that order on a record costs no urgency. What stands behind a planned one of the kinds `first`
 * waits for it.
 */
export async function findToSend(
  tx: Tx,
  connectionId: number,
  kinds: readonly PostingKind[],
  limits: readonly number[],
  now: Date,
  first: readonly PostingKind[] = [],
): Promise<DuePosting[]> {
  const behind =
    first.length === 0
      ? tx``
      : tx`and not exists (select 1 from posting q where q.connection_id = ${connectionId} and q.record_model = p.record_model
          and q.record_id = p.record_id and q.state = 'planned' and q.kind = any(${[...first]}::text[])
          and (q.sequence, q.created_at, q.key, q.shipment_id) < (p.sequence, p.created_at, p.key, p.shipment_id))`;
  const rows = await tx<Raw[]>`
    with wanted as (
      select w.* from unnest(${limits.map((_, rank) => rank)}::int[], ${[...limits]}::int[]) c(rank, most) cross join lateral (
        select p.record_model, p.record_id, c.rank, p.due_at from posting p
        where p.connection_id = ${connectionId} and p.state = 'planned' and p.urgency = c.rank and p.due_at <= ${now}
          and p.kind = any(${[...kinds]}::text[]) and not exists (
            select 1 from posting q where q.connection_id = ${connectionId} and q.record_model = p.record_model and q.record_id = p.record_id
              and (q.state in ('sending', 'unconfirmed') or (q.state = 'planned' and q.due_at > ${now} and q.kind = any(${[...kinds]}::text[])
                and (q.sequence, q.created_at, q.key, q.shipment_id) < (p.sequence, p.created_at, p.key, p.shipment_id)))) ${behind}
        order by p.due_at, p.sequence limit c.most) w),
    records as (select record_model, record_id, min(rank) as rank, min(due_at) as due_at from wanted group by 1, 2)
    select h.shipment_id, h.key, h.id, h.kind, h.state, h.invoice_id, h.record_model, h.record_id, h.record_name, h.company_id, h.desired, h.attempts, h.sent_at,
      h.correlation_id, h.message_id, h.received_at, h.window_ends_at, h.created_at, h.waited_ms, h.last_reason, h.held_because, r.rank::int as urgency
    from records r cross join lateral (
      select * from posting q where q.connection_id = ${connectionId} and q.record_model = r.record_model and q.record_id = r.record_id
        and q.state = 'planned' and q.kind = any(${[...kinds]}::text[])
      order by q.sequence, q.created_at, q.key, q.shipment_id limit 1) h
    where h.due_at <= ${now}
    order by r.rank, r.due_at, h.sequence`;
  return rows.map(toDue);
}

/**
 * Takes planned postings for the call that leaves now; those that are planned no more (another sender has them, a person cancelled them) are
 * not among the answer. Only what really leaves is an attempt: one that a killed process had merely in hand is still planned.
 */
export async function startSending(
  tx: Tx,
  postings: readonly DuePosting[],
  owner: string,
  now: Date,
  leaseUntil: Date,
): Promise<DuePosting[]> {
  const rows = await tx<{ shipment_id: string; key: string; attempts: number; before: Json; after: Json }[]>`
    update posting p set state = 'sending', attempts = p.attempts + 1, sent_at = ${now}, lease_owner = ${owner}, lease_until = ${leaseUntil},
      updated_at = ${now}
    from (select shipment_id, key from posting where (shipment_id, key) in (
        select s, k from unnest(${postings.map((p) => p.shipmentId)}::uuid[], ${postings.map((p) => p.key)}::text[]) t(s, k))
      and state = 'planned' order by shipment_id, key for update) due
    where p.shipment_id = due.shipment_id and p.key = due.key and p.state = 'planned' returning p.shipment_id, p.key, p.attempts, p.before, p.after`;
  const taken = new Map(rows.map((row) => [`${row.shipment_id} ${row.key}`, row]));
  return postings.flatMap((posting) => {
    const row = taken.get(`${posting.shipmentId} ${posting.key}`);
    if (row === undefined) return [];
    const { attempts, before, after } = row;
    return [{ ...posting, state: "sending", attempts, sentAtMs: now.getTime(), shown: { before, after } }];
  });
}

/** Postings whose effect is to be looked up, of some kinds or all: those without an answer that are due, and those sent that wait to be verified. */
export async function findToReadBack(
  tx: Tx,
  connectionId: number,
  what: "unconfirmed" | "posted",
  limit: number,
  now: Date,
  kinds: readonly PostingKind[] | null = null,
): Promise<DuePosting[]> {
  const ofKinds = kinds === null ? tx`` : tx`and kind = any(${[...kinds]}::text[])`;
  const rows =
    what === "unconfirmed"
      ? await tx<
          Raw[]
        >`select shipment_id, key, id, kind, state, invoice_id, record_model, record_id, record_name, company_id, desired, attempts, sent_at, correlation_id,
          message_id, received_at, window_ends_at, created_at, waited_ms, last_reason, held_because, urgency from posting
        where connection_id = ${connectionId} and state = 'unconfirmed' and due_at <= ${now} ${ofKinds} order by due_at limit ${limit}`
      : await tx<
          Raw[]
        >`select shipment_id, key, id, kind, state, invoice_id, record_model, record_id, record_name, company_id, desired, attempts, sent_at, correlation_id,
          message_id, received_at, window_ends_at, created_at, waited_ms, last_reason, held_because, urgency from posting
        where connection_id = ${connectionId} and state = 'posted' and due_at <= ${now} ${ofKinds} order by posted_at limit ${limit}`;
  return rows.map(toDue);
}

export type OrderStanding = {
  terminal: string | null;
  regressions: number;
  returning: boolean;
  /** Name of another shipment of the same order that left and has not come to an end. */
  underway: string | null;
};

/**
 * How shipments stand now, by id, and whether another of their order is still on the way: read before orders are invoiced. By the references
 * of each shipment and those of its order; a turn asks for a page of postings at the most.
 */
export async function findOrderStandings(tx: Tx, shipmentIds: readonly string[]): Promise<Map<string, OrderStanding>> {
  const rows = await tx<(OrderStanding & { id: string })[]>`
    select s.shipment_id as id, s.terminal, jsonb_array_length(coalesce(s.state->'regressions', '[]'::jsonb)) as regressions,
      jsonb_exists_any(coalesce(s.state->'reached', '{}'::jsonb), array['return_initiated', 'return_in_transit', 'returned']) as returning,
      (select o.name from reference mine join reference r on r.value = mine.value and r.kind = 'sales_order' and r.issuer = mine.issuer
          and r.shipment_id <> s.shipment_id join shipment m on m.shipment_id = r.shipment_id
          join shipment o on o.shipment_id = coalesce(m.head_id, m.shipment_id)
        where mine.shipment_id = s.shipment_id and mine.kind = 'sales_order' and o.shipment_id <> s.shipment_id
          and o.connection_id = s.connection_id and o.terminal is null and o.stage in ('dispatched', 'in_transit', 'returning')
        order by o.name limit 1) as underway
    from shipment s where s.shipment_id = any(${[...shipmentIds]}::uuid[])`;
  return new Map(rows.map(({ id, ...standing }) => [id, standing]));
}

export type Deferral = { posting: DuePosting; why: string } & ({ until: Date } | { held: HoldReason });

/** Lets planned postings wait until a time, or for a person, and says why. They were not sent, so it costs no attempt. */
export async function deferPostings(tx: Tx, deferrals: readonly Deferral[], now: Date): Promise<void> {
  const rows = deferrals.map((one) => ({
    shipment_id: one.posting.shipmentId,
    key: one.posting.key,
    held: "held" in one ? one.held : null,
    until: "until" in one ? one.until.toISOString() : now.toISOString(),
    why: one.why,
  }));
  await tx`
    update posting p set state = case when d.held is null then 'planned' else 'held' end, held_because = d.held, held_at = ${now}, due_at = d.until,
      last_reason = d.why, updated_at = ${now}
    from jsonb_to_recordset(${tx.json(rows)}) as d(shipment_id uuid, key text, held text, until timestamptz, why text)
    where p.shipment_id = d.shipment_id and p.key = d.key and p.state = 'planned'`;
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
  /** Moves it only while this owner has it. */
  owner?: string;
  /** When the call that was not answered left, where that was later than the first one of the attempt. */
  sentAtMs?: number;
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
      attempts = p.attempts - t.un, sent_at = case when t.oc in ('rejected', 'unreachable') then null else coalesce(t.sa, p.sent_at) end, posted_at = case when t.po = 1 then coalesce(p.posted_at, ${now}) else p.posted_at end,
      verified_at = case when t.st = 'verified' then ${now} else p.verified_at end
    from unnest(${steps.map((s) => s.shipmentId)}::uuid[], ${steps.map((s) => s.key)}::text[], ${steps.map((s) => s.from)}::text[],
      ${steps.map((s) => s.to)}::text[], ${steps.map((s) => iso(s.dueAtMs))}::timestamptz[], ${steps.map((s) => s.outcome)}::text[],
      ${steps.map((s) => s.reason.slice(0, 1000))}::text[], ${steps.map((s) => (s.posted ? 1 : 0))}::int[], ${steps.map((s) => (s.unspent ? 1 : 0))}::int[],
      ${steps.map((s) => s.owner ?? null)}::text[], ${steps.map((s) => (s.sentAtMs === undefined ? null : iso(s.sentAtMs)))}::timestamptz[])
      t(sh, ke, fr, st, du, oc, re, po, un, ow, sa)
    where p.shipment_id = t.sh and p.key = t.ke and p.state = t.fr and (t.ow is null or p.lease_owner = t.ow) returning p.key`;
  return new Set(rows.map((row) => row.key));
}

export type AttemptRow = SealedAttempt & {
  purpose: "send" | "look_up" | "verify";
  /** Keyed digest of the row, written with it. */
  seal: string;
};

/** Appends attempts. */
export async function insertAttempts(tx: Tx, rows: readonly AttemptRow[]): Promise<void> {
  if (rows.length === 0) return;
  const json = (value: Json) => (value === null ? null : JSON.stringify(value));
  await tx`insert into posting_attempt (id, started_at, shipment_id, posting_key, number, purpose, request, outcome, reason, answer, duration_ms, owner, correlation_id, of, seal)
    select i, sa, sh, pk, nu, pu, rq::jsonb, oc, re, an::jsonb, du, ow, co, f, se from unnest(${rows.map((r) => r.id)}::uuid[],
      ${rows.map((r) => r.startedAt.toISOString())}::timestamptz[], ${rows.map((r) => r.shipmentId)}::uuid[], ${rows.map((r) => r.postingKey)}::text[],
      ${rows.map((r) => r.number)}::int[], ${rows.map((r) => r.purpose)}::text[], ${rows.map((r) => json(r.request))}::text[],
      ${rows.map((r) => r.outcome)}::text[], ${rows.map((r) => r.reason)}::text[], ${rows.map((r) => json(r.answer))}::text[],
      ${rows.map((r) => r.durationMs)}::int[], ${rows.map((r) => r.owner)}::text[], ${rows.map((r) => r.correlationId)}::text[], ${rows.map((r) => r.of)}::uuid[],
      ${rows.map((r) => r.seal)}::text[])
      t(i, sa, sh, pk, nu, pu, rq, oc, re, an, du, ow, co, f, se)`;
}

/** Connections that have something due to send, look up or verify. */
export async function connectionsWithWork(tx: Tx, now: Date): Promise<Set<number>> {
  const rows = await tx<{ id: number }[]>`
    select c.id from odoo_connection c where c.state = 'active' and (
      exists (select 1 from posting p where p.connection_id = c.id and p.state = 'planned' and p.urgency between 0 and 2 and p.due_at <= ${now})
      or exists (select 1 from posting p where p.connection_id = c.id and p.state = 'unconfirmed' and p.due_at <= ${now})
      or exists (select 1 from posting p where p.connection_id = c.id and p.state = 'held' and p.held_because in ('window', 'interval')
        and p.due_at <= ${now})
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
  >`select shipment_id, key, id, kind, state, invoice_id, record_model, record_id, record_name, company_id, desired, attempts, sent_at,
      correlation_id, message_id, received_at, window_ends_at, created_at, waited_ms, last_reason, held_because, urgency, connection_id, level, after from posting where id = ${id}`;
  return row ? { posting: toDue(row), connectionId: row.connection_id, level: row.level, after: row.after } : null;
}

/** Postings by their ids. */
export async function findByIds(tx: Tx, ids: readonly string[]): Promise<Map<string, FoundPosting>> {
  const rows = await tx<
    RawFound[]
  >`select shipment_id, key, id, kind, state, record_model, record_id, record_name, company_id, desired, attempts, sent_at,
      correlation_id, message_id, received_at, window_ends_at, created_at, waited_ms, connection_id, level, after from posting where id = any(${[...ids]}::uuid[])`;
  return new Map(
    rows.map((row) => [
      row.id,
      { posting: toDue(row), connectionId: row.connection_id, level: row.level, after: row.after },
    ]),
  );
}

/** Postings by run target "shipment key". */
export async function findByTarget(tx: Tx, targets: readonly string[]): Promise<Map<string, FoundPosting>> {
  const parts = targets.map((target) => target.split(" ") as [string, string]);
  const rows = await tx<
    RawFound[]
  >`select p.shipment_id, p.key, p.id, p.kind, p.state, p.invoice_id, p.record_model, p.record_id, p.record_name, p.company_id, p.desired,
      p.attempts, p.sent_at, p.correlation_id, p.message_id, p.received_at, p.window_ends_at, p.created_at, p.waited_ms, p.last_reason, p.held_because, p.urgency, p.connection_id, p.level, p.after
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
      held_because = null, ${waitedUntil(tx, now)}, lease_until = null, lease_owner = null, last_reason = ${REPOSTED}, updated_at = ${now}
    from unnest(${rows.map((r) => r.posting.shipmentId)}::uuid[], ${rows.map((r) => r.posting.key)}::text[], ${rows.map((r) => r.posting.state)}::text[]) t(s, k, st)
    where p.shipment_id = t.s and p.key = t.k and p.state = t.st`;
  await tx`select pg_notify('waypost_postings', ''), pg_notify('waypost_live', '{"topic":"postings"}')`;
}
