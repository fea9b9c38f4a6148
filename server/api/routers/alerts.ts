import { z } from "zod";
import { alertWishesSchema, wishesOf } from "@/core/alerts/rules";
import { readMailPulse } from "@/db/queries/mail";
import { countUnread, listNotifications, markRead } from "@/db/queries/notifications";
import { findPerson } from "@/db/queries/people";
import { changeWishes } from "../../alerts/change-wishes";
import { sendTestMail } from "../../alerts/test-mail";
import { allowed, router, signedIn } from "../trpc";

const PAGE = 30;
const MOST_UNREAD = 100;

export const alertsRouter = router({
  unread: signedIn.query(({ ctx: { actor, ctx } }) => countUnread(ctx.sql, actor.id, MOST_UNREAD)),

  list: signedIn.input(z.object({ cursor: z.uuid().nullish() })).query(async ({ ctx: { actor, ctx }, input }) => {
    const rows = await listNotifications(ctx.sql, actor.id, { before: input.cursor ?? null, limit: PAGE + 1 });
    const items = rows.slice(0, PAGE);
    return { items, nextCursor: rows.length > PAGE ? (items.at(-1)?.id ?? null) : null };
  }),

  markRead: signedIn
    .input(z.union([z.object({ ids: z.array(z.uuid()).min(1).max(100) }), z.object({ upTo: z.uuid() })]))
    .mutation(async ({ ctx: { actor, ctx }, input }) => ({
      changed: await markRead(ctx.sql, actor.id, input, ctx.now()),
    })),

  wishes: signedIn.query(async ({ ctx: { actor, ctx } }) => ({
    wishes: wishesOf((await findPerson(ctx.sql, actor.id))?.settings),
    mailed: ctx.config.smtp !== null,
  })),

  changeWishes: signedIn
    .input(alertWishesSchema)
    .mutation(({ ctx: { actor, ctx }, input }) => changeWishes(ctx, actor, input)),

  mail: allowed("settings:manage").query(async ({ ctx: { ctx } }) => ({
    from: ctx.config.smtp?.from ?? null,
    server: ctx.config.smtp ? new URL(ctx.config.smtp.url).host : null,
    ...(await readMailPulse(ctx.sql, ctx.now())),
  })),

  sendTestMail: allowed("settings:manage").mutation(({ ctx: { actor, ctx } }) => sendTestMail(ctx, actor)),
});
