import { rotatedProofKey } from "@/core/settings/key-generations";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { changeKeyGenerations, findKeyGenerations } from "../settings/key-generations";
import { type Signer, signerOf } from "./signer";

/** A public key of this installation; one that was retired signs nothing any more, and what it signed before still verifies. */
export type ProofKey = Signer & { current: boolean; retiredAt: string | null };

/** All public keys, the present one first. */
export async function listProofKeys({ sql, config }: Pick<Context, "sql" | "config">): Promise<ProofKey[]> {
  const { generation, retired } = (await findKeyGenerations(sql)).proof;
  const old = retired.toReversed().map((one) => ({
    ...signerOf(config.secretKey, one.generation),
    current: false,
    retiredAt: one.at,
  }));
  return [{ ...signerOf(config.secretKey, generation), current: true, retiredAt: null }, ...old];
}

/** Begins to sign with another key. The one before stays published, so that proofs made with it still verify. */
export async function rotateProofKey(ctx: Context, actor: Actor): Promise<ProofKey> {
  requireRight(actor, "settings:manage");
  return ctx.sql.begin(async (tx) => {
    const { before, after } = await changeKeyGenerations(tx, actor, ctx.now(), (now) =>
      rotatedProofKey(now, ctx.now()),
    );
    const signer = signerOf(ctx.config.secretKey, after.proof.generation);
    await recordAudit(ctx, tx, actor, {
      action: "proofs.rotate_key",
      subject: "setting:key_generations",
      before: {
        generation: before.proof.generation,
        keyId: signerOf(ctx.config.secretKey, before.proof.generation).keyId,
      },
      after: { generation: after.proof.generation, keyId: signer.keyId },
    });
    return { ...signer, current: true, retiredAt: null };
  });
}
