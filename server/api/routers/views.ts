import { z } from "zod";
import { readViewShows, type SavedView } from "@/core/exceptions/saved-view";
import { listSavedViews } from "@/db/queries/saved-views";
import { beginWithView } from "../../views/begin-with";
import { removeView } from "../../views/delete";
import { saveView, saveViewInput } from "../../views/save";
import { allowed, router } from "../trpc";

const readable = allowed("exceptions:read");

/** Lists of exceptions that people keep. What can not be read any more, because a kind was taken away, is left out. */
export const viewsRouter = router({
  list: readable.query(async ({ ctx: { ctx, actor } }): Promise<SavedView[]> => {
    const rows = await listSavedViews(ctx.sql, actor.id);
    return rows.flatMap((row) => {
      const shows = readViewShows(row.shows);
      return shows ? [{ ...row, byName: row.byName ?? "somebody who left", shows }] : [];
    });
  }),
  save: readable.input(saveViewInput).mutation(({ ctx: { ctx, actor }, input }) => saveView(ctx, actor, input)),
  delete: readable
    .input(z.object({ id: z.uuid() }))
    .mutation(({ ctx: { ctx, actor }, input }) => removeView(ctx, actor, input)),
  beginWith: readable
    .input(z.object({ id: z.uuid().nullable() }))
    .mutation(({ ctx: { ctx, actor }, input }) => beginWithView(ctx, actor, input)),
});
