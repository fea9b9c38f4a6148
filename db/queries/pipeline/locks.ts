import type { Tx } from "@/db/client";
import { list } from "./list";

/** Numbers of advisory locks (class, key): a lock for each value, and a gate in front of them. */
const REFERENCES = { each: 1, gate: 3 };
const SHIPMENTS = { each: 2, gate: 4 };
/**
 * Values that one call locks one by one. The server has room for `max_locks_per_transaction` times its connections in all; whoever has more than
 * so many, as a batch of large documents has, takes the gate alone and goes through by itself.
 */
const MOST = 3_000;

/** FNV-1a over UTF-16 units as a signed number of 32 bits: the same in every process. */
function keyOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}

async function lock(tx: Tx, space: typeof REFERENCES, texts: Iterable<string>): Promise<void> {
  const keys = [...new Set(Array.from(texts, keyOf))].sort((a, b) => a - b);
  if (keys.length === 0) return;
  if (keys.length > MOST) {
    await tx`select pg_advisory_xact_lock(${space.gate}::int, 0)`;
    return;
  }
  // both leave at once, and the server does them in this order
  await Promise.all([
    tx`select pg_advisory_xact_lock_shared(${space.gate}::int, 0)`,
    tx`select pg_advisory_xact_lock(${space.each}::int, k) from unnest(${list(keys)}::int[]) k`,
  ]);
}

/** Guards reference values until the transaction ends, sorted, so that two batches never wait for each other in a ring. */
export async function lockReferences(tx: Tx, values: Iterable<string>): Promise<void> {
  await lock(tx, REFERENCES, values);
}

/** Guards shipments until the transaction ends; always after references. */
export async function lockShipments(tx: Tx, ids: Iterable<string>): Promise<void> {
  await lock(tx, SHIPMENTS, ids);
}
