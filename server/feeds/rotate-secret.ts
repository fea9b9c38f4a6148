import type { z } from "zod";
import type { rotateSecretInput } from "@/core/feeds/feed-input";
import { expireSecrets, findFeedRow, insertSecret, notifyFeeds } from "@/db/queries/feed-settings";
import { notifyLive } from "@/db/queries/live";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { seal } from "../seal";
import { hintOf, newSecretValue } from "./secret-value";

/** Gives a feed a new secret; the one before is taken for the overlap, older ones no more. The value is in the answer and nowhere else. */
export async function rotateSecret(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof rotateSecretInput>,
): Promise<{ secret: string; oldUntil: Date | null }> {
  requireRight(actor, "feeds:secrets");
  const feed = await findFeedRow(ctx.sql, { id: input.id });
  if (!feed) throw new AppError("not_found", "There is no such feed.");
  if (feed.verify === "none") throw new AppError("precondition", `${feed.name} verifies nothing, so it has no secret.`);
  const secret = input.secret ?? newSecretValue(feed.verify);
  return ctx.sql.begin(async (tx) => {
    const now = ctx.now();
    const until = new Date(now.getTime() + input.overlapHours * 3_600_000);
    const ended = await expireSecrets(tx, feed.id, now, until);
    const sealed = seal(ctx.config.secretKey, secret);
    await insertSecret(tx, { id: ctx.uuid(), feedId: feed.id, sealed, hint: hintOf(secret), createdAt: now });
    await recordAudit(ctx, tx, actor, {
      action: "feeds.rotate_secret",
      subject: `feed:${feed.id}`,
      before: { secrets: ended.map((one) => `…${one.hint}`) },
      after: { secret: `…${hintOf(secret)}`, oldUntil: until.toISOString() },
    });
    await notifyLive(tx, "feeds");
    await notifyFeeds(tx);
    return { secret, oldUntil: ended.length > 0 ? until : null };
  });
}
