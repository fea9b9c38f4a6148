import { z } from "zod";
import { type Proof, type ProofSubject, proofSubject } from "@/core/proof/proof";
import { ATTRIBUTES } from "@/core/shipments/attributes";
import { MILESTONES } from "@/core/shipments/milestones";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { buildProof } from "./build";

/** Gives a proof with its raw bytes, as one document, and records that somebody took it. */
export async function exportProof(ctx: Context, actor: Actor, subject: ProofSubject): Promise<Proof> {
  requireRight(actor, "shipments:read");
  const proof = await buildProof(ctx, actor, subject, { bytes: true });
  await recordAudit(ctx, ctx.sql, actor, {
    action: "proofs.export",
    subject: subject.kind === "posting" ? `posting:${subject.id}` : `shipment:${subject.shipmentId}`,
    after: { ...subject, last: proof.links.at(-1)?.digest ?? null },
  });
  return proof;
}

/** What of a shipment is asked about: one milestone or one field. */
export const shipmentQuestion = z
  .object({ milestone: z.enum(MILESTONES).optional(), attribute: z.enum(ATTRIBUTES).optional() })
  .refine((q) => (q.milestone === undefined) !== (q.attribute === undefined), "Name a milestone or an attribute.");

/** Reads the subject out of an address: `?posting=`, or `?shipment=` with `milestone=` or `attribute=`. */
export function subjectOf(params: URLSearchParams): ReturnType<typeof proofSubject.safeParse> {
  const [posting, shipmentId] = [params.get("posting"), params.get("shipment")];
  const [milestone, attribute] = [params.get("milestone"), params.get("attribute")];
  if (posting !== null) return proofSubject.safeParse({ kind: "posting", id: posting });
  return proofSubject.safeParse(
    attribute === null ? { kind: "milestone", shipmentId, milestone } : { kind: "attribute", shipmentId, attribute },
  );
}
