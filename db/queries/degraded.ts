import type { ExceptionKind } from "@/core/exceptions/kinds";
import { FOLLOW_SILENCE } from "@/core/exceptions/quiet-window";
import type { DegradedRuleName } from "@/core/postings/degraded";
import type { PostingKind } from "@/core/postings/kinds";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

export type RuleRow = {
  id: number;
  connectionId: number | null;
  feedId: number | null;
  /** What it is about, in words: the connection's or the feed's name. */
  about: string;
  rule: DegradedRuleName;
  kinds: PostingKind[];
  viaConnectionId: number | null;
  via: string | null;
  personId: string | null;
  person: string | null;
  windowId: string | null;
  toldUntil: Date | null;
  reason: string;
  startedAt: Date;
  startedBy: string;
  liftedAt: Date | null;
  liftedBy: string | null;
  tally: Json;
};

const columns = (
  tx: Tx,
) => tx`r.id, r.connection_id as "connectionId", r.feed_id as "feedId", coalesce(c.name, f.name, '') as about, r.rule, r.kinds,
  r.via_connection_id as "viaConnectionId", v.name as via, r.person_id as "personId", p.name as person, r.window_id as "windowId",
  r.told_until as "toldUntil", r.reason, r.started_at as "startedAt", r.started_by as "startedBy", r.lifted_at as "liftedAt",
  r.lifted_by as "liftedBy", r.tally
  from degraded_rule r left join odoo_connection c on c.id = r.connection_id left join odoo_connection v on v.id = r.via_connection_id
    left join feed f on f.id = r.feed_id left join person p on p.id = r.person_id`;

/** Rules, those in force first, then the newest. */
export async function listRules(tx: Tx, limit: number): Promise<RuleRow[]> {
  return tx<RuleRow[]>`select ${columns(tx)} order by (r.lifted_at is not null), r.started_at desc limit ${limit}`;
}

/** A rule in force, locked until the end of the transaction; null where it is not in force. */
export async function lockRule(tx: Tx, id: number): Promise<RuleRow | null> {
  await tx`select 1 from degraded_rule where id = ${id} for update`;
  const [row] = await tx<RuleRow[]>`select ${columns(tx)} where r.id = ${id} and r.lifted_at is null`;
  return row ?? null;
}

export type NewRule = Pick<
  RuleRow,
  "connectionId" | "feedId" | "rule" | "viaConnectionId" | "personId" | "windowId" | "reason"
> & {
  kinds: readonly PostingKind[];
  startedBy: string;
};

/** Inserts a rule; null where one is in force about the same. */
export async function insertRule(tx: Tx, row: NewRule, now: Date): Promise<number | null> {
  const [made] = await tx<
    { id: number }[]
  >`insert into degraded_rule (connection_id, feed_id, rule, kinds, via_connection_id, person_id, window_id,
      reason, started_at, started_by)
    values (${row.connectionId}, ${row.feedId}, ${row.rule}, ${tx.json([...row.kinds])}, ${row.viaConnectionId}, ${row.personId}, ${row.windowId},
      ${row.reason}, ${now}, ${row.startedBy})
    on conflict do nothing returning id`;
  if (made && row.connectionId !== null) await touchConnection(tx, row.connectionId, now);
  return made?.id ?? null;
}

/** Lifts a rule and keeps what became of what it held. */
export async function liftRuleRow(
  tx: Tx,
  rule: { id: number; connectionId: number | null },
  by: string,
  tally: Json,
  now: Date,
): Promise<void> {
  await tx`update degraded_rule set lifted_at = ${now}, lifted_by = ${by}, tally = ${tx.json(tally)} where id = ${rule.id}`;
  if (rule.connectionId !== null) await touchConnection(tx, rule.connectionId, now);
}

/** Whoever plans postings reads the rules anew when the connection changed. */
async function touchConnection(tx: Tx, id: number, now: Date): Promise<void> {
  await tx`update odoo_connection set updated_at = ${now} where id = ${id}`;
}

/** Leaves for good what a rule held back. */
export async function leaveHeld(
  tx: Tx,
  connectionId: number,
  kinds: readonly PostingKind[],
  why: string,
  now: Date,
): Promise<number> {
  const result =
    await tx`update posting p set state = 'cancelled', held_because = null, last_reason = ${why}, updated_at = ${now}
    from (select shipment_id, key from posting where connection_id = ${connectionId} and state = 'held' and held_because = 'degraded'
      and kind = any(${[...kinds]}::text[]) order by shipment_id, key for update) w
    where p.shipment_id = w.shipment_id and p.key = w.key and p.state = 'held'`;
  return result.count;
}

/** What a connection was told since an instant, of some kinds. */
export async function countPostedOf(
  tx: Tx,
  connectionId: number,
  kinds: readonly PostingKind[],
  since: Date,
): Promise<number> {
  const [row] = await tx<
    { count: number }[]
  >`select count(*)::int as count from posting where connection_id = ${connectionId}
    and kind = any(${[...kinds]}::text[]) and state in ('posted', 'verified') and updated_at >= ${since} and posted_at >= ${since}`;
  return row?.count ?? 0;
}

export type ToDoByHand = { kind: PostingKind; count: number; records: string[] };

/** What a rule holds back since an instant, by kind, with the first records by name. */
export async function listToDoByHand(
  tx: Tx,
  connectionId: number,
  kinds: readonly PostingKind[],
  since: Date,
): Promise<ToDoByHand[]> {
  return tx<
    ToDoByHand[]
  >`select kind, count(*)::int as count, (array_agg(distinct coalesce(record_name, record_model || '/' || record_id)))[1:10] as records
    from posting where connection_id = ${connectionId} and kind = any(${[...kinds]}::text[]) and state = 'held' and held_because = 'degraded'
      and updated_at > ${since} group by kind order by kind`;
}

export type ToAskAbout = { kind: ExceptionKind; count: number; shipments: string[] | null };

/** What a rule's window holds back since an instant of what its feed would have told, by kind; null while what stood before is still put away. */
export async function listToAskAbout(tx: Tx, windowId: string, since: Date): Promise<ToAskAbout[] | null> {
  const [begun] = await tx`select 1 from quiet_window where id = ${windowId} and begun_at is not null`;
  if (!begun) return null;
  return tx<
    ToAskAbout[]
  >`select e.kind, count(*)::int as count, (array_agg(distinct s.name) filter (where s.name is not null))[1:10] as shipments
    from exception e left join shipment s on s.shipment_id = e.shipment_id
    where e.window_id = ${windowId} and e.state = 'suppressed' and e.kind = any(${[...FOLLOW_SILENCE]}::text[]) and e.opened_at > ${since}
    group by e.kind order by e.kind`;
}

export async function saveToldUntil(tx: Tx, id: number, at: Date): Promise<void> {
  await tx`update degraded_rule set told_until = ${at} where id = ${id}`;
}
