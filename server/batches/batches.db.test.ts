import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type PostingTiming, REAL_TIME } from "@/core/postings/timing";
import { forgetCounts } from "@/db/queries/count-runs";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor, insertConnection, insertPosting, insertShipment } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import { startCount } from "../carriers/start-count";
import { workCarriers } from "../carriers/work";
import { runSettlement } from "../freight/run-settlement";
import { scheduleSettlement } from "../freight/schedule-settlement";
import { startReconcile } from "../reconciliation/start";
import { pauseRun } from "../runs/pause";
import { changeSetting } from "../settings/change";
import { type TestContext, testContext } from "../testing/context";
import { readBatches } from "./read";

let database: TestDatabase;
let ctx: TestContext;
let administrator: PersonActor;
const NIGHTLY: PostingTiming = {
  mode: "windows",
  zone: "UTC",
  windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "02:00", to: "03:00" }],
  holidays: [],
};
const at = (text: string) => {
  ctx.clock.at = new Date(text);
};
const signal = new AbortController().signal;
const work = () => workCarriers(ctx, { environment: undefined }, "test", signal);
const workAll = async () => {
  while (await work());
};

beforeAll(async () => {
  database = await testDatabase("batches");
});
beforeEach(async () => {
  ctx = testContext(database, new Date("2026-11-29T12:00:00Z"));
  await ctx.sql`truncate setting, run, run_item, audit, posting, shipment, odoo_connection, carrier_progress, carrier_fact, carrier_cell, carrier_day, carrier_spread, person cascade`;
  administrator = await insertActor(ctx.sql, "administrator");
});
afterAll(async () => database?.drop());

const shipments = async (count: number, updatedAt: string) => {
  for (let i = 0; i < count; i++) await insertShipment(ctx.sql, { carrier: "ups", updatedAt: new Date(updatedAt) });
};
const setCounting = (timing: PostingTiming) =>
  changeSetting(ctx, administrator, { name: "analytics", value: { timing } });

test("as shipped: settlement and figures go all the time, the day that ended is reconciled daily", async () => {
  await insertConnection(ctx.sql, { observing: false });
  await shipments(3, "2026-11-29T11:00:00Z");
  await workAll();
  const { settlement, reconciliation, carriers } = await readBatches(ctx);
  expect(settlement).toMatchObject({
    words: "real-time",
    timing: REAL_TIME,
    nextAt: null,
    lastAt: null,
    refusal: null,
    runs: [],
  });
  expect(reconciliation).toMatchObject({
    words: "batch, daily at 02:00 (UTC)",
    nextAt: new Date("2026-11-30T02:00:00Z"),
    lastAt: null,
    day: "2026-11-28",
    continuous: true,
  });
  expect(carriers).toMatchObject({ words: "continuous", nextAt: null, lastAt: ctx.clock.at, runs: [], refusal: null });
});

test("carrier figures wait for their window, are one run in it, and stand still until the next", async () => {
  await setCounting(NIGHTLY);
  await shipments(3, "2026-11-29T11:00:00Z");
  await workAll();
  expect((await readBatches(ctx)).carriers).toMatchObject({
    words: "batch, 02:00–03:00",
    nextAt: new Date("2026-11-30T02:00:00Z"),
    lastAt: null,
    runs: [],
  });
  at("2026-11-30T02:05:00Z");
  await workAll();
  const { carriers } = await readBatches(ctx);
  expect(carriers).toMatchObject({ nextAt: new Date("2026-12-01T02:00:00Z"), lastAt: ctx.clock.at, open: null });
  expect(carriers.runs).toMatchObject([{ state: "done", words: "3 counted", by: null }]);
  await shipments(2, "2026-11-30T02:10:00Z");
  at("2026-11-30T02:50:00Z");
  await workAll();
  expect((await readBatches(ctx)).carriers.runs, "one run a window").toHaveLength(1);
  at("2026-12-01T02:00:10Z");
  await workAll();
  expect((await readBatches(ctx)).carriers.runs.map(({ words }) => words)).toEqual(["2 counted", "3 counted"]);
  expect(
    await ctx.sql`select actor_kind as by, count(*)::int as n from audit where action = 'carriers.count' group by 1`,
  ).toEqual([{ by: "system", n: 2 }]);
});

test("what a schedule ran is forgotten after a while, what a person ran is kept", async () => {
  await setCounting({ mode: "interval", minutes: 30 });
  await workAll();
  await startCount(ctx, administrator);
  await workAll();
  expect((await readBatches(ctx)).carriers.runs).toHaveLength(2);
  await forgetCounts(ctx.sql, ctx.clock.at);
  expect((await readBatches(ctx)).carriers.runs, "not yet").toHaveLength(2);
  await forgetCounts(ctx.sql, new Date("2026-11-29T12:00:01Z"));
  expect((await readBatches(ctx)).carriers.runs).toMatchObject([{ by: administrator.name }]);
});

test("a run whose window closed ends, says that something is left, and the next goes on there", async () => {
  await setCounting(NIGHTLY);
  await shipments(3, "2026-11-29T11:00:00Z");
  at("2026-11-30T02:59:00Z");
  expect(await work(), "it is started").toBe(true);
  at("2026-11-30T03:00:00Z");
  await workAll();
  const { runs } = (await readBatches(ctx)).carriers;
  expect(runs).toMatchObject([
    { state: "done", words: "0 of 3 counted, its window closed, the rest goes with the next" },
  ]);
  at("2026-12-01T02:00:01Z");
  await workAll();
  expect((await readBatches(ctx)).carriers.runs[0]).toMatchObject({ state: "done", words: "3 counted" });
});

