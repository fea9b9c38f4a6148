import { v7 } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dayOf, dayPlus } from "@/core/reconciliation/settings";
import { listProgress } from "@/db/queries/reconcile-scope";
import { moveRun } from "@/db/queries/runs";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { type Actor, SYSTEM } from "../access/actor";
import type { Context } from "../context";
import { Leadership } from "../jobs/leadership";
import { OdooClients } from "../odoo/clients";
import { pollDue } from "../odoo/work";
import { workDue } from "../pipeline/work";
import { workRun } from "../runs/execute";
import { changeSetting } from "../settings/change";
import { readSettings } from "../settings/read";
import { connectTarget, type OdooTarget, sandboxTarget } from "../testing/odoo-target";
import { until } from "../testing/story";
import { makeTestContext } from "../testing/workspace";
import { type Comparer, makeComparer } from "./compare-chunk";
import { readMatrix } from "./read";
import { startReconcile } from "./start";
import { watchReconciliation } from "./watch";

const never = new AbortController().signal;
const leader = { lead: async () => true };
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The next noon of UTC: half an hour later is the same day, whenever this runs. */
const clock = { shiftMs: Math.ceil(Date.now() / DAY_MS - 0.5) * DAY_MS + DAY_MS / 2 - Date.now() };
const person: Actor = { kind: "person", id: v7(), name: "Sam Support", role: "support" };

let database: TestDatabase;
let ctx: Context;
let target: OdooTarget;
let comparer: Comparer;
let leadership: Leadership;

beforeAll(async () => {
  database = await testDatabase("outage");
  ctx = makeTestContext(database, { now: () => new Date(Date.now() + clock.shiftMs) });
  target = await sandboxTarget("19");
  await connectTarget(ctx, target, { pollSeconds: 0 });
  await ctx.sql`update odoo_connection set kinds = '{}', observing = true, created_at = ${new Date(ctx.now().getTime() - 3 * DAY_MS)}`;
  comparer = makeComparer({ slot: 0, environment: undefined }, new OdooClients());
  leadership = new Leadership(ctx);
  await target.orders(["OUT-1"]);
  const polls = new Map();
  await until("the order is a shipment", 20_000, async () => {
    await pollDue(ctx, comparer.clients, leadership, polls);
    await workDue(ctx, comparer.worker, never);
    return (await ctx.sql`select 1 from shipment where picking_id is not null`).length === 1;
  });
  const { reconciliation } = await readSettings(ctx);
  const value = { ...reconciliation, nightly: true, continuous: false, startAt: "00:00", settleMinutes: 0 };
  await changeSetting(ctx, SYSTEM, { name: "reconciliation", value });
}, 60_000);
afterAll(async () => {
  await leadership?.release();
  await target?.close();
  await database?.drop();
});

const ago = (days: number) => dayPlus(dayOf(ctx.now().getTime(), "UTC"), -days);
const watch = () => watchReconciliation(ctx, comparer, leader);
const work = async () => {
  while (await workRun(ctx, comparer.worker, comparer.clients, "test", never));
};
const closing = () =>
  ctx.sql<
    { id: string; day: string; state: string; failed: number; processed: number; waits: { tries: number } | null }[]
  >`select id, scope->>'day' as day, state, failed, processed, summary->'waits' as waits from run
    where scope->>'close' = 'true' order by created_at`;
const missed = () =>
  ctx.sql<
    { state: string; text: string }[]
  >`select state, text from exception where kind = 'day_not_reconciled' order by opened_at`;
const clocks = async () =>
  (
    await ctx.sql`select coalesce(sum(count), 0)::int as n from latency_bucket where workflow = 'historical_reconciliation'`
  )[0]?.n;
const lastDay = async () => (await listProgress(ctx.sql))[0]?.lastDay ?? null;
const standing = async (day: string) =>
  (await readMatrix(ctx, { days: 14, aspect: [], connection: [] })).days.find((one) => one.day === day)?.standing;

