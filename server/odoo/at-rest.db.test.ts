import { afterAll, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { startSandboxOdoo } from "@/e2e/odoo/server";
import { makeOdooLoop } from "../testing/odoo-loop";
import { until } from "../testing/story";

let database: TestDatabase;
const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
  await database?.drop();
});

test("a sender knows how quick an Odoo is for people before it has anything to send to it", async () => {
  database = await testDatabase("atrest");
  const loop = await makeOdooLoop(database);
  const sandbox = await startSandboxOdoo({ port: 0, version: "19", seed: false });
  closers.push(loop.end, sandbox.close);
  const id = await loop.connect(sandbox, "Odoo");
  await loop.settle();
  await until("the pace is kept", 10_000, async () => {
    const [row] = await loop.ctx.sql`select (pace->>'quietMs')::float8 as quiet from odoo_connection where id = ${id}`;
    return row?.quiet > 0;
  });
  const pace = loop.sender.paces.get(id);
  expect(pace).toMatchObject({ share: 1, loweredAtMs: null });
  // the next look is due later, however often the loop comes round
  await loop.settle();
  expect(loop.sender.paces.get(id)).toEqual(pace);
});
