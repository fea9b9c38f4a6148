import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { News } from "@/core/live";
import { notifyLive } from "@/db/queries/live";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { testContext } from "../testing/context";
import { LiveHub } from "./hub";

let database: TestDatabase;
let hub: LiveHub;
beforeAll(async () => {
  database = await testDatabase("live");
  hub = new LiveHub({ ...testContext(database), now: () => new Date() });
});
afterAll(async () => database?.drop());

test("a burst reaches a listener as two messages with the ids joined, other topics not at all", async () => {
  const heard: News[] = [];
  const leave = await hub.listen(["shipments"], (news) => heard.push(news));
  for (let i = 0; i < 20; i++) await notifyLive(database.sql, "shipments", [`s${i % 10}`]);
  await notifyLive(database.sql, "postings", ["p"]);
  await sleep(800);
  expect(heard.length).toBe(2);
  expect(new Set(heard.flatMap((n) => n.ids ?? [])).size).toBe(10);
  expect(heard.every((n) => n.topic === "shipments")).toBe(true);
  leave();
  await notifyLive(database.sql, "shipments", ["after"]);
  await sleep(300);
  expect(heard.length).toBe(2);
  expect(hub.listeners).toBe(0);
});

test("news of a transaction come when it commits, and not when it rolls back", async () => {
  const heard: News[] = [];
  const leave = await hub.listen(["runs"], (news) => heard.push(news));
  await database.sql
    .begin(async (tx) => {
      await notifyLive(tx, "runs", ["rolled back"]);
      throw new Error("no");
    })
    .catch(() => {});
  await database.sql.begin((tx) => notifyLive(tx, "runs", ["committed"]));
  await sleep(700);
  expect(heard.flatMap((n) => n.ids ?? [])).toEqual(["committed"]);
  leave();
});

test("after a lost connection every listener is told to look again, since what was announced meanwhile is lost", async () => {
  const heard: News[] = [];
  const leave = await hub.listen(["runs", "feeds"], (news) => heard.push(news));
  await database.sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen%'`;
  for (let i = 0; i < 100 && heard.length < 2; i++) await sleep(50);
  expect(heard.map((news) => news.topic).sort()).toEqual(["feeds", "runs"]);
  leave();
});

test("ids that fit one announcement are named, more of them are told as something of the topic", async () => {
  const heard: News[] = [];
  const leave = await hub.listen(["shipments", "runs"], (news) => heard.push(news));
  const ids = Array.from({ length: 300 }, (_, i) => `01a209a5-fe8b-764e-94d1-${String(i).padStart(12, "0")}`);
  await notifyLive(database.sql, "shipments", ids.slice(0, 200));
  await notifyLive(database.sql, "runs", ids);
  await sleep(300);
  expect(heard).toEqual([{ topic: "shipments", ids: ids.slice(0, 200) }, { topic: "runs" }]);
  leave();
});

test("a payload that is none of ours is passed over", async () => {
  const heard: News[] = [];
  const leave = await hub.listen(["runs"], (news) => heard.push(news));
  await database.sql`select pg_notify('waypost_live', '{"topic":"secrets"}'), pg_notify('waypost_live', 'x')`;
  await sleep(200);
  expect(heard).toEqual([]);
  leave();
});
