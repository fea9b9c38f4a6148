import type { z } from "zod";
import { type askNowInput, type catchUpInput, catchUpSettings } from "@/core/feeds/catch-up";
import { type CatchUp, deleteCatchUp, findCatchUp, askNow as putAsking, saveCatchUp } from "@/db/queries/feed-catch-up";
import { type FeedRow, findFeedRow } from "@/db/queries/feed-settings";
import { notifyLive } from "@/db/queries/live";
import { type Actor, may, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { seal } from "../seal";
import { hintOf } from "./secret-value";

/**
 * How a feed catches up on what its source did not send; null where it does not. The key is not in the answer, and the address, which may hold
 * one, is whole only for those who may change it.
 */
export async function readCatchUp(
  ctx: Pick<Context, "sql">,
  actor: Actor,
  input: { id: number },
): Promise<CatchUp | null> {
  requireRight(actor, "feeds:read");
  const found = await findCatchUp(ctx.sql, input.id);
  if (found === null || may(actor, "feeds:manage")) return found;
  return { ...found, settings: { ...found.settings, url: originOf(found.settings.url) } };
}

async function pushed(ctx: Context, id: number): Promise<FeedRow> {
  const feed = await findFeedRow(ctx.sql, { id });
  if (!feed) throw new AppError("not_found", "There is no such feed.");
  if (feed.wayIn !== "push" || feed.adapter === "odoo")
    throw new AppError("precondition", `${feed.name} is not sent by webhooks, so nothing of them can be missed.`);
  return feed;
}

/** Lets the source of a feed be asked, now and then, for what the feed missed. Throws `conflict` when somebody was faster. */
export async function setCatchUp(ctx: Context, actor: Actor, input: z.infer<typeof catchUpInput>): Promise<void> {
  requireRight(actor, "feeds:manage");
  if (input.key !== null) requireRight(actor, "feeds:secrets");
  const feed = await pushed(ctx, input.id);
  const settings = catchUpSettings.parse(input);
  const before = await findCatchUp(ctx.sql, feed.id);
  // a stored key is never taken to an address that its owner did not enter it for
  const moved =
    before !== null &&
    (originOf(before.settings.url) !== originOf(settings.url) || before.settings.header !== settings.header);
  if (moved && before.keyHint !== null && settings.header !== null && input.key === null)
    throw new AppError("invalid", "The address or the header is another one: enter the key again.");
  const key = input.key === null || settings.header === null ? null : input.key;
  await ctx.sql.begin(async (tx) => {
    const sealed = key === null ? null : { sealed: seal(ctx.config.secretKey, key), hint: hintOf(key) };
    if (!(await saveCatchUp(tx, feed.id, settings, sealed, input.seen, ctx.now())))
      throw new AppError("conflict", "Somebody else changed this meanwhile. Load it again and look.");
    await recordAudit(ctx, tx, actor, {
      action: "feeds.set_catch_up",
      subject: `feed:${feed.id}`,
      before: before && { ...before.settings, key: before.keyHint && `…${before.keyHint}` },
      after: { ...settings, ...(key !== null && { key: `…${hintOf(key)}` }) },
    });
    await notifyLive(tx, "feeds");
  });
}

/** Asks the source no more; what was recovered stays. */
export async function endCatchUp(ctx: Context, actor: Actor, input: { id: number }): Promise<void> {
  requireRight(actor, "feeds:manage");
  const feed = await pushed(ctx, input.id);
  await ctx.sql.begin(async (tx) => {
    const before = await findCatchUp(tx, feed.id);
    if (!before || !(await deleteCatchUp(tx, feed.id)))
      throw new AppError("not_found", `${feed.name} does not catch up.`);
    await recordAudit(ctx, tx, actor, {
      action: "feeds.end_catch_up",
      subject: `feed:${feed.id}`,
      before: { ...before.settings, key: before.keyHint && `…${before.keyHint}` },
    });
    await notifyLive(tx, "feeds");
  });
}

/** Asks within seconds, as far back as a person says. */
export async function askNow(ctx: Context, actor: Actor, input: z.infer<typeof askNowInput>): Promise<void> {
  requireRight(actor, "feeds:manage");
  const feed = await pushed(ctx, input.id);
  const now = ctx.now();
  if (input.from !== null && input.from > now) throw new AppError("invalid", "That is not past yet.");
  if (feed.state !== "active") throw new AppError("precondition", `${feed.name} is ${feed.state}; resume it first.`);
  await ctx.sql.begin(async (tx) => {
    if (!(await putAsking(tx, feed.id, input.from, now)))
      throw new AppError("not_found", `${feed.name} does not catch up: say first where its source is asked.`);
    await recordAudit(ctx, tx, actor, {
      action: "feeds.ask_now",
      subject: `feed:${feed.id}`,
      after: { from: input.from?.toISOString() ?? null },
    });
    await notifyLive(tx, "feeds");
  });
}

function originOf(url: string): string {
  return new URL(url.replaceAll("{since}", "0").replaceAll("{until}", "0")).origin;
}
