import { LEAST_URGENT, MOST_URGENT } from "@/core/feeds/feed";
import type { Tx } from "@/db/client";
import { type ClaimedMessage, claimInbox, type DueLane, dueLanes } from "@/db/queries/pipeline/claim";
import { insertSetAside } from "@/db/queries/pipeline/record";
import type { Context } from "../context";
import { raise } from "../exceptions/raise";
import { advance, livePass } from "./advance";
import { type Environment, loadEnvironment } from "./environment";
import type { MessageResult } from "./pass";
import { setAsideFinding } from "./set-aside";

export const BATCH = 500;
/** Lanes with little are worked together until they make about so many messages: a transaction costs the same for one as for some dozens. */
const TOGETHER = 128;
const LONGEST_REST_MS = 50;
const BATCH_BYTES = 24 * 1_048_576;
const RETRIES = 5;

/** PostgreSQL says: try the transaction again (deadlock, serialization failure, lock time-out). */
export function isRepeatable(error: unknown): boolean {
  const code = (error as { code?: string }).code;
  return code === "40P01" || code === "40001" || code === "55P03";
}

/** PostgreSQL is gone or going: nothing is wrong with the messages. */
export function isDatabaseDown(error: unknown): boolean {
  const code = String((error as { code?: string }).code ?? "");
  return (
    /^(57P0|08|53)/.test(code) ||
    [
      "ECONNREFUSED",
      "ECONNRESET",
      "EPIPE",
      "CONNECTION_CLOSED",
      "CONNECTION_ENDED",
      "CONNECTION_DESTROYED",
      "CONNECT_TIMEOUT",
      "ENOENT",
    ].includes(code)
  );
}

export type Worker = { slot: number; environment: Environment | undefined };

/**
 * Advances one batch of these lanes; 0 when nothing was due. A batch on which our own code fails is worked lane by lane, then halved until the
 * poison message stands alone; that one is set aside with an exception, the others go on.
 */
export async function workLanes(
  ctx: Context,
  worker: Worker,
  lanes: readonly number[],
  limit = BATCH,
  leastUrgent = LEAST_URGENT,
): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ctx.sql.begin("isolation level read committed", async (tx) => {
        const messages = await claimInbox(tx, lanes, limit, BATCH_BYTES, leastUrgent);
        if (messages.length === 0) return 0;
        worker.environment = await loadEnvironment(tx, worker.environment);
        const deps = { now: ctx.now, uuid: ctx.uuid, slot: worker.slot };
        const started = performance.now();
        const { messages: results } = await advance(
          tx,
          worker.environment,
          messages,
          livePass(worker.environment),
          deps,
        );
        logBatch(ctx, lanes, results, performance.now() - started);
        return messages.length;
      });
    } catch (error) {
      if (isRepeatable(error) && attempt < RETRIES) continue;
      if (isDatabaseDown(error)) throw error;
      ctx.log.error({ lanes, limit, err: describe(error) }, "batch failed");
      if (lanes.length > 1) return workEach(ctx, worker, lanes, limit, leastUrgent);
      const [lane] = lanes;
      if (limit > 1 && lane !== undefined) return isolate(ctx, worker, lane, limit, leastUrgent);
      throw error;
    }
  }
}

async function workEach(
  ctx: Context,
  worker: Worker,
  lanes: readonly number[],
  limit: number,
  leastUrgent: number,
): Promise<number> {
  let done = 0;
  for (const lane of lanes) done += await workLanes(ctx, worker, [lane], limit, leastUrgent);
  return done;
}

/** Works a failing batch in halves; a single message that still fails is set aside. */
async function isolate(
  ctx: Context,
  worker: Worker,
  lane: number,
  limit: number,
  leastUrgent: number,
): Promise<number> {
  const half = Math.ceil(limit / 2);
  let done = 0;
  if (half > 1) {
    for (let i = 0; i < 2; i++) done += await workLanes(ctx, worker, [lane], half, leastUrgent);
    return done;
  }
  for (let i = 0; i < 2; i++) {
    try {
      done += await workLanes(ctx, worker, [lane], 1, leastUrgent);
    } catch (error) {
      if (isDatabaseDown(error)) throw error;
      done += await setAsideFirst(ctx, worker, lane, describe(error));
    }
  }
  return done;
}

