import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import type { Context } from "../context";
import { receive } from "../messages/receive";
import { scanOf } from "../testing/scans";
import { makeTestContext, makeTestFeed, type TestFeed } from "../testing/workspace";
import { type Worker, workDue } from "./work";

let database: TestDatabase;
let ctx: Context;
let feeds: TestFeed<"easypost">[];
/** So many make a batch of their own: the lane is not worked together with its neighbours. */
const A_BATCH = 130;

beforeAll(async () => {
  database = await testDatabase("urgency");
  ctx = makeTestContext(database);
  feeds = [];
  for (const urgency of [0, 1, 2])
    feeds.push({
      ...(await makeTestFeed(ctx, { slug: `feed-${urgency}`, adapter: "easypost", class: "aggregator" })),
      urgency,
    });
});
beforeAll(async () => {
  for (const { id, urgency } of feeds) await ctx.sql`update feed set urgency = ${urgency} where id = ${id}`;
});
afterAll(async () => database?.drop());
beforeEach(async () => {
  await ctx.sql`truncate inbox`;
});

let sent = 0;

/** Messages of one urgency, moved to a lane of their own; resolves to their ids. */
async function put(urgency: number, lane: number, count: number): Promise<string[]> {
  const feed = feeds[urgency] as TestFeed<"easypost">;
  const kept = await receive(
    ctx,
    Array.from({ length: count }, () => {
      sent++;
      return scanOf(feed, { id: `u${sent}`, code: `1ZU${sent}`, status: "in_transit", minutesAgo: 5 });
    }),
  );
  const ids = kept.map((one) => {
    if (!one.ok) throw one.error;
    return one.receipt;
  });
  await ctx.sql`update inbox set lane = ${lane} where message_id = any(${ids}::uuid[])`;
  return ids;
}

type Batch = { lanes: number[]; messages: number };

/** One pass of a worker that begins at lane 0: its batches in order. `between` runs after each of them. */
async function pass(between: (done: number) => Promise<void> = async () => {}, asked: string[] = []): Promise<Batch[]> {
  const batches: Batch[] = [];
  const log = { ...ctx.log, info: ({ lanes, messages }: Batch) => batches.push({ lanes, messages }), error: () => {} };
  const sql = new Proxy(ctx.sql, {
    apply: (target, self, given) => {
      asked.push(String(given[0]));
      return Reflect.apply(target, self, given);
    },
    get: (target, name) =>
      name !== "begin"
        ? Reflect.get(target, name)
        : async (...given: Parameters<Context["sql"]["begin"]>) => {
            const result = await target.begin(...given);
            await between(batches.length);
            return result;
          },
  });
  const worker: Worker = { slot: 0, environment: undefined };
  await workDue({ ...ctx, sql, log: log as unknown as Context["log"] }, worker, new AbortController().signal);
  return batches;
}

test("an urgent message goes before the backlog of all lanes, and takes none of it along", async () => {
  for (const lane of [0, 1, 2, 40]) await put(2, lane, A_BATCH);
  await put(0, 63, 1);
  await put(0, 40, 2);
  const batches = await pass();
  expect(batches[0]).toEqual({ lanes: [40, 63], messages: 3 });
  expect(batches.slice(1).map(({ messages }) => messages)).toEqual([A_BATCH, A_BATCH, A_BATCH, A_BATCH]);
  expect(await ctx.sql`select from inbox`).toHaveLength(0);
});

test("lanes that hold both give all that is urgent before the first of what may wait", async () => {
  for (const lane of [0, 1, 2, 3]) {
    await put(2, lane, A_BATCH);
    await put(0, lane, 1);
  }
  expect((await pass()).map(({ messages }) => messages)).toEqual([4, A_BATCH, A_BATCH, A_BATCH, A_BATCH]);
});

test("one that comes during a pass waits for one batch and not for the pass, whichever lane it is in", async () => {
  for (const lane of [10, 11, 12, 13]) await put(1, lane, A_BATCH);
  const batches = await pass(async (done) => {
    if (done === 1) await put(0, 5, 1);
  });
  expect(batches.map(({ lanes }) => lanes)).toEqual([[10], [5], [11], [12], [13]]);
});

test("feeds of one class cost no look for what is more urgent", async () => {
  await ctx.sql`update feed set urgency = 1`;
  for (const lane of [30, 31]) await put(1, lane, A_BATCH);
  const asked: string[] = [];
  await pass(async () => {}, asked);
  await ctx.sql`update feed set urgency = ${0} where slug = 'feed-0'`;
  await ctx.sql`update feed set urgency = ${2} where slug = 'feed-2'`;
  // the first look finds the lanes, the second is before anything is known of the feeds
  expect(asked).toHaveLength(2);
});

test("what is normal goes before what may wait, and what may wait gets a batch after each pass of the others", async () => {
  for (const lane of [20, 21]) await put(2, lane, A_BATCH);
  for (const lane of [50, 51]) await put(1, lane, A_BATCH);
  const order = (
    await pass(async (done) => {
      // the urgent never end: the others must go on all the same
      if (done < 20) await put(0, 60, 1);
    })
  ).map(({ lanes }) => lanes[0]);
  expect(order.filter((lane) => lane !== 60)).toEqual([50, 51, 20, 21]);
  expect(order.indexOf(20)).toBeLessThan(20);
});
