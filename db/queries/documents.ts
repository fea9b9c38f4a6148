import { instantOfUuidV7 } from "@/core/ids";
import type { Tx } from "@/db/client";

/** Bytes of a document: the message that carried it, named by its receipt. null when there is none or retention took the bytes. */
export async function findDocument(tx: Tx, documentId: string): Promise<Uint8Array | null> {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(documentId)) return null;
  const at = new Date(instantOfUuidV7(documentId));
  const [row] = await tx<
    { body: Buffer | null }[]
  >`select body from message where id = ${documentId} and received_at = ${at}`;
  return row?.body ?? null;
}
