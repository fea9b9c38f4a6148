import type { Tx } from "@/db/client";

/** Heads whose review is due, oldest first, by the partial index on review_at. */
export async function dueForReview(tx: Tx, now: Date, limit: number): Promise<string[]> {
  const rows = await tx<{ shipment_id: string }[]>`select shipment_id from shipment
    where review_at is not null and head_id is null and review_at <= ${now} order by review_at limit ${limit}`;
  return rows.map((row) => row.shipment_id);
}
