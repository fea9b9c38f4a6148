import { z } from "zod";
import { carrierQuestion, daysOfRange } from "@/core/carriers/filter";
import { cached } from "../../cached";
import { readCarrier, readChoices, readCountingState, readScores } from "../../carriers/read";
import { startCount } from "../../carriers/start-count";
import { allowed, router } from "../trpc";

const readable = allowed("carriers:read");
const scores = cached<Awaited<ReturnType<typeof readScores>>>(10_000, () => Date.now());
const carrier = cached<Awaited<ReturnType<typeof readCarrier>>>(10_000, () => Date.now());

export const carriersRouter = router({
  /** Figures of all carriers that are asked for, what there is to choose from, and how far the counting has come. */
  scores: readable.input(carrierQuestion).query(async ({ ctx: { ctx }, input }) => {
    const days = daysOfRange(input.range, ctx.now().getTime());
    const [{ value }, choices, counting] = await Promise.all([
      scores(JSON.stringify([input, days]), () => readScores(ctx, { ...input, days })),
      readChoices(ctx),
      readCountingState(ctx),
    ]);
    return { ...value, choices, counting };
  }),

  /** Counts what changed at once. */
  count: allowed("carriers:count").mutation(({ ctx: { ctx, actor } }) => startCount(ctx, actor)),

  /** One carrier week by week, by service, lane and warehouse. */
  carrier: readable
    .input(carrierQuestion.omit({ carrier: true, by: true }).extend({ carrier: z.string().min(1).max(200) }))
    .query(async ({ ctx: { ctx }, input }) => {
      const days = daysOfRange(input.range, ctx.now().getTime());
      return (await carrier(JSON.stringify([input, days]), () => readCarrier(ctx, { ...input, days }))).value;
    }),
});
