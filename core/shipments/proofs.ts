import { z } from "zod";
import type { Shipment } from "./shipment";

/** Types of documents that are shown; whatever a sender called them, they were told by their first bytes. */
export const PROOF_TYPES = ["application/pdf", "image/png", "image/jpeg"] as const;

const proof = z.object({
  documentId: z.guid(),
  fileName: z.string().min(1).max(200),
  mimeType: z.enum(PROOF_TYPES),
  byteLength: z.int().positive(),
  receivedAt: z.string().nullable().default(null),
  /** Where a photo says it was taken. */
  taken: z
    .object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
    .nullable()
    .default(null),
});
export type Proof = z.infer<typeof proof>;

/** Lists the documents that prove the delivery of a shipment, each once; a mere name of who signed is none. */
export function proofsOf(shipment: Partial<Pick<Shipment, "attributes">>): Proof[] {
  const value = shipment.attributes?.proof_of_delivery?.value;
  const found = (Array.isArray(value) ? value : [value]).flatMap((one) => {
    const read = proof.safeParse(one);
    return read.success ? [read.data] : [];
  });
  return [...new Map(found.map((one) => [one.documentId, one])).values()];
}
