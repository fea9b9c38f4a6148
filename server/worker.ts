import { hostname } from "node:os";
import { beat, endBeat, forgetSilent } from "@/db/queries/heartbeat";
import { ensurePartitions } from "@/db/queries/partitions";
import { makeContext } from "./context";
import { asLeader } from "./jobs/leadership";
import { startLoop } from "./jobs/loop";
import { sweep } from "./pipeline/sweep";
import { type Worker, workDue } from "./pipeline/work";

const ctx = makeContext("worker", { max: 12 });
const slot = 100 + ctx.config.slot;
const name = `${hostname()}/${process.pid}`;
const startedAt = ctx.now();
const stop = new AbortController();
const worker: Worker = { slot, environment: undefined };
let advanced = 0;

const pipeline = startLoop(ctx.log, "pipeline", 1000, stop.signal, async () => {
  const done = await workDue(ctx, worker, stop.signal);
  advanced += done;
  return done > 0;
});

const loops = [
  pipeline,
  startLoop(
    ctx.log,
    "sweep",
    5000,
    stop.signal,
    async () => ((await asLeader(ctx, "sweep", () => sweep(ctx, worker))) ?? 0) > 0,
  ),
  startLoop(ctx.log, "heartbeat", 5000, stop.signal, async () => {
    await beat(ctx.sql, name, "worker", startedAt, ctx.now(), {
      slot,
      advanced,
      rssMb: Math.round(process.memoryUsage.rss() / 1_048_576),
    });
    return false;
  }),
  startLoop(ctx.log, "upkeep", 600_000, stop.signal, async () => {
    await asLeader(ctx, "upkeep", async () => {
      await ensurePartitions(ctx.sql, ctx.now());
      await forgetSilent(ctx.sql, new Date(ctx.now().getTime() - 86_400_000));
    });
    return false;
  }),
];

const listening = ctx.sql.listen("waypost_inbox", () => pipeline.wake());
listening.catch((error: unknown) => ctx.log.warn({ err: String(error) }, "cannot listen; the poll goes on"));

async function shutdown(): Promise<void> {
  if (stop.signal.aborted) return;
  stop.abort();
  const late = setTimeout(() => process.exit(1), 8000);
  late.unref();
  await Promise.all(loops.map((loop) => loop.stopped));
  await endBeat(ctx.sql, name).catch(() => {});
  await ctx.database.close();
  process.exit(0);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void shutdown());
ctx.log.info({ slot }, "worker up");
