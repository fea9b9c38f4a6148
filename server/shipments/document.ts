import { type Proof, proofsOf } from "@/core/shipments/proofs";
import { findDocument } from "@/db/queries/documents";
import { findShipmentHead } from "@/db/queries/shipment-page";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { inScope, shipmentScope } from "./scope";

export type ProofDocument = { proof: Proof; bytes: Uint8Array };

/**
 * Reads a proof of delivery: only what its shipment names as one, and only for who may see the shipment and its customer. Other messages are not reached by it,
 * whatever their id.
 */
export async function readDocument(
  ctx: Pick<Context, "sql">,
  actor: Actor,
  input: { shipmentId: string; documentId: string },
): Promise<ProofDocument> {
  requireRight(actor, "shipments:read");
  const missing = new AppError("not_found", "There is no such document.");
  const [scope, head] = await Promise.all([shipmentScope(ctx, actor), findShipmentHead(ctx.sql, input.shipmentId)]);
  if (head === null || !inScope(scope, head)) throw missing;
  requireRight(actor, "customers:read");
  const proof = proofsOf(head.state).find(({ documentId }) => documentId === input.documentId);
  if (!proof) throw missing;
  const bytes = await findDocument(ctx.sql, proof.documentId);
  if (bytes === null) throw new AppError("not_found", "The bytes of this document are past their retention.");
  return { proof, bytes };
}

/**
 * Headers under which a stranger's file is shown: the type told by its first bytes and no other guess, no script, no form, no frame of others, and
 * of nobody's origin. A PDF is shown by the browser's own viewer, which a sandboxed document may not start.
 */
export function documentHeaders({ proof }: ProofDocument, saves: boolean): Record<string, string> {
  const plain = proof.fileName.replace(/[^\w.-]+/g, "_");
  const name = `filename="${plain}"; filename*=UTF-8''${encodeURIComponent(proof.fileName)}`;
  const sandbox = proof.mimeType === "application/pdf" ? "" : "; sandbox";
  return {
    "content-type": proof.mimeType,
    "content-disposition": `${saves ? "attachment" : "inline"}; ${name}`,
    "content-security-policy": `default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'${sandbox}`,
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "cache-control": "private, no-store",
  };
}
