import type { About } from "@/core/exceptions/about";
import type { Finding } from "@/core/exceptions/finding";
import { EXCEPTION_SPECS, type ExceptionKind, SEVERITIES } from "@/core/exceptions/kinds";
import { partyOf } from "@/core/exceptions/party";
import type { Stake } from "@/core/exceptions/work-order";
import type { DesiredPosting, RecordReference } from "@/core/postings/desired";
import type { HoldReason, PostingKind } from "@/core/postings/kinds";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import { settleGroups } from "../exception-settle";
import { heldNow } from "../posting-holds";
import { placeNew } from "./place";

const iso = (ms: number | null | undefined): string | null => (ms == null ? null : new Date(ms).toISOString());

export type NewException = {
  homeId: string;
  id: string;
  finding: Finding;
  evidenceHash: string;
  groupId: string;
  fingerprint: string;
  groupCause: string;
  shipmentId: string | null;
  connectionId: number | null;
  postingKey: string | null;
  correlationId: string | null;
  /** What it inherits from its shipment, where the caller has it at hand. */
  about?: About;
};

/**
 * Opens exceptions with their groups, each where it belongs: with its owner, in the order of work, or out of sight while its cause is put away or
 * a window holds. A row that another transaction opened first (same home, kind, subject) is left alone. A cause that was settled before is
 * regressed. Returns the ids opened.
 */
export async function openExceptions(
  tx: Tx,
  rows: readonly NewException[],
  slot: number,
  now: Date,
): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const groups = [...new Map(rows.map((r) => [r.groupId, r])).values()].sort((a, b) =>
    a.groupId < b.groupId ? -1 : 1,
  );
  await tx`insert into exception_group (id, fingerprint, kind, cause, feed_id, connection_id, first_seen)
    select i, f, k, c, fd, cn, ${now} from unnest(${groups.map((r) => r.groupId)}::uuid[], ${groups.map((r) => r.fingerprint)}::text[],
      ${groups.map((r) => r.finding.kind)}::text[], ${groups.map((r) => r.groupCause)}::text[], ${groups.map((r) => r.finding.feedId)}::int[],
      ${groups.map((r) => r.connectionId)}::int[]) t(i, f, k, c, fd, cn) on conflict (id) do nothing`;
  const placed = await placeNew(tx, rows, now);
  const due = (r: NewException) => iso(now.getTime() + EXCEPTION_SPECS[r.finding.kind].respondWithinMinutes * 60_000);
  const opened = await tx<{ id: string; group_id: string }[]>`
    insert into exception (home_id, id, kind, subject, occurrence, severity, rank, state, group_id, shipment_id, message_id, feed_id, connection_id,
      posting_key, text, evidence, evidence_hash, owner_role, party, opened_at, due_at, correlation_id, updated_at, with_cause, window_id, assignee_id,
      team_id, stake_minor, stake_currency, risk_minor, work_rank, work_at, deadline_at, deadline_kind)
    select h, i, k, sj, oc, sv, rk, st, g, sh, m, f, cn, pk, tx, ev::jsonb, eh, ow, pa, ${now}, du, co, ${now}, st = 'snoozed', wi,
      (select id from person p where p.id = asg and p.state = 'active'), tm, sm, sc, rm, wr, wa, dl, dk from unnest(
      ${rows.map((r) => r.homeId)}::uuid[], ${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.finding.kind)}::text[],
      ${rows.map((r) => r.finding.subject)}::text[], ${rows.map((r) => r.finding.occurrence)}::text[], ${rows.map((r) => r.finding.severity)}::text[],
      ${rows.map((r) => SEVERITIES.indexOf(r.finding.severity))}::int[], ${rows.map((r) => r.groupId)}::uuid[], ${rows.map((r) => r.shipmentId)}::uuid[],
      ${rows.map((r) => r.finding.messageId)}::uuid[], ${rows.map((r) => r.finding.feedId)}::int[], ${rows.map((r) => r.connectionId)}::int[],
      ${rows.map((r) => r.postingKey)}::text[], ${rows.map((r) => r.finding.text)}::text[], ${rows.map((r) => JSON.stringify(r.finding.evidence))}::text[],
      ${rows.map((r) => r.evidenceHash)}::text[], ${rows.map((r) => EXCEPTION_SPECS[r.finding.kind].owner)}::text[],
      ${rows.map((r) => partyOf(r.finding))}::text[], ${rows.map(due)}::timestamptz[],
      ${rows.map((r) => r.correlationId)}::text[], ${placed.map((p) => p.state)}::text[], ${placed.map((p) => p.windowId)}::uuid[],
      ${placed.map((p) => p.assigneeId)}::uuid[], ${placed.map((p) => p.teamId)}::uuid[], ${placed.map((p) => p.stake.stakeMinor)}::bigint[],
      ${placed.map((p) => p.stake.currency)}::text[], ${placed.map((p) => p.stake.riskMinor)}::bigint[],
      ${placed.map((p) => p.stake.workRank)}::int[], ${placed.map((p) => iso(p.stake.workAtMs))}::timestamptz[],
      ${placed.map((p) => iso(p.stake.deadlineMs))}::timestamptz[], ${placed.map((p) => p.stake.deadlineKind)}::text[])
      t(h, i, k, sj, oc, sv, rk, g, sh, m, f, cn, pk, tx, ev, eh, ow, pa, du, co, st, wi, asg, tm, sm, sc, rm, wr, wa, dl, dk)
    on conflict (home_id, kind, subject) where state <> 'resolved' do nothing returning id, group_id`;
  const ids = [...new Set(opened.map((row) => row.group_id))];
  // rows that are not meant are not locked: only a cause that was settled is written
  if (ids.length > 0)
    await tx`update exception_group set regressed = true where id = any(${ids}::uuid[]) and settled_at is not null and not regressed`;
  const given = rows.filter((_, index) => placed[index]?.assigneeId != null).flatMap((r) => r.shipmentId ?? []);
  if (given.length > 0)
    await tx`update shipment set review_at = ${now} where shipment_id = any(${[...new Set(given)].sort()}::uuid[])`;
  await countGroups(
    tx,
    opened.map((row) => row.group_id),
    "opened",
    slot,
    now,
  );
  return new Set(opened.map((row) => row.id));
}

