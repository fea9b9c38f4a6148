import { z } from "zod";
import { VIEWS_A_PERSON, VIEWS_SHARED, viewName, viewShows } from "@/core/exceptions/saved-view";
import type { Json } from "@/core/shipments/attributes";
import { countViews, insertView, lockView, updateView } from "@/db/queries/saved-views";
import { type PersonActor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

export const saveViewInput = z.object({
  /** The view that is changed; without it a new one is kept. */
  id: z.uuid().optional(),
  name: viewName,
  shared: z.boolean(),
  shows: viewShows,
});

/** Keeps a list of exceptions under a name, for oneself or for everybody, or changes one's own. */
export async function saveView(
  ctx: Context,
  actor: PersonActor,
  input: z.output<typeof saveViewInput>,
): Promise<{ id: string }> {
  requireRight(actor, "exceptions:read");
  // who only reads keeps views, but does not hang them up for everybody
  if (input.shared) requireRight(actor, "exceptions:acknowledge");
  const id = input.id ?? ctx.uuid();
  const { name, shared } = input;
  const view = { id, personId: actor.id, name, shared, shows: JSON.parse(JSON.stringify(input.shows)) as Json };
  try {
    await ctx.sql.begin(async (tx) => {
      const bound = await countViews(tx, actor.id);
      const was = input.id === undefined ? null : await lockView(tx, input.id);
      if (input.id !== undefined && was?.personId !== actor.id)
        throw new AppError("not_found", "You have no such view.");
      if (was === null && bound.mine >= VIEWS_A_PERSON)
        throw new AppError("limit", `You keep ${VIEWS_A_PERSON} views already. Delete one first.`);
      if (shared && !was?.shared && bound.shared >= VIEWS_SHARED)
        throw new AppError("limit", `${VIEWS_SHARED} views are shared already. Somebody must delete one first.`);
      if (was === null) await insertView(tx, view, ctx.now());
      else await updateView(tx, view, ctx.now());
      await recordAudit(ctx, tx, actor, {
        action: "views.save",
        subject: `view:${id}`,
        before: was && { name: was.name, shared: was.shared, shows: was.shows },
        after: { name, shared, shows: view.shows },
      });
    });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "23505")
      throw new AppError("conflict", `You have a view named ${name} already.`);
    throw error;
  }
  return { id };
}
