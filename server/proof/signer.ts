import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign, verify } from "node:crypto";
import type { CheckTools } from "@/core/proof/check";
import { type Proof, signedText, type UnsignedProof } from "@/core/proof/proof";

/** DER heads of an Ed25519 key (RFC 8410): what stands before the 32 bytes of a private and of a public key. */
const PRIVATE_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_HEAD = Buffer.from("302a300506032b6570032100", "hex");

export type Signer = Proof["signer"];

/** A signing key of this installation: it follows from the workspace's secret key and its generation, and is stored nowhere. */
function privateKeyOf(secretKey: Buffer, generation: number): KeyObject {
  const seed = Buffer.from(hkdfSync("sha256", secretKey, "", `waypost proof of state, ed25519, ${generation}`, 32));
  return createPrivateKey({ key: Buffer.concat([PRIVATE_HEAD, seed]), format: "der", type: "pkcs8" });
}

/** Public half of the key, by which others verify. */
export function signerOf(secretKey: Buffer, generation: number): Signer {
  const der = createPublicKey(privateKeyOf(secretKey, generation)).export({ format: "der", type: "spki" });
  const publicKey = der.subarray(PUBLIC_HEAD.length).toString("base64");
  return { algorithm: "ed25519", publicKey, keyId: checkTools.sha256OfBase64(publicKey).slice(0, 16) };
}

/** Signs with the key of a generation; `proof.signer` names that key. */
export function signProof(secretKey: Buffer, generation: number, proof: UnsignedProof): Proof {
  const key = privateKeyOf(secretKey, generation);
  const signature = sign(null, Buffer.from(signedText(proof), "utf8"), key).toString("base64");
  return { ...proof, signature };
}

/** What checking needs of node:crypto; neither a database nor the secret key. */
export const checkTools: CheckTools = {
  sha256OfText: (text) => createHash("sha256").update(text, "utf8").digest("hex"),
  sha256OfBase64: (base64) => createHash("sha256").update(Buffer.from(base64, "base64")).digest("hex"),
  isSigned: (text, signature, publicKey) => {
    try {
      const key = Buffer.concat([PUBLIC_HEAD, Buffer.from(publicKey, "base64")]);
      const spki = createPublicKey({ key, format: "der", type: "spki" });
      const bytes = Buffer.from(signature, "base64");
      // base64 has several spellings of the same bytes; one of them was signed and sent
      if (bytes.toString("base64") !== signature) return false;
      return verify(null, Buffer.from(text, "utf8"), spki, bytes);
    } catch {
      return false;
    }
  },
};