async function countGroups(
  tx: Tx,
  groupIds: readonly string[],
  what: "opened" | "closed",
  slot: number,
  now: Date,
): Promise<void> {
  if (groupIds.length === 0) return;
  const counts = new Map<string, number>();
  for (const id of groupIds) counts.set(id, (counts.get(id) ?? 0) + 1);
  const ids = [...counts.keys()].sort();
  const n = ids.map((id) => counts.get(id) ?? 0);
  const zero = ids.map(() => 0);
  await tx`insert into exception_group_count (group_id, slot, opened, closed, last_seen)
    select g, ${slot}::int, o, c, ${now} from unnest(${ids}::uuid[], ${what === "opened" ? n : zero}::bigint[], ${what === "closed" ? n : zero}::bigint[]) t(g, o, c)
    on conflict (group_id, slot) do update set opened = exception_group_count.opened + excluded.opened,
      closed = exception_group_count.closed + excluded.closed, last_seen = greatest(exception_group_count.last_seen, excluded.last_seen)`;
}

export type Closing = {
  homeId: string;
  id: string;
  noteId: string;
  why: string;
  by?: string | null;
  /** What its end adds to its evidence. */
  evidence?: { [name: string]: Json };
};

/** Closes exceptions because the cause is gone, or because a person's act (`by`) settled it; one that a person resolved meanwhile is left alone. */
export async function closeExceptions(tx: Tx, rows: readonly Closing[], slot: number, now: Date): Promise<number> {
  if (rows.length === 0) return 0;
  const closed = await tx<{ home_id: string; id: string; group_id: string; kind: ExceptionKind; by: string | null }[]>`
    update exception e set state = 'resolved', resolved_at = ${now}, resolution = t.w, resolved_by = t.b, updated_at = ${now},
      evidence = case when t.ev is null then e.evidence else e.evidence || t.ev::jsonb end
    from unnest(${rows.map((r) => r.homeId)}::uuid[], ${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.why)}::text[],
      ${rows.map((r) => r.by ?? null)}::uuid[], ${rows.map((r) => (r.evidence ? JSON.stringify(r.evidence) : null))}::text[]) t(h, i, w, b, ev)
    where e.home_id = t.h and e.id = t.i and e.state <> 'resolved' returning e.home_id, e.id, e.group_id, e.kind, e.resolved_by as by`;
  await settleGroups(
    tx,
    closed.map((row) => ({ groupId: row.group_id, kind: row.kind, by: row.by })),
    now,
  );
  const done = new Set(closed.map((row) => row.id));
  const notes = rows.filter((row) => done.has(row.id));
  if (notes.length > 0) {
    await tx`insert into exception_note (home_id, exception_id, id, kind, text, by_person, at)
      select h, e, n, case when b is null then 'closed' else 'resolved' end, w, b, ${now}
      from unnest(${notes.map((r) => r.homeId)}::uuid[], ${notes.map((r) => r.id)}::uuid[],
        ${notes.map((r) => r.noteId)}::uuid[], ${notes.map((r) => r.why)}::text[], ${notes.map((r) => r.by ?? null)}::uuid[]) t(h, e, n, w, b)`;
  }
  await countGroups(
    tx,
    closed.map((row) => row.group_id),
    "closed",
    slot,
    now,
  );
  return closed.length;
}

