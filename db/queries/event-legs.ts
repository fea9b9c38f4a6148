import { instantOfUuidV7 } from "@/core/ids";
import type { PostingState } from "@/core/postings/kinds";
import type { Tx } from "@/db/client";

/** When messages were read: generation and instant of each reading, oldest first. */
export async function listReadingTimes(
  sql: Tx,
  ids: readonly string[],
): Promise<{ messageId: string; generation: number; at: Date }[]> {
  if (ids.length === 0) return [];
  const times = ids.map(instantOfUuidV7);
  return sql<{ messageId: string; generation: number; at: Date }[]>`
    select message_id as "messageId", generation, at from interpretation where message_id = any(${[...ids]}::uuid[])
      and received_at between ${new Date(Math.min(...times))} and ${new Date(Math.max(...times))} order by message_id, number`;
}

export type PostingTimes = {
  key: string;
  kind: string;
  state: PostingState;
  heldBecause: string | null;
  messageId: string | null;
  plannedAt: Date;
  postedAt: Date | null;
  calls: { startedAt: string; durationMs: number | null; outcome: string | null }[];
};

/** Postings of a family with the calls that sent them, oldest first. */
export async function listPostingTimes(sql: Tx, ids: readonly string[]): Promise<PostingTimes[]> {
  return sql<PostingTimes[]>`
    select p.key, p.kind, p.state, p.held_because as "heldBecause", p.message_id as "messageId", p.created_at as "plannedAt", p.posted_at as "postedAt",
      coalesce((select jsonb_agg(jsonb_build_object('startedAt', a.started_at, 'durationMs', a.duration_ms, 'outcome', a.outcome) order by a.started_at)
        from posting_attempt a where a.shipment_id = p.shipment_id and a.posting_key = p.key and a.purpose = 'send' and a.outcome is not null), '[]') as calls
    from posting p where p.shipment_id = any(${[...ids]}::uuid[]) and p.state <> 'superseded' order by p.created_at limit 200`;
}
