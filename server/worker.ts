import { hostname } from "node:os";
import { beat, endBeat, forgetSilent } from "@/db/queries/heartbeat";
import { ensurePartitions } from "@/db/queries/partitions";
import { makeContext } from "./context";
import { wakeExceptions } from "./exceptions/wake";
import { type WatchMemory, watchFeeds } from "./feeds/watch";
import { watchFolders } from "./folders/watch";
import { Leadership } from "./jobs/leadership";
import { startLoop } from "./jobs/loop";
import { OdooClients } from "./odoo/clients";
import type { PollState } from "./odoo/poll";
import { pollDue, sendDue } from "./odoo/work";
import { sweep } from "./pipeline/sweep";
import { type Worker, workDue } from "./pipeline/work";
import { makeSender } from "./postings/sender";
import { workRun } from "./runs/execute";

const ctx = makeContext("worker", { max: 14 });
const slot = 100 + ctx.config.slot;
const name = `${hostname()}/${process.pid}/${ctx.uuid()}`;
const startedAt = ctx.now();
const stop = new AbortController();
const worker: Worker = { slot, environment: undefined };
const judge: Worker = { slot, environment: undefined };
const leadership = new Leadership(ctx);
const clients = new OdooClients();
const sender = makeSender(name, slot, clients);
const polls = new Map<number, PollState>();
const watched: WatchMemory = new Map();
let advanced = 0;

const pipeline = startLoop(ctx.log, "pipeline", 1000, stop.signal, async () => {
  const done = await workDue(ctx, worker, stop.signal);
  advanced += done;
  return done > 0;
});
const sending = startLoop(ctx.log, "senders", 1000, stop.signal, () => sendDue(ctx, sender, leadership, stop.signal));
const runner: Worker = { slot, environment: undefined };
const runs = startLoop(ctx.log, "runs", 2000, stop.signal, () => workRun(ctx, runner, clients, name, stop.signal));
const loops = [
  pipeline,
  sending,
  runs,
  watchFolders(ctx, stop.signal, () => leadership.lead("folders")),
  startLoop(ctx.log, "polls", 1000, stop.signal, () => pollDue(ctx, clients, leadership, polls)),
  startLoop(
    ctx.log,
    "sweep",
    5000,
    stop.signal,
    async () => (await leadership.lead("sweep")) && (await sweep(ctx, judge)) > 0,
  ),
  startLoop(ctx.log, "watch", 15_000, stop.signal, async () => {
    if (await leadership.lead("watch")) await watchFeeds(ctx, watched, slot);
    return false;
  }),
  startLoop(ctx.log, "wake", 15_000, stop.signal, async () => {
    if (await leadership.lead("watch")) await wakeExceptions(ctx);
    return false;
  }),
  startLoop(ctx.log, "heartbeat", 5000, stop.signal, async () => {
    const rssMb = Math.round(process.memoryUsage.rss() / 1_048_576);
    await beat(ctx.sql, name, "worker", startedAt, ctx.now(), { slot, advanced, rssMb });
    return false;
  }),
  startLoop(ctx.log, "upkeep", 600_000, stop.signal, async () => {
    if (!(await leadership.lead("upkeep"))) return false;
    await ensurePartitions(ctx.sql, ctx.now());
    await forgetSilent(ctx.sql, new Date(ctx.now().getTime() - 86_400_000));
    return false;
  }),
];

const channels = [
  ["waypost_inbox", pipeline],
  ["waypost_postings", sending],
  ["waypost_runs", runs],
] as const;
for (const [channel, loop] of channels) {
  ctx.sql
    .listen(channel, () => loop.wake())
    .catch((error: unknown) => {
      ctx.log.warn({ channel, err: String(error) }, "cannot listen; the poll goes on");
    });
}

async function shutdown(): Promise<void> {
  if (stop.signal.aborted) return;
  stop.abort();
  setTimeout(() => process.exit(1), 8000).unref();
  await Promise.all(loops.map((loop) => loop.stopped));
  await leadership.release();
  await endBeat(ctx.sql, name).catch((error: unknown) => ctx.log.warn({ err: String(error) }, "heartbeat left behind"));
  await ctx.database.close();
  process.exit(0);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void shutdown());
ctx.log.info({ slot }, "worker up");
