import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { bucketOf } from "@/core/service-levels/histogram";
import {
  countByStage,
  countPromises,
  countStanding,
  countWaiting,
  listFeedPulses,
  listPromisesAtRisk,
  readInbox,
} from "@/db/queries/tower";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import type { PersonActor } from "../access/actor";
import { readChart } from "../service-levels/chart";
import { type TestContext, testContext } from "../testing/context";
import { readLevels, readOverview } from "./overview";

const NOW = new Date("2026-11-20T10:30:00Z");
let database: TestDatabase;
let ctx: TestContext;
beforeAll(async () => {
  database = await testDatabase("tower");
});
afterAll(async () => database?.drop());
beforeEach(async () => {
  ctx = testContext(database, NOW);
  await ctx.sql`truncate shipment, exception, latency_bucket, breach, feed_counter, inbox, set_aside, feed cascade`;
});

const hours = (n: number) => new Date(NOW.getTime() + n * 3_600_000);

async function shipment(
  over: { stage?: string | null; terminal?: string; promised?: Date; eta?: Date; head?: string } = {},
) {
  const id = ctx.uuid();
  await ctx.sql`insert into shipment (shipment_id, head_id, provisional, stage, summary, terminal, name, promised_at, eta_at, first_feed_id, created_at, state, updated_at)
    values (${id}, ${over.head ?? null}, false, ${over.stage === undefined ? "in_transit" : over.stage}, 'in_transit', ${over.terminal ?? null}, ${id},
      ${over.promised ?? null}, ${over.eta ?? null}, 1, ${NOW}, '{}', ${NOW})`;
  return id;
}

async function exception(state: string, due: Date) {
  await ctx.sql`insert into exception (home_id, id, kind, subject, occurrence, severity, rank, state, group_id, text, evidence, evidence_hash, owner_role,
      opened_at, due_at, work_rank, work_at, updated_at)
    values (${ctx.uuid()}, ${ctx.uuid()}, 'delivery_late', 's', '1', 'high', 1, ${state}, ${ctx.uuid()}, 't', '{}', 'h', 'logistics', ${NOW}, ${due}, 1, ${due}, ${NOW})`;
}

async function bucket(hour: Date, ms: number, count: number, leg = "total", slot = 1) {
  const at = new Date(Math.floor(hour.getTime() / 3_600_000) * 3_600_000);
  await ctx.sql`insert into latency_bucket (workflow, leg, hour, feed_id, slot, bucket, count)
    values ('status_update', ${leg}, ${at}, 1, ${slot}, ${bucketOf(ms)}, ${count})`;
}

test("stages count heads only, and those without a stage", async () => {
  const head = await shipment();
  await shipment({ head });
  await shipment({ stage: "delivered", terminal: "delivered" });
  await shipment({ stage: null });
  const counts = new Map((await countByStage(ctx.sql)).map((row) => [row.stage, row.count]));
  expect([counts.get("in_transit"), counts.get("delivered"), counts.get(null)]).toEqual([1, 1, 1]);
});

test("promises: late ones have passed and not ended; at risk are those whose estimate lies after a promise that stands", async () => {
  await shipment({ promised: hours(-1) });
  await shipment({ promised: hours(-1), terminal: "delivered" });
  const risky = await shipment({ promised: hours(5), eta: hours(6) });
  await shipment({ promised: hours(5), eta: hours(4) });
  await shipment({ promised: hours(30), eta: null as never });
  expect(await countPromises(ctx.sql, NOW)).toEqual({ late: 1, dueToday: 2, atRisk: 1 });
  expect((await listPromisesAtRisk(ctx.sql, NOW, 10)).map((row) => row.id)).toEqual([risky]);
});

test("standing exceptions leave out snoozed and resolved ones, as the queue does; a person is needed for open ones", async () => {
  await exception("open", hours(-1));
  await exception("acknowledged", hours(1));
  await exception("snoozed", hours(-1));
  await exception("resolved", hours(-1));
  expect(await countStanding(ctx.sql, NOW)).toEqual([
    { kind: "delivery_late", severity: "high", count: 2, open: 1, overdue: 1 },
  ]);
  expect(await countWaiting(ctx.sql, 100)).toEqual({ exceptions: 1, postings: 0 });
});

