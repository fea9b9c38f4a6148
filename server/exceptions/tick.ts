import { z } from "zod";
import { PLAYBOOKS } from "@/core/exceptions/playbooks";
import { chooseByIds, insertExceptionNotes } from "@/db/queries/exception-acts";
import { tickStep, untickStep } from "@/db/queries/exception-steps";
import { notifyLive } from "@/db/queries/live";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

export const tickInput = z.object({ id: z.uuid(), step: z.string().min(1).max(60), done: z.boolean() });

/** Ticks a step of the playbook, or takes the tick back; both stay in the history. Doing it twice changes nothing. */
export async function tickException(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof tickInput>,
): Promise<{ changed: boolean }> {
  requireRight(actor, "exceptions:acknowledge");
  return ctx.sql.begin(async (tx) => {
    const [chosen] = await chooseByIds(tx, [input.id]);
    if (!chosen) throw new AppError("not_found", "This exception does not exist.");
    if (chosen.state === "resolved") throw new AppError("conflict", "This exception is resolved now.");
    const step = PLAYBOOKS[chosen.kind].find(({ name }) => name === input.step);
    if (!step) throw new AppError("invalid", "The playbook of this exception has no such step.");
    const now = ctx.now();
    const by = actor.kind === "person" ? actor.id : null;
    const changed = input.done
      ? await tickStep(tx, chosen, step.name, by, now)
      : await untickStep(tx, chosen, step.name);
    if (!changed) return { changed };
    await insertExceptionNotes(tx, [{ homeId: chosen.homeId, exceptionId: chosen.id, id: ctx.uuid() }], {
      kind: input.done ? "ticked" : "unticked",
      text: step.text,
      by,
      at: now,
    });
    await recordAudit(ctx, tx, actor, {
      action: "exceptions.tick",
      subject: `exception:${chosen.id}`,
      after: { step: step.name, done: input.done },
    });
    await notifyLive(tx, "exceptions", [chosen.id]);
    return { changed };
  });
}
