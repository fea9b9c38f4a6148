import { afterAll, beforeAll, expect, test } from "vitest";
import { readDetection } from "@/db/queries/feed-watch";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import type { Context } from "../context";
import { makeTestContext, makeTestFeed } from "../testing/workspace";
import { p99Gap, watchFeeds } from "./watch";

let database: TestDatabase;
let ctx: Context;
let nowMs = Date.now();

beforeAll(async () => {
  database = await testDatabase("watch");
  ctx = makeTestContext(database, { now: () => new Date(nowMs) });
});
afterAll(async () => database?.drop());

const open = () => ctx.sql`select kind, state from exception where state <> 'resolved' order by kind`;

test("a feed that is silent for three times its own rhythm is an exception until it speaks again", async () => {
  const feed = await makeTestFeed(ctx, { slug: "silent", adapter: "easypost", class: "carrier" });
  const message = (
    at: number,
  ) => ctx.sql`insert into message (id, received_at, lane, feed_id, correlation_id, verdict, digest, size)
    values (gen_random_uuid(), ${new Date(at)}, 0, ${feed.id}, 'c', 'verified', '\\x00', 0)`;
  for (let i = 0; i < 60; i++) await message(nowMs - i * 60_000);
  const memory = new Map();
  expect(await watchFeeds(ctx, memory, 0)).toBe(0);
  nowMs += 4 * 60_000;
  expect(await watchFeeds(ctx, memory, 0)).toBe(1);
  expect(await watchFeeds(ctx, memory, 0)).toBe(0);
  expect(await open()).toEqual([{ kind: "feed_silent", state: "open" }]);
  // gaps of a minute allow three: noticed a minute after it was due; the evidence is told to the second
  const { count, meanMs } = await readDetection(ctx.sql, new Date(nowMs - 3_600_000));
  expect([count, Math.floor((meanMs ?? 0) / 1000)]).toEqual([1, 60]);
  await message(nowMs);
  await watchFeeds(ctx, memory, 0);
  expect(await open()).toEqual([]);
});

test("more than five refused signatures within the window are an exception", async () => {
  const feed = await makeTestFeed(ctx, { slug: "refused", adapter: "easypost", class: "carrier" });
  const memory = new Map();
  await watchFeeds(ctx, memory, 0);
  await ctx.sql`insert into feed_counter (feed_id, hour, slot, rejected, last_at) values (${feed.id}, date_trunc('hour', now()), 1, 6, now())`;
  nowMs += 15_000;
  expect(await watchFeeds(ctx, memory, 0)).toBe(1);
  expect(await open()).toEqual([{ kind: "rejected_sender", state: "open" }]);
  nowMs += 11 * 60_000;
  await watchFeeds(ctx, memory, 0);
  expect(await open()).toEqual([]);
});

test("too few messages tell no rhythm", () => {
  expect(p99Gap([3, 2, 1])).toBeNull();
  expect(p99Gap(Array.from({ length: 40 }, (_, i) => 1000 - i * 10))).toBe(10);
});
