import { CANCELLABLE } from "@/core/postings/filter";
import { notifyLive } from "@/db/queries/live";
import { cancelWaiting } from "@/db/queries/postings";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

/**
 * Cancels postings of which nothing has left for Odoo. Those that were sent meanwhile stay; of a single one that is a `conflict`.
 */
export async function cancelPostings(
  ctx: Context,
  actor: Actor,
  input: { ids: readonly string[]; reason: string },
): Promise<{ cancelled: number; left: number }> {
  requireRight(actor, "postings:repost");
  return ctx.sql.begin(async (tx) => {
    const why = `Cancelled by ${actor.name}: ${input.reason}`;
    const done = await cancelWaiting(tx, input.ids, CANCELLABLE, ctx.now(), why);
    if (done.length === 0)
      throw new AppError(
        "conflict",
        input.ids.length === 1
          ? "This posting waits no more: it was sent, replaced or cancelled meanwhile."
          : "None of these postings waits any more.",
      );
    for (const { id, state } of done)
      await recordAudit(ctx, tx, actor, {
        action: "postings.cancel",
        subject: `posting:${id}`,
        before: { state },
        after: { state: "cancelled" },
        reason: input.reason,
      });
    await notifyLive(tx, "postings");
    return { cancelled: done.length, left: input.ids.length - done.length };
  });
}
