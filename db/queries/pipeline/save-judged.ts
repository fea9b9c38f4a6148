import type { Finding } from "@/core/exceptions/finding";
import { EXCEPTION_SPECS, SEVERITIES } from "@/core/exceptions/kinds";
import type { DesiredPosting, RecordReference } from "@/core/postings/desired";
import type { HoldReason, PostingKind } from "@/core/postings/kinds";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

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
};

/** Opens exceptions with their groups; a row that another transaction opened first (same home, kind, subject) is left alone. Returns the ids opened. */
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
  const due = (r: NewException) => iso(now.getTime() + EXCEPTION_SPECS[r.finding.kind].respondWithinMinutes * 60_000);
  const opened = await tx<{ id: string; group_id: string }[]>`
    insert into exception (home_id, id, kind, subject, occurrence, severity, rank, state, group_id, shipment_id, message_id, feed_id, connection_id,
      posting_key, text, evidence, evidence_hash, owner_role, opened_at, due_at, correlation_id, updated_at)
    select h, i, k, sj, oc, sv, rk, 'open', g, sh, m, f, cn, pk, tx, ev::jsonb, eh, ow, ${now}, du, co, ${now} from unnest(
      ${rows.map((r) => r.homeId)}::uuid[], ${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.finding.kind)}::text[],
      ${rows.map((r) => r.finding.subject)}::text[], ${rows.map((r) => r.finding.occurrence)}::text[], ${rows.map((r) => r.finding.severity)}::text[],
      ${rows.map((r) => SEVERITIES.indexOf(r.finding.severity))}::int[], ${rows.map((r) => r.groupId)}::uuid[], ${rows.map((r) => r.shipmentId)}::uuid[],
      ${rows.map((r) => r.finding.messageId)}::uuid[], ${rows.map((r) => r.finding.feedId)}::int[], ${rows.map((r) => r.connectionId)}::int[],
      ${rows.map((r) => r.postingKey)}::text[], ${rows.map((r) => r.finding.text)}::text[], ${rows.map((r) => JSON.stringify(r.finding.evidence))}::text[],
      ${rows.map((r) => r.evidenceHash)}::text[], ${rows.map((r) => EXCEPTION_SPECS[r.finding.kind].owner)}::text[], ${rows.map(due)}::timestamptz[],
      ${rows.map((r) => r.correlationId)}::text[]) t(h, i, k, sj, oc, sv, rk, g, sh, m, f, cn, pk, tx, ev, eh, ow, du, co)
    on conflict (home_id, kind, subject) where state <> 'resolved' do nothing returning id, group_id`;
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

/** Closes exceptions because the cause is gone; one that a person resolved meanwhile is left alone. */
export async function closeExceptions(
  tx: Tx,
  rows: readonly { homeId: string; id: string; noteId: string; why: string }[],
  slot: number,
  now: Date,
): Promise<number> {
  if (rows.length === 0) return 0;
  const closed = await tx<{ home_id: string; id: string; group_id: string }[]>`
    update exception e set state = 'resolved', resolved_at = ${now}, resolution = t.w, updated_at = ${now}
    from unnest(${rows.map((r) => r.homeId)}::uuid[], ${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.why)}::text[]) t(h, i, w)
    where e.home_id = t.h and e.id = t.i and e.state <> 'resolved' returning e.home_id, e.id, e.group_id`;
  const done = new Set(closed.map((row) => row.id));
  const notes = rows.filter((row) => done.has(row.id));
  if (notes.length > 0) {
    await tx`insert into exception_note (home_id, exception_id, id, kind, text, at)
      select h, e, n, 'closed', w, ${now} from unnest(${notes.map((r) => r.homeId)}::uuid[], ${notes.map((r) => r.id)}::uuid[],
        ${notes.map((r) => r.noteId)}::uuid[], ${notes.map((r) => r.why)}::text[]) t(h, e, n, w)`;
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
  await tx`update exception e set text = t.x, evidence = t.v::jsonb, evidence_hash = t.g, occurrence = t.o, severity = t.s, rank = t.r, updated_at = ${now}
    from unnest(${rows.map((r) => r.homeId)}::uuid[], ${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.finding.text)}::text[],
      ${rows.map((r) => JSON.stringify(r.finding.evidence))}::text[], ${rows.map((r) => r.evidenceHash)}::text[],
      ${rows.map((r) => r.finding.occurrence)}::text[], ${rows.map((r) => r.finding.severity)}::text[],
      ${rows.map((r) => SEVERITIES.indexOf(r.finding.severity))}::int[]) t(h, i, x, v, g, o, s, r)
    where e.home_id = t.h and e.id = t.i and e.state <> 'resolved'`;
}

export type NewPosting = {
  shipmentId: string;
  key: string;
  id: string;
  kind: PostingKind;
  level: boolean;
  record: RecordReference;
  recordName: string | null;
  lane: number;
  sequence: number;
  desired: DesiredPosting;
  before: Json;
  after: Json;
  held: HoldReason | null;
  correlationId: string | null;
  messageId: string | null;
  receivedAtMs: number;
};

/** Plans postings; a key that exists stays as it is (at most one effect per key). Returns how many are new. */
export async function insertPostings(tx: Tx, rows: readonly NewPosting[], now: Date): Promise<number> {
  if (rows.length === 0) return 0;
  const result = await tx`
    insert into posting (shipment_id, key, id, connection_id, kind, level, state, record_model, record_id, record_name, company_id, lane, sequence,
      desired, before, after, held_because, due_at, correlation_id, message_id, received_at, created_at, updated_at)
    select s, k, i, cn, kd, lv = 1, case when hb is null then 'planned' else 'held' end, rm, ri, rn, co, ln, sq, de::jsonb, be::jsonb, af::jsonb, hb, ${now}, cr,
      me, rc, ${now}, ${now} from unnest(
      ${rows.map((r) => r.shipmentId)}::uuid[], ${rows.map((r) => r.key)}::text[], ${rows.map((r) => r.id)}::uuid[],
      ${rows.map((r) => r.record.connectionId)}::int[], ${rows.map((r) => r.kind)}::text[], ${rows.map((r) => (r.level ? 1 : 0))}::int[],
      ${rows.map((r) => r.record.model)}::text[], ${rows.map((r) => r.record.id)}::int[], ${rows.map((r) => r.recordName)}::text[],
      ${rows.map((r) => r.record.companyId)}::int[], ${rows.map((r) => r.lane)}::int[], ${rows.map((r) => r.sequence)}::int[],
      ${rows.map((r) => JSON.stringify(r.desired))}::text[], ${rows.map((r) => JSON.stringify(r.before))}::text[],
      ${rows.map((r) => JSON.stringify(r.after))}::text[], ${rows.map((r) => r.held)}::text[], ${rows.map((r) => r.correlationId)}::text[],
      ${rows.map((r) => r.messageId)}::uuid[], ${rows.map((r) => iso(r.receivedAtMs))}::timestamptz[])
      t(s, k, i, cn, kd, lv, rm, ri, rn, co, ln, sq, de, be, af, hb, cr, me, rc)
    on conflict (shipment_id, key) do nothing`;
  return result.count;
}

/** Marks waiting level postings as replaced by a newer one; one that is being sent or was sent is left alone. */
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
