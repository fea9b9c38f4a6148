import { rightsOf } from "@/core/access/rights";
import { findPerson, listColleagues } from "@/db/queries/people";
import { AppError } from "../../errors";
import { changePassword, changePasswordSchema } from "../../people/change-password";
import { readLink, tokenSchema, welcome, welcomeSchema } from "../../people/welcome";
import { allowed, publicProcedure, router, signedIn } from "../trpc";

export const accessRouter = router({
  /** Who I am and what I may do; buttons are shown by it. */
  me: signedIn.query(async ({ ctx: { actor, ctx } }) => {
    const person = await findPerson(ctx.sql, actor.id);
    if (!person) throw new AppError("unauthenticated", "Your session has ended. Sign in again.");
    const { id, name, email, role, lastSignInAt } = person;
    return { id, name, email, role, lastSignInAt, rights: [...rightsOf(role)] };
  }),

  /** People an exception can be given to. */
  colleagues: allowed("exceptions:assign").query(({ ctx: { ctx } }) => listColleagues(ctx.sql)),

  readLink: publicProcedure
    .input(tokenSchema)
    .query(({ ctx: { ctx, address }, input }) => readLink(ctx, input, address)),

  welcome: publicProcedure
    .input(welcomeSchema)
    .mutation(({ ctx: { ctx, address }, input }) => welcome(ctx, input, address)),

  changePassword: signedIn
    .input(changePasswordSchema)
    .mutation(({ ctx: { actor, ctx }, input }) => changePassword(ctx, actor, input)),
});
