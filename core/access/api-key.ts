import { z } from "zod";
import { RIGHTS } from "./rights";

/** `wpk_` and 32 characters of base64url: 192 random bits. */
export const API_KEY_PATTERN = /^wpk_[A-Za-z0-9_-]{32}$/;

export const newApiKeySchema = z.object({
  name: z.string().trim().min(1, "Say what the key is for.").max(120),
  scopes: z.array(z.enum(RIGHTS)).min(1, "Choose at least one scope.").max(RIGHTS.length),
  /** Days until the key ends; null: it does not. */
  expiresInDays: z.number().int().min(1).max(3650).nullable(),
});
export type NewApiKey = z.infer<typeof newApiKeySchema>;

/** Says why a key is not taken, or null when it is. */
export function refusalOfKey(key: { revokedAt: Date | null; expiresAt: Date | null }, now: Date): string | null {
  if (key.revokedAt) return "This API key was revoked.";
  if (key.expiresAt && key.expiresAt <= now) return "This API key has expired.";
  return null;
}
