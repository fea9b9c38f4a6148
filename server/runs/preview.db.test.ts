import { afterAll, beforeAll, expect, test } from "vitest";
import { tallyIn } from "@/core/runs/tally";
import { findRun } from "@/db/queries/runs";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import type { Context } from "../context";
import { mendCrosswalk } from "../crosswalks/mend";
import { receive } from "../messages/receive";
import { type ReplayInput, startReplay } from "../messages/replay";
import { readReplayable } from "../messages/replayable";
import { OdooClients } from "../odoo/clients";
import { type Worker, workDue } from "../pipeline/work";
import { scanOf, sendScan } from "../testing/scans";
import { workRuns } from "../testing/work-runs";
import { makeTestContext, makeTestFeed, type TestFeed } from "../testing/workspace";
import { repeatRun } from "./repeat";

let database: TestDatabase;
let ctx: Context;
let feed: TestFeed<"easypost">;
let support: PersonActor;
const worker: Worker = { slot: 0, environment: undefined };
const word = "handed_to_customer";

beforeAll(async () => {
  database = await testDatabase("preview");
  ctx = makeTestContext(database);
  support = await insertActor(ctx.sql, "support");
  feed = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "aggregator" });
  for (const [id, status, minutesAgo] of [
    ["1", "in_transit", 30],
    ["2", word, 5],
  ] as const)
    await sendScan(ctx, feed, { id, code: "1ZPREVIEW", status, minutesAgo });
  while ((await workDue(ctx, worker, new AbortController().signal)) > 0);
  await mendCrosswalk(ctx, support, { feed: "carrier", kind: "status", word, to: "delivered" });
});
afterAll(async () => database?.drop());

async function replay(how: Partial<ReplayInput>) {
  const { id } = await startReplay(ctx, support, {
    scope: { feed: "carrier" },
    mapping: "current",
    dryRun: false,
    ...how,
  });
  return ended(id);
}

async function ended(id: string) {
  await workRuns(ctx, worker, new OdooClients());
  const run = await findRun(ctx.sql, id);
  expect(run).toMatchObject({ state: "done", failed: 0 });
  return { id, run, tally: tallyIn(run?.summary) };
}

const milestone = async () => (await ctx.sql`select milestone from shipment`)[0]?.milestone;
const events = async () => (await ctx.sql`select count(*)::int as n from event`)[0]?.n;

test("before a replay it is told how many messages there are and by which mapping each was read first", async () => {
  expect(await readReplayable(ctx, support, { scope: { feed: "carrier" } })).toEqual({
    messages: 2,
    capped: false,
    mappings: [{ feed: "carrier", current: 2, first: 1, messages: 2 }],
    perSecond: null,
  });
  const finance = await insertActor(ctx.sql, "finance");
  await expect(readReplayable(ctx, finance, { scope: { feed: "carrier" } })).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("a dry run counts what would be interpreted, what would mean something else and what is applied already; the run comes to the same", async () => {
  const before = await events();
  const dry = await replay({ dryRun: true });
  const expected = {
    messages: { read: 2, ignored: 0 },
    // a scan is an event of its own and one of the tracker as a whole
    events: { new: 0, changed: 2, withdrawn: 0, known: 2 },
    postings: {},
    reasons: {},
    mappings: { "carrier 2": 2 },
    untold: 0,
  };
  expect(dry.tally).toEqual(expected);
  expect(dry.run).toMatchObject({ changed: 1, processed: 2 });
  expect(await events()).toBe(before);
  expect(await milestone()).toBe("in_transit");
  const real = await ended((await repeatRun(ctx, support, { id: dry.id, perSecond: 50 })).id);
  expect(real.tally).toEqual(expected);
  expect(real.run).toMatchObject({ dryRun: false, perSecond: 50 });
  expect(await milestone()).toBe("delivered");
  const again = await replay({ dryRun: true });
  expect(again.tally?.events).toEqual({ new: 0, changed: 0, withdrawn: 0, known: 4 });
  expect(again.run).toMatchObject({ changed: 0 });
});

test("the original mapping gives what the messages meant when they were read first, the current one what they mean now; each run says which", async () => {
  expect(await milestone()).toBe("delivered");
  const dry = await replay({ mapping: "original", dryRun: true });
  expect(dry.tally).toMatchObject({ mappings: { "carrier 1": 2 }, events: { changed: 2, known: 2 } });
  const [item] = await ctx.sql`select before, after from run_item where run_id = ${dry.id} and result = 'changed'`;
  expect([item?.before[0].milestone, item?.after[0].milestone]).toEqual(["delivered", "in_transit"]);
  expect(await milestone(), "nothing was written").toBe("delivered");

  const original = await ended((await repeatRun(ctx, support, { id: dry.id })).id);
  expect(original.run).toMatchObject({ mapping: "original", dryRun: false, changed: 1 });
  expect(await milestone()).toBe("in_transit");
  const versions = async (run: string) =>
    (await ctx.sql`select distinct mapping_version as v from interpretation where run_id = ${run}`).map((row) => row.v);
  expect(await versions(original.id)).toEqual([1]);

  const current = await replay({ mapping: "current" });
  expect(current.tally?.mappings).toEqual({ "carrier 2": 2 });
  expect(await versions(current.id)).toEqual([2]);
  expect(await milestone()).toBe("delivered");
});

test("what cannot be read is counted with its reason", async () => {
  await receive(ctx, [
    {
      ...scanOf(feed, { id: "3", code: "1ZBROKEN", status: "delivered", minutesAgo: 1 }),
      bytes: Buffer.from("no json"),
    },
  ]);
  while ((await workDue(ctx, worker, new AbortController().signal)) > 0);
  const { id } = await startReplay(ctx, support, { scope: { feed: "carrier" }, mapping: "current", dryRun: true });
  await workRuns(ctx, worker, new OdooClients());
  const run = await findRun(ctx.sql, id);
  const tally = tallyIn(run?.summary);
  expect(run).toMatchObject({ state: "done", processed: 3, failed: 1 });
  expect(tally?.messages).toEqual({ read: 2, ignored: 0 });
  expect(Object.values(tally?.reasons ?? {})).toEqual([1]);
  expect(Object.keys(tally?.reasons ?? {})[0]).toMatch(/^Expected .*JSON/i);
});
