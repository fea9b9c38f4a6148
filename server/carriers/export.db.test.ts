import { afterAll, beforeAll, expect, test } from "vitest";
import { carrierQuestion, dayAt, daysOfRange } from "@/core/carriers/filter";
import { KPIS } from "@/core/carriers/kpis";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import { type TestContext, testContext } from "../testing/context";
import { exportScores } from "./export";
import { readScores } from "./read";

const LANES = 250;
let database: TestDatabase;
let ctx: TestContext;

beforeAll(async () => {
  database = await testDatabase("carrierexport");
  ctx = testContext(database);
  await ctx.sql`insert into carrier_cell (level, said, carrier, service, lane, warehouse)
    select 'all_lane', '*', '*', '*', 'L' || i, '*' from generate_series(1, ${LANES}::int) i`;
  await ctx.sql`insert into carrier_day (cell_id, day, handed_over, handed_over_delivered)
    select id, ${dayAt(ctx.now().getTime() - 86_400_000)}::date, id, id from carrier_cell`;
});
afterAll(() => database?.drop());

const question = carrierQuestion.parse({ by: "lane" });

test("a file has every lane, also those that the screen has no room for, and is audited; who may not gets none", async () => {
  const days = daysOfRange(question.range, ctx.now().getTime());
  const shown = await readScores(ctx, { ...question, days });
  expect([shown.groups.length, shown.more]).toEqual([200, LANES - 200]);
  const actor = await insertActor(ctx.sql, "executive");
  let text = "";
  for await (const part of await exportScores(ctx, actor, question)) text += part;
  expect(text.trim().split("\r\n")).toHaveLength(1 + LANES * KPIS.length);
  expect(await ctx.sql`select count(*)::int as n from audit where action = 'carriers.export'`).toEqual([{ n: 1 }]);
  const partner = await insertActor(ctx.sql, "partner");
  await expect(exportScores(ctx, partner, question)).rejects.toMatchObject({ code: "forbidden" });
});
