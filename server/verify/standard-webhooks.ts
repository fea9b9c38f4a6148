import { createHmac, createSecretKey } from "node:crypto";
import {
  type Delivery,
  decodeSignature,
  NO_SECRET,
  readTimestamp,
  type Secret,
  sameBytes,
  timestampRefusal,
  tryEach,
  type Verifier,
} from "./scheme";

const TOLERANCE_SECONDS = 300;
const MOST_SIGNATURES = 16;

/**
 * Standard Webhooks (standards.md 1.7): HMAC-SHA256 over `id.timestamp.body`, base64, version v1; several signatures in one header for
 * rotation; 5 minutes to both sides. Svix's own header names are read too. Other versions (v1a) are passed over.
 */
export function verifyStandardWebhooks(secrets: readonly Secret[]): Verifier {
  const keys = secrets.map((secret) => ({ secret, key: createSecretKey(keyBytes(secret.value)) }));
  return (delivery) => {
    const id = header(delivery, "id");
    const timestamp = header(delivery, "timestamp");
    const given = header(delivery, "signature");
    if (!id || !given)
      return { ok: false, why: "The headers webhook-id, webhook-timestamp, webhook-signature are missing." };
    const refusal = timestampRefusal(readTimestamp(timestamp), delivery.nowMs, TOLERANCE_SECONDS);
    if (refusal) return { ok: false, why: refusal };
    const signatures = signaturesIn(given);
    if (signatures.length === 0) return { ok: false, why: "The header webhook-signature holds no v1 signature." };
    const secretId = tryEach(keys, delivery.nowMs, (key) => {
      const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(delivery.body).digest();
      return signatures.some((signature) => sameBytes(signature, expected));
    });
    if (secretId === undefined) return { ok: false, why: NO_SECRET };
    if (secretId === null) return { ok: false, why: "No v1 signature matches the body with any live secret." };
    return { ok: true, secretId };
  };
}

function header({ headers }: Delivery, name: "id" | "timestamp" | "signature"): string | undefined {
  return headers[`webhook-${name}`] ?? headers[`svix-${name}`];
}

function signaturesIn(given: string): Buffer[] {
  return given
    .split(" ", MOST_SIGNATURES)
    .filter((part) => part.startsWith("v1,"))
    .map((part) => decodeSignature(part.slice(3), "base64"))
    .filter((bytes) => bytes !== null);
}

/** The key is the base64 after whsec_; a secret without that prefix is base64 as well, and else its own bytes. */
function keyBytes(secret: string): Buffer {
  const text = secret.startsWith("whsec_") ? secret.slice(6) : secret;
  return decodeSignature(text, "base64") ?? Buffer.from(secret, "utf8");
}
