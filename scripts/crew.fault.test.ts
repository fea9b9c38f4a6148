import { afterAll, beforeAll, expect, test } from "vitest";
import { callRoll } from "@/core/workers/roll";
import { listBeats } from "@/db/queries/heartbeat";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import type { PersonActor } from "@/server/access/actor";
import type { Context } from "@/server/context";
import { receive } from "@/server/messages/receive";
import { changeSetting } from "@/server/settings/change";
import { type FarDatabase, farDatabase } from "@/server/testing/far-database";
import { scanOf } from "@/server/testing/scans";
import { until } from "@/server/testing/story";
import { makeTestContext, makeTestFeed, type TestFeed } from "@/server/testing/workspace";
import { readWorkers } from "@/server/workers/read";
import { Children } from "./children.mjs";
import { Crew } from "./crew.mjs";
import { NODE_FLAGS } from "./node-flags.mjs";

const MESSAGES = 25_000;
const FAR_MS = 25;
const MEASURED_MS = 4_000;

let database: TestDatabase;
let ctx: Context;
let feed: TestFeed<"easypost">;
let administrator: PersonActor;
let children: Children;
let crew: Crew;
let far: FarDatabase;
const said: string[] = [];

beforeAll(async () => {
  database = await testDatabase("crew");
  ctx = makeTestContext(database);
  feed = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "aggregator" });
  administrator = await insertActor(ctx.sql, "administrator");
  far = await farDatabase(database.url, FAR_MS);
  const env = {
    ...process.env,
    DATABASE_URL: far.url,
    WAYPOST_SECRET_KEY: Buffer.alloc(32, 7).toString("base64"),
    WAYPOST_DATA_DIR: ".waypost-test",
    WAYPOST_LOG_LEVEL: "warn",
  };
  const say = (text: string) => void said.push(text);
  children = new Children({ env, say, onFatal: (why: string) => said.push(`fatal: ${why}`) });
  const args = [...NODE_FLAGS, "--import", "tsx", "server/worker.ts"];
  crew = new Crew({ children, args, byEnvironment: 1, databaseUrl: database.url, say });
}, 120_000);
afterAll(async () => {
  await crew?.close();
  await children?.stop(() => true, 10_000);
  await far?.close();
  await database?.drop();
}, 60_000);

async function send(count: number): Promise<void> {
  for (let from = 0; from < count; from += 500) {
    const scans = Array.from({ length: Math.min(500, count - from) }, (_, i) => {
      const n = String(from + i).padStart(6, "0");
      return scanOf(feed, { id: n, code: `1ZCREW${n}`, status: "in_transit", minutesAgo: 30 });
    });
    const kept = await receive(ctx, scans);
    expect(kept.every((one) => one.ok)).toBe(true);
  }
}

const running = async () => callRoll(await listBeats(ctx.sql), Date.now()).running;
const waiting = async () => {
  const [row] = await ctx.sql<{ n: number }[]>`select count(*)::int as n from inbox`;
  return row?.n ?? 0;
};

/** Messages through in a while, by what is left of the inbox. */
async function through(): Promise<number> {
  const before = await waiting();
  await new Promise((resolve) => setTimeout(resolve, MEASURED_MS));
  return before - (await waiting());
}

const set = (count: number | null) => changeSetting(ctx, administrator, { name: "workers", value: { count } });

test("more workers are started and ended while they work, as an administrator says: a backlog goes faster, and nothing is lost", {
  timeout: 300_000,
}, async () => {
  await send(MESSAGES);
  await crew.start();
  await until("one worker runs", 60_000, async () => (await running()) === 1);
  const alone = await through();
  expect(alone).toBeGreaterThan(0);

  await set(3);
  await until("three workers run", 60_000, async () => (await running()) === 3);
  const together = await through();
  const state = await readWorkers(ctx);
  expect(state).toMatchObject({ crews: [{ wanted: 3, byEnvironment: 1 }], setting: { count: 3 } });
  expect(state.workers.map(({ slot, crew, silent }) => [slot, crew, silent])).toEqual(
    [0, 1, 2].map((slot) => [slot, crew.name, false]),
  );
  expect(await waiting(), "there is still a backlog, or the figures say nothing").toBeGreaterThan(0);

  await set(1);
  await until("one worker is left", 20_000, async () => (await running()) === 1);
  expect(await waiting(), "two left in the middle of their work").toBeGreaterThan(0);
  await until("all is through", 120_000, async () => (await waiting()) === 0);
  // a scan is two facts: the number, and where it is
  const [counts] =
    await ctx.sql`select (select count(*) from event)::int as events, (select count(*) from shipment)::int as shipments,
    (select count(*) from set_aside)::int as "setAside"`;
  expect(counts).toEqual({ events: 2 * MESSAGES, shipments: MESSAGES, setAside: 0 });
  expect(said.filter((text) => /fatal|unexpected/.test(text))).toEqual([]);
  expect(together / alone).toBeGreaterThan(1.3);

  const audit =
    await ctx.sql`select actor_name as by, before, after from audit where subject = 'setting:workers' order by at`;
  expect(audit).toEqual([
    { by: administrator.name, before: { count: null }, after: { count: 3 } },
    { by: administrator.name, before: { count: 3 }, after: { count: 1 } },
  ]);
});

test("a worker that is killed comes back while the number stands, and one that was ended does not", {
  timeout: 120_000,
}, async () => {
  await set(2);
  await until("two workers run", 60_000, async () => (await running()) === 2);
  const pids = async () => (await readWorkers(ctx)).workers.filter(({ silent }) => !silent).map(({ pid }) => pid);
  const [, second] = await pids();
  process.kill(second ?? 0, "SIGKILL");
  await until("another took its place", 60_000, async () => {
    const now = await pids();
    return now.length === 2 && !now.includes(second ?? 0);
  });
  await set(null);
  await until("as the environment says", 20_000, async () => (await running()) === 1);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(await running()).toBe(1);
});

test("a number outside its bounds is refused, and so is anybody but an administrator", async () => {
  for (const count of [0, 9, 1.5]) await expect(set(count)).rejects.toMatchObject({ code: "invalid" });
  const logistics = await insertActor(ctx.sql, "logistics");
  await expect(changeSetting(ctx, logistics, { name: "workers", value: { count: 2 } })).rejects.toMatchObject({
    code: "forbidden",
  });
});
