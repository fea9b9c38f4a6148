import { z } from "zod";
import { LOCK_AFTER, LOCK_FOR_MS } from "@/core/access/lockout";
import { emailSchema } from "@/core/access/person";
import { countSignInTry, findPersonByEmail, type Person, updateSignedIn } from "@/db/queries/people";
import type { Context } from "../context";
import { AppError } from "../errors";
import { type Actor, recordAudit, SYSTEM } from "./actor";
import { passwordMatches } from "./password";
import { refuseBusyAddress } from "./throttle";

const signInSchema = z.object({ email: emailSchema, password: z.string().min(1).max(200) });

const WRONG = "E-mail address or password is wrong. After five wrong tries, sign-in is closed for 15 minutes.";

/** Answers who signs in; throws `unauthenticated`, or `limit` for an address that tries too often. Each outcome leaves an audit row. */
export async function signIn(ctx: Context, raw: unknown, address: string): Promise<Person> {
  refuseBusyAddress(address, ctx.now().getTime());
  const parsed = signInSchema.safeParse(raw);
  if (!parsed.success) throw new AppError("unauthenticated", WRONG);
  const { email, password } = parsed.data;
  const person = await findPersonByEmail(ctx.sql, email);
  const now = ctx.now();
  const lockedUntil = new Date(now.getTime() + LOCK_FOR_MS);
  const tries = person && (await countSignInTry(ctx.sql, person.id, { now, lockAfter: LOCK_AFTER, lockedUntil }));
  // looked at in every case, so that the time taken tells nothing
  const right = await passwordMatches(person?.passwordHash ?? null, password);
  if (!person || tries === null || !right || person.state !== "active") {
    const why = whyRefused(person, tries, right);
    await audit(ctx, "access.sign_in_refused", person?.id ?? "unknown", { why, address });
    if (person && tries === LOCK_AFTER) {
      await audit(ctx, "access.lock_out", person.id, { until: lockedUntil.toISOString(), address });
    }
    throw new AppError("unauthenticated", WRONG);
  }
  await ctx.sql.begin(async (tx) => {
    await updateSignedIn(tx, person.id, now);
    await recordAudit(ctx, tx, actorOf(person), {
      action: "access.sign_in",
      subject: `person:${person.id}`,
      after: { address },
    });
  });
  return person;
}

/** The person as an actor. */
export function actorOf(person: Pick<Person, "id" | "name" | "role">): Extract<Actor, { kind: "person" }> {
  return { kind: "person", id: person.id, name: person.name, role: person.role };
}

function whyRefused(person: Person | null, tries: number | null, right: boolean): string {
  if (!person) return "nobody has this address";
  if (tries === null) return "locked";
  return right ? `person is ${person.state}` : "wrong password";
}

async function audit(ctx: Context, action: string, person: string, after: Record<string, string>) {
  await recordAudit(ctx, ctx.sql, SYSTEM, { action, subject: `person:${person}`, after });
}
