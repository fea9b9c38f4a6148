import { findFeedRow, findLiveSecret } from "@/db/queries/feed-settings";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import { adapterNamed } from "../adapters/registry";
import type { Context } from "../context";
import { AppError } from "../errors";
import { unseal } from "../seal";
import { signSample } from "./sign-sample";

export type SampleSent = {
  /** Answer of the door, as a sender gets it. */
  status: number;
  receipt: string | null;
  duplicate: boolean;
  correlationId: string;
  /** What the door refused, in its own words; null where it took the message. */
  refusal: string | null;
  durationMs: number;
};

const TIMEOUT_MS = 10_000;

/** The door of this Waypost as it is reached from its own machine. */
function ownDoor(ctx: Pick<Context, "config">, slug: string): string {
  const { host, port } = ctx.config;
  const reachable = host === "0.0.0.0" || host === "::" || host === "" ? "127.0.0.1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}/api/feeds/${slug}`;
}

/**
 * Signs a made-up message of the feed's adapter with the feed's own secret and sends it through the real door. Throws `precondition` where
 * the feed takes no deliveries, `upstream` where the door does not answer.
 */
export async function sendSample(ctx: Context, actor: Actor, input: { id: number }): Promise<SampleSent> {
  requireRight(actor, "feeds:manage");
  const feed = await findFeedRow(ctx.sql, input);
  if (!feed) throw new AppError("not_found", "There is no such feed.");
  const adapter = adapterNamed(feed.adapter);
  if (!adapter || feed.wayIn !== "push")
    throw new AppError("precondition", `${feed.name} takes no deliveries; drop a file instead.`);
  const sealed = await findLiveSecret(ctx.sql, feed.id, ctx.now());
  if (sealed === null)
    throw new AppError("precondition", `${feed.name} has no live secret to sign with; make one first.`);
  const atMs = ctx.now().getTime();
  const correlationId = ctx.uuid();
  const number = `WP${correlationId.replaceAll("-", "").slice(-14).toUpperCase()}`;
  const { bytes, contentType, name } = adapter.sample({ atMs, number });
  const secret = unseal(ctx.config.secretKey, sealed);
  const signed = signSample(feed.verify, feed.verifySettings, secret, bytes, { id: `sample_${correlationId}`, atMs });
  await recordAudit(ctx, ctx.sql, actor, { action: "feeds.send_sample", subject: `feed:${feed.id}`, correlationId });
  const startedAt = performance.now();
  let answer: Response;
  let json: unknown;
  try {
    answer = await fetch(ownDoor(ctx, feed.slug), {
      method: "POST",
      headers: {
        "content-type": contentType,
        "x-correlation-id": correlationId,
        ...(name ? { "content-disposition": `attachment; filename="${name}"` } : {}),
        ...signed,
      },
      body: Buffer.from(bytes),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: "error",
    });
    json = await answer.json();
  } catch (error) {
    ctx.log.warn({ err: error, feed: feed.slug, correlationId }, "the sample did not reach the door");
    throw new AppError("upstream", "The door of this Waypost did not answer the sample within 10 s.");
  }
  const said = (json ?? {}) as { receipt?: string; duplicate?: boolean; error?: { message?: string } };
  return {
    status: answer.status,
    receipt: said.receipt ?? null,
    duplicate: said.duplicate ?? false,
    correlationId,
    refusal: answer.ok ? null : (said.error?.message ?? `The door answered ${answer.status}.`),
    durationMs: Math.round(performance.now() - startedAt),
  };
}
