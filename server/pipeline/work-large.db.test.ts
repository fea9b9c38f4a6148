import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { keepLease, leaseInbox } from "@/db/queries/pipeline/claim";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { SYSTEM } from "../access/actor";
import type { Context } from "../context";
import { LARGE_BYTES, LARGE_LANE } from "../messages/lane";
import { makeReceiver } from "../messages/receive";
import { startReplay } from "../messages/replay";
import { OdooClients } from "../odoo/clients";
import { workRuns } from "../testing/work-runs";
import { makeTestContext, makeTestFeed, type TestFeed } from "../testing/workspace";
import { type Worker, workDue } from "./work";
import { workLarge } from "./work-large";

let database: TestDatabase;
let ctx: Context;
let feed: TestFeed<"csv">;
const worker: Worker = { slot: 0, environment: undefined };
const go = () => new AbortController().signal;
const ROWS = 2_600;

beforeAll(async () => {
  database = await testDatabase("large");
  ctx = makeTestContext(database);
});
afterAll(async () => database?.drop());
beforeEach(async () => {
  for (const table of [
    "message",
    "message_key",
    "inbox",
    "interpretation",
    "event",
    "reference",
    "claims",
    "shipment",
    "exception",
  ])
    await ctx.sql`truncate ${ctx.sql(table)} cascade`.catch(() => undefined);
  feed = await makeTestFeed(ctx, { slug: `wms-${ctx.uuid().slice(-12)}`, adapter: "csv", class: "warehouse" });
});

/** Two rows a shipment, far apart; every five hundredth row names no shipment. */
function file(word = "Shipped"): Buffer {
  const lines = ["Shipment Number,Tracking Number,Carrier,Status,Status Date,Remark"];
  for (let i = 0; i < ROWS; i++) {
    const shipment = i % 500 === 499 ? "" : `S${i % 1_300}`;
    const number = shipment === "" ? "" : `1Z${String(i % 1_300).padStart(9, "0")}`;
    const status = i < 1_300 ? "Picked" : word;
    lines.push(`${shipment},${number},UPS,${status},2026-11-${i < 1_300 ? "18" : "19"} 10:00:00Z,${"-".repeat(160)}`);
  }
  return Buffer.from(`${lines.join("\r\n")}\r\n`);
}

async function send(bytes: Buffer, name = "export.csv") {
  const receiver = makeReceiver(ctx);
  const arrival = { contentType: "text/csv", headers: null, correlationId: "large", verdict: "verified" as const };
  const [kept] = await receiver.receive([{ ...arrival, feed, bytes, name }]);
  if (!kept?.ok) throw new Error("it was not kept");
  return kept;
}

const counts = async () => {
  const [row] = await ctx.sql<Record<string, number>[]>`select (select count(*)::int from shipment) shipments,
    (select count(*)::int from event where not overall) events, (select count(*)::int from inbox) waiting,
    (select count(*)::int from interpretation) readings, (select count(*)::int from message) messages`;
  return row;
};

test("a large file is read in parts and stays one message: one reading, rows by their number, all bytes", async () => {
  const bytes = file();
  expect(bytes.length).toBeGreaterThan(LARGE_BYTES);
  const { receipt } = await send(bytes);
  expect(await workDue(ctx, worker, go())).toBe(0);
  expect(await workLarge(ctx, worker, go())).toBe(true);
  const first = await counts();
  expect(first).toMatchObject({ shipments: 1_300, events: 2_595, waiting: 0, readings: 1, messages: 1 });
  const [reading] = await ctx.sql`select status, number, events, cardinality(shipment_ids) shipments, problems
    from interpretation where message_id = ${receipt}`;
  expect(reading).toMatchObject({ status: "interpreted", number: 1, events: 2_595, shipments: 1_300 });
  expect(reading?.problems.map((problem: { at: string }) => problem.at)).toEqual(
    [501, 1_001, 1_501, 2_001, 2_501].map((row) => `row ${row}`),
  );
  const exceptions = await ctx.sql`select kind, evidence->>'count' as count from exception where message_id = ${receipt}
    and kind = 'unreadable_message'`;
  expect(exceptions).toEqual([{ kind: "unreadable_message", count: "5" }]);
  const [stored] = await ctx.sql`select name, body = ${bytes} as same from message`;
  expect(stored).toEqual({ name: "export.csv", same: true });
  expect((await send(bytes)).duplicate).toBe(true);
  expect(await workLarge(ctx, worker, go())).toBe(false);
  expect(await counts()).toEqual(first);
});

test("a worker told to stop gives the file back, and one that died loses its lease; begun anew nothing doubles", async () => {
  await send(file());
  const stopping = new AbortController();
  const stopThen = () => {
    stopping.abort();
    return ctx.uuid();
  };
  const slow: Context = { ...ctx, uuid: stopThen };
  expect(await workLarge(slow, worker, stopping.signal)).toBe(false);
  const part = await counts();
  expect(part?.waiting).toBe(1);
  expect(part?.events).toBeGreaterThan(0);
  expect(part?.events).toBeLessThan(2_595);
  const dead = await leaseInbox(ctx.sql, LARGE_LANE, new Date(Date.now() + 60_000));
  expect(dead?.attempts).toBe(1);
  expect(await workLarge(ctx, worker, go())).toBe(false);
  await ctx.sql`update inbox set not_before = now() - interval '1 second'`;
  expect(await workLarge(ctx, worker, go())).toBe(true);
  if (dead) expect(await keepLease(ctx.sql, LARGE_LANE, dead, new Date())).toBe(false);
  expect(await counts()).toMatchObject({ shipments: 1_300, events: 2_595, waiting: 0, readings: 1 });
});

test("a mended word is replayed over a large file in parts; its dry run writes nothing", async () => {
  const { receipt } = await send(file("Teleported"));
  await workLarge(ctx, worker, go());
  const before = await counts();
  expect(await ctx.sql`select distinct kind from event order by 1`).toEqual([
    { kind: "picked" },
    { kind: "unmapped_code" },
  ]);
  await ctx.sql`insert into crosswalk_entry (feed_id, kind, word, since, "to", source)
    values (${feed.id}, 'status', 'Teleported', 2, 'picked_up', 'person')`;
  await ctx.sql`update feed set mapping_version = 2 where id = ${feed.id}`;
  await ctx.sql`insert into mapping_version (feed_id, number, generation, settings, zone) values (${feed.id}, 2, 2, '{}', null)`;
  const clients = new OdooClients();
  const replay = async (dryRun: boolean) => {
    const run = await startReplay(ctx, SYSTEM, {
      scope: { receipts: [receipt] },
      mapping: "current",
      dryRun,
      perSecond: null,
    });
    await workRuns(ctx, { slot: 0, environment: undefined }, clients);
    const [item] =
      await ctx.sql`select result, reason, jsonb_array_length(after) told from run_item where run_id = ${run.id}`;
    return item;
  };
  expect(await replay(true)).toEqual({ result: "changed", reason: null, told: 200 });
  expect(await counts()).toEqual(before);
  expect(await replay(false)).toEqual({ result: "changed", reason: null, told: 200 });
  const [milestones] =
    await ctx.sql`select count(*)::int n, count(*) filter (where milestone = 'picked_up')::int up from shipment`;
  expect(milestones).toEqual({ n: 1_300, up: 1_297 });
  expect(
    await ctx.sql`select count(*)::int n from exception where kind = 'unmapped_code' and state <> 'resolved'`,
  ).toEqual([{ n: 0 }]);
  expect(await replay(false)).toMatchObject({ result: "unchanged" });
}, 120_000);
