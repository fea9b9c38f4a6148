import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import type { Context } from "../context";
import { makeTestContext } from "../testing/workspace";
import { Leadership } from "./leadership";

let database: TestDatabase;
let ctx: Context;
const made: Leadership[] = [];
const leader = () => {
  const one = new Leadership(ctx);
  made.push(one);
  return one;
};

beforeAll(async () => {
  database = await testDatabase("leaders");
  ctx = makeTestContext(database);
});
afterEach(async () => {
  await Promise.all(made.splice(0).map((one) => one.release()));
});
afterAll(async () => database?.drop());

/** Ends the sessions of all leaders, as a restart of the database does. */
const cut = () =>
  ctx.sql`select pg_terminate_backend(pid, 2000) from pg_stat_activity
    where datname = current_database() and application_name = 'waypost leader'`;

test("one of two processes leads a duty, and the other takes over when it lets go", async () => {
  const [first, second] = [leader(), leader()];
  expect([await first.lead("senders", 1), await second.lead("senders", 1)]).toEqual([true, false]);
  expect([await second.lead("senders", 2), await first.lead("senders", 1)]).toEqual([true, true]);
  await first.release();
  await expect.poll(() => second.lead("senders", 1)).toBe(true);
});

test("a leader whose session the database ended knows that it leads no more, and nothing else falls", async () => {
  const [first, second] = [leader(), leader()];
  expect([await first.lead("senders", 1), await first.lead("polls", 1)]).toEqual([true, true]);
  await cut();
  await expect.poll(() => second.lead("senders", 1)).toBe(true);
  expect([await first.lead("senders", 1), first.holds("senders", 1)]).toEqual([false, false]);
  expect([await first.lead("polls", 1), await first.lead("polls", 1)]).toEqual([false, true]);
  expect(await first.lead("senders", 1)).toBe(false);
});

test("never do two lead at the same time, however often the database ends their sessions", async () => {
  const leaders = [leader(), leader(), leader()];
  for (let round = 0; round < 10; round++) {
    await cut();
    const all = await Promise.all(leaders.map((one) => one.lead("sweep")));
    // what they say now is asked again on the spot: a lead that held through the cut would show as a second one
    const again = await Promise.all(leaders.map((one) => one.lead("sweep")));
    expect([all, again].map((leads) => leads.filter(Boolean).length).every((n) => n <= 1)).toBe(true);
  }
  await expect
    .poll(async () => (await Promise.all(leaders.map((one) => one.lead("sweep")))).filter(Boolean).length)
    .toBe(1);
});
