import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { exceptionFilter } from "@/core/exceptions/filter";
import { RUN_LANES, TURN_KINDS } from "@/core/runs/run";
import { findRun } from "@/db/queries/runs";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import { bulkExceptions } from "../exceptions/bulk";
import { receive } from "../messages/receive";
import { startReplay } from "../messages/replay";
import { OdooClients } from "../odoo/clients";
import { type Worker, workDue } from "../pipeline/work";
import { beginPass, keepPass } from "../reconciliation/pass";
import { type TestContext, testContext } from "../testing/context";
import { openException } from "../testing/open-exception";
import { scanOf } from "../testing/scans";
import { until } from "../testing/story";
import { startWorker, type WorkerProcess } from "../testing/worker-process";
import { makeTestContext, makeTestFeed, type TestFeed } from "../testing/workspace";
import { msToNextTurn, workRun } from "./execute";

let database: TestDatabase;
let ctx: TestContext;
let feed: TestFeed<"easypost">;
let support: PersonActor;
let process: WorkerProcess | null = null;
const clients = new OdooClients();
const never = new AbortController().signal;
const newWorker = (): Worker => ({ slot: 0, environment: undefined });

beforeAll(async () => {
  database = await testDatabase("turns");
  support = await insertActor(database.sql, "support");
});
beforeEach(async () => {
  ctx = testContext(database);
  const slug = `carrier-${ctx.uuid().slice(-8)}`;
  feed = await makeTestFeed(makeTestContext(database), { slug, adapter: "easypost", class: "aggregator" });
});
afterEach(async () => {
  await process?.stop();
  process = null;
});
afterAll(async () => database?.drop());

async function send(count: number, tag: string): Promise<string[]> {
  const kept = await receive(
    makeTestContext(database),
    Array.from({ length: count }, (_, i) =>
      scanOf(feed, { id: `${tag}-${i}`, code: `1Z${tag}${i}`, status: "in_transit", minutesAgo: 5 }),
    ),
  );
  return kept.map((one) => {
    if (!one.ok) throw one.error;
    return one.receipt;
  });
}

/** Messages that are read already. */
async function stored(count: number, tag: string): Promise<string[]> {
  const receipts = await send(count, tag);
  const reader = newWorker();
  while ((await workDue(makeTestContext(database), reader, never)) > 0);
  return receipts;
}

const replay = (receipts: string[], perSecond: number | null) =>
  startReplay(ctx, support, { scope: { receipts }, mapping: "current", dryRun: false, perSecond });
const processedOf = async (runs: { id: string }[]) =>
  Promise.all(runs.map(async ({ id }) => (await findRun(database.sql, id))?.processed));

test("runs take turns: each has some items done before one has all, and between its turns a paced run holds no worker", async () => {
  const receipts = await stored(6, "TURN");
  const runs = [await replay(receipts, 5), await replay(receipts, 5), await replay(receipts, 5)];
  const turn = () => workRun(ctx, newWorker(), clients, "a", never);
  for (let i = 0; i < 3; i++) expect(await turn()).toBe(true);
  expect(await processedOf(runs)).toEqual([2, 2, 2]);
  expect(await turn(), "all of them wait").toBe(false);
  expect(await msToNextTurn(ctx, TURN_KINDS)).toBe(400);
  expect(await msToNextTurn(ctx, RUN_LANES.odoo)).toBe(false);
  expect(await database.sql`select lease_owner from run where state = 'running'`).toEqual(
    runs.map(() => ({ lease_owner: null })),
  );
  ctx.clock.at = new Date(ctx.clock.at.getTime() + 400);
  for (let i = 0; i < 3; i++) expect(await turn()).toBe(true);
  expect(await processedOf(runs)).toEqual([4, 4, 4]);
  ctx.clock.at = new Date(ctx.clock.at.getTime() + 400);
  for (let i = 0; i < 3; i++) expect(await turn()).toBe(true);
  expect(await processedOf(runs), "a sixth would be too many for this second").toEqual([5, 5, 5]);
  for (let i = 0; i < 20; i++) {
    ctx.clock.at = new Date(ctx.clock.at.getTime() + 200);
    await turn();
  }
  for (const { id } of runs) expect(await findRun(database.sql, id)).toMatchObject({ state: "done", processed: 6 });
  expect(await turn()).toBe(false);
});

