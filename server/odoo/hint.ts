import { createHmac, timingSafeEqual } from "node:crypto";
import { type Bucket, fullBucket, take } from "@/core/rate";
import { findConnection } from "@/db/queries/odoo";
import { noteHint } from "@/db/queries/odoo-history";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

/** The secret in the address of a connection's hints: follows from the workspace's secret key and is stored nowhere. */
export function hintSecret(secretKey: Buffer, connectionId: number): string {
  return createHmac("sha256", secretKey).update(`waypost odoo hint 1 ${connectionId}`).digest("base64url").slice(0, 32);
}

/** The address to put into Odoo's webhook, for those who manage the connection. Throws `not_found`. */
export async function hintAddress(ctx: Context, actor: Actor, id: number): Promise<{ url: string }> {
  requireRight(actor, "odoo:manage");
  if (!(await findConnection(ctx.sql, id))) throw new AppError("not_found", "There is no such connection.");
  const base = ctx.config.publicUrl.replace(/\/$/, "");
  return { url: `${base}/api/odoo/${id}/hint?secret=${hintSecret(ctx.config.secretKey, id)}` };
}

export type HintAnswer = { status: 202 | 404 | 429; retryAfterSeconds?: number };
type Deps = Pick<Context, "sql" | "config" | "now">;
type Seen = { bucket: Bucket; toldAtMs: number; trailing: NodeJS.Timeout | null };

const RATE = { perSecond: 10, burst: 50 };
/** One look a second is enough for however many records: what comes meanwhile is told when it is over. */
const TOGETHER_MS = 1_000;

/**
 * Takes hints that something changed in an Odoo. Nothing of a hint is believed: it only asks the poll to look now. Hints of one connection within
 * a second are one look; a wrong secret and an unknown connection get the same answer.
 */
export function makeHints(ctx: Deps): (connectionId: number, secret: string) => Promise<HintAnswer> {
  const known = new Map<number, Seen>();
  return async (connectionId, secret) => {
    if (!sameSecret(secret, hintSecret(ctx.config.secretKey, connectionId))) return { status: 404 };
    const nowMs = ctx.now().getTime();
    const seen = known.get(connectionId) ?? {
      bucket: fullBucket(RATE, nowMs),
      toldAtMs: Number.NEGATIVE_INFINITY,
      trailing: null,
    };
    known.set(connectionId, seen);
    const { bucket, waitMs } = take(seen.bucket, RATE, nowMs);
    seen.bucket = bucket;
    if (waitMs > 0) return { status: 429, retryAfterSeconds: Math.ceil(waitMs / 1000) };
    const tell = async () => {
      seen.toldAtMs = ctx.now().getTime();
      return noteHint(ctx.sql, connectionId, ctx.now());
    };
    const restMs = seen.toldAtMs + TOGETHER_MS - nowMs;
    if (restMs <= 0) return { status: (await tell()) ? 202 : 404 };
    seen.trailing ??= setTimeout(() => {
      seen.trailing = null;
      void tell().catch(() => undefined);
    }, restMs).unref();
    return { status: 202 };
  };
}

function sameSecret(said: string, secret: string): boolean {
  const [one, other] = [Buffer.from(said), Buffer.from(secret)];
  return one.length === other.length && timingSafeEqual(one, other);
}