/** Refreshes the evidence of open exceptions. */
export async function refreshExceptions(
  tx: Tx,
  rows: readonly { homeId: string; id: string; finding: Finding; evidenceHash: string }[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  await tx`update exception e set text = t.x, evidence = t.v::jsonb, evidence_hash = t.g, occurrence = t.o, severity = t.s, rank = t.r, party = t.p, updated_at = ${now},
      work_rank = greatest(0, e.work_rank + t.r - e.rank),
      state = case when e.state = 'snoozed' and t.r < e.wake_rank then 'open' else e.state end
    from unnest(${rows.map((r) => r.homeId)}::uuid[], ${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.finding.text)}::text[],
      ${rows.map((r) => JSON.stringify(r.finding.evidence))}::text[], ${rows.map((r) => r.evidenceHash)}::text[],
      ${rows.map((r) => r.finding.occurrence)}::text[], ${rows.map((r) => r.finding.severity)}::text[],
      ${rows.map((r) => SEVERITIES.indexOf(r.finding.severity))}::int[], ${rows.map((r) => partyOf(r.finding))}::text[])
      t(h, i, x, v, g, o, s, r, p)
    where e.home_id = t.h and e.id = t.i and e.state <> 'resolved'`;
}

/** Writes anew what is at stake and the place in the order of work, where the value or the promise became another one. */
export async function restakeExceptions(
  tx: Tx,
  rows: readonly { homeId: string; id: string; stake: Stake }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx`update exception e set stake_minor = sm, stake_currency = sc, risk_minor = rm, work_rank = wr, work_at = wa, deadline_at = dl, deadline_kind = dk
    from unnest(${rows.map((r) => r.homeId)}::uuid[], ${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.stake.stakeMinor)}::bigint[],
      ${rows.map((r) => r.stake.currency)}::text[], ${rows.map((r) => r.stake.riskMinor)}::bigint[], ${rows.map((r) => r.stake.workRank)}::int[],
      ${rows.map((r) => iso(r.stake.workAtMs))}::timestamptz[], ${rows.map((r) => iso(r.stake.deadlineMs))}::timestamptz[],
      ${rows.map((r) => r.stake.deadlineKind)}::text[]) t(h, i, sm, sc, rm, wr, wa, dl, dk)
    where e.home_id = t.h and e.id = t.i and e.state <> 'resolved'`;
}

export type NewPosting = {
  shipmentId: string;
  /** The freight bill it is about; then `shipmentId` is that bill's id. */
  invoiceId?: string | null;
  key: string;
  id: string;
  kind: PostingKind;
  level: boolean;
  record: RecordReference;
  recordName: string | null;
  lane: number;
  sequence: number;
  /** Rank of its class, and when it is due where it is not at once. */
  urgency: number;
  dueAtMs: number | null;
  desired: DesiredPosting;
  before: Json;
  after: Json;
  held: HoldReason | null;
  correlationId: string | null;
  messageId: string | null;
  receivedAtMs: number;
  /** Of freight settlement: the end of the window in which it is to be in Odoo. */
  windowEndsAtMs?: number | null;
};

/** Plans postings; a key that exists stays as it is (at most one effect per key). Returns how many are new. */
export async function insertPostings(tx: Tx, rows: readonly NewPosting[], now: Date): Promise<number> {
  if (rows.length === 0) return 0;
  const result = await tx`
    insert into posting (shipment_id, key, id, invoice_id, connection_id, kind, level, state, record_model, record_id, record_name, company_id, lane, sequence,
      urgency, desired, before, after, held_because, due_at, correlation_id, message_id, received_at, window_ends_at, created_at, updated_at)
    select s, k, i, iv, cn, kd, lv = 1, case when hb is null then 'planned' else 'held' end, rm, ri, rn, co, ln, sq, ur, de::jsonb, be::jsonb, af::jsonb, hb,
      coalesce(du, ${now}), cr,
      me, rc, we, ${now}, ${now} from unnest(
      ${rows.map((r) => r.shipmentId)}::uuid[], ${rows.map((r) => r.key)}::text[], ${rows.map((r) => r.id)}::uuid[],
      ${rows.map((r) => r.invoiceId ?? null)}::uuid[], ${rows.map((r) => r.record.connectionId)}::int[], ${rows.map((r) => r.kind)}::text[], ${rows.map((r) => (r.level ? 1 : 0))}::int[],
      ${rows.map((r) => r.record.model)}::text[], ${rows.map((r) => r.record.id)}::int[], ${rows.map((r) => r.recordName)}::text[],
      ${rows.map((r) => r.record.companyId)}::int[], ${rows.map((r) => r.lane)}::int[], ${rows.map((r) => r.sequence)}::int[],
      ${rows.map((r) => r.urgency)}::int[], ${rows.map((r) => (r.dueAtMs === null ? null : iso(r.dueAtMs)))}::timestamptz[],
      ${rows.map((r) => JSON.stringify(r.desired))}::text[], ${rows.map((r) => JSON.stringify(r.before))}::text[],
      ${rows.map((r) => JSON.stringify(r.after))}::text[], ${rows.map((r) => r.held)}::text[], ${rows.map((r) => r.correlationId)}::text[],
      ${rows.map((r) => r.messageId)}::uuid[], ${rows.map((r) => iso(r.receivedAtMs))}::timestamptz[],
      ${rows.map((r) => (r.windowEndsAtMs ? iso(r.windowEndsAtMs) : null))}::timestamptz[])
      t(s, k, i, iv, cn, kd, lv, rm, ri, rn, co, ln, sq, ur, du, de, be, af, hb, cr, me, rc, we)
    on conflict (shipment_id, key) do nothing`;
  return result.count;
}

/** Lets planned postings wait for a person, because facts speak against them; one that is under way is left alone. */
export async function contradictPostings(
  tx: Tx,
  rows: readonly { shipmentId: string; key: string }[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  await tx`update posting p set ${heldNow(tx, now)}, held_because = 'contradicted', updated_at = ${now}
    from unnest(${rows.map((r) => r.shipmentId)}::uuid[], ${rows.map((r) => r.key)}::text[]) t(s, k)
    where p.shipment_id = t.s and p.key = t.k and p.state = 'planned'`;
}

/** Marks waiting postings as replaced by a newer one; one that is being sent or was sent is left alone. */
export async function supersedePostings(
  tx: Tx,
  rows: readonly { shipmentId: string; key: string }[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  await tx`update posting p set state = 'superseded', updated_at = ${now}
    from unnest(${rows.map((r) => r.shipmentId)}::uuid[], ${rows.map((r) => r.key)}::text[]) t(s, k)
    where p.shipment_id = t.s and p.key = t.k and p.state in ('planned', 'held')`;
}
