import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { freightSchema } from "@/core/freight/settings";
import { listBreaches } from "@/db/queries/service-levels";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor, insertConnection } from "@/db/testing/rows";
import type { Context } from "../context";
import { makeReceiver } from "../messages/receive";
import { type Worker, workDue } from "../pipeline/work";
import { freightBills } from "../testing/freight-bills";
import { makeTestContext, makeTestFeed } from "../testing/workspace";
import { decideBill } from "./decide";
import type { FreightWorker } from "./judge";
import { measureSettlement } from "./measure";
import { runSettlement } from "./run-settlement";
import { readSettlement, readWindow, readWindows } from "./settlement";
import { watchSettlement, workFreight } from "./work";

const opened: TestDatabase[] = [];
let ctx: Context;
let connectionId: number;
let atMs: number;

/** Two bills, approved by the finance of a connection whose vendor bills go nightly from 18:00 to 20:00. */
async function story(timing: unknown): Promise<void> {
  const database = await testDatabase("settlement");
  opened.push(database);
  atMs = Date.parse("2026-11-24T09:00:00Z");
  ctx = { ...makeTestContext(database), now: () => new Date(atMs) };
  const feed = await makeTestFeed(ctx, { slug: "bills", adapter: "x12", class: "finance" });
  connectionId = await insertConnection(ctx.sql, { observing: false });
  await ctx.sql`update odoo_connection set kinds = ${ctx.sql.json({ vendor_bill: "on" })}, post_since = '2026-11-01',
    policies = ${ctx.sql.json({ vendor_bill: { class: "bulk", timing } } as never)}`;
  const vendors = [{ vendor: "carr", connectionId, companyId: 1, partnerId: 9 }];
  await ctx.sql`insert into setting (name, value, updated_at)
    values ('freight', ${ctx.sql.json(freightSchema.parse({ vendors, fourEyesFrom: 10_000 }) as never)}, now())`;
  const receiver = makeReceiver({ sql: ctx.sql, now: ctx.now, log: ctx.log });
  const bytes = freightBills(1, [
    { number: "INV-1", pro: "P1", charges: [["", "100.00"]] },
    { number: "INV-2", pro: "P2", charges: [["", "50.00"]] },
  ]);
  const contentType = "application/edi-x12";
  await receiver.receive([
    { feed, bytes, contentType, headers: null, name: null, correlationId: "c", verdict: "verified" as const },
  ]);
  const worker: Worker = { slot: 0, environment: undefined };
  const settler: FreightWorker = { slot: 0, environment: undefined };
  while ((await workDue(ctx, worker, new AbortController().signal)) > 0);
  while (await workFreight(ctx, settler));
  const finance = await insertActor(ctx.sql, "finance");
  for (const {
    id,
    version,
  } of await ctx.sql`select invoice_id as id, version from freight_case order by billed_minor desc`)
    await decideBill(ctx, finance, { id, version, act: "approve", reason: "looked at it", payMinor: null });
}

const NIGHTLY = {
  mode: "windows",
  zone: "UTC",
  windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "18:00", to: "20:00" }],
  holidays: [],
};
const open = () =>
  ctx.sql`select kind, subject, text, evidence from exception where state <> 'resolved' and kind = 'freight_window_missed'`;

beforeEach(() => story(NIGHTLY), 60_000);
afterAll(async () => {
  for (const database of opened) await database.drop();
});

describe("freight settlement", { timeout: 60_000 }, () => {
  test("shows the next window, what waits for it and how much that is", async () => {
    const { kinds, next } = await readSettlement(ctx);
    const bills = kinds.find(({ kind }) => kind === "vendor_bill");
    expect(bills?.hold).toEqual({ because: "window", untilMs: Date.parse("2026-11-24T18:00:00Z") });
    expect(bills?.waiting).toMatchObject([{ heldBecause: "window", currency: "USD", count: 2, sum: "150.00" }]);
    expect(next.map(({ name, amount }) => [name, amount]).sort()).toEqual([
      ["INV-1", "100.00"],
      ["INV-2", "50.00"],
    ]);
    const { items } = await readWindows(ctx, null, 10);
    expect(items).toMatchObject([
      { endsAt: new Date("2026-11-24T20:00:00Z"), count: 2, made: 0, late: 0, failed: 0, waiting: 2 },
    ]);
    expect(items[0]?.sums).toEqual([{ currency: "USD", sum: "150.00" }]);
  });

  test("runs now for who may decide, once, and the run is audited and told", async () => {
    const support = await insertActor(ctx.sql, "support");
    await expect(runSettlement(ctx, support)).rejects.toMatchObject({ code: "forbidden" });
    const finance = await insertActor(ctx.sql, "finance");
    expect(await runSettlement(ctx, finance)).toEqual({ released: 2, checked: 0 });
    expect(await ctx.sql`select distinct state from posting`).toMatchObject([{ state: "planned" }]);
    expect((await readSettlement(ctx)).runs).toMatchObject([{ by: finance.name, after: { released: 2 } }]);
    atMs += 1000;
    expect(await runSettlement(ctx, finance), "nothing is left, and that is told").toEqual({ released: 0, checked: 0 });
    expect((await readSettlement(ctx)).runs.map(({ after }) => after?.released)).toEqual([0, 2]);
  });

  test("a window that ends with postings not in Odoo is an exception that names them, until they are there", async () => {
    await watchSettlement(ctx, 0);
    expect(await open()).toEqual([]);
    atMs = Date.parse("2026-11-24T20:30:00Z");
    await watchSettlement(ctx, 0);
    const [late] = await open();
    expect(late?.subject).toBe("window:2026-11-24T20:00:00.000Z");
    expect(late?.text).toMatch(
      /^2 freight postings missed the window that ended 2026-11-24 20:00 UTC: INV-\d, INV-\d$/,
    );
    await ctx.sql`update posting set state = 'posted', posted_at = ${ctx.now()}`;
    await watchSettlement(ctx, 0);
    expect(await open()).toEqual([]);
    const [window] = (await readWindows(ctx, null, 10)).items;
    expect(window).toMatchObject({ count: 2, made: 0, late: 2 });
  });

  test("a clock over its window names the bill that it is of", async () => {
    const [bill] = await ctx.sql`select id from freight_invoice where number = 'INV-1'`;
    const windowEndsAtMs = Date.parse("2026-11-24T20:00:00Z");
    const row = { homeId: String(bill?.id), feedId: null, messageId: null, windowEndsAtMs };
    await ctx.sql.begin((tx) =>
      measureSettlement(ctx, tx, 0, [
        { ...row, endedAtMs: windowEndsAtMs },
        { ...row, endedAtMs: windowEndsAtMs + 60_000 },
      ]),
    );
    const of = { workflow: "freight_settlement" as const, since: new Date(0), until: null, feedId: null, after: null };
    const breaches = await listBreaches(ctx.sql, { ...of, limit: 10 });
    expect(breaches).toMatchObject([{ billNumber: "INV-1", shipmentName: null }]);
  });

  test("a page of a window goes on where the last one ended", async () => {
    const endsAt = new Date("2026-11-24T20:00:00Z");
    const first = await readWindow(ctx, endsAt, null, 1);
    const second = await readWindow(ctx, endsAt, first.next, 1);
    expect([...first.items, ...second.items].map(({ name }) => name).sort()).toEqual(["INV-1", "INV-2"]);
    expect(second.next).toBeNull();
  });
});
