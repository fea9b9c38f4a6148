import { z } from "zod";
import { endPersonLinks, lockPerson, updatePersonAccess } from "@/db/queries/people";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import { forgetLivePerson } from "../access/live-person";
import type { Context } from "../context";
import { AppError } from "../errors";
import { keepAnAdministrator } from "./keep-administrator";

export const personIdSchema = z.object({ id: z.uuid() });

/** Takes a person's access away: sessions and one-time links end at once. What they did stays. */
export async function disablePerson(ctx: Context, actor: Actor, input: z.infer<typeof personIdSchema>): Promise<void> {
  requireRight(actor, "people:manage");
  await ctx.sql.begin(async (tx) => {
    const leaving = { role: "partner", state: "disabled" } as const;
    await keepAnAdministrator(tx, input.id, leaving);
    const person = await lockPerson(tx, input.id);
    if (!person) throw new AppError("not_found", "There is no such person.");
    if (person.state === "disabled") throw new AppError("conflict", `${person.name} is disabled already.`);
    await updatePersonAccess(tx, person.id, { role: person.role, state: "disabled" });
    await endPersonLinks(tx, person.id, ctx.now());
    await recordAudit(ctx, tx, actor, {
      action: "people.disable",
      subject: `person:${person.id}`,
      before: { state: person.state },
      after: { state: "disabled" },
    });
  });
  forgetLivePerson(ctx, input.id);
}
