/** Hop-by-hop headers and those that say nothing about the message. */
const LEFT_OUT = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "host",
  "content-length",
  "accept",
  "accept-encoding",
  "accept-language",
]);
const HIDDEN = new Set(["cookie", "set-cookie"]);
const SECRET_NAME = /auth|signature|hmac|secret|token|api-?key|password|credential/;

const MOST_HEADERS = 40;
const LONGEST_VALUE = 1000;
const MOST_CHARACTERS = 8192;

/**
 * The headers as they may be stored: lower-case, bounded, secrets masked. A signature or key keeps its scheme and last four characters,
 * by which two can be told apart; cookies and passwords keep nothing.
 */
export function storedHeaders(
  headers: Readonly<Record<string, string | undefined>>,
  secret: ReadonlySet<string>,
): Record<string, string> {
  const stored: Record<string, string> = {};
  let count = 0;
  let room = MOST_CHARACTERS;
  for (const name in headers) {
    const given = headers[name];
    if (given === undefined || LEFT_OUT.has(name)) continue;
    const value = maskIfSecret(name, given, secret);
    room -= name.length + value.length;
    if (++count > MOST_HEADERS || room < 0) break;
    stored[name] = value;
  }
  return stored;
}

function maskIfSecret(name: string, value: string, secret: ReadonlySet<string>): string {
  if (HIDDEN.has(name)) return "****";
  if (secret.has(name) || isSecretName(name)) return mask(value);
  // PostgreSQL has no text with NUL
  return value.slice(0, LONGEST_VALUE).replaceAll("\0", "");
}

const secretNames = new Map<string, boolean>();

function isSecretName(name: string): boolean {
  let known = secretNames.get(name);
  if (known === undefined) {
    known = SECRET_NAME.test(name);
    if (secretNames.size < 500) secretNames.set(name, known);
  }
  return known;
}

/** Scheme and last four: `Bearer ****9f3a`, `sha256=****0e19`. Base64 of a user name and password, and what is short, keep no end. */
export function mask(value: string): string {
  const scheme = /^[A-Za-z][A-Za-z0-9_-]{0,19}[ =,]/.exec(value)?.[0] ?? "";
  const rest = value.slice(scheme.length);
  const showsEnd = rest.length >= 16 && !/^basic /i.test(scheme);
  return `${scheme}****${showsEnd ? rest.slice(-4).replaceAll("\0", "") : ""}`;
}
