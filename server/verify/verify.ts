import { z } from "zod";
import type { VerifyScheme } from "@/core/feeds/feed";
import { assertNever } from "../errors";
import { apiKeySettings, verifyApiKey } from "./api-key";
import { EASYPOST_HEADER, verifyEasypost } from "./easypost";
import { hmacSettings, verifyHmac } from "./hmac";
import type { Secret, Verdict, Verifier } from "./scheme";
import { verifyStandardWebhooks } from "./standard-webhooks";

/** Reads the settings of a scheme as a person or script wrote them; throws ZodError. Schemes without settings take an empty object. */
export function parseVerifySettings(scheme: VerifyScheme, raw: unknown) {
  if (scheme === "hmac") return hmacSettings.parse(raw ?? {});
  if (scheme === "api_key") return apiKeySettings.parse(raw ?? {});
  return z.object({}).parse(raw ?? {});
}

/** The check of one feed, with its keys made ready. Fails closed: wrong settings and the scheme `none` refuse everything. */
export function makeVerifier(scheme: VerifyScheme, rawSettings: unknown, secrets: readonly Secret[]): Verifier {
  switch (scheme) {
    case "easypost":
      return verifyEasypost(secrets);
    case "standard_webhooks":
      return verifyStandardWebhooks(secrets);
    case "hmac": {
      const settings = hmacSettings.safeParse(rawSettings ?? {});
      return settings.success
        ? verifyHmac(settings.data, secrets)
        : refuseAll("The feed's signature settings are wrong.");
    }
    case "api_key": {
      const settings = apiKeySettings.safeParse(rawSettings ?? {});
      return settings.success ? verifyApiKey(settings.data, secrets) : refuseAll("The feed's key settings are wrong.");
    }
    case "none":
      return refuseAll("This feed takes files or polls only: its deliveries carry no proof.");
    default:
      return assertNever(scheme);
  }
}

function refuseAll(why: string): Verifier {
  const verdict: Verdict = { ok: false, why };
  return () => verdict;
}

/** Headers that hold a secret or a signature under a scheme; they are masked before a message is stored. */
export function secretHeaders(scheme: VerifyScheme, rawSettings: unknown): string[] {
  if (scheme === "easypost") return [EASYPOST_HEADER];
  if (scheme === "standard_webhooks") return ["webhook-signature", "svix-signature"];
  if (scheme !== "hmac" && scheme !== "api_key") return [];
  const settings = (scheme === "hmac" ? hmacSettings : apiKeySettings).safeParse(rawSettings ?? {});
  return settings.success ? [settings.data.header] : [];
}
