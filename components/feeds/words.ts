import type { MarkShape } from "@/components/ui/mark";
import type { AdapterName, FeedClass, VerifyScheme, WayIn } from "@/core/feeds/feed";
import type { FeedHealth } from "@/core/feeds/health";

export const HEALTH_SHAPE: Readonly<Record<FeedHealth["tone"], MarkShape>> = {
  ok: "dot",
  late: "clock",
  broken: "cross",
  idle: "ring",
};

export const WAY_WORD: Readonly<Record<WayIn, string>> = {
  push: "Webhook",
  file: "Files",
  poll: "Poll",
  stream: "Stream",
};

export const VERIFY_WORD: Readonly<Record<VerifyScheme, { word: string; hint: string }>> = {
  easypost: { word: "EasyPost", hint: "HMAC-SHA256 in X-Hmac-Signature, over the raw body" },
  standard_webhooks: {
    word: "Standard Webhooks",
    hint: "webhook-id, webhook-timestamp and webhook-signature; five minutes of tolerance",
  },
  hmac: {
    word: "HMAC header",
    hint: "Most senders: a header with an HMAC of the body; names and encoding are set below",
  },
  api_key: { word: "API key", hint: "A key in Authorization: Bearer, or in a header of its own" },
  none: { word: "Nothing", hint: "Files and polls carry no signature" },
};

/** What a feed of each adapter usually is. */
export const ADAPTER_USUAL: Readonly<
  Record<
    Exclude<AdapterName, "odoo">,
    { class: Exclude<FeedClass, "odoo">; wayIn: "push" | "file"; verify: VerifyScheme; about: string }
  >
> = {
  easypost: {
    class: "aggregator",
    wayIn: "push",
    verify: "easypost",
    about: "Tracking of many carriers by EasyPost's tracker webhooks",
  },
  x12: {
    class: "carrier",
    wayIn: "file",
    verify: "none",
    about: "EDI 214 shipment status of a freight carrier; a 997 goes back for each interchange",
  },
  edifact: {
    class: "finance",
    wayIn: "file",
    verify: "none",
    about: "Freight bills of a carrier or forwarder as INVOIC, D.96A and later",
  },
  csv: {
    class: "warehouse",
    wayIn: "file",
    verify: "none",
    about: "A delimited export of a warehouse or other system, or a carrier's bills; columns are mapped once",
  },
  bills: {
    class: "finance",
    wayIn: "push",
    verify: "api_key",
    about: "Freight bills as plain JSON, each with its number, total and charges",
  },
  document: {
    class: "carrier",
    wayIn: "file",
    verify: "none",
    about: "Signed documents whose file name names the shipment; each is attached to its transfer in Odoo",
  },
};

/** "DHL Express (CZ)" -> "dhl-express-cz". */
export function slugOf(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60)
    .replace(/-+$/, "");
}

/** How often messages come, in words: "every 12 s", "4 an hour". */
export function cadenceInWords(perMinute: number, perDay: number): string {
  if (perMinute >= 1)
    return perMinute >= 60 ? `${Math.round(perMinute / 60)} a second` : `every ${Math.round(60 / perMinute)} s`;
  if (perDay >= 24) return `${Math.round(perDay / 24)} an hour`;
  return perDay === 0 ? "none in a day" : `${perDay} a day`;
}
