import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { testContext } from "../testing/context";
import { openException } from "../testing/open-exception";
import { recountLost } from "./recount-lost";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("recount_lost");
});
afterAll(async () => database?.drop());

test("what was raised or cleared and not counted, because its process ended, is counted by the upkeep", async () => {
  const ctx = testContext(database, new Date("2026-11-20T10:00:00Z"));
  const raised = await openException(ctx, "posting_rejected");
  const cleared = await openException(ctx, "posting_unconfirmed");
  const counted = await openException(ctx, "posting_rejected");
  const old = await openException(ctx, "posting_rejected");
  await ctx.sql`update shipment set open_exceptions = 0 where shipment_id in ${ctx.sql([raised.shipmentId, old.shipmentId])}`;
  await ctx.sql`update exception set state = 'resolved', resolved_at = ${ctx.now()} where id = ${cleared.id}`;
  await ctx.sql`update exception set opened_at = ${new Date("2026-11-20T09:00:00Z")} where id = ${old.id}`;
  const told = async ({ shipmentId }: { shipmentId: string }) =>
    (await ctx.sql`select open_exceptions as n from shipment where shipment_id = ${shipmentId}`)[0]?.n;
  expect(await recountLost(ctx)).toBe(2);
  expect(await Promise.all([raised, cleared, counted].map(told))).toEqual([1, 0, 1]);
  expect(await recountLost(ctx)).toBe(0);
});
