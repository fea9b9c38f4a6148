import { type ClaimedMessage, keepLease, leaseInbox, leaveInbox } from "@/db/queries/pipeline/claim";
import type { Context } from "../context";
import { LARGE_LANE } from "../messages/lane";
import { advance, advancePart, closeParts, livePass } from "./advance";
import { loadEnvironment } from "./environment";
import { cutMessage, type Parts } from "./parts";
import type { Pass } from "./pass";
import { isDatabaseDown, isRepeatable, setAside, type Worker } from "./work";

const LEASE_MS = 60_000;
const RETRIES = 5;
/** A document that ended its worker this often is set aside. */
const MOST_ATTEMPTS = 5;

class LeaseLost extends Error {}

/**
 * Works the next large document of the inbox part by part, a transaction each, beside the lanes: what is urgent never waits for a file. Ended
 * in between, the next worker begins it anew, and what is there already changes nothing. True when there was one.
 */
export async function workLarge(ctx: Context, worker: Worker, signal: AbortSignal): Promise<boolean> {
  const lease = () => new Date(ctx.now().getTime() + LEASE_MS);
  const message = await ctx.sql.begin((tx) => leaseInbox(tx, LARGE_LANE, lease()));
  if (!message) return false;
  const started = performance.now();
  try {
    if (message.attempts >= MOST_ATTEMPTS) throw new Error(`It ended its worker ${message.attempts} times.`);
    const reading = await readingOf(ctx, worker, message);
    const parts = reading ? cutMessage(message, reading) : null;
    if (parts === null) await workWhole(ctx, worker, message);
    else if (!(await workParts(ctx, worker, message, parts, signal, lease))) return false;
    ctx.log.info(
      { receipt: message.id, parts: parts?.count ?? 1, durationMs: Math.round(performance.now() - started) },
      "large document advanced",
    );
    return true;
  } catch (error) {
    if (isDatabaseDown(error)) throw error;
    if (error instanceof LeaseLost) return true;
    await ctx.sql.begin(async (tx) => {
      worker.environment = await loadEnvironment(tx, worker.environment);
      if (await leaveInbox(tx, LARGE_LANE, message))
        await setAside(ctx, tx, worker, message, error instanceof Error ? error.message : String(error));
    });
    return true;
  }
}

async function readingOf(ctx: Context, worker: Worker, message: ClaimedMessage) {
  worker.environment = await loadEnvironment(ctx.sql, worker.environment);
  return livePass(worker.environment).readingOf(message);
}

async function workWhole(ctx: Context, worker: Worker, message: ClaimedMessage): Promise<void> {
  await repeated(() =>
    ctx.sql.begin("isolation level read committed", async (tx) => {
      const environment = await loadEnvironment(tx, worker.environment);
      worker.environment = environment;
      if (!(await leaveInbox(tx, LARGE_LANE, message))) throw new LeaseLost();
      await advance(tx, environment, [message], livePass(environment), depsOf(ctx, worker));
    }),
  );
}

/** False when the worker was told to stop: the document is given back. */
async function workParts(
  ctx: Context,
  worker: Worker,
  message: ClaimedMessage,
  parts: Parts,
  signal: AbortSignal,
  lease: () => Date,
): Promise<boolean> {
  const pass: Pass = { runId: null, replay: false, readingOf: () => undefined };
  const deps = depsOf(ctx, worker);
  for (const part of parts.read()) {
    if (signal.aborted) {
      await keepLease(ctx.sql, LARGE_LANE, message, null);
      return false;
    }
    const { filed } = await repeated(() =>
      ctx.sql.begin("isolation level read committed", async (tx) => {
        const environment = await loadEnvironment(tx, worker.environment);
        worker.environment = environment;
        if (!(await keepLease(tx, LARGE_LANE, message, lease()))) throw new LeaseLost();
        return advancePart(tx, environment, part, pass, deps);
      }),
    );
    parts.done(part, filed);
  }
  await repeated(() =>
    ctx.sql.begin("isolation level read committed", async (tx) => {
      const environment = await loadEnvironment(tx, worker.environment);
      worker.environment = environment;
      if (!(await leaveInbox(tx, LARGE_LANE, message))) throw new LeaseLost();
      await closeParts(tx, environment, parts.whole(), parts.tally, pass, deps);
    }),
  );
  return true;
}

function depsOf(ctx: Context, worker: Worker) {
  return { now: ctx.now, uuid: ctx.uuid, slot: worker.slot };
}

async function repeated<T>(action: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      if (!isRepeatable(error) || attempt >= RETRIES) throw error;
    }
  }
}