test("an administrator or logistics counts now, one at a time; a paused run holds until it is resumed", async () => {
  await setCounting(NIGHTLY);
  await shipments(4, "2026-11-29T11:00:00Z");
  const finance = await insertActor(ctx.sql, "finance");
  await expect(startCount(ctx, finance)).rejects.toMatchObject({ code: "forbidden" });
  const logistics = await insertActor(ctx.sql, "logistics");
  const run = await startCount(ctx, logistics);
  expect(run.total).toBe(4);
  await expect(startCount(ctx, logistics)).rejects.toMatchObject({ code: "conflict" });
  expect((await readBatches(ctx)).carriers.open).toBe(run.id);
  await pauseRun(ctx, logistics, { id: run.id });
  await workAll();
  expect((await readBatches(ctx)).carriers.runs).toMatchObject([{ state: "paused", by: logistics.name }]);
  await ctx.sql`update run set state = 'waiting' where id = ${run.id}`;
  await workAll();
  expect((await readBatches(ctx)).carriers.runs).toMatchObject([
    { state: "done", words: "4 counted", by: logistics.name },
  ]);
  await ctx.sql`insert into setting (name, value, updated_at) values ('phases', '{"off":["3"]}', now())`;
  await expect(startCount(ctx, logistics)).rejects.toMatchObject({ code: "precondition" });
  expect((await readBatches(ctx)).carriers).toMatchObject({ words: "off: phase 3 is switched off", nextAt: null });
});

test("one schedule for freight settlement on all connections, audited; what waits goes with a run now, which also tells that nothing waited", async () => {
  const first = await insertConnection(ctx.sql, { name: "a", observing: false });
  await insertConnection(ctx.sql, { name: "b", observing: false });
  await ctx.sql`update odoo_connection set kinds = '{"vendor_bill":"on"}', post_since = '2026-11-01'`;
  await insertPosting(ctx.sql, { kind: "vendor_bill", state: "planned", connectionId: first });
  const finance = await insertActor(ctx.sql, "finance");
  await expect(scheduleSettlement(ctx, finance, { timing: NIGHTLY, seen: "real-time" })).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(
    scheduleSettlement(ctx, administrator, { timing: NIGHTLY, seen: "batch, every 5 min" }),
  ).rejects.toMatchObject({
    code: "conflict",
  });
  expect(await scheduleSettlement(ctx, administrator, { timing: NIGHTLY, seen: "real-time" })).toEqual({
    released: 0,
    held: 1,
  });
  expect((await readBatches(ctx)).settlement).toMatchObject({
    words: "batch, 02:00–03:00",
    timing: NIGHTLY,
    nextAt: new Date("2026-11-30T02:00:00Z"),
  });
  const [audit] = await ctx.sql`select actor_name as by, after from audit where action = 'freight.schedule_settlement'`;
  expect(audit).toMatchObject({ by: administrator.name, after: { timing: NIGHTLY, held: 1 } });
  expect(await runSettlement(ctx, finance)).toMatchObject({ released: 1 });
  at("2026-11-29T12:01:00Z");
  expect(await runSettlement(ctx, finance)).toMatchObject({ released: 0 });
  expect((await readBatches(ctx)).settlement.runs.map(({ by, state, words }) => [by, state, words])).toEqual([
    [finance.name, "done", "0 let go, 0 undecided bills checked again"],
    [finance.name, "done", "1 let go, 0 undecided bills checked again"],
  ]);
  await ctx.sql`update odoo_connection set policies = '{}' where name = 'b'`;
  expect((await readBatches(ctx)).settlement).toMatchObject({ words: "batch, 02:00–03:00; real-time", timing: null });
});

test("reconciliation tells the run under way, the last that was done and a changed time of day", async () => {
  await insertConnection(ctx.sql, { observing: false });
  expect((await readBatches(ctx)).reconciliation).toMatchObject({ open: null, refusal: null });
  const { id } = await startReconcile(ctx, administrator, { day: "2026-11-28" });
  expect((await readBatches(ctx)).reconciliation).toMatchObject({ open: id, lastAt: null });
  await ctx.sql`update run set state = 'done', ended_at = ${ctx.clock.at}, processed = total, changed = 1 where id = ${id}`;
  const [seen] = [(await readBatches(ctx)).reconciliation];
  expect(seen).toMatchObject({ open: null, lastAt: ctx.clock.at });
  expect(seen.runs).toMatchObject([{ words: "the 2026-11-28: 1 compared, 1 differ", by: administrator.name }]);
  await changeSetting(ctx, administrator, {
    name: "reconciliation",
    value: { startAt: "01:30", zone: "Europe/Berlin" },
  });
  expect((await readBatches(ctx)).reconciliation).toMatchObject({
    words: "batch, daily at 01:30 (Europe/Berlin)",
    nextAt: new Date("2026-11-30T00:30:00Z"),
  });
  await ctx.sql`delete from odoo_connection`;
  expect((await readBatches(ctx)).reconciliation).toMatchObject({
    nextAt: null,
    refusal: expect.stringMatching(/Connect an Odoo/),
  });
});
