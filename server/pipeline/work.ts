import type { Tx } from "@/db/client";
import { type ClaimedMessage, claimInbox, dueLanes } from "@/db/queries/pipeline/claim";
import { insertSetAside } from "@/db/queries/pipeline/record";
import type { Context } from "../context";
import { raise } from "../exceptions/raise";
import { advance, livePass, type MessageResult } from "./advance";
import { type Environment, loadEnvironment } from "./environment";
import { setAsideFinding } from "./set-aside";

export const BATCH = 500;
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
 * Advances one batch of one lane; 0 when nothing was due. A batch on which our own code fails is halved until the poison message stands
 * alone; that one is set aside with an exception, the others go on.
 */
export async function workLane(ctx: Context, worker: Worker, lane: number, limit = BATCH): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ctx.sql.begin("isolation level read committed", async (tx) => {
        const messages = await claimInbox(tx, lane, limit, BATCH_BYTES);
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
        logBatch(ctx, lane, results, performance.now() - started);
        return messages.length;
      });
    } catch (error) {
      if (isRepeatable(error) && attempt < RETRIES) continue;
      if (isDatabaseDown(error)) throw error;
      ctx.log.error({ lane, limit, err: describe(error) }, "batch failed");
      if (limit > 1) return isolate(ctx, worker, lane, limit);
      throw error;
    }
  }
}

/** Works a failing batch in halves; a single message that still fails is set aside. */
async function isolate(ctx: Context, worker: Worker, lane: number, limit: number): Promise<number> {
  const half = Math.ceil(limit / 2);
  if (half > 1) return (await workLane(ctx, worker, lane, half)) + (await workLane(ctx, worker, lane, half));
  let done = 0;
  for (let i = 0; i < 2; i++) {
    try {
      done += await workLane(ctx, worker, lane, 1);
    } catch (error) {
      if (isDatabaseDown(error)) throw error;
      done += await setAsideFirst(ctx, worker, lane, describe(error));
    }
  }
  return done;
}

async function setAsideFirst(ctx: Context, worker: Worker, lane: number, error: string): Promise<number> {
  return ctx.sql.begin(async (tx) => {
    const [message] = await claimInbox(tx, lane, 1, BATCH_BYTES);
    if (!message) return 0;
    worker.environment = await loadEnvironment(tx, worker.environment);
    await setAside(ctx, tx, worker, message, error);
    return 1;
  });
}

async function setAside(ctx: Context, tx: Tx, worker: Worker, message: ClaimedMessage, error: string): Promise<void> {
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

/** Works all lanes that have something due, starting at a lane of its own so that workers spread; returns how many messages were done. */
export async function workDue(ctx: Context, worker: Worker, signal: AbortSignal): Promise<number> {
  let done = 0;
  const lanes = await dueLanes(ctx.sql);
  const start = lanes.findIndex((lane) => lane >= (worker.slot * 32) % 64);
  const turn = start > 0 ? [...lanes.slice(start), ...lanes.slice(0, start)] : lanes;
  for (const lane of turn) {
    if (signal.aborted) break;
    done += await workLane(ctx, worker, lane);
  }
  return done;
}

function logBatch(ctx: Context, lane: number, results: readonly MessageResult[], durationMs: number): void {
  const failed = results.filter((result) => result.status === "failed").length;
  const events = results.reduce((sum, result) => sum + result.events, 0);
  ctx.log.info(
    { lane, messages: results.length, failed, events, durationMs: Math.round(durationMs) },
    "batch advanced",
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : String(error).slice(0, 500);
}
