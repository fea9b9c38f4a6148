import { z } from "zod";
import { LOCK_AFTER, LOCK_FOR_MS } from "@/core/access/lockout";
import { passwordSchema } from "@/core/access/person";
import { countSignInTry, findPerson, updatePassword } from "@/db/queries/people";
import { type PersonActor, recordAudit } from "../access/actor";
import { forgetLivePerson } from "../access/live-person";
import { hashPassword, passwordMatches } from "../access/password";
import type { Context } from "../context";
import { AppError } from "../errors";

export const changePasswordSchema = z.object({ current: z.string().min(1).max(200), next: passwordSchema });

/** Changes one's own password after asking for the present one; all one's sessions end, this one too. Wrong tries count towards the lock. */
export async function changePassword(
  ctx: Context,
  actor: PersonActor,
  input: z.infer<typeof changePasswordSchema>,
): Promise<void> {
  const person = await findPerson(ctx.sql, actor.id);
  if (!person) throw new AppError("not_found", "There is no such person.");
  const now = ctx.now();
  const lockedUntil = new Date(now.getTime() + LOCK_FOR_MS);
  const tries = await countSignInTry(ctx.sql, person.id, { now, lockAfter: LOCK_AFTER, lockedUntil });
  if (tries === null) throw new AppError("limit", "Too many wrong passwords. Try again in 15 minutes.");
  if (!(await passwordMatches(person.passwordHash, input.current))) {
    throw new AppError("invalid", "The present password is wrong.");
  }
  if (input.next.toLowerCase().includes(person.email)) {
    throw new AppError("invalid", "Choose a password that does not hold your e-mail address.");
  }
  const passwordHash = await hashPassword(input.next);
  await ctx.sql.begin(async (tx) => {
    await updatePassword(tx, person.id, passwordHash);
    await recordAudit(ctx, tx, actor, { action: "people.change_password", subject: `person:${person.id}` });
  });
  forgetLivePerson(ctx, person.id);
}
