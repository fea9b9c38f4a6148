import type { Tx } from "@/db/client";

/** Holds a posting `p`; one that is held already goes on waiting. */
export function heldNow(tx: Tx, now: Date) {
  return tx`state = 'held', held_at = case when p.state = 'held' then coalesce(p.held_at, p.created_at) else ${now} end`;
}

/** Adds what a posting `p` has been held until now to what it waited before; one that is not held adds nothing. */
export function waitedUntil(tx: Tx, now: Date) {
  return tx`held_at = ${now}, waited_ms = p.waited_ms + case when p.state = 'held'
    then greatest(0, extract(epoch from ${now}::timestamptz - coalesce(p.held_at, p.created_at)) * 1000)::bigint else 0 end`;
}
