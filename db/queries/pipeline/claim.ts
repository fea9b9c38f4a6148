import { instantOfUuidV7 } from "@/core/ids";
import type { Tx } from "@/db/client";

export type ClaimedMessage = {
  id: string;
  receivedAtMs: number;
  feedId: number;
  bytes: Buffer | null;
  contentType: string | null;
  name: string | null;
  correlationId: string;
  attempts: number;
  /** Number of the corrected text that `bytes` are; left out for the bytes as they came. */
  revision?: number;
};

/**
 * Lets the transaction commit without waiting for the disk. For work that a crash of the database puts back to where it was, inbox and all:
 * the log is written in order, so whatever later waits for the disk (an answer at the door, a claim of a posting, a person's act) takes
 * this commit along.
 */
async function commitSoon(tx: Tx): Promise<void> {
  await tx`set local synchronous_commit = off`;
}

/**
 * Takes up to `limit` messages (and about `maxBytes`) of some lanes out of the inbox, urgent ones first and none behind `leastUrgent`; other
 * workers skip them. The rows are gone when the transaction commits.
 */
export async function claimInbox(
  tx: Tx,
  lanes: readonly number[],
  limit: number,
  maxBytes: number,
  leastUrgent: number,
): Promise<ClaimedMessage[]> {
  const [taken] = await Promise.all([
    tx<{ message_id: string; attempts: number }[]>`
    delete from inbox where (lane, urgency, message_id) in (
      select lane, urgency, message_id from (
        select lane, urgency, message_id, size, sum(size) over (order by urgency, message_id) as running from (
          select due.* from unnest(${lanes as number[]}::smallint[]) l(lane) cross join lateral (
            select lane, urgency, message_id, size from inbox i
            where i.lane = l.lane and i.urgency <= ${leastUrgent} and (not_before is null or not_before <= now())
            order by urgency, message_id limit ${limit} for update skip locked) due
          order by urgency, message_id limit ${limit}) oldest) sized
      where running - size < ${maxBytes})
    returning message_id, attempts`,
    commitSoon(tx),
  ]);
  if (taken.length === 0) return [];
  const attempts = new Map(taken.map((row) => [row.message_id, row.attempts]));
  return readMessages(tx, [...attempts.keys()], attempts);
}

/** Reads stored messages by id, oldest first; the instant inside the ids names the partitions. */
export async function readMessages(
  tx: Tx,
  ids: readonly string[],
  attempts: ReadonlyMap<string, number> = new Map(),
): Promise<ClaimedMessage[]> {
  if (ids.length === 0) return [];
  let from = Number.POSITIVE_INFINITY;
  let until = 0;
  for (const id of ids) {
    const at = instantOfUuidV7(id);
    if (at < from) from = at;
    if (at > until) until = at;
  }
  const rows = await tx<
    {
      id: string;
      received_at: Date;
      feed_id: number;
      body: Buffer | null;
      content_type: string | null;
      name: string | null;
      correlation_id: string;
    }[]
  >`select id, received_at, feed_id, body, content_type, name, correlation_id from message
    where id = any(${ids as string[]}::uuid[]) and received_at between ${new Date(from)} and ${new Date(until)}
    order by id`;
  return rows.map((row) => ({
    id: row.id,
    receivedAtMs: row.received_at.getTime(),
    feedId: row.feed_id,
    bytes: row.body,
    contentType: row.content_type,
    name: row.name,
    correlationId: row.correlation_id,
    attempts: attempts.get(row.id) ?? 0,
  }));
}

/** A lane with how much is due in it, counted up to a bound, and how urgent the last of it is. */
export type DueLane = { lane: number; due: number; last: number };

/** Lanes that have something due that is as urgent as this or more, in order; each lane is two looks into the order of its claims. */
export async function dueLanes(tx: Tx, most: number, leastUrgent: number): Promise<DueLane[]> {
  return tx<DueLane[]>`
    select l.lane, n.due, coalesce((select i.urgency from inbox i where i.lane = l.lane and i.urgency <= ${leastUrgent}
      order by i.urgency desc, i.message_id desc limit 1), ${leastUrgent})::int as last
    from generate_series(0, 63) l(lane) cross join lateral (
      select count(*)::int as due from (
        select 1 from inbox i where i.lane = l.lane and i.urgency <= ${leastUrgent} and (i.not_before is null or i.not_before <= now())
        limit ${most}) counted) n
    where n.due > 0 order by l.lane`;
}

/**
 * Takes the next message of a lane for longer than a transaction: nobody else takes it before `until`. Its place in the inbox stays until
 * `leaveInbox`. null when nothing is due.
 */
export async function leaseInbox(tx: Tx, lane: number, until: Date): Promise<ClaimedMessage | null> {
  const [taken] = await tx<{ message_id: string; attempts: number }[]>`
    update inbox set not_before = ${until}, attempts = attempts + 1 where (lane, urgency, message_id) in (
      select lane, urgency, message_id from inbox where lane = ${lane} and (not_before is null or not_before <= now())
      order by urgency, message_id limit 1 for update skip locked)
    returning message_id, attempts`;
  if (!taken) return null;
  const [message] = await readMessages(tx, [taken.message_id], new Map([[taken.message_id, taken.attempts - 1]]));
  return message ?? null;
}

/** Keeps a leased message until then, null for giving it back; false when another worker has taken it meanwhile. */
export async function keepLease(
  tx: Tx,
  lane: number,
  message: Pick<ClaimedMessage, "id" | "attempts">,
  until: Date | null,
): Promise<boolean> {
  const kept = await tx`update inbox set not_before = ${until}
    where lane = ${lane} and message_id = ${message.id} and attempts = ${message.attempts + 1}`;
  return kept.count === 1;
}

/** Takes a leased message out of the inbox for good; false when another worker has it. */
export async function leaveInbox(
  tx: Tx,
  lane: number,
  message: Pick<ClaimedMessage, "id" | "attempts">,
): Promise<boolean> {
  const gone = await tx`delete from inbox
    where lane = ${lane} and message_id = ${message.id} and attempts = ${message.attempts + 1}`;
  return gone.count === 1;
}

/** Bytes of stored messages, by id. */
export async function sizesOfMessages(tx: Tx, ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const instants = ids.map(instantOfUuidV7);
  const rows = await tx<{ id: string; size: number }[]>`select id, size from message where id = any(${[...ids]}::uuid[])
    and received_at between ${new Date(Math.min(...instants))} and ${new Date(Math.max(...instants))}`;
  return new Map(rows.map((row) => [row.id, row.size]));
}
