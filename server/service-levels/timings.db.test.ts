import { afterAll, beforeAll, expect, test } from "vitest";
import { percentile } from "@/core/service-levels/histogram";
import { WORKFLOWS } from "@/core/service-levels/objectives";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertConnection } from "@/db/testing/rows";
import { testContext } from "../testing/context";
import { readLevels } from "../tower/overview";
import { readTimings } from "./timings";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("timings");
});
afterAll(async () => database?.drop());

test("each workflow says when its kinds go to each Odoo, by policy and switch", async () => {
  const ctx = testContext(database, new Date("2026-11-28T12:07:00Z"));
  const id = await insertConnection(database.sql, { observing: false });
  const policies = { tracking_number: { class: "urgent", timing: { mode: "interval", minutes: 15 }, openUntil: null } };
  await database.sql`update odoo_connection set kinds = '{"tracking_number":"on"}', policies = ${database.sql.json(policies)} where id = ${id}`;
  const timings = await readTimings(ctx);
  expect(timings.find((one) => one.workflow === "tracking_publication")).toMatchObject({
    connectionId: id,
    kind: "tracking_number",
    on: true,
    words: "batch, every 15 min",
    nextAt: new Date("2026-11-28T12:15:00Z"),
    lastAt: null,
  });
  expect(
    timings.filter((one) => one.workflow === "status_update").map(({ kind, on, words }) => [kind, on, words]),
  ).toEqual([
    ["transfer_validated", false, "real-time"],
    ["status_note", false, "real-time"],
  ]);
});

test("every workflow says when it runs, also where it ends in Waypost", async () => {
  const ctx = testContext(database, new Date("2026-11-28T12:07:00Z"));
  await database.sql`insert into latency_bucket (workflow, leg, hour, feed_id, slot, bucket, count) values
    ('shipment_creation', 'total', '2026-11-28T09:00:00Z', 0, 0, 100, 1), ('shipment_creation', 'total', '2026-11-28T11:00:00Z', 1, 0, 100, 1)`;
  await database.sql`insert into run (id, kind, dry_run, state, scope, created_at, ended_at) values
    (gen_random_uuid(), 'reconcile', false, 'done', '{"day":"2026-11-27","whole":true,"close":true}', '2026-11-28T02:00:00Z', '2026-11-28T02:04:00Z')`;
  const timings = await readTimings(ctx);
  expect(new Set(timings.map((one) => one.workflow))).toEqual(new Set(WORKFLOWS));
  expect(timings.find((one) => one.workflow === "shipment_creation")).toMatchObject({
    kind: null,
    words: "real-time",
    lastAt: new Date("2026-11-28T11:00:00Z"),
    withinHour: true,
  });
  expect(timings.filter((one) => one.workflow === "historical_reconciliation")).toMatchObject([
    {
      what: "The day that ended",
      words: "batch, daily at 02:00 (UTC)",
      lastAt: new Date("2026-11-28T02:04:00Z"),
      nextAt: new Date("2026-11-29T02:00:00Z"),
    },
    { what: "What changed, all day", words: "continuous", nextAt: null },
  ]);
});

test("the p95 of a workflow is that of its own clock over the last 24 hours", async () => {
  const ctx = testContext(database, new Date("2026-11-28T12:07:00Z"));
  const counts = new Map([
    [400, 90],
    [900, 10],
  ]);
  for (const [bucket, count] of counts)
    await database.sql`insert into latency_bucket (workflow, leg, hour, feed_id, slot, bucket, count)
      values ('tracking_publication', 'total', '2026-11-28T11:00:00Z', 0, 0, ${bucket}, ${count})`;
  const level = (await readLevels(ctx, ctx.now())).find((one) => one.workflow === "tracking_publication");
  expect(level?.p95).toBe(percentile(counts, 95));
  expect(level?.count).toBe(100);
});
