import { v7 } from "uuid";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { beat, forgetPlace } from "@/db/queries/heartbeat";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { testContext } from "../testing/context";
import { readPipeline, readWorkers } from "./read";

let database: TestDatabase;
const NOW = new Date("2026-11-29T12:00:00Z");
const before = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);
const ctx = () => testContext(database, NOW);

beforeAll(async () => {
  database = await testDatabase("workers");
});
beforeEach(async () => {
  await database.sql`truncate heartbeat, inbox, setting`;
});
afterAll(async () => database?.drop());

const worker = (slot: number, quiet: number, perSecond: number) =>
  beat(database.sql, `a/${slot + 10}/x`, "worker", before(600), before(quiet), { slot, crew: "a/1", perSecond });
const inbox = async (count: number, secondsAgo: number) => {
  for (let i = 0; i < count; i++)
    await database.sql`insert into inbox (lane, urgency, message_id, size) values (1, 1, ${v7({ msecs: before(secondsAgo).getTime() })}, 10)`;
};

test("a backlog is told with the pace of the workers that speak and when it is done", async () => {
  await inbox(60, 20);
  await worker(0, 1, 2);
  await worker(1, 2, 1);
  await worker(2, 90, 50);
  const { pipeline } = await readPipeline(ctx());
  expect(pipeline).toMatchObject({
    waiting: 60,
    workers: 2,
    perSecond: 3,
    drainSeconds: 20,
    backlog: true,
    flow: "late",
  });
  expect(pipeline.oldestAt).toEqual(before(20));
});

test("without a worker what waits moves nowhere, and is told once it has waited", async () => {
  await inbox(1, 5);
  expect((await readPipeline(ctx())).pipeline).toMatchObject({ drainSeconds: null, backlog: false, flow: "broken" });
  await inbox(1, 120);
  expect((await readPipeline(ctx())).pipeline).toMatchObject({ drainSeconds: null, backlog: true, workers: 0 });
});

test("a worker that was killed is forgotten by who comes in its place, and nobody else is", async () => {
  await worker(0, 20, 1);
  await worker(1, 20, 1);
  await worker(2, 1, 1);
  await forgetPlace(database.sql, "a", 1, before(10));
  await forgetPlace(database.sql, "a", 2, before(10));
  await forgetPlace(database.sql, "b", 0, before(10));
  expect((await readWorkers(ctx())).workers.map(({ slot }) => slot)).toEqual([0, 2]);
});

test("who keeps workers, the number set, and the connections of the database are told", async () => {
  await beat(database.sql, "a/1", "supervisor", before(60), before(1), { wanted: 1, byEnvironment: 1 });
  await worker(0, 1, 0);
  await database.sql`insert into setting (name, value, updated_at) values ('workers', '{"count":4}', now())`;
  const read = await readWorkers(ctx());
  expect(read).toMatchObject({ setting: { count: 4 }, crews: [{ host: "a", wanted: 1 }], pipeline: { flow: "ok" } });
  expect(read.connections.used).toBeGreaterThan(0);
  expect(read.connections.most).toBeGreaterThan(read.connections.used);
});
