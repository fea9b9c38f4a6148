import { v7 } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readinessFilter, reconciliationFilter } from "@/core/reconciliation/filter";
import { dayOf, dayPlus } from "@/core/reconciliation/settings";
import { countReadiness, countRows, listReadiness, sumProducts } from "@/db/queries/reconcile-list";
import { listProgress } from "@/db/queries/reconcile-scope";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { type Actor, SYSTEM } from "../access/actor";
import { createOdooClient, type OdooClient } from "../adapters/odoo/client";
import type { Context } from "../context";
import { Leadership } from "../jobs/leadership";
import { OdooClients } from "../odoo/clients";
import { pollDue } from "../odoo/work";
import { workDue } from "../pipeline/work";
import { changeSetting } from "../settings/change";
import { readSettings } from "../settings/read";
import { connectTarget, type OdooTarget, sandboxTarget } from "../testing/odoo-target";
import { sendScan } from "../testing/scans";
import { until } from "../testing/story";
import { workRuns } from "../testing/work-runs";
import { makeTestContext, makeTestFeed, type TestFeed } from "../testing/workspace";
import { type Comparer, makeComparer } from "./compare-chunk";
import { exportReadiness, exportReconciled } from "./export";
import { countReady, readMatrix } from "./read";
import { startRepair } from "./repair";
import { startReconcile } from "./start";
import { forgetReconciled, watchReconciliation } from "./watch";

const never = new AbortController().signal;
const finance: Actor = { kind: "person", id: v7(), name: "Fay Finance", role: "finance" };
const executive: Actor = { ...finance, name: "Eve Executive", role: "executive" };
const leader = { lead: async () => true };
const clock = { shiftMs: 0 };
const DAY_MS = 86_400_000;

let database: TestDatabase;
let ctx: Context;
let target: OdooTarget;
let admin: OdooClient;
let carrier: TestFeed<"easypost">;
let comparer: Comparer;
let connectionId: number;
let shipmentId: string;
let pickingId: number;

beforeAll(async () => {
  database = await testDatabase("reconciliation");
  ctx = makeTestContext(database, { now: () => new Date(Date.now() + clock.shiftMs) });
  target = await sandboxTarget("19");
  const { url, db, sandbox } = target;
  admin = await createOdooClient({ url, db, login: "admin", key: sandbox?.adminKey ?? "" });
  carrier = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "carrier" });
  connectionId = await connectTarget(ctx, target, { pollSeconds: 0 });
  await ctx.sql`update odoo_connection set kinds = '{}', observing = true where id = ${connectionId}`;
  const since = `${new Date(Date.now() - 1000).toISOString().slice(0, 19)}Z`;
  await ctx.sql`insert into odoo_watermark (connection_id, model, watermark, seen)
    select ${connectionId}::int, m, ${since}, '[]' from unnest('{sale.order,stock.picking,stock.move,stock.move.line}'::text[]) m`;
  comparer = makeComparer({ slot: 0, environment: undefined }, new OdooClients());
  await target.orders(["READY-1"]);
  await work("the order is a shipment", async () => {
    const [row] = await ctx.sql<{ id: string; pickingId: number }[]>`
      select shipment_id as id, picking_id as "pickingId" from shipment where picking_id is not null`;
    if (row) [shipmentId, pickingId] = [row.id, row.pickingId];
    return row !== undefined;
  });
  await ctx.sql`insert into reference (value, kind, issuer, shipment_id, said, feed_id, package, first_message)
    values ('1ZREADY1', 'tracking_number', 'ups', ${shipmentId}, '1ZREADY1', ${carrier.id}, true, gen_random_uuid())`;
}, 60_000);
afterAll(async () => {
  await leadership?.release();
  await target?.close();
  await database?.drop();
});

let leadership: Leadership | undefined;
const polls = new Map();
async function work(what: string, done: () => Promise<boolean>): Promise<void> {
  leadership ??= new Leadership(ctx);
  const own = leadership;
  await until(what, 20_000, async () => {
    await pollDue(ctx, comparer.clients, own, polls);
    await workDue(ctx, comparer.worker, never);
    return done();
  });
}

async function scan(status: string, minutesAgo: number): Promise<void> {
  await sendScan(ctx, carrier, { id: `ready-${status}`, code: "1ZREADY1", status, minutesAgo });
  const milestone = async () =>
    (await ctx.sql`select milestone from shipment where shipment_id = ${shipmentId}`)[0]?.milestone;
  await work(`it is ${status}`, async () => (await milestone()) === status);
}

const settle = async (over: Record<string, unknown>) =>
  changeSetting(ctx, SYSTEM, {
    name: "reconciliation",
    value: { ...(await readSettings(ctx)).reconciliation, ...over },
  });
const ready = (list: "shipped_not_validated" | "delivered_not_invoiced") => readinessFilter.parse({ list });
const lines = async (csv: AsyncGenerator<string>) => {
  let text = "";
  for await (const part of csv) text += part;
  return text.trim().split(/\r?\n/);
};
const openInvoices = () =>
  ctx.sql`select text from exception where home_id = ${shipmentId} and kind = 'invoice_not_ready' and state <> 'resolved'`;

