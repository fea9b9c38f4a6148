import { afterAll, beforeAll, expect, test } from "vitest";
import { workingConnections } from "@/db/queries/odoo-work";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import { type TestContext, testContext } from "../testing/context";
import { connectTarget, type OdooTarget, sandboxTarget } from "../testing/odoo-target";
import { OdooClients } from "./clients";
import { countFailures } from "./failure-budget";
import { getConnection } from "./overview";

let database: TestDatabase;
let ctx: TestContext;
let target: OdooTarget;
let id = 0;
const clients = new OdooClients();
const READ = { model: "res.partner", method: "search_read", args: { domain: [], fields: ["name"], limit: 1 } };

beforeAll(async () => {
  database = await testDatabase("budget");
  ctx = testContext(database, new Date("2026-11-28T12:00:00Z"));
  target = await sandboxTarget();
  id = await connectTarget(ctx, target, { ratePerSecond: 1_000 });
  await insertActor(database.sql, "administrator", { alerts: { mailFrom: "high" } });
  ctx.config.smtp = { host: "127.0.0.1" } as never;
});
afterAll(async () => {
  await target?.close();
  await database?.drop();
});

async function call(count: number, mode: "ok" | "unavailable" | "refuse"): Promise<void> {
  const connection = (await workingConnections(database.sql)).find((one) => one.id === id);
  if (!connection) throw new Error("no connection");
  const client = await clients.get(ctx, connection);
  await target.sandbox?.setMode({ mode, only: "all" });
  for (let i = 0; i < count; i++) await client.call(READ).catch(() => {});
  await target.sandbox?.setMode({ mode: "ok" });
  await countFailures(ctx, clients, 1);
}
const exceptions = () =>
  database.sql`select id, severity, state, text from exception where kind = 'odoo_failure_budget' order by opened_at`;
const standing = async () => (await exceptions()).map(({ severity, state }) => [severity, state]);
const told = async () => {
  const rows = await database.sql`select title from notification order by title`;
  return rows.map(({ title }) => String(title));
};
const mails = async () => Number((await database.sql`select count(*)::int as n from mail`)[0]?.n);
const go = (minutes: number) => {
  ctx.clock.at = new Date(ctx.clock.at.getTime() + minutes * 60_000);
};

test("failed calls raise one exception that grows more severe at 50, 70, 90 and 100 %, is told each time, and clears by itself", async () => {
  await call(30, "ok");
  await call(9, "unavailable");
  expect(await standing()).toEqual([]);
  // what Odoo refuses it has answered
  await call(5, "refuse");
  expect(await standing()).toEqual([]);
  await call(1, "unavailable");
  expect(await standing()).toEqual([["low", "open"]]);
  await call(4, "unavailable");
  expect(await standing()).toEqual([["medium", "open"]]);
  expect([await told(), await mails()]).toEqual([["Calls to Odoo fail: 70 % used"], 0]);
  await call(4, "unavailable");
  expect(await standing()).toEqual([["high", "open"]]);
  go(1);
  await call(7, "unavailable");
  expect(await standing()).toEqual([["critical", "open"]]);
  expect((await exceptions())[0]?.text).toBe(
    "Odoo: 25 of 60 calls failed within an hour, 125 % of the 20 that are allowed",
  );
  expect([await told(), await mails()]).toEqual([
    ["Calls to Odoo fail: 100 % used", "Calls to Odoo fail: 70 % used", "Calls to Odoo fail: 90 % used"],
    2,
  ]);
  expect((await getConnection(ctx, id)).failureBudget).toEqual({
    calls: 60,
    failed: 25,
    allowed: 20,
    used: 125,
    level: 100,
  });
  go(59);
  await countFailures(ctx, clients, 1);
  expect(await standing()).toEqual([["critical", "resolved"]]);
  expect((await getConnection(ctx, id)).failureBudget).toMatchObject({ failed: 7, level: null });
});

test("an Odoo that is gone uses its budget up by the tries to reach it, and a generous budget allows more", async () => {
  go(120);
  await countFailures(ctx, clients, 1);
  const url = "http://127.0.0.1:9";
  await database.sql`update odoo_connection set url = ${url}, updated_at = now() + interval '1 second' where id = ${id}`;
  const connection = (await workingConnections(database.sql)).find((one) => one.id === id);
  for (let i = 0; i < 12; i++) if (connection) await clients.get(ctx, connection).catch(() => {});
  await countFailures(ctx, clients, 1);
  expect((await standing()).at(-1)).toEqual(["low", "open"]);
  expect(await standing()).toHaveLength(2);
  await database.sql`update odoo_connection set failures = null, failure_percent = 100, url = ${target.url},
    updated_at = now() + interval '2 seconds' where id = ${id}`;
  await call(100, "ok");
  await call(30, "unavailable");
  expect((await getConnection(ctx, id)).failureBudget).toMatchObject({ failed: 30, allowed: 130, level: null });
});
