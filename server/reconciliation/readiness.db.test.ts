import { afterAll, beforeAll, expect, test } from "vitest";
import { readinessFilter } from "@/core/reconciliation/filter";
import type { ReadinessList } from "@/core/reconciliation/readiness";
import { countReadiness, listReadiness, sumProducts } from "@/db/queries/reconcile-list";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { idOf } from "../adapters/odoo/call";
import { createOdooClient, type OdooClient } from "../adapters/odoo/client";
import type { Context } from "../context";
import { Leadership } from "../jobs/leadership";
import { OdooClients } from "../odoo/clients";
import { pollDue } from "../odoo/work";
import { workDue } from "../pipeline/work";
import { connectTarget, type OdooTarget, sandboxTarget } from "../testing/odoo-target";
import { sendScan } from "../testing/scans";
import { until } from "../testing/story";
import { makeTestContext, makeTestFeed, type TestFeed } from "../testing/workspace";
import { type Comparer, makeComparer } from "./compare-chunk";
import { watchReconciliation } from "./watch";

const never = new AbortController().signal;
const leader = { lead: async () => true };
const clock = { shiftMs: 0 };
const DAY_MS = 86_400_000;

let database: TestDatabase;
let ctx: Context;
let target: OdooTarget;
let admin: OdooClient;
let carrier: TestFeed<"easypost">;
let comparer: Comparer;
let leadership: Leadership;
const polls = new Map();

beforeAll(async () => {
  database = await testDatabase("readiness");
  ctx = makeTestContext(database, { now: () => new Date(Date.now() + clock.shiftMs) });
  target = await sandboxTarget("19");
  const { url, db, sandbox } = target;
  admin = await createOdooClient({ url, db, login: "admin", key: sandbox?.adminKey ?? "" });
  carrier = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "carrier" });
  const connectionId = await connectTarget(ctx, target, { pollSeconds: 0 });
  await ctx.sql`update odoo_connection set kinds = '{}', observing = true where id = ${connectionId}`;
  const setting = ctx.sql.json({ nightly: false, settleMinutes: 0 });
  await ctx.sql`insert into setting (name, value) values ('reconciliation', ${setting})`;
  const since = `${new Date(Date.now() - 1000).toISOString().slice(0, 19)}Z`;
  await ctx.sql`insert into odoo_watermark (connection_id, model, watermark, seen)
    select ${connectionId}::int, m, ${since}, '[]' from unnest('{sale.order,stock.picking,stock.move,stock.move.line}'::text[]) m`;
  comparer = makeComparer({ slot: 0, environment: undefined }, new OdooClients());
  leadership = new Leadership(ctx);
}, 60_000);
afterAll(async () => {
  await leadership?.release();
  await target?.close();
  await database?.drop();
});

async function work(what: string, done: () => Promise<boolean>): Promise<void> {
  await until(what, 20_000, async () => {
    await pollDue(ctx, comparer.clients, leadership, polls);
    await workDue(ctx, comparer.worker, never);
    return done();
  });
}

type Made = { id: string; pickingId: number; lineId: number; ordered: number };

/** The shipment of a transfer, known here, with a number that the carrier has for it. */
async function known(pickingId: number): Promise<Made> {
  const find = () => ctx.sql<{ id: string }[]>`select shipment_id as id from shipment where picking_id = ${pickingId}`;
  await work("the transfer is a shipment", async () => (await find()).length === 1);
  const [row] = await find();
  const id = row?.id ?? "";
  await ctx.sql`insert into reference (value, kind, issuer, shipment_id, said, feed_id, package, first_message)
    values (${`1ZREADY${pickingId}`}, 'tracking_number', 'ups', ${id}, ${`1ZREADY${pickingId}`}, ${carrier.id}, true, gen_random_uuid())`;
  const [move] = await admin.searchRead("stock.move", [["picking_id", "=", pickingId]], ["sale_line_id"]);
  const lineId = idOf(move?.sale_line_id) ?? 0;
  const [line] = await admin.read("sale.order.line", [lineId], ["product_uom_qty"]);
  return { id, pickingId, lineId, ordered: Number(line?.product_uom_qty) };
}

async function order(reference: string): Promise<Made> {
  await target.orders([reference]);
  const [sold] = await admin.searchRead("sale.order", [["client_order_ref", "=", reference]], ["name"]);
  const [picking] = await admin.searchRead("stock.picking", [["sale_id", "=", sold?.id ?? 0]], ["name"]);
  return known(picking?.id ?? 0);
}

async function scan({ id, pickingId }: Made, status: string): Promise<void> {
  const code = `1ZREADY${pickingId}`;
  await sendScan(ctx, carrier, { id: `${code}-${status}`, code, status, minutesAgo: 1 });
  const milestone = async () => (await ctx.sql`select milestone from shipment where shipment_id = ${id}`)[0]?.milestone;
  await work(`it is ${status}`, async () => (await milestone()) === status);
}

/** Somebody invoices so much of the line in Odoo: nothing of the transfer changes by it. */
const invoice = ({ lineId }: Made, quantity: number) =>
  admin.write("sale.order.line", [lineId], { qty_invoiced: quantity });
