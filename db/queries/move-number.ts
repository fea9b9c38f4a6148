import type { Tx } from "@/db/client";
import { list } from "./pipeline/list";
import type { ReferenceRow } from "./pipeline/load";
import { insertReferences } from "./pipeline/save";

/** Takes references off their shipments; the caller holds the locks of both. */
export async function deleteReferences(tx: Tx, rows: readonly ReferenceRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`delete from reference r using unnest(${list(rows.map((r) => r.value))}::text[], ${list(rows.map((r) => r.kind))}::text[],
      ${list(rows.map((r) => r.issuer))}::text[], ${list(rows.map((r) => r.shipmentId))}::uuid[]) t(v, k, i, s)
    where r.value = t.v and r.kind = t.k and r.issuer = t.i and r.shipment_id = t.s`;
}

/** Puts references back as they were; `messageId` stands for the message that told them first. */
export async function insertReferenceRows(tx: Tx, rows: readonly ReferenceRow[], messageId: string): Promise<void> {
  await insertReferences(
    tx,
    rows.map((row) => ({ ...row, messageId })),
  );
}
