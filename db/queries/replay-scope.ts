import { instantOfUuidV7 } from "@/core/ids";
import type { RunKind } from "@/core/runs/run";
import type { Tx } from "@/db/client";

export type MappingUse = {
  feed: string;
  /** The version in force. */
  current: number;
  /** The version that read them first; null for those that nobody has read. */
  first: number | null;
  messages: number;
};

/** By which versions of which feeds' mappings messages were read first. */
export async function mappingsOfMessages(tx: Tx, receipts: readonly string[]): Promise<MappingUse[]> {
  if (receipts.length === 0) return [];
  const times = receipts.map(instantOfUuidV7);
  const [since, until] = [new Date(Math.min(...times)), new Date(Math.max(...times))];
  return tx<
    MappingUse[]
  >`select f.slug as feed, f.mapping_version as current, i.mapping_version as first, count(*)::int as messages
    from message m join feed f on f.id = m.feed_id
      left join interpretation i on i.message_id = m.id and i.received_at = m.received_at and i.number = 1
    where m.id = any(${receipts as string[]}::uuid[]) and m.received_at between ${since} and ${until}
    group by 1, 2, 3 order by 1, 3 nulls last`;
}

/** Items a second that the last runs of a kind came to where nobody slowed them down; null where there was none lately. */
export async function measuredPace(tx: Tx, kind: RunKind, since: Date): Promise<number | null> {
  const [row] = await tx<{ pace: number | null }[]>`
    select (sum(processed) / nullif(sum(extract(epoch from ended_at - started_at)), 0))::float8 as pace
    from (select processed, started_at, ended_at from run where kind = ${kind} and state = 'done' and per_second is null and processed > 0
      and created_at > ${since} order by created_at desc limit 10) r`;
  return row?.pace ?? null;
}
