import { z } from "zod";
import { postingTiming, REAL_TIME } from "@/core/postings/timing";

/** When carriers are counted: all the time (real time), every so many minutes, or within windows. */
export const analyticsSchema = z.object({ timing: postingTiming.default(REAL_TIME) });

/** What a counting run was started with: its turn by the schedule (null: a person) and when it has to end. */
export const countScope = z.object({
  turn: z.string().max(60).nullable().default(null),
  until: z.iso.datetime().nullable().default(null),
});
export type CountScope = z.infer<typeof countScope>;
