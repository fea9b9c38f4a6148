import { z } from "zod";
import { keysetCursor } from "@/core/keyset";
import { postingFilter } from "@/core/postings/filter";
import { failedWindow } from "@/core/postings/recover";
import { runPace } from "@/core/runs/run";
import { webOdooClients } from "../../odoo/web-clients";
import { cancelPostings } from "../../postings/cancel";
import { chosenPostings } from "../../postings/matching";
import { countOutbox, getPosting, readOutbox } from "../../postings/outbox";
import { readFailed, recoverFailed } from "../../postings/recover";
import { previewRepost, startRepost } from "../../postings/repost";
import { allowed, router } from "../trpc";

const readable = allowed("postings:read");
const target = z.union([
  z.object({ ids: z.array(z.uuid()).min(1).max(500) }),
  z.object({ filter: postingFilter, except: z.array(z.uuid()).max(500).default([]) }),
]);

export const postingsRouter = router({
  list: readable
    .input(
      z.object({ filter: postingFilter, cursor: keysetCursor.nullish(), limit: z.int().min(1).max(200).default(60) }),
    )
    .query(({ ctx: { ctx }, input }) => readOutbox(ctx, input)),

  counts: readable
    .input(z.object({ filter: postingFilter }))
    .query(({ ctx: { ctx }, input }) => countOutbox(ctx, input.filter)),

  get: readable.input(z.object({ id: z.uuid() })).query(({ ctx: { ctx }, input }) => getPosting(ctx, input.id)),

  previewRepost: readable
    .input(z.object({ id: z.uuid() }))
    .mutation(({ ctx: { ctx, actor }, input }) => previewRepost(ctx, actor, webOdooClients(), input.id)),

  repost: allowed("postings:repost")
    .input(z.object({ target, dryRun: z.boolean(), perSecond: runPace }))
    .mutation(async ({ ctx: { ctx, actor }, input }) => {
      const ids = await chosenPostings(ctx, input.target);
      return startRepost(ctx, actor, { scope: { ids }, dryRun: input.dryRun, perSecond: input.perSecond });
    }),

  failed: readable.input(failedWindow).query(({ ctx: { ctx, actor }, input }) => readFailed(ctx, actor, input)),

  recover: allowed("postings:repost")
    .input(z.object({ window: failedWindow, dryRun: z.boolean(), perSecond: runPace }))
    .mutation(({ ctx: { ctx, actor }, input }) => recoverFailed(ctx, actor, input)),

  cancel: allowed("postings:repost")
    .input(z.object({ target, reason: z.string().trim().min(3).max(300) }))
    .mutation(async ({ ctx: { ctx, actor }, input }) =>
      cancelPostings(ctx, actor, { ids: await chosenPostings(ctx, input.target), reason: input.reason }),
    ),
});
