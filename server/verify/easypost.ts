import { makeHmacSha256 } from "./hmac-sha256";
import { decodeSignature, NO_SECRET, type Secret, sameBytes, tryEach, type Verifier } from "./scheme";

export const EASYPOST_HEADER = "x-hmac-signature";
const PREFIX = "hmac-sha256-hex=";

/**
 * EasyPost (standards.md 1.7): HMAC-SHA256 in hex over the raw body, the secret normalised NFKD. Some of its senders sign a body in which
 * whole-number weights are written with a decimal ("weight": 13.0) but send them without; that form is tried after the raw bytes.
 */
export function verifyEasypost(secrets: readonly Secret[]): Verifier {
  const keys = secrets.map((secret) => ({ secret, key: makeHmacSha256(Buffer.from(secret.value.normalize("NFKD"))) }));
  return ({ headers, body, nowMs }) => {
    const given = headers[EASYPOST_HEADER];
    if (given === undefined) return { ok: false, why: "The header X-Hmac-Signature is missing." };
    const signature = given.startsWith(PREFIX) ? decodeSignature(given.slice(PREFIX.length), "hex") : null;
    if (!signature) return { ok: false, why: "The header X-Hmac-Signature is not hmac-sha256-hex= and hex digits." };
    let secretId = tryEach(keys, nowMs, (key) => sameBytes(signature, key(body)));
    if (secretId === null) {
      const rewritten = withDecimalWeights(body);
      if (rewritten) secretId = tryEach(keys, nowMs, (key) => sameBytes(signature, key(rewritten)));
    }
    if (secretId === undefined) return { ok: false, why: NO_SECRET };
    if (secretId === null) return { ok: false, why: "The signature does not match the body with any live secret." };
    return { ok: true, secretId };
  };
}

const WHOLE_WEIGHT = /("weight":\s*)(\d+)(\s*)(?=[,}])/g;

/** latin1 keeps every byte as it is. */
function withDecimalWeights(body: Uint8Array): Buffer | null {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!bytes.includes('"weight":')) return null;
  const text = bytes.toString("latin1");
  const rewritten = text.replace(WHOLE_WEIGHT, "$1$2.0$3");
  return rewritten === text ? null : Buffer.from(rewritten, "latin1");
}