/** Nothing but time goes on. */
const wait = async (days: number) => {
  clock.shiftMs = days * DAY_MS;
  await watchReconciliation(ctx, comparer, leader);
};
const ready = (list: ReadinessList) => readinessFilter.parse({ list });
const listed = async (list: ReadinessList) =>
  (await listReadiness(ctx.sql, { filter: ready(list), after: null, limit: 50 })).map(({ id, lines }) => [
    id,
    lines.reduce((sum, { quantity }) => sum + quantity, 0),
  ]);
const raised = async ({ id }: Made) =>
  (
    await ctx.sql<
      { text: string }[]
    >`select text from exception where home_id = ${id} and kind = 'invoice_not_ready' and state <> 'resolved'`
  ).map(({ text }) => text);

test("time alone brings a delivery that is not invoiced, and its invoice takes it away again", async () => {
  clock.shiftMs = 0;
  const one = await order("READY-TIME");
  await admin.call({
    model: "stock.picking",
    method: "button_validate",
    ids: [one.pickingId],
    context: { skip_sms: true },
  });
  await scan(one, "delivered");
  await wait(0);
  expect(await listed("delivered_not_invoiced")).toEqual([[one.id, one.ordered]]);
  await wait(2.9);
  expect(await raised(one)).toEqual([]);
  await wait(3.1);
  expect(await raised(one)).toEqual([expect.stringContaining("was delivered and is not invoiced")]);
  await invoice(one, one.ordered);
  await wait(3.5);
  expect([await raised(one), await listed("delivered_not_invoiced")]).toEqual([[], []]);
});

test("what stands on a list is read some times a day, and leaves it when Odoo says so", async () => {
  clock.shiftMs = 0;
  const one = await order("READY-SOON");
  await scan(one, "delivered");
  await wait(0);
  expect(await listed("delivered_not_invoiced")).toEqual([[one.id, one.ordered]]);
  await ctx.sql`delete from reconciliation_row`;
  await invoice(one, one.ordered);
  await wait(0.1);
  expect(await listed("delivered_not_invoiced")).toHaveLength(1);
  await wait(0.3);
  expect(await listed("delivered_not_invoiced")).toEqual([]);
});

test("what is invoiced first has its days on the way, and is then an exception", async () => {
  clock.shiftMs = 0;
  const one = await order("READY-PREPAID");
  await invoice(one, one.ordered);
  await scan(one, "in_transit");
  await wait(0);
  expect(await listed("invoiced_not_delivered")).toEqual([[one.id, one.ordered]]);
  await wait(13.9);
  expect(await raised(one)).toEqual([]);
  await wait(14.1);
  expect(await raised(one)).toEqual([expect.stringContaining("is invoiced and was not delivered")]);
  // linked to another or without a transfer, it stands on no list under its own name
  await ctx.sql`update shipment set picking_id = null where shipment_id = ${one.id}`;
  await wait(15);
  expect(await listed("invoiced_not_delivered")).toEqual([]);
});

test("a line that two transfers share is judged by quantity, the first one done being invoiced first", async () => {
  clock.shiftMs = 0;
  const first = await order("READY-PARTS");
  const whole = first.ordered;
  expect(whole).toBeGreaterThan(1);
  const [move] = await admin.searchRead("stock.move", [["picking_id", "=", first.pickingId]], ["product_id"]);
  await admin.write("stock.move", [move?.id ?? 0], { quantity: 1, picked: true });
  await admin.call({
    model: "stock.picking",
    method: "button_validate",
    ids: [first.pickingId],
    context: { skip_sms: true, skip_backorder: true },
  });
  const [back] = await admin.searchRead("stock.picking", [["backorder_id", "=", first.pickingId]], ["name"]);
  await invoice(first, 1);
  const rest = await known(back?.id ?? 0);
  await scan(first, "delivered");
  await scan(rest, "in_transit");
  await wait(0);
  expect(await listed("delivered_not_invoiced")).toEqual([]);
  expect(await listed("invoiced_not_delivered")).toEqual([]);
  await scan(rest, "delivered");
  await admin.call({
    model: "stock.picking",
    method: "button_validate",
    ids: [rest.pickingId],
    context: { skip_sms: true },
  });
  await wait(0);
  expect(await listed("delivered_not_invoiced")).toEqual([[rest.id, whole - 1]]);
});

test("goods of shipments without a warehouse are counted, and found by what stands for it", async () => {
  await ctx.sql`update readiness_item set warehouse = null`;
  const filter = ready("delivered_not_invoiced");
  const [product] = await sumProducts(ctx.sql, filter, 10);
  const { warehouse, total } = await countReadiness(ctx.sql, filter);
  expect([product?.warehouse, warehouse, total]).toEqual(["-", [{ value: "-", count: 1 }], 1]);
  const here = readinessFilter.parse({ list: filter.list, warehouse: [product?.warehouse] });
  expect((await countReadiness(ctx.sql, here)).total).toBe(1);
});
