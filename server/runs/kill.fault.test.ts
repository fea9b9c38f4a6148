import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { exceptionFilter } from "@/core/exceptions/filter";
import { failedWindow } from "@/core/postings/recover";
import { findRun } from "@/db/queries/runs";
import { insertActor } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import { bulkExceptions } from "../exceptions/bulk";
import { startReplay } from "../messages/replay";
import { recoverFailed } from "../postings/recover";
import { type OdooTarget, sandboxTarget } from "../testing/odoo-target";
import { openException } from "../testing/open-exception";
import { makeStory, POSTINGS_AN_ORDER, type Story, until } from "../testing/story";
import { startWorker, type WorkerProcess } from "../testing/worker-process";

const KILLS = 3;
const ORDERS = 15;

let target: OdooTarget;
let story: Story;
let support: PersonActor;
let worker: WorkerProcess;

beforeAll(async () => {
  target = await sandboxTarget();
  story = await makeStory("runkill", target, { ratePerSecond: 100, concurrency: 4, settleMs: 4000 });
  support = await insertActor(story.ctx.sql, "support");
}, 120_000);
beforeEach(async () => {
  worker = await startWorker(story.database.url);
}, 120_000);
afterAll(async () => {
  await worker?.stop();
  await story?.end();
  await target?.close();
}, 60_000);

/** Kills the worker again and again while it walks a run, each time a little later in a chunk, and lets the next one take the run over. */
async function killWhileWalking(id: string, pauseMs: (kill: number) => number): Promise<void> {
  const { sql } = story.ctx;
  const processed = async () => (await findRun(sql, id))?.processed ?? 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const before = await processed();
    await until("the run goes on", 60_000, async () => (await processed()) > before);
    await new Promise((resolve) => setTimeout(resolve, pauseMs(kill)));
    await worker.kill();
    expect(await findRun(sql, id), "it is still to be done").toMatchObject({ state: "running" });
    // what a minute without a sign of life does
    await sql`update run set lease_until = now() - interval '1 second' where id = ${id} and state = 'running'`;
    worker = await startWorker(story.database.url);
  }
  await until("the run is done", 120_000, async () => (await findRun(sql, id))?.state === "done");
  await worker.stop();
}

/** What a run counted is what its items say, each of them done once. */
async function countsAgree(id: string, total: number): Promise<void> {
  const [items] = await story.ctx
    .sql`select count(*)::int as total, count(*) filter (where state = 1)::int as processed,
      count(*) filter (where result = 'changed')::int as changed, count(*) filter (where result = 'failed')::int as failed
    from run_item where run_id = ${id}`;
  expect(items).toMatchObject({ total, processed: total, failed: 0 });
  expect(await findRun(story.ctx.sql, id)).toMatchObject({ ...items, state: "done", error: null });
}

test("posting again what Odoo refused has one effect each, though the worker that walks the run is killed again and again", {
  timeout: 300_000,
}, async () => {
  const trackings = await story.order(ORDERS, "RK");
  await target.sandbox?.setMode({ mode: "refuse" });
  await story.deliver(trackings);
  const count = async (states: readonly string[]) => {
    const [row] = await story.ctx.sql<
      { n: number }[]
    >`select count(*)::int as n from posting where state = any(${states})`;
    return row?.n ?? 0;
  };
  await until(
    "Odoo refused all",
    90_000,
    async () =>
      (await count(["rejected"])) >= ORDERS * 2 && (await count(["planned", "sending", "posted", "unconfirmed"])) === 0,
  );
  await target.sandbox?.setMode({ mode: "slow", delayMs: 60 });
  const refused = await count(["rejected", "dead"]);
  const run = await recoverFailed(story.ctx, support, {
    window: failedWindow.parse({ since: new Date(Date.now() - 3_600_000).toISOString() }),
    dryRun: false,
    perSecond: Math.ceil(refused / 10),
  });
  expect(run.total).toBe(refused);
  await killWhileWalking(run.id, (kill) => 700 + kill * 170);
  await countsAgree(run.id, refused);
  worker = await startWorker(story.database.url);
  await target.sandbox?.setMode({ mode: "ok" });
  await story.settled(ORDERS * POSTINGS_AN_ORDER, 120_000);
  const agreement = await story.agreement();
  expect(agreement.disagreements).toEqual([]);
  expect(agreement).toMatchObject({
    effects: { tracking_number: ORDERS, transfer_validated: ORDERS, status_note: ORDERS * 2 },
  });
  expect(target.sandbox?.effects().doubles ?? []).toEqual([]);
  await worker.stop();
});

test("reading stored messages again leaves every shipment as it was and posts nothing twice, though its worker is killed again and again", {
  timeout: 300_000,
}, async () => {
  const { sql } = story.ctx;
  const shipments = () =>
    sql`select shipment_id, name, milestone, terminal, state, (select count(*)::int from exception e where e.shipment_id = s.shipment_id
      and e.state <> 'resolved') as open from shipment s order by shipment_id`;
  const postings = () => sql`select key, state, attempts from posting order by key`;
  const stand = async () => [await shipments(), await postings()];
  let before = await stand();
  // what the last polls of Odoo brought is in
  for (let same = 0; same < 3; ) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const now = await stand();
    same = isDeepStrictEqual(now, before) ? same + 1 : 0;
    before = now;
  }
  const run = await startReplay(story.ctx, support, {
    scope: { feed: "carrier" },
    mapping: "current",
    dryRun: false,
    perSecond: Math.ceil((ORDERS * 2) / 10),
  });
  await killWhileWalking(run.id, (kill) => 600 + kill * 210);
  await countsAgree(run.id, ORDERS * 2);
  expect(await stand()).toEqual(before);
  expect((await story.agreement()).disagreements).toEqual([]);
  // each message was read again once, under one new generation
  const [read] = await sql`select count(*)::int as n, count(distinct message_id)::int as messages,
      count(distinct generation)::int as generations from interpretation where run_id = ${run.id}`;
  expect(read).toEqual({ n: ORDERS * 2, messages: ORDERS * 2, generations: 1 });
  expect(target.sandbox?.effects().doubles ?? []).toEqual([]);
});

test("a bulk act is done once to each exception and said once, though its worker is killed again and again", {
  timeout: 300_000,
}, async () => {
  const { ctx } = story;
  const many = 15_000;
  const first = await openException(ctx, "pod_missing", { cause: "many" });
  await ctx.sql`insert into exception select (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), 'subject', 'copy:' || i))).*
    from exception e, generate_series(2, ${many}::int) i where e.id = ${first.id}`;
  const run = await bulkExceptions(ctx, support, {
    target: { filter: exceptionFilter.parse({ kind: ["pod_missing"] }), except: [] },
    act: { act: "acknowledge" },
  });
  expect(run.total).toBe(many);
  await killWhileWalking(run.id, (kill) => kill * 30);
  await countsAgree(run.id, many);
  const [told] =
    await ctx.sql`select count(*)::int as notes, count(distinct exception_id)::int as exceptions from exception_note
    where kind = 'acknowledged'`;
  expect(told).toEqual({ notes: many, exceptions: many });
  expect(
    await ctx.sql`select count(*)::int as n from audit where subject = ${`run:${run.id}`} and after ->> 'ended' = 'true'`,
  ).toEqual([{ n: 1 }]);
});
