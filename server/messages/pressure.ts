import { thresholdsSchema } from "@/core/exceptions/thresholds";
import { countWaiting } from "@/db/queries/messages";
import { listSettings } from "@/db/queries/settings";
import type { Context } from "../context";

const LOOK_MS = 2_000;
/** Feeds of this class and below wait while the others' messages are worked off. */
const LOW_CLASS = 2;

export type Pressure = {
  /** Seconds after which a feed of this class may try again; null: its messages are taken. */
  retryAfter: (urgency: number) => number | null;
  /** Looks at once; for tests. */
  look: () => Promise<void>;
  close: () => void;
};

/**
 * Watches how many messages wait for the pipeline, every two seconds and only while a feed of the low class exists. Above the threshold of
 * the workspace the low class is asked to come again; a count that cannot be made holds nobody back.
 */
export function watchPressure(
  ctx: Pick<Context, "sql" | "log">,
  hasLowClass: () => boolean,
  options: { lookMs?: number } = {},
): Pressure {
  let retryAfter: number | null = null;
  let looking = false;
  const look = async () => {
    if (looking) return;
    if (!hasLowClass()) {
      retryAfter = null;
      return;
    }
    looking = true;
    try {
      const stored = (await listSettings(ctx.sql)).thresholds ?? {};
      const parsed = thresholdsSchema.safeParse(stored);
      const most = parsed.success ? parsed.data.lowClassDepth : 0;
      const waiting = most === 0 ? 0 : await countWaiting(ctx.sql, most * 4);
      // the deeper the queue, the later they come again
      retryAfter = most > 0 && waiting > most ? Math.min(300, Math.ceil((30 * waiting) / most)) : null;
    } catch (error) {
      retryAfter = null;
      ctx.log.warn({ code: (error as { code?: string }).code }, "the messages that wait could not be counted");
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void look(), options.lookMs ?? LOOK_MS).unref();
  return {
    retryAfter: (urgency) => (urgency >= LOW_CLASS ? retryAfter : null),
    look,
    close: () => clearInterval(timer),
  };
}
