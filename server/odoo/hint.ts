import { createHmac, timingSafeEqual } from "node:crypto";
import { type Bucket, fullBucket, take } from "@/core/rate";
import {
  HINT_OVERLAP_HOURS,
  hintGenerations,
  hintOverlapEnds,
  type KeyGenerations,
  rotatedHint,
} from "@/core/settings/key-generations";
import { findConnection } from "@/db/queries/odoo";
import { noteHint } from "@/db/queries/odoo-history";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { changeKeyGenerations, findKeyGenerations } from "../settings/key-generations";

/** The secret in the address of a connection's hints: follows from the workspace's secret key and a generation, and is stored nowhere. */
export function hintSecret(secretKey: Buffer, connectionId: number, generation: number): string {
  const text = `waypost odoo hint ${generation} ${connectionId}`;
  return createHmac("sha256", secretKey).update(text).digest("base64url").slice(0, 32);
}

/** The address to put into Odoo's webhook, for those who manage the connection. Throws `not_found`. */
export async function hintAddress(ctx: Context, actor: Actor, id: number): Promise<HintAddress> {
  requireRight(actor, "odoo:manage");
  if (!(await findConnection(ctx.sql, id))) throw new AppError("not_found", "There is no such connection.");
  return addressOf(ctx, id, await findKeyGenerations(ctx.sql));
}

/** `oldUntil`: until when the address before this one is taken too; null where only this one is. */
export type HintAddress = { url: string; oldUntil: Date | null };

function addressOf(ctx: Context, id: number, generations: KeyGenerations): HintAddress {
  const nowMs = ctx.now().getTime();
  const [generation = 1] = hintGenerations(generations, id, nowMs);
  const base = ctx.config.publicUrl.replace(/\/$/, "");
  const secret = hintSecret(ctx.config.secretKey, id, generation);
  return { url: `${base}/api/odoo/${id}/hint?secret=${secret}`, oldUntil: hintOverlapEnds(generations, id, nowMs) };
}

/** Gives a connection's hints another address; the one before works for some hours more, so that Odoo can be told the new one. */
export async function rotateHint(ctx: Context, actor: Actor, id: number): Promise<HintAddress> {
  requireRight(actor, "odoo:manage");
  const connection = await findConnection(ctx.sql, id);
  if (!connection || connection.state === "archived") throw new AppError("not_found", "There is no such connection.");
  return ctx.sql.begin(async (tx) => {
    const { before, after } = await changeKeyGenerations(tx, actor, ctx.now(), (now) =>
      rotatedHint(now, id, ctx.now()),
    );
    await recordAudit(ctx, tx, actor, {
      action: "odoo.rotate_hint",
      subject: `connection:${id}`,
      before: { generation: before.hints[id]?.generation ?? 1 },
      after: { generation: after.hints[id]?.generation ?? 1, oldWorksForHours: HINT_OVERLAP_HOURS },
    });
    return addressOf(ctx, id, after);
  });
}

export type HintAnswer = { status: 202 | 404 | 429; retryAfterSeconds?: number };
type Deps = Pick<Context, "sql" | "config" | "now">;
type Seen = { bucket: Bucket; toldAtMs: number; trailing: NodeJS.Timeout | null };

const RATE = { perSecond: 10, burst: 50 };
/** One look a second is enough for however many records: what comes meanwhile is told when it is over. */
const TOGETHER_MS = 1_000;
/** A rotation by another process is known after so long. */
const READ_AGAIN_MS = 5_000;

/**
 * Takes hints that something changed in an Odoo. Nothing of a hint is believed: it only asks the poll to look now. Hints of one connection within
 * a second are one look; a wrong secret and an unknown connection get the same answer.
 */
export function makeHints(ctx: Deps): (connectionId: number, secret: string) => Promise<HintAnswer> {
  const known = new Map<number, Seen>();
  let read: { atMs: number; generations: Promise<KeyGenerations> } | null = null;
  const generationsAt = (nowMs: number) => {
    if (read === null || nowMs - read.atMs >= READ_AGAIN_MS || nowMs < read.atMs) {
      const generations = findKeyGenerations(ctx.sql);
      // one that failed is asked again
      generations.catch(() => {
        read = null;
      });
      read = { atMs: nowMs, generations };
    }
    return read.generations;
  };
  return async (connectionId, secret) => {
    const nowMs = ctx.now().getTime();
    const taken = hintGenerations(await generationsAt(nowMs), connectionId, nowMs);
    const fits = taken.filter((one) => sameSecret(secret, hintSecret(ctx.config.secretKey, connectionId, one)));
    if (fits.length === 0) return { status: 404 };
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
