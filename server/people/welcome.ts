import { z } from "zod";
import { passwordSchema } from "@/core/access/person";
import { findPerson, findPersonLink, lockPerson, takePersonLink, updatePassword } from "@/db/queries/people";
import { recordAudit } from "../access/actor";
import { forgetLivePerson } from "../access/live-person";
import { hashPassword } from "../access/password";
import { actorOf } from "../access/sign-in";
import { refuseBusyAddress } from "../access/throttle";
import type { Context } from "../context";
import { AppError } from "../errors";
import { hashToken } from "./link";

export const tokenSchema = z.object({ token: z.string().min(20).max(100) });
export const welcomeSchema = tokenSchema.extend({ password: passwordSchema });

const GONE = "This link was used, has expired or was replaced by a newer one. Ask an administrator for another.";

/** Says whom a one-time link is for; throws `not_found` when it works no longer. */
export async function readLink(
  ctx: Context,
  input: z.infer<typeof tokenSchema>,
  address: string,
): Promise<{ name: string; email: string; purpose: "invitation" | "reset" }> {
  refuseBusyAddress(address, ctx.now().getTime());
  const link = await findPersonLink(ctx.sql, hashToken(input.token), ctx.now());
  const person = link && (await findPerson(ctx.sql, link.personId));
  if (!link || !person || person.state === "disabled") throw new AppError("not_found", GONE);
  return { name: person.name, email: person.email, purpose: link.purpose };
}

/** Sets a password by a one-time link and uses the link up; all sessions of the person end. */
export async function welcome(
  ctx: Context,
  input: z.infer<typeof welcomeSchema>,
  address: string,
): Promise<{ email: string }> {
  refuseBusyAddress(address, ctx.now().getTime());
  const tokenHash = hashToken(input.token);
  if (!(await findPersonLink(ctx.sql, tokenHash, ctx.now()))) throw new AppError("not_found", GONE);
  const passwordHash = await hashPassword(input.password);
  const person = await ctx.sql.begin(async (tx) => {
    const link = await takePersonLink(tx, tokenHash, ctx.now());
    const found = link && (await lockPerson(tx, link.personId));
    if (!link || !found || found.state === "disabled") throw new AppError("not_found", GONE);
    if (input.password.toLowerCase().includes(found.email)) {
      throw new AppError("invalid", "Choose a password that does not hold your e-mail address.");
    }
    await updatePassword(tx, found.id, passwordHash);
    await recordAudit(ctx, tx, actorOf(found), {
      action: link.purpose === "invitation" ? "people.accept_invitation" : "people.set_password",
      subject: `person:${found.id}`,
      before: { state: found.state },
      after: { state: "active", address },
    });
    return found;
  });
  forgetLivePerson(ctx, person.id);
  return { email: person.email };
}
