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
};

/**
 * Takes up to `limit` messages (and about `maxBytes`) of one lane out of the inbox, urgent ones first; other workers skip them. The rows are
 * gone when the transaction commits.
 */
export async function claimInbox(tx: Tx, lane: number, limit: number, maxBytes: number): Promise<ClaimedMessage[]> {
  const taken = await tx<{ message_id: string; attempts: number }[]>`
    delete from inbox where (lane, urgency, message_id) in (
      select lane, urgency, message_id from (
        select lane, urgency, message_id, size, sum(size) over (order by urgency, message_id) as running from (
          select lane, urgency, message_id, size from inbox
          where lane = ${lane} and (not_before is null or not_before <= now())
          order by urgency, message_id limit ${limit} for update skip locked) due) sized
      where running - size < ${maxBytes})
    returning message_id, attempts`;
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

/** Lanes that have something due, busiest knowledge first left to the caller. */
export async function dueLanes(tx: Tx): Promise<number[]> {
  const rows = await tx<{ lane: number }[]>`
    select l.lane from generate_series(0, 63) l(lane)
    where exists (select 1 from inbox i where i.lane = l.lane and (i.not_before is null or i.not_before <= now()))`;
  return rows.map((row) => row.lane);
}
