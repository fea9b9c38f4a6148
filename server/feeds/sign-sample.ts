import { createHmac } from "node:crypto";
import type { VerifyScheme } from "@/core/feeds/feed";
import { apiKeySettings } from "../verify/api-key";
import { EASYPOST_HEADER } from "../verify/easypost";
import { hmacSettings } from "../verify/hmac";

/** Signs a body as the sender of a scheme does; the headers to send with it. */
export function signSample(
  scheme: VerifyScheme,
  rawSettings: unknown,
  secret: string,
  body: Uint8Array,
  delivery: { id: string; atMs: number },
): Record<string, string> {
  const seconds = String(Math.floor(delivery.atMs / 1000));
  switch (scheme) {
    case "easypost": {
      const hex = createHmac("sha256", secret.normalize("NFKD")).update(body).digest("hex");
      return { [EASYPOST_HEADER]: `hmac-sha256-hex=${hex}` };
    }
    case "standard_webhooks": {
      const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
      const signed = createHmac("sha256", key).update(`${delivery.id}.${seconds}.`).update(body).digest("base64");
      return { "webhook-id": delivery.id, "webhook-timestamp": seconds, "webhook-signature": `v1,${signed}` };
    }
    case "hmac": {
      const settings = hmacSettings.parse(rawSettings ?? {});
      const [before = "", after = ""] = settings.template
        .split("{body}")
        .map((part) => part.replaceAll("{timestamp}", seconds));
      const hmac = createHmac(settings.algorithm, secret).update(before).update(body).update(after);
      return {
        [settings.header]: `${settings.prefix}${hmac.digest(settings.encoding)}`,
        ...(settings.timestampHeader ? { [settings.timestampHeader]: seconds } : {}),
      };
    }
    case "api_key": {
      const { header } = apiKeySettings.parse(rawSettings ?? {});
      return { [header]: header === "authorization" ? `Bearer ${secret}` : secret };
    }
    case "none":
      return {};
  }
}
