import { timingSafeEqual } from "node:crypto";

/** A secret that may be live: `id` says later which of two verified. */
export type Secret = { id: string; value: string; expiresAtMs: number | null };

/** What a signature is checked over: lower-case header names, the bytes as received, our clock. */
export type Delivery = {
  headers: Readonly<Record<string, string | undefined>>;
  body: Uint8Array;
  nowMs: number;
};

/** `why` is one sentence for the sender's engineer; it never holds a secret or an expected signature. */
export type Verdict = { ok: true; secretId: string } | { ok: false; why: string };

export type Verifier = (delivery: Delivery) => Verdict;

export const NO_SECRET = "This feed has no live secret, so nothing can be verified; set one on the feed's screen.";

/** Tries each live secret; all are tried, so that the time taken does not tell which one fits. */
export function tryEach<K>(
  keys: readonly { secret: Secret; key: K }[],
  nowMs: number,
  matches: (key: K) => boolean,
): string | null | undefined {
  let live = 0;
  let found: string | null = null;
  for (const { secret, key } of keys) {
    if (secret.expiresAtMs !== null && secret.expiresAtMs <= nowMs) continue;
    live++;
    if (matches(key)) found ??= secret.id;
  }
  return live === 0 ? undefined : found;
}

/** Compares in constant time; unequal lengths are unequal. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}

const CLOSED: Readonly<Record<"hex" | "base64", RegExp>> = {
  hex: /^(?:[0-9a-f]{2})+$/i,
  base64: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/,
};

/** Bytes of a signature as text; null where it is not written in that encoding. Buffer.from would read the part that fits. */
export function decodeSignature(text: string, encoding: "hex" | "base64"): Buffer | null {
  if (text.length === 0 || text.length > 512 || !CLOSED[encoding].test(text)) return null;
  return Buffer.from(text, encoding);
}

/** Seconds since 1970 as a sender writes them; null for anything else. */
export function readTimestamp(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : null;
}

/** Says why a timestamp is refused, or null when it lies within the tolerance, before or after our clock. */
export function timestampRefusal(seconds: number | null, nowMs: number, toleranceSeconds: number): string | null {
  if (seconds === null) return "The timestamp is missing or is no number of seconds since 1970.";
  const offBy = Math.abs(nowMs / 1000 - seconds);
  return offBy > toleranceSeconds
    ? `The timestamp is ${Math.round(offBy)} s away from our clock; ${toleranceSeconds} s are allowed.`
    : null;
}
