import { createHash, randomBytes } from "node:crypto";
import type { NewApiKey } from "@/core/access/api-key";
import type { Tx } from "@/db/client";
import { insertApiKey } from "@/db/queries/api-keys";
import { type Actor, may, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

/** Makes an API key; the key itself is in the answer and nowhere else. Nobody gives a scope they do not hold. */
export async function createApiKey(ctx: Context, actor: Actor, input: NewApiKey): Promise<{ id: string; key: string }> {
  requireRight(actor, "api_keys:manage");
  const tooMuch = input.scopes.find((scope) => !may(actor, scope));
  if (tooMuch) throw new AppError("forbidden", `You cannot give the scope ${tooMuch}, which you do not have.`);
  return ctx.sql.begin((tx) => insertNewApiKey(ctx, tx, actor, input));
}

/** The same inside a transaction of the caller. */
export async function insertNewApiKey(ctx: Context, tx: Tx, actor: Actor, input: NewApiKey) {
  const key = `wpk_${randomBytes(24).toString("base64url")}`;
  const id = ctx.uuid();
  const createdAt = ctx.now();
  const expiresAt =
    input.expiresInDays === null ? null : new Date(createdAt.getTime() + input.expiresInDays * 86_400_000);
  const scopes = [...new Set(input.scopes)];
  await insertApiKey(tx, {
    id,
    name: input.name,
    prefix: key.slice(0, 8),
    hash: hashApiKey(key),
    scopes,
    createdBy: actor.kind === "person" ? actor.id : null,
    createdAt,
    expiresAt,
  });
  await recordAudit(ctx, tx, actor, {
    action: "api_keys.create",
    subject: `api_key:${id}`,
    after: { name: input.name, scopes, expiresAt: expiresAt?.toISOString() ?? null },
  });
  return { id, key };
}

/** Keys are random and long: one fast hash keeps them. */
export function hashApiKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
