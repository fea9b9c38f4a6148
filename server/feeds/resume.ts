import { findFeedRow, moveFeed, notifyFeeds } from "@/db/queries/feed-settings";
import { notifyLive } from "@/db/queries/live";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

/** Lets a paused feed take messages again. */
export async function resumeFeed(ctx: Context, actor: Actor, input: { id: number }): Promise<void> {
  requireRight(actor, "feeds:manage");
  const feed = await findFeedRow(ctx.sql, input);
  if (!feed) throw new AppError("not_found", "There is no such feed.");
  await ctx.sql.begin(async (tx) => {
    if (!(await moveFeed(tx, feed.id, ["paused"], "active", ctx.now())))
      throw new AppError("conflict", `${feed.name} is not paused.`);
    await recordAudit(ctx, tx, actor, {
      action: "feeds.resume",
      subject: `feed:${feed.id}`,
      before: { state: "paused" },
      after: { state: "active" },
    });
    await notifyLive(tx, "feeds");
    await notifyFeeds(tx);
  });
}
