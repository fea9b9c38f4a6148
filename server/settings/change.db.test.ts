import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_THRESHOLDS } from "@/core/exceptions/thresholds";
import { freightSchema } from "@/core/freight/settings";
import { noticesSchema } from "@/core/notices/settings";
import { reconciliationSchema } from "@/core/reconciliation/settings";
import { routingSchema } from "@/core/routing/rules";
import { DEFAULT_OBJECTIVES } from "@/core/service-levels/objectives";
import { DEFAULT_OWNERSHIP } from "@/core/shipments/ownership";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { type Actor, SYSTEM } from "../access/actor";
import { type TestContext, testContext } from "../testing/context";
import { changeSetting } from "./change";
import { readSettings } from "./read";

let database: TestDatabase;
let ctx: TestContext;
beforeAll(async () => {
  database = await testDatabase("settings");
  ctx = testContext(database);
});
afterAll(async () => database?.drop());

test("without stored settings the defaults of the domain hold", async () => {
  expect(await readSettings(ctx)).toEqual({
    thresholds: DEFAULT_THRESHOLDS,
    objectives: DEFAULT_OBJECTIVES,
    ownership: DEFAULT_OWNERSHIP,
    alerts: { collectSeconds: 20, throttleMinutes: 15, escalate: true },
    owners: { teams: [], rules: [] },
    reconciliation: reconciliationSchema.parse({}),
    freight: freightSchema.parse({}),
    routing: routingSchema.parse({}),
    workers: { count: null },
    analytics: { timing: { mode: "real_time" } },
    notices: noticesSchema.parse({}),
  });
});

test("a changed threshold is stored, and the audit row holds what differs and nothing else", async () => {
  const value = { ...DEFAULT_THRESHOLDS, scanMinutes: 60 };
  expect(await changeSetting(ctx, SYSTEM, { name: "thresholds", value })).toEqual({ changed: true, review: null });
  expect(await changeSetting(ctx, SYSTEM, { name: "thresholds", value })).toEqual({ changed: false, review: null });
  expect((await readSettings(ctx)).thresholds.scanMinutes).toBe(60);
  const rows = await ctx.sql`select before, after from audit where subject = 'setting:thresholds'`;
  expect(rows).toEqual([{ before: { scanMinutes: 2880 }, after: { scanMinutes: 60 } }]);
});

test("values outside their limits are refused with the name of the field", async () => {
  const wrong = (value: Record<string, unknown>) => changeSetting(ctx, SYSTEM, { name: "thresholds", value });
  await expect(wrong({ ...DEFAULT_THRESHOLDS, scanMinutes: -1 })).rejects.toThrow(/^scanMinutes: /);
  await expect(
    changeSetting(ctx, SYSTEM, { name: "ownership", value: { ...DEFAULT_OWNERSHIP, carrier: ["odoo", "odoo"] } }),
  ).rejects.toMatchObject({ code: "invalid" });
});

test("of two people who began with the same values the second is told", async () => {
  const seen = (await readSettings(ctx)).objectives;
  const value = { ...seen, status_update: { percent: 90, withinSeconds: 600 } };
  await changeSetting(ctx, SYSTEM, { name: "objectives", value, seen });
  const other = { ...seen, status_update: { percent: 99, withinSeconds: 60 } };
  await expect(changeSetting(ctx, SYSTEM, { name: "objectives", value: other, seen })).rejects.toMatchObject({
    code: "conflict",
  });
});

test("logistics may change objectives and not thresholds; support neither", async () => {
  const logistics: Actor = { kind: "person", id: ctx.uuid(), name: "L", role: "logistics" };
  const support: Actor = { ...logistics, role: "support" };
  const objectives = { name: "objectives" as const, value: { ...DEFAULT_OBJECTIVES } };
  const thresholds = { name: "thresholds" as const, value: { ...DEFAULT_THRESHOLDS } };
  expect(await changeSetting(ctx, logistics, objectives)).toEqual({ changed: true, review: null });
  await expect(changeSetting(ctx, logistics, thresholds)).rejects.toMatchObject({ code: "forbidden" });
  await expect(changeSetting(ctx, support, objectives)).rejects.toMatchObject({ code: "forbidden" });
});
