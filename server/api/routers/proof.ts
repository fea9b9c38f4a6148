import { z } from "zod";
import { checkProof } from "@/core/proof/check";
import { type ProofLink, proofSubject } from "@/core/proof/proof";
import { buildProof } from "../../proof/build";
import { listProofKeys, rotateProofKey } from "../../proof/keys";
import { checkTools } from "../../proof/signer";
import { allowed, router } from "../trpc";

export const proofRouter = router({
  /** The chain behind a value, without the raw bytes, and whether it holds. */
  show: allowed("shipments:read")
    .input(proofSubject)
    .query(async ({ ctx: { ctx, actor }, input }) => {
      const proof = await buildProof(ctx, actor, input, { bytes: true });
      const verdict = checkProof(proof, checkTools);
      const links = proof.links.map(withoutBytes);
      return { about: proof.about, madeAt: proof.madeAt, signer: proof.signer, links, verdict };
    }),

  /** Checks a document that somebody holds against the keys of this installation. */
  check: allowed("shipments:read")
    .input(z.object({ document: z.string().max(8_000_000) }))
    .mutation(async ({ ctx: { ctx }, input }) => {
      const keys = await listProofKeys(ctx);
      const trusted = keys.map(({ publicKey, retiredAt }) => ({ key: publicKey, until: retiredAt }));
      const verdict = checkProof(parsed(input.document), checkTools, trusted);
      return { ...verdict, keyId: keys[0]?.keyId ?? null };
    }),

  /** Public keys of this installation, the present one first. */
  keys: allowed("shipments:read").query(({ ctx: { ctx } }) => listProofKeys(ctx)),

  rotateKey: allowed("settings:manage").mutation(({ ctx: { ctx, actor } }) => rotateProofKey(ctx, actor)),
});

function withoutBytes(link: ProofLink): ProofLink {
  const { bytes, ...content } = link.content;
  return typeof bytes === "string" ? { ...link, content: { ...content, bytes: "in the download" } } : link;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
