import type { z } from "zod";
import { lockPerson } from "@/db/queries/people";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import type { personIdSchema } from "./disable";
import { type IssuedLink, issueLink } from "./link";

/** Makes a one-time link by which a person sets a new password; an earlier link of theirs ends. Their password works until then. */
export async function resetPassword(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof personIdSchema>,
): Promise<IssuedLink> {
  requireRight(actor, "people:manage");
  return ctx.sql.begin(async (tx) => {
    const person = await lockPerson(tx, input.id);
    if (!person) throw new AppError("not_found", "There is no such person.");
    if (person.state === "disabled")
      throw new AppError("precondition", `${person.name} is disabled. Enable them first.`);
    const purpose = person.state === "invited" ? "invitation" : "reset";
    const link = await issueLink(ctx, tx, { personId: person.id, purpose, createdBy: actor.id });
    await recordAudit(ctx, tx, actor, {
      action: "people.reset_password",
      subject: `person:${person.id}`,
      after: { purpose, expiresAt: link.expiresAt.toISOString() },
    });
    return link;
  });
}
