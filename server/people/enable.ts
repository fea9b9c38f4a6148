import type { z } from "zod";
import { lockPerson, updatePersonAccess } from "@/db/queries/people";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import { forgetLivePerson } from "../access/live-person";
import type { Context } from "../context";
import { AppError } from "../errors";
import type { personIdSchema } from "./disable";

/** Gives a disabled person access again, with the password and role they had; one who never had a password is invited again. */
export async function enablePerson(ctx: Context, actor: Actor, input: z.infer<typeof personIdSchema>): Promise<void> {
  requireRight(actor, "people:manage");
  await ctx.sql.begin(async (tx) => {
    const person = await lockPerson(tx, input.id);
    if (!person) throw new AppError("not_found", "There is no such person.");
    if (person.state !== "disabled") throw new AppError("conflict", `${person.name} is not disabled.`);
    const state = person.passwordHash === null ? "invited" : "active";
    await updatePersonAccess(tx, person.id, { role: person.role, state });
    await recordAudit(ctx, tx, actor, {
      action: "people.enable",
      subject: `person:${person.id}`,
      before: { state: "disabled" },
      after: { state },
    });
  });
  forgetLivePerson(ctx, input.id);
}
