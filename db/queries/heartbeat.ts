import type { Json } from "@/core/shipments/attributes";
import type { Beat } from "@/core/workers/roll";
import type { Tx } from "@/db/client";

/** Says that a process lives, and what it does. */
export async function beat(
  tx: Tx,
  process: string,
  role: string,
  startedAt: Date,
  now: Date,
  facts: Record<string, Json>,
): Promise<void> {
  await tx`insert into heartbeat (process, role, started_at, beat_at, facts) values (${process}, ${role}, ${startedAt}, ${now}, ${tx.json(facts)})
    on conflict (process) do update set beat_at = excluded.beat_at, facts = excluded.facts, started_at = excluded.started_at`;
}

/** Forgets processes that have been silent since `before`. */
export async function forgetSilent(tx: Tx, before: Date): Promise<void> {
  await tx`delete from heartbeat where beat_at < ${before}`;
}

/** Forgets a worker that was killed in a place (host and slot) and that has said nothing since an instant. */
export async function forgetPlace(tx: Tx, host: string, slot: number, since: Date): Promise<void> {
  await tx`delete from heartbeat where role = 'worker' and split_part(process, '/', 1) = ${host} and facts->>'slot' = ${String(slot)}
    and beat_at < ${since}`;
}

/** Forgets a process that stops in order. */
export async function endBeat(tx: Tx, process: string): Promise<void> {
  await tx`delete from heartbeat where process = ${process}`;
}

/** What processes told last, those that told lately first. */
export async function listBeats(tx: Tx): Promise<Beat[]> {
  return tx<Beat[]>`select process, role, started_at as "startedAt", beat_at as "beatAt", facts from heartbeat
    order by beat_at desc limit 200`;
}

/** How many connections the database has and allows; one that a role may not see counts as well. */
export async function countConnections(tx: Tx): Promise<{ used: number; most: number }> {
  const [row] = await tx<{ used: number; most: number }[]>`
    select (select count(*) from pg_stat_activity where backend_type = 'client backend')::int as used, current_setting('max_connections')::int as most`;
  return row ?? { used: 0, most: 0 };
}