test("workers that take turns with the same runs do each item once", async () => {
  const real = makeTestContext(database);
  const runs = [
    await replay(await stored(60, "ONE"), 100),
    await replay(await stored(60, "TWO"), null),
    await replay(await stored(60, "THREE"), 80),
  ];
  const over = async () =>
    (await Promise.all(runs.map(({ id }) => findRun(database.sql, id)))).every((run) => run?.state === "done");
  const work = async (owner: string) => {
    const worker = newWorker();
    while (!(await over()))
      if (!(await workRun(real, worker, clients, owner, never)))
        await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await Promise.all(["a", "b", "c"].map(work));
  for (const { id } of runs) {
    expect(await findRun(database.sql, id)).toMatchObject({ total: 60, processed: 60, failed: 0 });
    const [read] = await database.sql`select count(*)::int as readings, count(distinct message_id)::int as messages
      from interpretation where run_id = ${id}`;
    expect(read).toEqual({ readings: 60, messages: 60 });
  }
}, 60_000);

test("a comparison that leaves items behind goes on in its next turn where it was", async () => {
  const run = await replay(await stored(1, "PASS"), null);
  expect(beginPass({ summary: null })).toEqual({ after: -1, before: null, down: new Map() });
  const pass = { after: 250, before: null, down: new Map([[3, "no route"]]) };
  await keepPass(ctx, run, pass);
  expect(beginPass({ summary: (await findRun(database.sql, run.id))?.summary ?? null })).toEqual(pass);
  await database.sql`update run set state = 'cancelled' where id = ${run.id}`;
});

test("a run that a person pauses between two turns is left alone, and so is one whose worker still works on it", async () => {
  const receipts = await stored(4, "HELD");
  const run = await replay(receipts, 5);
  await workRun(ctx, newWorker(), clients, "a", never);
  ctx.clock.at = new Date(ctx.clock.at.getTime() + 5_000);
  await database.sql`update run set lease_owner = 'b', lease_until = ${new Date(ctx.clock.at.getTime() + 1)} where id = ${run.id}`;
  expect(await workRun(ctx, newWorker(), clients, "a", never), "b has it").toBe(false);
  await database.sql`update run set state = 'paused', lease_owner = null, lease_until = null where id = ${run.id}`;
  expect(await workRun(ctx, newWorker(), clients, "a", never), "it is paused").toBe(false);
  await database.sql`update run set state = 'running', lease_owner = 'b', lease_until = ${ctx.clock.at} where id = ${run.id}`;
  expect(await workRun(ctx, newWorker(), clients, "a", never), "b is gone").toBe(true);
  await database.sql`update run set state = 'cancelled' where id = ${run.id}`;
});

test("beside two replays at five a second, a worker does a bulk action at once, reads live messages on, and keeps the pace in every second", async () => {
  const receipts = await stored(40, "PACE");
  const first = await openException(ctx, "pod_missing", { cause: "many" });
  await insertCopies(first.id, 1_200);
  const runs = [await replay(receipts, 5), await replay(receipts, 5)];
  process = await startWorker(database.url);
  const { sql } = database;
  await until("the replays go on", 30_000, async () => (await processedOf(runs)).every((n) => (n ?? 0) >= 5));
  const bulk = await bulkExceptions(makeTestContext(database), support, {
    target: { filter: exceptionFilter.parse({ kind: ["pod_missing"] }), except: [] },
    act: { act: "acknowledge" },
  });
  const live = await send(20, "LIVE");
  const startedAt = Date.now();
  await until("live messages are read", 15_000, async () => {
    const [row] = await sql`select count(*)::int as n from interpretation where message_id = any(${live}::uuid[])`;
    return row?.n === live.length;
  });
  await until("the bulk action is done", 15_000, async () => (await findRun(sql, bulk.id))?.state === "done");
  expect(Date.now() - startedAt, "long before the replays").toBeLessThan(5_000);
  for (const { id } of runs) expect(await findRun(sql, id)).toMatchObject({ state: "running" });
  await until("the replays are done", 60_000, async () =>
    (await Promise.all(runs.map(({ id }) => findRun(sql, id)))).every((run) => run?.state === "done"),
  );
  for (const { id } of runs) {
    const seconds = await sql<
      { most: number; n: number }[]
    >`select count(*)::int as n from run_item where run_id = ${id}
      group by date_trunc('second', at)`;
    expect(Math.max(...seconds.map(({ n }) => n))).toBeLessThanOrEqual(5);
    const [window] =
      await sql`select max(n)::int as most, count(*)::int as items from (select count(*) over (order by at
      range between interval '999 milliseconds' preceding and current row) as n from run_item where run_id = ${id}) w`;
    expect(window).toMatchObject({ items: 40 });
    expect(window?.most).toBeLessThanOrEqual(5);
    const [took] =
      await sql`select extract(epoch from ended_at - started_at)::float8 as seconds from run where id = ${id}`;
    expect(took?.seconds, "and it is not much slower than asked").toBeLessThan(40 / 5 + 4);
  }
}, 120_000);

async function insertCopies(id: string, many: number): Promise<void> {
  await database.sql`insert into exception select (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), 'subject', 'copy:' || i))).*
    from exception e, generate_series(2, ${many}::int) i where e.id = ${id}`;
}
