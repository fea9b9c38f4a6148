import { z } from "zod";

/** One machine rarely earns from more; more than this many are run on machines of their own. */
export const MOST_WORKERS = 8;

/** How many workers each `npm start` keeps; null: as many as its environment says. */
export const workersSchema = z.object({
  count: z
    .int("Give a whole number.")
    .min(1, "At least one worker has to run.")
    .max(MOST_WORKERS, `At most ${MOST_WORKERS}; run more on machines of their own.`)
    .nullable()
    .default(null),
});

/** The number to keep by what is stored; what does not fit counts as not stored. */
export function wantedWorkers(stored: unknown, byEnvironment: number): number {
  const parsed = workersSchema.safeParse(stored ?? {});
  return (parsed.success ? parsed.data.count : null) ?? byEnvironment;
}