test("a day that Odoo does not answer for waits by itself, is shown and told, and is neither closed nor counted", async () => {
  await target.sandbox?.setMode({ mode: "down" });
  await watch();
  await work();
  const [run] = await closing();
  expect(run).toMatchObject({ day: ago(3), state: "running", failed: 0, processed: 0, waits: { tries: 1 } });
  expect([await lastDay(), await clocks()]).toEqual([null, 0]);
  expect(await standing(ago(3))).toMatchObject({ state: "waiting", runId: run?.id });
  await watch();
  expect([(await closing()).length, await missed()]).toEqual([1, []]);
  clock.shiftMs += 31 * MINUTE_MS;
  await work();
  expect((await closing())[0]?.waits?.tries).toBe(2);
  await watch();
  expect(await missed()).toMatchObject([{ state: "open", text: expect.stringContaining("Odoo cannot be read") }]);
}, 60_000);

test("it goes on when Odoo is back, and the nights that were missed follow, oldest first", async () => {
  await target.sandbox?.setMode({ mode: "ok" });
  await work();
  expect((await closing())[0]?.state, "before its pause is over").toBe("running");
  clock.shiftMs += 6 * MINUTE_MS;
  await work();
  expect((await closing())[0]).toMatchObject({ state: "done", failed: 0, waits: null });
  expect(await lastDay()).toBe(ago(3));
  await watch();
  expect((await missed()).map(({ state }) => state)).toEqual(["resolved"]);
  for (let night = 0; night < 4; night++) {
    await watch();
    await work();
  }
  expect((await closing()).map(({ day, state }) => [day, state])).toEqual([
    [ago(3), "done"],
    [ago(2), "done"],
    [ago(1), "done"],
  ]);
  expect([await lastDay(), await clocks()]).toEqual([ago(1), 3]);
  expect(await standing(ago(2))).toMatchObject({ state: "compared" });
}, 60_000);

test("a day whose run a person cancelled is let go, and counts as missed", async () => {
  clock.shiftMs += DAY_MS;
  await watch();
  const run = (await closing()).at(-1);
  expect(run?.day).toBe(ago(1));
  await ctx.sql.begin((tx) => moveRun(tx, run?.id as string, ["waiting"], "cancelled", ctx.now()));
  await watch();
  await watch();
  expect([await lastDay(), (await closing()).length, await clocks()]).toEqual([ago(1), 4, 4]);
  expect(await standing(ago(1))).toMatchObject({ state: "cancelled" });
  expect(await ctx.sql`select 1 from breach where workflow = 'historical_reconciliation'`).toHaveLength(4);
  // compared by a person, it is whole after all
  await startReconcile(ctx, person, { day: ago(1) });
  await work();
  expect(await standing(ago(1))).toMatchObject({ state: "compared" });
  expect(await clocks()).toBe(4);
});

test("where Odoo forbids the reading, what a person started fails and says why; a night waits until it is allowed", async () => {
  await ctx.sql`update odoo_connection set login = 'nobody@example.com', database = 'nothing', updated_at = now() + interval '1 hour'`;
  const own = await startReconcile(ctx, person, { day: ago(0) });
  await work();
  const [failed] = await ctx.sql`select state, failed, total from run where id = ${own.id}`;
  expect(failed?.state).toBe("done");
  expect(failed?.failed).toBe(failed?.total);
  expect(await standing(ago(0))).toMatchObject({ state: "part" });
  clock.shiftMs += DAY_MS;
  await watch();
  await work();
  expect((await closing()).at(-1)).toMatchObject({ day: ago(1), state: "running", failed: 0 });
});

test("an Odoo that is down does not hold up the comparison with another one", async () => {
  const other = await sandboxTarget("19");
  try {
    const { login, db } = target;
    await ctx.sql`update odoo_connection set name = 'The first', login = ${login}, database = ${db}, updated_at = now() + interval '2 hours'`;
    await target.sandbox?.setMode({ mode: "down" });
    const otherId = await connectTarget(ctx, other, { pollSeconds: 0 });
    const run = await startReconcile(ctx, person, { day: ago(0) });
    await work();
    const items = await ctx.sql`select target, result from run_item where run_id = ${run.id} order by position`;
    expect(items.filter(({ result }) => result !== null).map((one) => one.target)).toEqual([`unknown ${otherId}`]);
    const state = async () => (await ctx.sql`select state, failed from run where id = ${run.id}`)[0];
    expect(await state()).toEqual({ state: "running", failed: 0 });
    await target.sandbox?.setMode({ mode: "ok" });
    clock.shiftMs += MINUTE_MS;
    await work();
    expect(await state()).toEqual({ state: "done", failed: 0 });
  } finally {
    await other.close();
  }
});
