import { z } from "zod";
import { chooseByIds, insertExceptionNotes } from "@/db/queries/exception-acts";
import { notifyLive } from "@/db/queries/live";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import { tellCommented } from "../alerts/personal";
import type { Context } from "../context";
import { AppError } from "../errors";

export const commentInput = z.object({ id: z.uuid(), text: z.string().trim().min(1).max(4000) });

/** Adds words for colleagues to one exception, whatever its state. */
export async function commentException(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof commentInput>,
): Promise<{ id: string }> {
  requireRight(actor, "exceptions:comment");
  return ctx.sql.begin(async (tx) => {
    const [chosen] = await chooseByIds(tx, [input.id]);
    if (!chosen) throw new AppError("not_found", "This exception does not exist.");
    const id = ctx.uuid();
    const by = actor.kind === "person" ? actor.id : null;
    await insertExceptionNotes(tx, [{ homeId: chosen.homeId, exceptionId: chosen.id, id }], {
      kind: "comment",
      text: input.text,
      by,
      at: ctx.now(),
    });
    await recordAudit(ctx, tx, actor, {
      action: "exceptions.comment",
      subject: `exception:${chosen.id}`,
      after: { noteId: id },
    });
    await tellCommented(ctx, tx, actor, chosen, input.text);
    await notifyLive(tx, "exceptions", [chosen.id]);
    return { id };
  });
}
