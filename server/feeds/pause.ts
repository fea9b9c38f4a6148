import { findFeedRow, moveFeed, notifyFeeds } from "@/db/queries/feed-settings";
import { notifyLive } from "@/db/queries/live";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

/** Stops a feed: its door answers 409 and its folder is left alone, until it is resumed. What was received goes on. */
export async function pauseFeed(ctx: Context, actor: Actor, input: { id: number }): Promise<void> {
  requireRight(actor, "feeds:manage");
  const feed = await findFeedRow(ctx.sql, input);
  if (!feed) throw new AppError("not_found", "There is no such feed.");
  await ctx.sql.begin(async (tx) => {
    if (!(await moveFeed(tx, feed.id, ["active"], "paused", ctx.now())))
      throw new AppError("conflict", `${feed.name} is not active, so it cannot be paused.`);
    await recordAudit(ctx, tx, actor, {
      action: "feeds.pause",
      subject: `feed:${feed.id}`,
      before: { state: "active" },
      after: { state: "paused" },
    });
    await notifyLive(tx, "feeds");
    await notifyFeeds(tx);
  });
}
