import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { RUN_LANES } from "@/core/runs/run";
import { type Mark, paceOf, withMark } from "@/core/workers/pace";
import { forgetCounts } from "@/db/queries/count-runs";
import { beat, endBeat, forgetPlace, forgetSilent } from "@/db/queries/heartbeat";
import { forgetMails } from "@/db/queries/mail";
import { forgetNotifications } from "@/db/queries/notifications";
import { ensurePartitions } from "@/db/queries/partitions";
import { makeMailer } from "./alerts/mailer";
import { sendMails } from "./alerts/send-mails";
import { watchCauses } from "./alerts/watch-causes";
import { actByRules, type RuleMemory } from "./automation/act-by-rules";
import { learnRules } from "./automation/learn";
import type { CountMemory } from "./carriers/count";
import { workCarriers } from "./carriers/work";
import { makeContext } from "./context";
import { tellByHand } from "./degraded/tell-by-hand";
import { LOSE_BATCH, loseLapsed } from "./exceptions/lose";
import { recountLost } from "./exceptions/recount-lost";
import { WAKE_BATCH, wakeExceptions } from "./exceptions/wake";
import { catchUp } from "./feeds/catch-up-work";
import { type WatchMemory, watchFeeds } from "./feeds/watch";
import { watchFolders } from "./folders/watch";
import { workFreight } from "./freight/work";
import { Leadership } from "./jobs/leadership";
import { startLoop } from "./jobs/loop";
import { type NoticeMemory, planNotices } from "./notices/plan";
import { sendNotices } from "./notices/send";
import { OdooClients } from "./odoo/clients";
import { countFailures } from "./odoo/failure-budget";
import type { PollState } from "./odoo/poll";
import { pollDue, sendDue } from "./odoo/work";
import { sweep } from "./pipeline/sweep";
import { restAfter, type Worker, workDue } from "./pipeline/work";
import { workLarge } from "./pipeline/work-large";
import { makeSender } from "./postings/sender-state";
import { makeComparer } from "./reconciliation/compare-chunk";
import { forgetReconciled, watchReconciliation } from "./reconciliation/watch";
import { msToNextTurn, workRun } from "./runs/execute";
import { watchBurn } from "./service-levels/watch-burn";
import { findLookAlikes, type LookAlikeMemory } from "./shipments/look-alikes";

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
const likenesses: LookAlikeMemory = { seenTo: null };
const rulesWalked: RuleMemory = new Map();
const counting: CountMemory = { environment: undefined };
const noticed: NoticeMemory = { fresh: null, settled: null };
const mailer = ctx.config.smtp ? makeMailer(ctx.config.smtp) : null;
let advanced = 0;
let marks: Mark[] = [];

