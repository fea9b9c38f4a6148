import { afterAll, beforeAll, expect, test } from "vitest";
import { bucketOf } from "@/core/service-levels/histogram";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { type TestContext, testContext } from "../testing/context";
import { watchBurn } from "./watch-burn";

let database: TestDatabase;
let ctx: TestContext;
beforeAll(async () => {
  database = await testDatabase("burn");
  ctx = testContext(database, new Date("2026-11-20T10:30:00Z"));
});
afterAll(async () => database?.drop());

const states = async () => (await ctx.sql`select kind, state from exception`).map((row) => [row.kind, row.state]);

test("a workflow that misses its objective is one exception while it lasts, and closes when it keeps it again", async () => {
  const add = (bucket: number, count: number, hour: string) =>
    ctx.sql`insert into latency_bucket (workflow, leg, hour, feed_id, slot, bucket, count)
      values ('tracking_publication', 'total', ${hour}, 1, 1, ${bucket}, ${count})`;
  await add(bucketOf(1000), 50, "2026-11-20T10:00:00Z");
  expect(await watchBurn(ctx, 1)).toBe(0);
  await add(bucketOf(300_000), 50, "2026-11-20T10:00:00Z");
  expect(await watchBurn(ctx, 1)).toBe(1);
  expect(await watchBurn(ctx, 1)).toBe(0);
  expect(await states()).toEqual([["slo_burn", "open"]]);
  ctx.clock.at = new Date("2026-11-20T18:30:00Z");
  expect(await watchBurn(ctx, 1)).toBe(0);
  expect(await states()).toEqual([["slo_burn", "resolved"]]);
});