async function setAsideFirst(ctx: Context, worker: Worker, lane: number, error: string): Promise<number> {
  return ctx.sql.begin(async (tx) => {
    const [message] = await claimInbox(tx, [lane], 1, BATCH_BYTES, LEAST_URGENT);
    if (!message) return 0;
    worker.environment = await loadEnvironment(tx, worker.environment);
    await setAside(ctx, tx, worker, message, error);
    return 1;
  });
}

/** Sets a message aside as our fault, with an exception that says so. */
export async function setAside(
  ctx: Context,
  tx: Tx,
  worker: Worker,
  message: ClaimedMessage,
  error: string,
): Promise<void> {
  await insertSetAside(
    tx,
    [{ messageId: message.id, feedId: message.feedId, error, attempts: message.attempts + 1 }],
    ctx.now(),
  );
  const reading = worker.environment?.readings.get(message.feedId);
  const finding = setAsideFinding(
    message,
    reading?.slug ?? `feed-${message.feedId}`,
    reading?.name ?? "an unknown feed",
    error,
  );
  await raise(
    ctx,
    tx,
    [{ homeId: message.id, shipmentId: null, finding, correlationId: message.correlationId }],
    worker.slot,
  );
  ctx.log.error(
    { receipt: message.id, feedId: message.feedId, correlationId: message.correlationId, err: error },
    "message set aside",
  );
}

/**
 * Works all lanes that have something due, starting at a lane of its own so that workers spread; returns how many messages were done. What is
 * more urgent than the last of a batch goes before that batch, whichever lane it waits in: it waits for one batch at the most, and what
 * has time gets a batch after each such pass.
 */
export async function workDue(ctx: Context, worker: Worker, signal: AbortSignal): Promise<number> {
  return workUpTo(ctx, worker, signal, LEAST_URGENT);
}

async function workUpTo(ctx: Context, worker: Worker, signal: AbortSignal, leastUrgent: number): Promise<number> {
  let done = 0;
  const lanes = await dueLanes(ctx.sql, TOGETHER, leastUrgent);
  const start = lanes.findIndex(({ lane }) => lane >= (worker.slot * 32) % 64);
  const turn = start > 0 ? [...lanes.slice(start), ...lanes.slice(0, start)] : lanes;
  for (const group of groupLanes(turn)) {
    // where no feed is more urgent there is nothing to look for
    if (group.last > (worker.environment?.mostUrgent ?? MOST_URGENT))
      done += await workUpTo(ctx, worker, signal, group.last - 1);
    if (signal.aborted) break;
    done += await workLanes(ctx, worker, group.lanes, BATCH, leastUrgent);
  }
  return done;
}

/** Neighbouring lanes together up to the size of a good batch; a lane that has as much by itself stays alone. */
function groupLanes(turn: readonly DueLane[]): { lanes: number[]; last: number }[] {
  const groups: { lanes: number[]; last: number }[] = [];
  let room = 0;
  for (const { lane, due, last: least } of turn) {
    const open = groups.at(-1);
    const fits = open !== undefined && due <= room;
    if (fits) {
      open.lanes.push(lane);
      open.last = Math.max(open.last, least);
    } else groups.push({ lanes: [lane], last: least });
    room = (fits ? room : TOGETHER) - due;
  }
  return groups;
}

/**
 * How long a worker rests after a pass, in ms. With little waiting it would go round with a handful of messages at a time, and take from the
 * door and the screens what a larger batch does not cost; so it works half of the time. With much waiting it does not rest.
 */
export function restAfter(done: number, tookMs: number): number {
  return done === 0 || done >= TOGETHER ? 0 : Math.min(LONGEST_REST_MS, tookMs);
}

function logBatch(ctx: Context, lanes: readonly number[], results: readonly MessageResult[], durationMs: number): void {
  const failed = results.filter((result) => result.status === "failed").length;
  const events = results.reduce((sum, result) => sum + result.events, 0);
  ctx.log.info(
    { lanes, messages: results.length, failed, events, durationMs: Math.round(durationMs) },
    "batch advanced",
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : String(error).slice(0, 500);
}
