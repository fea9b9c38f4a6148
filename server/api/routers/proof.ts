import { z } from "zod";
import { checkProof } from "@/core/proof/check";
import { type ProofLink, proofSubject } from "@/core/proof/proof";
import { buildProof } from "../../proof/build";
import { checkTools, signerOf } from "../../proof/signer";
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

  /** Checks a document that somebody holds against the key of this installation. */
  check: allowed("shipments:read")
    .input(z.object({ document: z.string().max(8_000_000) }))
    .mutation(({ ctx: { ctx }, input }) => {
      const { publicKey, keyId } = signerOf(ctx.config.secretKey);
      const verdict = checkProof(parsed(input.document), checkTools, publicKey);
      return { ...verdict, keyId };
    }),
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
