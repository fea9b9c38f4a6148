import { API_KEY_PATTERN, refusalOfKey } from "@/core/access/api-key";
import { findApiKeyByHash, updateApiKeyUsed } from "@/db/queries/api-keys";
import type { KeyActor } from "../access/actor";
import { Throttle } from "../access/throttle";
import type { Context } from "../context";
import { AppError } from "../errors";
import { hashApiKey } from "./create";

/** Calls a key may make: 200 at once, 50 a second. */
const KEY_RATE = { burst: 200, perSecond: 50 } as const;
const byKey = new Throttle(KEY_RATE);

/** Says which key stands in an `Authorization: Bearer` header; throws `unauthenticated`, or `limit` when it calls too often. */
export async function authenticateKey(ctx: Context, authorization: string | null): Promise<KeyActor> {
  const sent = /^Bearer\s+(\S+)$/i.exec(authorization ?? "")?.[1];
  if (!sent || !API_KEY_PATTERN.test(sent)) {
    throw new AppError("unauthenticated", "Send an API key: Authorization: Bearer wpk_...");
  }
  const key = await findApiKeyByHash(ctx.sql, hashApiKey(sent));
  const now = ctx.now();
  if (!key) throw new AppError("unauthenticated", "This API key is unknown.");
  const refusal = refusalOfKey(key, now);
  if (refusal) throw new AppError("unauthenticated", refusal);
  const waitMs = byKey.take(key.id, now.getTime());
  if (waitMs > 0) {
    const retryAfterSeconds = Math.ceil(waitMs / 1000);
    throw new AppError("limit", "This API key calls too often.", { retryAfterSeconds });
  }
  await updateApiKeyUsed(ctx.sql, key.id, now);
  return { kind: "api_key", id: key.id, name: key.name, scopes: key.scopes };
}
