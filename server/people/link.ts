import { createHash, randomBytes } from "node:crypto";
import type { Tx } from "@/db/client";
import { insertPersonLink } from "@/db/queries/people";
import type { Context } from "../context";

/** How long a one-time link works, in ms: seven days. */
const LINK_MS = 7 * 86_400_000;

export type IssuedLink = { url: string; expiresAt: Date };

export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** Makes a one-time link for a person; only its hash is kept, so it is shown once. */
export async function issueLink(
  ctx: Context,
  tx: Tx,
  link: { personId: string; purpose: "invitation" | "reset"; createdBy: string | null },
): Promise<IssuedLink> {
  const token = randomBytes(32).toString("base64url");
  const now = ctx.now();
  const expiresAt = new Date(now.getTime() + LINK_MS);
  await insertPersonLink(tx, { ...link, tokenHash: hashToken(token), expiresAt, now });
  return { url: `${ctx.config.publicUrl}/welcome/${token}`, expiresAt };
}
