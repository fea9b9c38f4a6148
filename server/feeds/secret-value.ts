import { randomBytes } from "node:crypto";
import type { VerifyScheme } from "@/core/feeds/feed";

/** Makes a secret in the form that senders of a scheme expect; 256 bits. */
export function newSecretValue(scheme: VerifyScheme): string {
  const bytes = randomBytes(32);
  if (scheme === "standard_webhooks") return `whsec_${bytes.toString("base64")}`;
  return scheme === "api_key" ? `wpf_${bytes.toString("base64url")}` : bytes.toString("hex");
}

/** The last characters, to tell two secrets apart. */
export function hintOf(secret: string): string {
  return secret.slice(-4);
}
