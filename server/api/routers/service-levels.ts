import { z } from "zod";
import { keysetCursor, pageOf, readKeyset } from "@/core/keyset";
import { WORKFLOWS } from "@/core/service-levels/objectives";
import { RANGE_STEPS, RANGES, rangeStartMs } from "@/core/service-levels/ranges";
import { countBreaches, listBreaches } from "@/db/queries/service-levels";
import { listFeedNames } from "@/db/queries/tower";
import { cached } from "../../cached";
import { readChart } from "../../service-levels/chart";
import { readTimings, type WorkflowTiming } from "../../service-levels/timings";
import { type Level, readLevels } from "../../tower/overview";
import { allowed, router } from "../trpc";

const COUNTED = 10_000;
const readable = allowed("service_levels:read");
const levels = cached<Level[]>(5_000, () => Date.now());
const timings = cached<WorkflowTiming[]>(5_000, () => Date.now());
const chart = cached<Awaited<ReturnType<typeof readChart>>>(5_000, () => Date.now());
const chosen = z.object({
  workflow: z.enum(WORKFLOWS),
  range: z.enum(RANGES).default("24h"),
  feedId: z.number().int().positive().nullable().default(null),
});

export const serviceLevelsRouter = router({
  /** All workflows over the last 24 hours, and when each goes to Odoo. */
  levels: readable.query(async ({ ctx: { ctx } }) => {
    const [{ value, atMs }, feeds, times] = await Promise.all([
      levels("all", () => readLevels(ctx, ctx.now())),
      listFeedNames(ctx.sql),
      timings("all", () => readTimings(ctx)),
    ]);
    return { levels: value, feeds, timings: times.value, atMs };
  }),

  chart: readable.input(chosen).query(async ({ ctx: { ctx }, input }) => {
    const { value, atMs } = await chart(JSON.stringify(input), () => readChart(ctx, input));
    return { ...value, atMs };
  }),

  breaches: readable
    .input(
      chosen.extend({
        hour: z.date().nullable().default(null),
        cursor: keysetCursor.nullish(),
        limit: z.number().int().min(1).max(200).default(60),
      }),
    )
    .query(async ({ ctx: { ctx }, input }) => {
      const since = input.hour ?? new Date(rangeStartMs(input.range, ctx.now().getTime()));
      const until = input.hour ? new Date(input.hour.getTime() + RANGE_STEPS[input.range].stepMs) : null;
      const of = { workflow: input.workflow, since, until, feedId: input.feedId };
      const [rows, total] = await Promise.all([
        listBreaches(ctx.sql, { ...of, after: readKeyset(input.cursor), limit: input.limit + 1 }),
        input.cursor ? null : countBreaches(ctx.sql, of, COUNTED),
      ]);
      return { ...pageOf(rows, input.limit), total, capped: total === COUNTED };
    }),
});
