import { z } from "zod";
import { emailSchema, personNameSchema, roleSchema } from "@/core/access/person";
import { insertPerson } from "@/db/queries/people";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { type IssuedLink, issueLink } from "./link";
import { partnerScopeSchema, settingsWithScope } from "./partner-scope";

export const inviteSchema = z.object({
  email: emailSchema,
  name: personNameSchema,
  role: roleSchema,
  partner: partnerScopeSchema.optional(),
});

/** Makes a person who may set a password by a one-time link, which the inviter hands over. */
export async function invitePerson(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof inviteSchema>,
): Promise<{ id: string; link: IssuedLink }> {
  requireRight(actor, "people:manage");
  const id = ctx.uuid();
  const settings = settingsWithScope({}, input.role, input.partner);
  return ctx.sql.begin(async (tx) => {
    const { email, name, role } = input;
    const person = { id, email, name, role, state: "invited", passwordHash: null, createdAt: ctx.now() } as const;
    if (!(await insertPerson(tx, { ...person, settings }))) {
      throw new AppError("conflict", `${email} is known already. Look for that person in the list.`);
    }
    const link = await issueLink(ctx, tx, { personId: id, purpose: "invitation", createdBy: actor.id });
    await recordAudit(ctx, tx, actor, {
      action: "people.invite",
      subject: `person:${id}`,
      after: { email, name, role, ...settings },
    });
    return { id, link };
  });
}
