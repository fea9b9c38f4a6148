import { createHash } from "node:crypto";
import { z } from "zod";
import { NO_SECRET, type Secret, sameBytes, tryEach, type Verifier } from "./scheme";

/** Where the key stands: `Authorization: Bearer <key>` unless a header of its own is named. */
export const apiKeySettings = z.object({
  header: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,80}$/, "a header name")
    .transform((name) => name.toLowerCase())
    .default("authorization"),
});
export type ApiKeySettings = z.infer<typeof apiKeySettings>;

/** A key in a header. Hashes are compared, so that neither content nor length of the key shows in the time taken. */
export function verifyApiKey(settings: ApiKeySettings, secrets: readonly Secret[]): Verifier {
  const keys = secrets.map((secret) => ({ secret, key: hashOf(secret.value) }));
  const bearer = settings.header === "authorization";
  return ({ headers, nowMs }) => {
    const value = headers[settings.header];
    const given = bearer ? /^bearer +(\S+)$/i.exec(value ?? "")?.[1] : value?.trim();
    if (!given) {
      return {
        ok: false,
        why: bearer ? "The header Authorization: Bearer is missing." : `The header ${settings.header} is missing.`,
      };
    }
    const hash = hashOf(given);
    const secretId = tryEach(keys, nowMs, (key) => sameBytes(hash, key));
    if (secretId === undefined) return { ok: false, why: NO_SECRET };
    if (secretId === null) return { ok: false, why: "The key is not a live key of this feed." };
    return { ok: true, secretId };
  };
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
