import type { Tx } from "@/db/client";
import { list } from "./list";

const BUCKETS = 4096;
const REFERENCES = 1;
const SHIPMENTS = 2;

/** FNV-1a over UTF-16 units, folded to a bucket: the same in every process. */
function bucketOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % BUCKETS;
}

function bucketsOf(texts: Iterable<string>): number[] {
  const buckets = new Set<number>();
  for (const text of texts) buckets.add(bucketOf(text));
  return [...buckets].sort((a, b) => a - b);
}

async function lock(tx: Tx, space: number, buckets: number[]): Promise<void> {
  if (buckets.length === 0) return;
  await tx`select pg_advisory_xact_lock(${space}::int, k) from unnest(${list(buckets)}::int[]) k`;
}

/** Guards reference values until the transaction ends, sorted, so that two batches never wait for each other in a ring. */
export async function lockReferences(tx: Tx, values: Iterable<string>): Promise<void> {
  await lock(tx, REFERENCES, bucketsOf(values));
}

/** Guards shipments until the transaction ends; always after references. */
export async function lockShipments(tx: Tx, ids: Iterable<string>): Promise<void> {
  await lock(tx, SHIPMENTS, bucketsOf(ids));
}
