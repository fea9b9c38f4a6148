import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** Encrypts a secret for storing: AES-256-GCM, version byte + nonce (12) + tag (16) + ciphertext. */
export function seal(key: Buffer, secret: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const body = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return Buffer.concat([Buffer.from([1]), nonce, cipher.getAuthTag(), body]);
}

/** Opens what `seal` made; throws when the key is another one or a byte was changed. */
export function unseal(key: Buffer, sealed: Uint8Array): string {
  const bytes = Buffer.from(sealed);
  if (bytes[0] !== 1) throw new Error("sealed secret of an unknown version");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(1, 13));
  decipher.setAuthTag(bytes.subarray(13, 29));
  return Buffer.concat([decipher.update(bytes.subarray(29)), decipher.final()]).toString("utf8");
}
