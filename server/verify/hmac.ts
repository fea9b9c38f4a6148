import { createHmac, createSecretKey } from "node:crypto";
import { z } from "zod";
import { makeHmacSha256 } from "./hmac-sha256";
import {
  decodeSignature,
  NO_SECRET,
  readTimestamp,
  type Secret,
  sameBytes,
  timestampRefusal,
  tryEach,
  type Verifier,
} from "./scheme";

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,80}$/, "a header name")
  .transform((name) => name.toLowerCase());

/** How a sender signs: which headers, which algorithm, what is signed. */
export const hmacSettings = z
  .object({
    header: headerName,
    algorithm: z.enum(["sha256", "sha1", "sha512"]).default("sha256"),
    encoding: z.enum(["hex", "base64"]).default("hex"),
    /** What stands before the signature in its header, as "sha256=". */
    prefix: z.string().max(40).default(""),
    timestampHeader: headerName.optional(),
    /** What is signed: `{body}` once, `{timestamp}` where there is a timestamp. */
    template: z.string().max(200).default("{body}"),
    toleranceSeconds: z.number().int().min(1).max(86_400).default(300),
  })
  .refine((s) => s.template.split("{body}").length === 2, "template must hold {body} once")
  .refine(
    (s) => (s.timestampHeader === undefined) === !s.template.includes("{timestamp}"),
    "a timestamp header and {timestamp} in the template go together, else the timestamp could be changed",
  );
export type HmacSettings = z.infer<typeof hmacSettings>;

/** A generic HMAC header, as most senders of webhooks use one. */
export function verifyHmac(settings: HmacSettings, secrets: readonly Secret[]): Verifier {
  const keys = secrets.map((secret) => {
    const bytes = Buffer.from(secret.value, "utf8");
    return { secret, key: { key: createSecretKey(bytes), ofBody: makeHmacSha256(bytes) } };
  });
  const [before = "", after = ""] = settings.template.split("{body}");
  const isPlain = settings.algorithm === "sha256" && settings.template === "{body}";
  return ({ headers, body, nowMs }) => {
    const given = headers[settings.header];
    if (given === undefined) return { ok: false, why: `The header ${settings.header} is missing.` };
    const signature = given.startsWith(settings.prefix)
      ? decodeSignature(given.slice(settings.prefix.length), settings.encoding)
      : null;
    if (!signature) {
      return { ok: false, why: `The header ${settings.header} is not ${settings.prefix} and ${settings.encoding}.` };
    }
    const timestamp = settings.timestampHeader ? headers[settings.timestampHeader] : undefined;
    if (settings.timestampHeader) {
      const refusal = timestampRefusal(readTimestamp(timestamp), nowMs, settings.toleranceSeconds);
      if (refusal) return { ok: false, why: refusal };
    }
    const fill = (text: string) => text.replaceAll("{timestamp}", timestamp ?? "");
    const secretId = tryEach(keys, nowMs, ({ key, ofBody }) => {
      if (isPlain) return sameBytes(signature, ofBody(body));
      const hmac = createHmac(settings.algorithm, key).update(fill(before)).update(body).update(fill(after));
      return sameBytes(signature, hmac.digest());
    });
    if (secretId === undefined) return { ok: false, why: NO_SECRET };
    if (secretId === null) return { ok: false, why: "The signature does not match the body with any live secret." };
    return { ok: true, secretId };
  };
}
