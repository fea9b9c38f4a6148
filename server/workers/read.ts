import { instantOfUuidV7 } from "@/core/ids";
import { drainSeconds } from "@/core/postings/drain";
import { isBacklog } from "@/core/workers/pace";
import { callRoll, type Flow, type Roll } from "@/core/workers/roll";
import { countConnections, listBeats } from "@/db/queries/heartbeat";
import { readInbox } from "@/db/queries/tower";
import type { Context } from "../context";
import { readSettings } from "../settings/read";

const COUNTED = 100_000;

/** What waits for the pipeline, who works on it, and how long that takes. */
export type Pipeline = {
  waiting: number;
  /** There is more than `waiting`. */
  capped: boolean;
  oldestAt: Date | null;
  setAside: number;
  /** Workers that speak. */
  workers: number;
  perSecond: number;
  /** Until what waits is through at this pace; null where nothing moves. */
  drainSeconds: number | null;
  backlog: boolean;
  flow: Flow;
  words: string;
};

/** The pipeline as a whole, by the inbox and by what the workers told last. */
export async function readPipeline(ctx: Pick<Context, "sql" | "now">): Promise<{ pipeline: Pipeline; roll: Roll }> {
  const [inbox, beats] = await Promise.all([readInbox(ctx.sql, COUNTED), listBeats(ctx.sql)]);
  const nowMs = ctx.now().getTime();
  const roll = callRoll(beats, nowMs);
  const oldestAt = inbox.oldest ? new Date(instantOfUuidV7(inbox.oldest)) : null;
  const seconds = drainSeconds(inbox.waiting, roll.perSecond);
  const pipeline = {
    waiting: inbox.waiting,
    capped: inbox.waiting >= COUNTED,
    oldestAt,
    setAside: inbox.setAside,
    workers: roll.running,
    perSecond: roll.perSecond,
    drainSeconds: seconds,
    backlog: isBacklog(inbox.waiting, seconds, oldestAt ? nowMs - oldestAt.getTime() : 0),
    flow: roll.flow,
    words: roll.words,
  };
  return { pipeline, roll };
}

/** The workers, who keeps them, how many an administrator wants, and what they have to do. */
export async function readWorkers(ctx: Pick<Context, "sql" | "now">) {
  const [{ pipeline, roll }, settings, connections] = await Promise.all([
    readPipeline(ctx),
    readSettings(ctx),
    countConnections(ctx.sql),
  ]);
  return { pipeline, workers: roll.workers, crews: roll.crews, setting: settings.workers, connections };
}
