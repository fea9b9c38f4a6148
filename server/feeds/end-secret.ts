import { endSecret, findFeedRow, notifyFeeds } from "@/db/queries/feed-settings";
import { notifyLive } from "@/db/queries/live";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

/** Ends a secret at once, as when it became known to others. Its sender is refused from the next delivery on. */
export async function endFeedSecret(
  ctx: Context,
  actor: Actor,
  input: { id: number; secretId: string },
): Promise<void> {
  requireRight(actor, "feeds:secrets");
  const feed = await findFeedRow(ctx.sql, { id: input.id });
  if (!feed) throw new AppError("not_found", "There is no such feed.");
  await ctx.sql.begin(async (tx) => {
    const ended = await endSecret(tx, feed.id, input.secretId, ctx.now());
    if (!ended) throw new AppError("conflict", "This secret has ended already.");
    await recordAudit(ctx, tx, actor, {
      action: "feeds.end_secret",
      subject: `feed:${feed.id}`,
      before: { secret: `…${ended.hint}` },
    });
    await notifyLive(tx, "feeds");
    await notifyFeeds(tx);
  });
}
