import { hash } from "node:crypto";

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Contents up to here are joined to the key in one buffer that is used again and again. */
const SCRATCH_BYTES = 65_536;

const scratch = Buffer.alloc(BLOCK_BYTES + SCRATCH_BYTES);
const result = Buffer.alloc(DIGEST_BYTES);

/**
 * HMAC-SHA256 (RFC 2104) with a key made ready, out of two hashes in one call each. `createHmac` makes and collects a native object a
 * message, which is twice as slow for small ones, and this runs for every message. The digest is good until the next call.
 */
export function makeHmacSha256(secret: Uint8Array): (content: Uint8Array) => Buffer {
  const key = secret.byteLength > BLOCK_BYTES ? hash("sha256", secret, "buffer") : secret;
  const inner = Buffer.alloc(BLOCK_BYTES, 0x36);
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c);
  for (let i = 0; i < key.byteLength; i++) {
    inner[i] = 0x36 ^ (key[i] as number);
    outer[i] = 0x5c ^ (key[i] as number);
  }
  return (content) => {
    const size = BLOCK_BYTES + content.byteLength;
    const message = size <= scratch.byteLength ? scratch : Buffer.allocUnsafe(size);
    message.set(inner);
    message.set(content, BLOCK_BYTES);
    // digests as text of one character a byte: a buffer of their own would cost as much as the hash
    outer.write(hash("sha256", message.subarray(0, size), "binary"), BLOCK_BYTES, "latin1");
    result.write(hash("sha256", outer, "binary"), "latin1");
    return result;
  };
}
