import { rightsOf } from "@/core/access/rights";
import { findPerson, listColleagues } from "@/db/queries/people";
import { AppError } from "../../errors";
import { allowed, router, signedIn } from "../trpc";

export const accessRouter = router({
  /** Who I am and what I may do; buttons are shown by it. */
  me: signedIn.query(async ({ ctx: { actor, ctx } }) => {
    const person = await findPerson(ctx.sql, actor.id);
    if (!person) throw new AppError("unauthenticated", "Your session has ended. Sign in again.");
    return {
      id: person.id,
      name: person.name,
      email: person.email,
      role: person.role,
      rights: [...rightsOf(person.role)],
      lastSignInAt: person.lastSignInAt,
    };
  }),

  /** People an exception can be given to. */
  colleagues: allowed("exceptions:assign").query(({ ctx: { ctx } }) => listColleagues(ctx.sql)),
});
