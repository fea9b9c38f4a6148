import { z } from "zod";
import { roleSchema } from "@/core/access/person";
import { lockPerson, updatePersonAccess, updatePersonProfile } from "@/db/queries/people";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import { forgetLivePerson } from "../access/live-person";
import type { Context } from "../context";
import { AppError } from "../errors";
import { keepAnAdministrator } from "./keep-administrator";
import { partnerScopeSchema, settingsWithScope } from "./partner-scope";

export const changeRoleSchema = z.object({ id: z.uuid(), role: roleSchema, partner: partnerScopeSchema.optional() });

/** Gives a person another role (or a partner another scope) and ends their sessions. */
export async function changeRole(ctx: Context, actor: Actor, input: z.infer<typeof changeRoleSchema>): Promise<void> {
  requireRight(actor, "people:manage");
  const { id, role } = input;
  await ctx.sql.begin(async (tx) => {
    await keepAnAdministrator(tx, id, { role, state: "active" });
    const person = await lockPerson(tx, id);
    if (!person) throw new AppError("not_found", "There is no such person.");
    const settings = settingsWithScope(person.settings, role, input.partner);
    await updatePersonProfile(tx, id, { name: person.name, odooLogin: person.odooLogin, settings });
    await updatePersonAccess(tx, id, { role, state: person.state });
    await recordAudit(ctx, tx, actor, {
      action: "people.change_role",
      subject: `person:${id}`,
      before: { role: person.role, partner: person.settings.partner ?? null },
      after: { role, partner: settings.partner ?? null },
    });
  });
  forgetLivePerson(ctx, id);
}
