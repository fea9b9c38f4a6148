import { emailSchema, passwordSchema } from "@/core/access/person";
import { findPersonByEmail, insertPerson } from "@/db/queries/people";
import { countActiveAdministrators } from "@/db/queries/setup";
import { recordAudit, SYSTEM } from "../access/actor";
import { hashPassword, randomPassword } from "../access/password";
import type { Context } from "../context";
import { AppError } from "../errors";

export type FirstAdministrator = { email: string; password: string; given: boolean };

/** Makes the first administrator where there is none: as named by the environment, else with a random password. Null where there is one. */
export async function ensureAdministrator(
  ctx: Context,
  env: Readonly<Record<string, string | undefined>>,
): Promise<FirstAdministrator | null> {
  if ((await countActiveAdministrators(ctx.sql)) > 0) return null;
  const email = emailSchema.safeParse(env.WAYPOST_ADMIN_EMAIL || "admin@waypost.local");
  if (!email.success) throw new AppError("invalid", "WAYPOST_ADMIN_EMAIL is no e-mail address.");
  const given = Boolean(env.WAYPOST_ADMIN_PASSWORD);
  const password = passwordSchema.safeParse(env.WAYPOST_ADMIN_PASSWORD || randomPassword());
  if (!password.success) throw new AppError("invalid", "WAYPOST_ADMIN_PASSWORD needs 12 to 200 characters.");
  if (await findPersonByEmail(ctx.sql, email.data)) {
    throw new AppError(
      "conflict",
      `${email.data} is known but is no active administrator; set another WAYPOST_ADMIN_EMAIL.`,
    );
  }
  const passwordHash = await hashPassword(password.data);
  const id = ctx.uuid();
  await ctx.sql.begin(async (tx) => {
    const person = { id, email: email.data, name: "Administrator", role: "administrator", state: "active" } as const;
    await insertPerson(tx, { ...person, passwordHash, createdAt: ctx.now() });
    await recordAudit(ctx, tx, SYSTEM, {
      action: "people.first_administrator",
      subject: `person:${id}`,
      after: { email: email.data, role: "administrator" },
    });
  });
  return { email: email.data, password: password.data, given };
}
