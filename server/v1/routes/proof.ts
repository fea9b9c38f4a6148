import { z } from "zod";
import { proofSchema } from "@/core/proof/proof";
import { AppError } from "../../errors";
import { exportProof, shipmentQuestion } from "../../proof/export";
import { listProofKeys } from "../../proof/keys";
import { route } from "../route";
import { listOf } from "../shapes";

const params = z.object({ id: z.uuid() });
const proofShape = proofSchema.meta({ id: "Proof" });

const keyShape = proofSchema.shape.signer.extend({ current: z.boolean(), retiredAt: z.iso.datetime().nullable() });

export const proofRoutes = [
  route({
    method: "GET",
    path: "/postings/{id}/proof",
    right: "postings:read",
    summary:
      "The signed chain from raw bytes to Odoo's read-back; the bytes need the scope messages:read, their hash does not",
    params,
    output: proofShape,
    handle: ({ ctx, actor }, { params: { id } }) => exportProof(ctx, actor, { kind: "posting", id }),
  }),
  route({
    method: "GET",
    path: "/shipments/{id}/proof",
    right: "shipments:read",
    summary: "The signed chain behind one milestone or attribute of a shipment; name either",
    params,
    query: z.object(shipmentQuestion.shape),
    output: proofShape,
    handle: ({ ctx, actor }, { params: { id }, query }) => {
      const asked = shipmentQuestion.safeParse(query);
      if (!asked.success) throw new AppError("invalid", "Name a milestone or an attribute, not both.");
      const { milestone, attribute } = asked.data;
      return exportProof(
        ctx,
        actor,
        milestone
          ? { kind: "milestone", shipmentId: id, milestone }
          : { kind: "attribute", shipmentId: id, attribute: attribute as NonNullable<typeof attribute> },
      );
    },
  }),
  route({
    method: "GET",
    path: "/proof-keys",
    right: "shipments:read",
    summary:
      "Public keys by which proofs of this installation are verified, the present one first, then those it signs with no more",
    output: listOf(keyShape),
    handle: async ({ ctx }) => ({ items: await listProofKeys(ctx), nextCursor: null }),
  }),
];
