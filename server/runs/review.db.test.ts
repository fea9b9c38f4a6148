import { afterAll, beforeAll, expect, test } from "vitest";
import { findRun, listRunItems } from "@/db/queries/runs";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { SYSTEM } from "../access/actor";
import type { Context } from "../context";
import { makeReceiver } from "../messages/receive";
import { OdooClients } from "../odoo/clients";
import { type Worker, workDue } from "../pipeline/work";
import { changeSetting } from "../settings/change";
import { readSettings } from "../settings/read";
import { workRuns } from "../testing/work-runs";
import { makeTestContext, makeTestFeed } from "../testing/workspace";

let database: TestDatabase;
let ctx: Context;
const worker: Worker = { slot: 0, environment: undefined };
beforeAll(async () => {
  database = await testDatabase("review");
  ctx = makeTestContext(database);
});
afterAll(async () => database?.drop());

async function scan(code: string, hoursAgo: number): Promise<void> {
  const feed = await makeTestFeed(ctx, { slug: code.toLowerCase(), adapter: "easypost", class: "aggregator" });
  const datetime = new Date(Date.now() - hoursAgo * 3_600_000).toISOString();
  const detail = {
    object: "TrackingDetail",
    message: "scan",
    status: "in_transit",
    status_detail: "arrived_at_facility",
    datetime,
  };
  const result = {
    object: "Tracker",
    tracking_code: code,
    carrier: "UPS",
    status: "in_transit",
    updated_at: datetime,
    tracking_details: [detail],
  };
  const bytes = Buffer.from(
    JSON.stringify({ id: `evt_${code}`, object: "Event", description: "tracker.updated", result }),
  );
  await makeReceiver(ctx).receive([
    {
      feed,
      bytes,
      contentType: "application/json",
      headers: null,
      name: null,
      correlationId: "c",
      verdict: "verified",
    },
  ]);
  while ((await workDue(ctx, worker, new AbortController().signal)) > 0);
}

const open = async () =>
  (
    await ctx.sql`select s.name, e.kind from exception e join shipment s using (shipment_id)
    where e.state <> 'resolved' and e.kind = 'scan_late' order by s.name`
  ).map((row) => row.name);

test("a lower threshold opens exceptions on shipments that are here already, a higher one closes them, each by a run", async () => {
  await scan("1ZA", 30);
  await scan("1ZB", 2);
  expect(await open()).toEqual([]);
  const { thresholds } = await readSettings(ctx);
  const change = (scanMinutes: number) =>
    changeSetting(ctx, SYSTEM, { name: "thresholds", value: { ...thresholds, scanMinutes } });

  const lowered = await change(24 * 60);
  expect(lowered.review?.shipments).toBe(2);
  await workRuns(ctx, worker, new OdooClients());
  expect(await open()).toEqual(["1ZA"]);
  const id = lowered.review?.id ?? "";
  expect(await findRun(ctx.sql, id)).toMatchObject({
    kind: "review",
    state: "done",
    total: 2,
    processed: 2,
    changed: 1,
    failed: 0,
  });
  const items = await listRunItems(ctx.sql, { runId: id, filter: { result: ["changed"] }, after: null, limit: 10 });
  expect(items).toMatchObject([{ before: { open: [] }, after: { open: ["scan_late"] } }]);

  await change(48 * 60);
  await workRuns(ctx, worker, new OdooClients());
  expect(await open()).toEqual([]);
});

test("objectives change nothing about shipments, so no run is made for them", async () => {
  const { objectives } = await readSettings(ctx);
  const value = { ...objectives, status_update: { percent: 90, withinSeconds: 900 } };
  expect(await changeSetting(ctx, SYSTEM, { name: "objectives", value })).toEqual({ changed: true, review: null });
});
