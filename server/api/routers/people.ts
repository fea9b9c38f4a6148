import { listOpenLinks, listPeople } from "@/db/queries/people";
import { changeRole, changeRoleSchema } from "../../people/change-role";
import { disablePerson, personIdSchema } from "../../people/disable";
import { enablePerson } from "../../people/enable";
import { invitePerson, inviteSchema } from "../../people/invite";
import { partnerScopeOf } from "../../people/partner-scope";
import { resetPassword } from "../../people/reset-password";
import { allowed, router } from "../trpc";

export const peopleRouter = router({
  list: allowed("people:read").query(async ({ ctx: { ctx } }) => {
    const [people, links] = await Promise.all([listPeople(ctx.sql), listOpenLinks(ctx.sql, ctx.now())]);
    const byPerson = new Map(links.map((link) => [link.personId, link]));
    return people.map(({ passwordHash: _, sessionVersion: __, settings, lockedUntil, ...person }) => ({
      ...person,
      lockedUntil: lockedUntil && lockedUntil > ctx.now() ? lockedUntil : null,
      partner: person.role === "partner" ? partnerScopeOf(settings) : null,
      linkUntil: byPerson.get(person.id)?.expiresAt ?? null,
    }));
  }),

  invite: allowed("people:manage")
    .input(inviteSchema)
    .mutation(({ ctx: { actor, ctx }, input }) => invitePerson(ctx, actor, input)),

  changeRole: allowed("people:manage")
    .input(changeRoleSchema)
    .mutation(({ ctx: { actor, ctx }, input }) => changeRole(ctx, actor, input)),

  disable: allowed("people:manage")
    .input(personIdSchema)
    .mutation(({ ctx: { actor, ctx }, input }) => disablePerson(ctx, actor, input)),

  enable: allowed("people:manage")
    .input(personIdSchema)
    .mutation(({ ctx: { actor, ctx }, input }) => enablePerson(ctx, actor, input)),

  resetPassword: allowed("people:manage")
    .input(personIdSchema)
    .mutation(({ ctx: { actor, ctx }, input }) => resetPassword(ctx, actor, input)),
});