const pipeline = startLoop(ctx.log, "pipeline", 1000, stop.signal, async () => {
  const from = performance.now();
  const done = await workDue(ctx, worker, stop.signal);
  advanced += done;
  const rest = restAfter(done, performance.now() - from);
  if (rest > 0) await sleep(rest);
  return done > 0;
});
const filer: Worker = { slot, environment: undefined };
const files = startLoop(ctx.log, "files", 1000, stop.signal, () => workLarge(ctx, filer, stop.signal));
const sending = startLoop(ctx.log, "senders", 1000, stop.signal, () => sendDue(ctx, sender, leadership, stop.signal));
const runs = Object.entries(RUN_LANES).map(([lane, kinds]) => {
  const runner: Worker = { slot, environment: undefined };
  return startLoop(
    ctx.log,
    `runs: ${lane}`,
    2000,
    stop.signal,
    async () => (await workRun(ctx, runner, clients, name, stop.signal, kinds)) || (await msToNextTurn(ctx, kinds)),
  );
});
const polling = startLoop(ctx.log, "polls", 1000, stop.signal, () => pollDue(ctx, clients, leadership, polls));
const comparer = makeComparer({ slot, environment: undefined }, clients);
const settler: Parameters<typeof workFreight>[1] = { slot, environment: undefined };
const freight = startLoop(
  ctx.log,
  "freight",
  2000,
  stop.signal,
  async () => (await leadership.lead("freight")) && (await workFreight(ctx, settler)),
);
const figures = startLoop(
  ctx.log,
  "carriers",
  15_000,
  stop.signal,
  async () => (await leadership.lead("carriers")) && (await workCarriers(ctx, counting, name, stop.signal)),
);
const loops = [
  pipeline,
  files,
  sending,
  ...runs,
  freight,
  watchFolders(ctx, stop.signal, () => leadership.lead("folders")),
  polling,
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
  startLoop(
    ctx.log,
    "catch-up",
    5000,
    stop.signal,
    async () => (await leadership.lead("catch-up")) && (await catchUp(ctx, slot)) > 0,
  ),
  startLoop(ctx.log, "burn", 60_000, stop.signal, async () => {
    if (await leadership.lead("watch")) await watchBurn(ctx, slot);
    return false;
  }),
  startLoop(ctx.log, "look-alikes", 5000, stop.signal, async () => {
    if (await leadership.lead("watch")) await findLookAlikes(ctx, likenesses, slot);
    return false;
  }),
  startLoop(ctx.log, "wake", 15_000, stop.signal, async () => {
    if (!(await leadership.lead("watch"))) return false;
    const woken = await wakeExceptions(ctx);
    return (await loseLapsed(ctx)) >= LOSE_BATCH || woken >= WAKE_BATCH;
  }),
  startLoop(
    ctx.log,
    "rules",
    10_000,
    stop.signal,
    async () => (await leadership.lead("rules")) && (await actByRules(ctx, rulesWalked)) > 0,
  ),
  startLoop(ctx.log, "learning", 900_000, stop.signal, async () => {
    if (await leadership.lead("rules")) await learnRules(ctx);
    return false;
  }),
  startLoop(ctx.log, "alerts", 5000, stop.signal, async () => {
    if (await leadership.lead("alerts")) await watchCauses(ctx);
    return false;
  }),
  startLoop(ctx.log, "degraded", 60_000, stop.signal, async () => {
    if (await leadership.lead("alerts")) await tellByHand(ctx);
    return false;
  }),
  startLoop(
    ctx.log,
    "mail",
    5000,
    stop.signal,
    async () => mailer !== null && (await leadership.lead("mail")) && (await sendMails(ctx, mailer)),
  ),
  startLoop(ctx.log, "notices", 2000, stop.signal, async () => {
    if (!(await leadership.lead("notices"))) return false;
    const more = await planNotices(ctx, noticed);
    return (await sendNotices(ctx, clients, mailer, slot)) || more;
  }),
  startLoop(ctx.log, "reconciliation", 15_000, stop.signal, () => watchReconciliation(ctx, comparer, leadership)),
  figures,
  startLoop(ctx.log, "failure budgets", 5000, stop.signal, async () => {
    await countFailures(ctx, clients, slot);
    return false;
  }),
  startLoop(ctx.log, "heartbeat", 5000, stop.signal, async () => {
    const rssMb = Math.round(process.memoryUsage.rss() / 1_048_576);
    marks = withMark(marks, { atMs: performance.now(), done: advanced });
    const facts = { slot: ctx.config.slot, crew: ctx.config.crew, advanced, perSecond: paceOf(marks), rssMb };
    await beat(ctx.sql, name, "worker", startedAt, ctx.now(), facts);
    return false;
  }),
  startLoop(ctx.log, "upkeep", 600_000, stop.signal, async () => {
    if (!(await leadership.lead("upkeep"))) return false;
    await ensurePartitions(ctx.sql, ctx.now());
    const daysAgo = (days: number) => new Date(ctx.now().getTime() - days * 86_400_000);
    await recountLost(ctx);
    await forgetSilent(ctx.sql, daysAgo(1));
    await forgetMails(ctx.sql, daysAgo(30));
    await forgetNotifications(ctx.sql, daysAgo(90));
    await forgetCounts(ctx.sql, daysAgo(7));
    return forgetReconciled(ctx);
  }),
];

const channels = [
  ["waypost_inbox", [pipeline]],
  ["waypost_postings", [sending]],
  ["waypost_runs", runs],
  ["waypost_runs", [figures]],
  ["waypost_freight", [freight]],
] as const;
for (const [channel, woken] of channels) {
  ctx.sql
    .listen(channel, () => {
      for (const loop of woken) loop.wake();
    })
    .catch((error: unknown) => {
      ctx.log.warn({ channel, err: String(error) }, "cannot listen; the poll goes on");
    });
}

ctx.sql
  .listen("waypost_odoo_hint", (id) => {
    const state = polls.get(Number(id));
    if (state) state.polledAtMs = 0;
    polling.wake();
  })
  .catch((error: unknown) => {
    ctx.log.warn({ channel: "waypost_odoo_hint", err: String(error) }, "cannot listen; the poll goes on");
  });

async function shutdown(): Promise<void> {
  if (stop.signal.aborted) return;
  stop.abort();
  setTimeout(() => process.exit(1), 8000).unref();
  await Promise.all(loops.map((loop) => loop.stopped));
  await leadership.release();
  mailer?.close();
  await endBeat(ctx.sql, name).catch((error: unknown) => ctx.log.warn({ err: String(error) }, "heartbeat left behind"));
  await ctx.database.close();
  process.exit(0);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void shutdown());
await forgetPlace(ctx.sql, hostname(), ctx.config.slot, startedAt).catch((error: unknown) => {
  ctx.log.warn({ err: String(error) }, "who was killed in this place is told until it is forgotten");
});
ctx.log.info({ slot }, "worker up");
