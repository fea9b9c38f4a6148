import { lockView, saveDefaultView } from "@/db/queries/saved-views";
import { type PersonActor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

/** Makes a view the one with which a person begins; null takes that back. */
export async function beginWithView(ctx: Context, actor: PersonActor, input: { id: string | null }): Promise<void> {
  requireRight(actor, "exceptions:read");
  await ctx.sql.begin(async (tx) => {
    const view = input.id === null ? null : await lockView(tx, input.id);
    if (input.id !== null && (!view || (view.personId !== actor.id && !view.shared)))
      throw new AppError("not_found", "There is no such view.");
    await saveDefaultView(tx, actor.id, input.id);
    await recordAudit(ctx, tx, actor, {
      action: "views.begin_with",
      subject: `person:${actor.id}`,
      after: { view: input.id, name: view?.name ?? null },
    });
  });
}