test("the inbox is counted up to its cap and knows its oldest message", async () => {
  const ids = [ctx.uuid(), ctx.uuid(), ctx.uuid()];
  for (const id of ids) await ctx.sql`insert into inbox (lane, urgency, message_id, size) values (1, 1, ${id}, 10)`;
  expect(await readInbox(ctx.sql, 100)).toMatchObject({ waiting: 3, oldest: ids.toSorted()[0] });
  expect((await readInbox(ctx.sql, 2)).waiting).toBe(2);
});

test("a feed shows its last 24 hours by hour over all slots, and when it spoke last even if that is longer ago", async () => {
  const [row] =
    await ctx.sql`insert into feed (slug, name, adapter, class, way_in, verify) values ('a', 'A', 'csv', 'warehouse', 'file', 'none') returning id`;
  const feedId = Number(row?.id);
  const put = (hour: Date, slot: number, received: number) => {
    const at = new Date(Math.floor(hour.getTime() / 3_600_000) * 3_600_000);
    return ctx.sql`insert into feed_counter (feed_id, hour, slot, received, last_at) values (${feedId}, ${at}, ${slot}, ${received}, ${hour})`;
  };
  await put(hours(-40), 1, 9);
  expect((await listFeedPulses(ctx.sql, NOW))[0]).toMatchObject({ received: 0, lastAt: hours(-40), silent: false });
  await put(NOW, 1, 3);
  await put(NOW, 2, 4);
  await put(hours(-2), 1, 5);
  const [pulse] = await listFeedPulses(ctx.sql, NOW);
  expect(pulse).toMatchObject({ received: 12, lastAt: NOW });
  expect(pulse?.hours.slice(-3)).toEqual([5, 0, 7]);
});

test("a level and its chart agree on counts, and an hour without clocks is a gap", async () => {
  await bucket(NOW, 1_000, 96);
  await bucket(NOW, 1_000, 2, "total", 2);
  await bucket(NOW, 400_000, 2);
  await bucket(hours(-2), 2_000, 10);
  await bucket(hours(-2), 500, 10, "odoo");
  const level = (await readLevels(ctx, NOW)).find((row) => row.workflow === "status_update");
  const chart = await readChart(ctx, { workflow: "status_update", range: "24h", feedId: null });
  expect(level).toMatchObject({ count: 110, missed: 2, flow: "ok" });
  expect(chart.whole).toMatchObject({ count: level?.count, missed: level?.missed, attained: level?.attained });
  expect(chart.points).toHaveLength(24);
  expect(chart.points.slice(-3).map((p) => p.count)).toEqual([10, 0, 100]);
  expect(chart.points.at(-2)).toMatchObject({ p50: null, attained: null });
  expect(chart.points.at(-1)?.attained).toBeCloseTo(0.98);
  expect(Math.abs((chart.points.at(-3)?.legs.odoo ?? 0) - 500)).toBeLessThan(5);
  const none = await readChart(ctx, { workflow: "status_update", range: "24h", feedId: 2 });
  expect(none.whole.count).toBe(0);
});

test("thirty days are days of UTC", async () => {
  await bucket(hours(-48), 1_000, 5);
  const chart = await readChart(ctx, { workflow: "status_update", range: "30d", feedId: null });
  expect(chart.points.map((p) => p.count).filter(Boolean)).toEqual([5]);
  expect(chart.points.find((p) => p.count > 0)?.at).toEqual(new Date("2026-11-18T00:00:00Z"));
});

test("the tower leaves out what a role may not see", async () => {
  const actor = (role: PersonActor["role"]): PersonActor => ({ kind: "person", id: ctx.uuid(), name: "P", role });
  const executive = await readOverview(ctx, actor("executive"));
  expect([executive.feeds, executive.odoo, executive.inbox]).toEqual([null, null, null]);
  expect(executive.stages).not.toBeNull();
  expect(executive.levels).not.toBeNull();
  const support = await readOverview(ctx, actor("support"));
  expect([support.feeds, support.odoo, support.exceptions].every((part) => part !== null)).toBe(true);
});
