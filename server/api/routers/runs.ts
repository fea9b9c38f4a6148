import { z } from "zod";
import { keysetCursor, pageOf, readKeyset } from "@/core/keyset";
import { runFilter, runItemFilter, runPace } from "@/core/runs/run";
import { countMoved } from "@/db/queries/repair";
import { countRunItems, findRun, listRunItems, listRuns } from "@/db/queries/runs";
import { AppError } from "../../errors";
import { cancelRun } from "../../runs/cancel";
import { pauseRun } from "../../runs/pause";
import { repeatRun } from "../../runs/repeat";
import { resumeRun } from "../../runs/resume";
import { undoRun } from "../../runs/undo";
import { allowed, router } from "../trpc";

const readable = allowed("runs:read");
const control = allowed("runs:control").input(z.object({ id: z.uuid() }));

export const runsRouter = router({
  list: readable
    .input(z.object({ filter: runFilter, cursor: keysetCursor.nullish(), limit: z.int().min(1).max(200).default(60) }))
    .query(async ({ ctx: { ctx }, input }) => {
      const after = readKeyset(input.cursor);
      return pageOf(await listRuns(ctx.sql, { filter: input.filter, after, limit: input.limit + 1 }), input.limit);
    }),

  get: readable.input(z.object({ id: z.uuid() })).query(async ({ ctx: { ctx }, input }) => {
    const run = await findRun(ctx.sql, input.id);
    if (!run) throw new AppError("not_found", "There is no such run.");
    return {
      ...run,
      moved: run.kind === "repair" && !run.dryRun && run.endedAt ? await countMoved(ctx.sql, run.id) : 0,
    };
  }),

  items: readable
    .input(
      z.object({
        id: z.uuid(),
        filter: runItemFilter,
        cursor: z.int().min(0).nullish(),
        limit: z.int().min(1).max(200).default(60),
      }),
    )
    .query(async ({ ctx: { ctx }, input }) => {
      const rows = await listRunItems(ctx.sql, {
        runId: input.id,
        filter: input.filter,
        after: input.cursor ?? null,
        limit: input.limit + 1,
      });
      const items = rows.slice(0, input.limit);
      const last = items[items.length - 1];
      return { items, nextCursor: rows.length > input.limit && last ? last.position : null };
    }),

  results: readable
    .input(z.object({ id: z.uuid() }))
    .query(({ ctx: { ctx }, input }) => countRunItems(ctx.sql, input.id)),

  /** The real thing after a dry run; needs the right of what the run does as well. */
  repeat: readable
    .input(z.object({ id: z.uuid(), perSecond: runPace }))
    .mutation(({ ctx: { ctx, actor }, input }) => repeatRun(ctx, actor, input)),

  /** Takes an action on exceptions back; the verb asks for the right of the action. */
  undo: readable
    .input(z.object({ id: z.uuid() }))
    .mutation(({ ctx: { ctx, actor }, input }) => undoRun(ctx, actor, input)),

  pause: control.mutation(({ ctx: { ctx, actor }, input }) => pauseRun(ctx, actor, input)),
  resume: control.mutation(({ ctx: { ctx, actor }, input }) => resumeRun(ctx, actor, input)),
  cancel: control.mutation(({ ctx: { ctx, actor }, input }) => cancelRun(ctx, actor, input)),
});
