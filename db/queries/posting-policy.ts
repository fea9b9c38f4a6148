import type { DegradedRule } from "@/core/postings/degraded";
import type { PostingKind } from "@/core/postings/kinds";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import { heldNow, waitedUntil } from "./posting-holds";

export type Hold = { because: string; until: Date | null };
export type Moved = { released: number; held: number };

/** What never ends by itself is looked at again after so long. */
const NEVER_MS = 86_400_000;

function until(hold: Hold, now: Date): Date {
  return hold.until ?? new Date(now.getTime() + NEVER_MS);
}

/**
 * Decides anew about all postings of a kind that wait or are due, after a policy was changed: `hold` null lets them go. Those that wait for
 * another reason than policy (a switch, a look-up) are left alone; `updated_at` of what waits on for the same reason stays.
 */
export async function redecideKind(
  tx: Tx,
  connectionId: number,
  kind: PostingKind,
  rank: number,
  hold: Hold | null,
  now: Date,
): Promise<Moved> {
  const waiting = tx`select shipment_id, key, state as was from posting
    where connection_id = ${connectionId} and kind = ${kind}
      and (state = 'planned' or (state = 'held' and held_because in ('paused', 'window', 'interval', 'degraded')))
    order by shipment_id, key for update`;
  const [row] =
    hold === null
      ? await tx<Moved[]>`with waiting as (${waiting}), moved as (
          update posting p set state = 'planned', held_because = null, ${waitedUntil(tx, now)}, urgency = ${rank},
            due_at = case when w.was = 'held' then ${now} else p.due_at end, updated_at = ${now}
          from waiting w where p.shipment_id = w.shipment_id and p.key = w.key and (w.was = 'held' or p.urgency <> ${rank}) returning w.was)
        select count(*) filter (where was = 'held')::int as released, 0 as held from moved`
      : await tx<Moved[]>`with waiting as (${waiting}), moved as (
          update posting p set ${heldNow(tx, now)}, held_because = ${hold.because}, urgency = ${rank}, due_at = ${until(hold, now)},
            updated_at = case when w.was = 'held' and p.held_because = ${hold.because} then p.updated_at else ${now} end
          from waiting w where p.shipment_id = w.shipment_id and p.key = w.key returning 1)
        select 0 as released, count(*)::int as held from moved`;
  return row ?? { released: 0, held: 0 };
}

/** Holds what is planned of kinds that may not leave now, up to `limit` of each; returns how many. */
export async function holdClosed(
  tx: Tx,
  connectionId: number,
  holds: readonly { kind: PostingKind; hold: Hold }[],
  now: Date,
  limit: number,
): Promise<number> {
  let held = 0;
  for (const { kind, hold } of holds) {
    const result =
      await tx`update posting p set ${heldNow(tx, now)}, held_because = ${hold.because}, due_at = ${until(hold, now)}, updated_at = ${now}
      from (select shipment_id, key from posting where connection_id = ${connectionId} and kind = ${kind} and state = 'planned'
        order by shipment_id, key limit ${limit} for update skip locked) due
      where p.shipment_id = due.shipment_id and p.key = due.key and p.state = 'planned'`;
    held += result.count;
  }
  return held;
}

/** Lets go what waited for a window or batch whose time has come, up to `limit`, oldest first. */
export async function releaseDue(
  tx: Tx,
  connectionId: number,
  kinds: readonly PostingKind[],
  now: Date,
  limit: number,
): Promise<number> {
  const result =
    await tx`update posting p set state = 'planned', held_because = null, ${waitedUntil(tx, now)}, updated_at = ${now}
    from (select shipment_id, key from posting where connection_id = ${connectionId} and state = 'held' and held_because in ('window', 'interval')
        and due_at <= ${now} and kind = any(${[...kinds]}::text[]) order by due_at limit ${limit} for update skip locked) due
    where p.shipment_id = due.shipment_id and p.key = due.key and p.state = 'held'`;
  return result.count;
}

/** Moves on what still may not leave though its time had come: the window was missed, or another reason came. */
export async function postponeDue(
  tx: Tx,
  connectionId: number,
  holds: readonly { kind: PostingKind; hold: Hold }[],
  now: Date,
): Promise<void> {
  for (const { kind, hold } of holds)
    await tx`update posting set held_because = ${hold.because}, due_at = ${until(hold, now)}, updated_at = ${now}
      where connection_id = ${connectionId} and kind = ${kind} and state = 'held' and held_because in ('window', 'interval') and due_at <= ${now}`;
}

/** Writes the policy of one kind; null where somebody changed the connection since `seen` or it is archived. */
export async function savePolicyRow(
  tx: Tx,
  id: number,
  kind: PostingKind,
  policy: Json,
  seen: Date | null,
  now: Date,
): Promise<boolean> {
  const rows =
    await tx`update odoo_connection set policies = policies || ${tx.json({ [kind]: policy })}, updated_at = ${now}
    where id = ${id} and state <> 'archived' ${seen === null ? tx`` : tx`and date_trunc('milliseconds', updated_at) = ${seen}`} returning id`;
  return rows.length > 0;
}

/** Pauses or resumes a class; false where it stands so already. */
export async function savePausedClasses(tx: Tx, id: number, was: Json, paused: Json, now: Date): Promise<boolean> {
  const rows = await tx`update odoo_connection set paused_classes = ${tx.json(paused)}, updated_at = ${now}
    where id = ${id} and state <> 'archived' and paused_classes = ${tx.json(was)} returning id`;
  return rows.length > 0;
}

/** Rules in force. */
export async function listRulesInForce(tx: Tx): Promise<DegradedRule[]> {
  return tx<
    DegradedRule[]
  >`select id, connection_id as "connectionId", feed_id as "feedId", rule, kinds, via_connection_id as "viaConnectionId",
    person_id as "personId" from degraded_rule where lifted_at is null order by id limit 1000`;
}
