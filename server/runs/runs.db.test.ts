import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { paceOf, RUN_RESULTS } from "@/core/runs/run";
import { countRunItems, findRun, listRuns, streamRunItems } from "@/db/queries/runs";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor, insertFeed, insertMessage } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import { type TestContext, testContext } from "../testing/context";
import { cancelRun } from "./cancel";
import { exportRun } from "./export";
import { pauseRun } from "./pause";
import { repeatRun } from "./repeat";
import { resumeRun } from "./resume";

let database: TestDatabase;
let ctx: TestContext;
let support: PersonActor;
let finance: PersonActor;

beforeAll(async () => {
  database = await testDatabase("runs");
  support = await insertActor(database.sql, "support");
  finance = await insertActor(database.sql, "finance");
});
afterAll(async () => database?.drop());
beforeEach(() => {
  ctx = testContext(database);
});

async function run(state: string): Promise<string> {
  const id = ctx.uuid();
  await database.sql`insert into run (id, kind, dry_run, state, scope, total, processed, by_person, lease_owner)
    values (${id}, 'replay', false, ${state}, '{}', 10, 4, ${support.id}, 'w1')`;
  return id;
}

const state = async (id: string) => (await findRun(database.sql, id))?.state;

test("a run is paused, resumed and cancelled; each act is audited and gives its lease back", async () => {
  const id = await run("running");
  await pauseRun(ctx, support, { id });
  expect(await database.sql`select state, lease_owner from run where id = ${id}`).toEqual([
    { state: "paused", lease_owner: null },
  ]);
  await resumeRun(ctx, support, { id });
  expect(await state(id)).toBe("waiting");
  await cancelRun(ctx, support, { id });
  expect(await findRun(database.sql, id)).toMatchObject({ state: "cancelled", endedAt: ctx.now(), by: "The support" });
  const acts = await database.sql`select action from audit where subject = ${`run:${id}`} order by id`;
  expect(acts.map((row) => row.action)).toEqual(["runs.pause", "runs.resume", "runs.cancel"]);
});

test.each([
  ["pause", pauseRun, "done"],
  ["resume", resumeRun, "running"],
  ["cancel", cancelRun, "cancelled"],
] as const)(
  "%s refuses who may not, a run in a state it does not lead out of, and one that is not there",
  async (_name, act, from) => {
    const id = await run(from);
    await expect(act(ctx, finance, { id })).rejects.toMatchObject({ code: "forbidden" });
    await expect(act(ctx, support, { id })).rejects.toMatchObject({ code: "conflict" });
    expect(await state(id)).toBe(from);
    await expect(act(ctx, support, { id: ctx.uuid() })).rejects.toMatchObject({ code: "not_found" });
  },
);

test("of two who cancel at once one is told that it was done already", async () => {
  const id = await run("running");
  const both = await Promise.allSettled([cancelRun(ctx, support, { id }), cancelRun(ctx, support, { id })]);
  expect(both.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
});

test("items are counted by result as they are listed, in pages of any size", async () => {
  const id = await run("done");
  await database.sql`insert into run_item (run_id, position, target, result)
    select ${id}::uuid, i, 't' || i, (array['changed','unchanged','failed','skipped','conflict','refused'])[1 + i % 6] from generate_series(1, 25) i`;
  const counts = await countRunItems(database.sql, id);
  for (const result of RUN_RESULTS) {
    let listed = 0;
    for await (const rows of streamRunItems(database.sql, { runId: id, filter: { result: [result] }, batch: 3 }))
      listed += rows.length;
    expect(listed).toBe(counts.find((row) => row.result === result)?.count);
  }
  const newest = await listRuns(database.sql, { filter: { state: ["done"], kind: ["replay"] }, after: null, limit: 1 });
  expect(newest.map((row) => row.id)).toEqual([id]);
});

test("the pace tells the time left only while it runs", () => {
  const run = { total: 100, processed: 25, startedAtMs: 0, nowMs: 5_000 };
  expect(paceOf({ ...run, endedAtMs: null })).toEqual({ perSecond: 5, secondsLeft: 15 });
  expect(paceOf({ ...run, endedAtMs: 2_500 })).toEqual({ perSecond: 10, secondsLeft: null });
  expect(paceOf({ ...run, processed: 0, endedAtMs: null })).toEqual({ perSecond: null, secondsLeft: null });
});

test("a finished dry run is done for real with its own scope, once asked by who may; others are refused", async () => {
  const id = await run("done");
  await expect(repeatRun(ctx, support, { id })).rejects.toMatchObject({ code: "precondition" });
  const feedId = await insertFeed(database.sql, { slug: "again" });
  const message = await insertMessage(database.sql, { feedId, status: "interpreted" });
  await database.sql`update run set dry_run = true, mapping = 'original', per_second = 7, scope = ${database.sql.json({ receipts: [message] })} where id = ${id}`;
  const executive = await insertActor(database.sql, "executive");
  await expect(repeatRun(ctx, executive, { id })).rejects.toMatchObject({ code: "forbidden" });
  await expect(repeatRun(ctx, finance, { id })).rejects.toMatchObject({ code: "forbidden" });
  const real = await repeatRun(ctx, support, { id });
  expect(await findRun(database.sql, real.id)).toMatchObject({
    kind: "replay",
    dryRun: false,
    state: "waiting",
    mapping: "original",
    perSecond: 7,
    total: 1,
    scope: { receipts: [message] },
  });
  await database.sql`update run set scope = '{"nonsense": 1}' where id = ${id}`;
  await expect(repeatRun(ctx, support, { id })).rejects.toMatchObject({ code: "precondition" });
});

test("an export has every item and refuses who may not see runs", async () => {
  const id = await run("done");
  await database.sql`insert into run_item (run_id, position, target, result, after) values (${id}, 1, 'a', 'changed', '{"x": 1}'), (${id}, 2, 'b', 'failed', null)`;
  let text = "";
  for await (const part of await exportRun(ctx, support, id, { result: [] })) text += part;
  expect(text).toBe(
    'position,target,result,reason,before,after,at\r\n1,a,changed,,,"{""x"":1}",\r\n2,b,failed,,,,\r\n',
  );
  const executive = await insertActor(database.sql, "executive");
  await expect(exportRun(ctx, executive, id, { result: [] })).rejects.toMatchObject({ code: "forbidden" });
});
