import { deleteView, lockView } from "@/db/queries/saved-views";
import { type PersonActor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

/** Deletes one's own view; an administrator deletes any shared one. Who began with it begins with the queue again. */
export async function removeView(ctx: Context, actor: PersonActor, input: { id: string }): Promise<void> {
  requireRight(actor, "exceptions:read");
  await ctx.sql.begin(async (tx) => {
    const was = await lockView(tx, input.id);
    const mine = was?.personId === actor.id;
    if (!was || (!mine && !was.shared)) throw new AppError("not_found", "There is no such view.");
    if (!mine && actor.role !== "administrator")
      throw new AppError("forbidden", "Only who saved a view, or an administrator, can delete it.");
    await deleteView(tx, was.id);
    await recordAudit(ctx, tx, actor, {
      action: "views.delete",
      subject: `view:${was.id}`,
      before: { name: was.name, shared: was.shared, shows: was.shows },
    });
  });
}
