import { z } from "zod";
import { askNowInput, catchUpInput } from "@/core/feeds/catch-up";
import {
  feedChangeInput,
  feedIdInput,
  feedSlug,
  newFeedInput,
  previewInput,
  rotateSecretInput,
} from "@/core/feeds/feed-input";
import { listFiles } from "@/db/queries/feed-settings";
import { readDetection } from "@/db/queries/feed-watch";
import { readCatalogue } from "../../feeds/catalogue";
import { askNow, endCatchUp, readCatchUp, setCatchUp } from "../../feeds/catch-up";
import { createFeed } from "../../feeds/create";
import { endFeedSecret } from "../../feeds/end-secret";
import { getFeed, readFeeds } from "../../feeds/overview";
import { pauseFeed } from "../../feeds/pause";
import { previewFeed } from "../../feeds/preview";
import { resumeFeed } from "../../feeds/resume";
import { rotateSecret } from "../../feeds/rotate-secret";
import { sendSample } from "../../feeds/send-sample";
import { updateFeed } from "../../feeds/update";
import { allowed, router } from "../trpc";

const DAY_MS = 86_400_000;

const readable = allowed("feeds:read");
const manage = allowed("feeds:manage");
const secrets = allowed("feeds:secrets");

export const feedsRouter = router({
  list: readable.query(({ ctx: { ctx } }) => readFeeds(ctx)),
  get: readable.input(z.object({ slug: feedSlug })).query(({ ctx: { ctx }, input }) => getFeed(ctx, input)),
  /** How soon silent feeds were noticed over the last 30 days. */
  detection: readable.query(({ ctx: { ctx } }) => readDetection(ctx.sql, new Date(ctx.now().getTime() - 30 * DAY_MS))),
  catalogue: readable.query(() => readCatalogue()),
  files: readable.input(feedIdInput).query(({ ctx: { ctx }, input }) => listFiles(ctx.sql, input.id, 100)),

  /** Reads a sample and stores nothing; a mutation because the sample is large. */
  preview: readable.input(previewInput).mutation(({ ctx: { ctx, actor }, input }) => previewFeed(ctx, actor, input)),

  catchUp: readable.input(feedIdInput).query(({ ctx: { ctx, actor }, input }) => readCatchUp(ctx, actor, input)),
  setCatchUp: manage.input(catchUpInput).mutation(({ ctx: { ctx, actor }, input }) => setCatchUp(ctx, actor, input)),
  endCatchUp: manage.input(feedIdInput).mutation(({ ctx: { ctx, actor }, input }) => endCatchUp(ctx, actor, input)),
  askNow: manage.input(askNowInput).mutation(({ ctx: { ctx, actor }, input }) => askNow(ctx, actor, input)),

  create: manage.input(newFeedInput).mutation(({ ctx: { ctx, actor }, input }) => createFeed(ctx, actor, input)),
  update: manage.input(feedChangeInput).mutation(({ ctx: { ctx, actor }, input }) => updateFeed(ctx, actor, input)),
  pause: manage.input(feedIdInput).mutation(({ ctx: { ctx, actor }, input }) => pauseFeed(ctx, actor, input)),
  resume: manage.input(feedIdInput).mutation(({ ctx: { ctx, actor }, input }) => resumeFeed(ctx, actor, input)),
  sendSample: manage.input(feedIdInput).mutation(({ ctx: { ctx, actor }, input }) => sendSample(ctx, actor, input)),
  rotateSecret: secrets
    .input(rotateSecretInput)
    .mutation(({ ctx: { ctx, actor }, input }) => rotateSecret(ctx, actor, input)),
  endSecret: secrets
    .input(feedIdInput.extend({ secretId: z.uuid() }))
    .mutation(({ ctx: { ctx, actor }, input }) => endFeedSecret(ctx, actor, input)),
});
