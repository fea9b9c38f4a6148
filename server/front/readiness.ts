import { findMigrationState, findWorkerSilence, getMaxLocks } from "@/db/queries/operation";
import type { Context } from "../context";

/** A worker that was not heard of for longer is taken for dead. */
const WORKER_SILENCE_SECONDS = 30;
/** A batch of the pipeline takes thousands of advisory locks (scale.md). */
const ENOUGH_LOCKS = 256;
const PATIENCE_MS = 5000;
/** An answer is good for this long, so that asking often costs the database nothing. */
const FRESH_MS = 500;

export type Check = { ok: boolean; why?: string; warning?: string };
export type Readiness = { ready: boolean; checks: Record<string, Check> };

/** Says whether this installation can do its work, check by check. */
export function makeReadiness(
  ctx: Pick<Context, "sql">,
  parts: { nextIsUp: () => Promise<boolean>; space: () => string | null },
): () => Promise<Readiness> {
  let last: { atMs: number; answer: Promise<Readiness> } | null = null;
  return () => {
    if (!last || performance.now() - last.atMs > FRESH_MS) last = { atMs: performance.now(), answer: read(ctx, parts) };
    return last.answer;
  };
}

async function read(
  ctx: Pick<Context, "sql">,
  parts: { nextIsUp: () => Promise<boolean>; space: () => string | null },
): Promise<Readiness> {
  const asked: Record<string, Promise<Check>> = {
    database: check(async () => {
      await ctx.sql`select 1`;
      return { ok: true };
    }),
    migrations: check(async () => {
      const { same, applied, known } = await findMigrationState(ctx.sql);
      return same
        ? { ok: true }
        : { ok: false, why: `the database has had ${applied} migrations, this code knows ${known}` };
    }),
    worker: check(async () => {
      const seconds = await findWorkerSilence(ctx.sql);
      if (seconds === null) return { ok: false, why: "no worker was ever started" };
      const why = `the last worker was heard of ${Math.round(seconds)} s ago`;
      return seconds <= WORKER_SILENCE_SECONDS ? { ok: true } : { ok: false, why };
    }),
    next: check(async () =>
      (await parts.nextIsUp()) ? { ok: true } : { ok: false, why: "the screens do not answer" },
    ),
    space: check(async () => {
      const why = parts.space();
      return why ? { ok: false, why } : { ok: true };
    }),
    locks: check(async () => {
      const locks = await getMaxLocks(ctx.sql);
      const warning = `max_locks_per_transaction is ${locks}; set it to ${ENOUGH_LOCKS} or more`;
      return locks >= ENOUGH_LOCKS ? { ok: true } : { ok: true, warning };
    }),
  };
  const checks = Object.fromEntries(
    await Promise.all(Object.entries(asked).map(async ([name, answer]) => [name, await answer] as const)),
  );
  return { ready: Object.values(checks).every((one) => one.ok), checks };
}

/** The reason of a failed check names the kind of error only: its text may hold an address. */
async function check(ask: () => Promise<Check>): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Check>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, why: "no answer in time" }), PATIENCE_MS);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (error) {
    return { ok: false, why: `the database does not answer (${(error as { code?: string }).code ?? "error"})` };
  } finally {
    clearTimeout(timer);
  }
}
