import { feedIdInput } from "@/core/feeds/feed-input";
import { countRecentWords, listCrosswalk, listMappingVersions, listUnmapped } from "@/db/queries/crosswalks";
import { changedInput, listChanged, mendCrosswalk, mendInput, previewMend, statusTargets } from "../../crosswalks/mend";
import { allowed, router } from "../trpc";

/** Words are counted over so many of a feed's newest messages. */
const RECENT = 500;
const readable = allowed("crosswalks:read");

export const crosswalksRouter = router({
  list: readable.input(feedIdInput).query(async ({ ctx: { ctx }, input }) => {
    const [entries, unmapped] = await Promise.all([listCrosswalk(ctx.sql, input.id), listUnmapped(ctx.sql, input.id)]);
    return { entries, unmapped, targets: statusTargets() };
  }),

  recent: readable.input(feedIdInput).query(async ({ ctx: { ctx }, input }) => ({
    messages: RECENT,
    words: await countRecentWords(ctx.sql, input.id, RECENT),
  })),

  versions: readable.input(feedIdInput).query(({ ctx: { ctx }, input }) => listMappingVersions(ctx.sql, input.id)),

  preview: readable.input(mendInput).query(({ ctx: { ctx, actor }, input }) => previewMend(ctx, actor, input)),

  changed: readable.input(changedInput).query(({ ctx: { ctx, actor }, input }) => listChanged(ctx, actor, input)),

  mend: allowed("crosswalks:mend")
    .input(mendInput)
    .mutation(({ ctx: { ctx, actor }, input }) => mendCrosswalk(ctx, actor, input)),
});