test("what changed is compared once it has rested, under today, and not before", async () => {
  await settle({ nightly: false, settleMinutes: 30 });
  await scan("in_transit", 30);
  expect(await watchReconciliation(ctx, comparer, leader)).toBe(false);
  expect(await ctx.sql`select 1 from reconciliation_row`).toEqual([]);
  await settle({ settleMinutes: 0 });
  await watchReconciliation(ctx, comparer, leader);
  const [row] = await ctx.sql`select day::text, open, causes from reconciliation_row`;
  expect(row).toMatchObject({ day: dayOf(Date.now(), "UTC"), open: 2, causes: ["never_posted"] });
  const seen = await listProgress(ctx.sql);
  await watchReconciliation(ctx, comparer, leader);
  expect(await listProgress(ctx.sql)).toEqual(seen);
});

test("goods that left and that Odoo still counts are listed with their quantity by product and warehouse", async () => {
  const rows = await listReadiness(ctx.sql, { filter: ready("shipped_not_validated"), after: null, limit: 10 });
  const counts = await countReadiness(ctx.sql, ready("shipped_not_validated"));
  expect([rows.length, counts.total, counts.lists]).toEqual([1, 1, [{ list: "shipped_not_validated", count: 1 }]]);
  const products = await sumProducts(ctx.sql, ready("shipped_not_validated"), 10);
  expect(products).toEqual([
    {
      code: rows[0]?.lines[0]?.code,
      warehouse: rows[0]?.warehouse,
      quantity: rows[0]?.lines[0]?.quantity,
      shipments: 1,
    },
  ]);
  expect(await lines(await exportReadiness(ctx, finance, ready("shipped_not_validated")))).toHaveLength(2);
  await expect(exportReadiness(ctx, executive, ready("shipped_not_validated"))).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("what was delivered and not invoiced is listed at once and an exception after the days that may pass; invoiced, both are gone", async () => {
  await admin.call({
    model: "stock.picking",
    method: "button_validate",
    ids: [pickingId],
    context: { skip_sms: true },
  });
  await scan("delivered", 1);
  await watchReconciliation(ctx, comparer, leader);
  expect((await countReady(ctx, ready("delivered_not_invoiced"))).total).toBe(1);
  expect((await countReady(ctx, ready("shipped_not_validated"))).total).toBe(0);
  expect(await openInvoices()).toEqual([]);
  clock.shiftMs = 5 * DAY_MS;
  const compare = async () => {
    const run = await startReconcile(ctx, finance, { shipments: [shipmentId] });
    await workRuns(ctx, comparer.worker, comparer.clients);
    expect((await ctx.sql`select state, failed from run where id = ${run.id}`)[0]).toEqual({
      state: "done",
      failed: 0,
    });
  };
  await compare();
  expect(await openInvoices()).toHaveLength(1);
  const line = await admin.searchRead("sale.order.line", [["qty_delivered", ">", 0]], ["qty_delivered"]);
  await admin.write("sale.order.line", [line[0]?.id as number], { qty_invoiced: line[0]?.qty_delivered });
  await compare();
  expect(await openInvoices()).toEqual([]);
  expect((await countReady(ctx, ready("delivered_not_invoiced"))).total).toBe(0);
  clock.shiftMs = 0;
});

test("a day is closed once, after its end and at its time; the service level counts from its end, and a late one is a breach", async () => {
  await settle({ nightly: true, continuous: false, startAt: "00:00" });
  const yesterday = dayPlus(dayOf(Date.now(), "UTC"), -1);
  await watchReconciliation(ctx, comparer, leader);
  expect(await ctx.sql`select 1 from run where scope->>'close' = 'true'`, "before there was an Odoo").toEqual([]);
  await ctx.sql`update odoo_connection set created_at = now() - interval '1 day' where id = ${connectionId}`;
  await watchReconciliation(ctx, comparer, leader);
  await watchReconciliation(ctx, comparer, leader);
  const runs = await ctx.sql`select id, scope, state from run where kind = 'reconcile' and scope->>'close' = 'true'`;
  expect(runs.map(({ scope }) => scope)).toEqual([{ day: yesterday, whole: true, close: true }]);
  await workRuns(ctx, comparer.worker, comparer.clients);
  expect((await listProgress(ctx.sql))[0]?.lastDay).toBe(yesterday);
  const clocks = () =>
    ctx.sql<
      { count: string }[]
    >`select sum(count)::text as count from latency_bucket where workflow = 'historical_reconciliation'`;
  expect((await clocks())[0]?.count).toBe("1");
  await watchReconciliation(ctx, comparer, leader);
  expect(await ctx.sql`select 1 from run where scope->>'close' = 'true'`).toHaveLength(1);
  await settle({ startAt: "23:59" });
  clock.shiftMs = 2 * DAY_MS;
  await settle({ startAt: "00:00" });
  const late = dayPlus(dayOf(Date.now() + clock.shiftMs, "UTC"), -1);
  await watchReconciliation(ctx, comparer, leader);
  await workRuns(ctx, comparer.worker, comparer.clients);
  await watchReconciliation(ctx, comparer, leader);
  clock.shiftMs = 2.5 * DAY_MS;
  await workRuns(ctx, comparer.worker, comparer.clients);
  expect((await listProgress(ctx.sql))[0]?.lastDay).toBe(late);
  const breaches =
    await ctx.sql`select took_ms::float8 as took from breach where workflow = 'historical_reconciliation'`;
  expect(Math.max(...breaches.map(({ took }) => took))).toBeGreaterThan(12 * 3_600_000);
  clock.shiftMs = 0;
});

test("a transfer that no poll brought is found, shown as missing here, read, and known from then on", async () => {
  await ctx.sql`update odoo_watermark set watermark = '2999-01-01T00:00:00Z' where connection_id = ${connectionId}`;
  await target.orders(["MISSED-1"]);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const day = dayOf(Date.now(), "UTC");
  const whole = async () => {
    await startReconcile(ctx, SYSTEM, { day });
    await workRuns(ctx, comparer.worker, comparer.clients);
    return ctx.sql`select name, causes from reconciliation_row where day = ${day}::date and not known`;
  };
  expect(await whole()).toMatchObject([{ causes: ["lost_by_source"] }]);
  await workDue(ctx, comparer.worker, never);
  const [message] = await ctx.sql`select name from message where name like 'recovered %'`;
  expect(message?.name).toMatch(/^recovered stock\.picking\/\d+$/);
  expect(await ctx.sql`select 1 from shipment where picking_id is not null`).toHaveLength(2);
  expect(await whole()).toEqual([]);
  const { comparisons } = await countRows(ctx.sql, reconciliationFilter.parse({ day, verdict: ["missing_left"] }));
  expect(comparisons).toBe(0);
});

test("the lines of an export are the comparisons that are counted", async () => {
  const day = dayOf(Date.now(), "UTC");
  const filter = reconciliationFilter.parse({ day });
  const { comparisons } = await countRows(ctx.sql, filter);
  expect(comparisons).toBeGreaterThan(0);
  expect(await lines(await exportReconciled(ctx, finance, filter))).toHaveLength(comparisons + 1);
  const { days } = await readMatrix(ctx, { days: 14, aspect: [], connection: [] });
  const view = days.find((one) => one.day === day);
  const sum = (cell: Record<string, number>) => Object.values(cell).reduce((total, count) => total + count, 0);
  expect(sum(view?.all ?? {})).toBe(comparisons);
  expect(Object.values(view?.pairs ?? {}).reduce((total, cell) => total + sum(cell), 0)).toBe(comparisons);
  expect(Object.values(view?.aspects ?? {}).reduce((total, cell) => total + sum(cell), 0)).toBe(comparisons);
});

test("who may only read starts nothing; a repair is of a fresh dry run", async () => {
  await expect(startReconcile(ctx, executive, {})).rejects.toMatchObject({ code: "forbidden" });
  const day = dayOf(Date.now(), "UTC");
  const plan = { dryRun: true as const, target: { day, ids: [shipmentId] } };
  await expect(startRepair(ctx, finance, plan)).rejects.toMatchObject({ code: "forbidden" });
  await expect(startRepair(ctx, SYSTEM, { dryRun: false, of: v7() })).rejects.toMatchObject({ code: "not_found" });
  const dry = await startRepair(ctx, SYSTEM, plan);
  await expect(startRepair(ctx, SYSTEM, { dryRun: false, of: dry.id })).rejects.toMatchObject({ code: "conflict" });
  await workRuns(ctx, comparer.worker, comparer.clients);
  await expect(startRepair(ctx, SYSTEM, { dryRun: false, of: dry.id })).rejects.toMatchObject({ code: "precondition" });
  clock.shiftMs = 2 * 3_600_000;
  await expect(startRepair(ctx, SYSTEM, { dryRun: false, of: dry.id })).rejects.toMatchObject({ code: "conflict" });
  clock.shiftMs = 0;
  await expect(startReconcile(ctx, finance, { day: "2999-01-01" })).rejects.toMatchObject({ code: "invalid" });
});

test("days older than they are kept are forgotten with their counts", async () => {
  expect(await forgetReconciled(ctx)).toBe(false);
  expect((await ctx.sql`select count(*)::int as n from reconciliation_row`)[0]?.n).toBeGreaterThan(0);
  clock.shiftMs = 100 * DAY_MS;
  await forgetReconciled(ctx);
  expect(await ctx.sql`select 1 from reconciliation_row union all select 1 from reconciliation_count`).toEqual([]);
  expect(
    await ctx.sql`select 1 from run_item i join run r on r.id = i.run_id where r.kind = 'reconcile' and r.state = 'done'`,
  ).toEqual([]);
  clock.shiftMs = 0;
});
