import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { failedWindow } from "@/core/postings/recover";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor, insertConnection, insertPosting } from "@/db/testing/rows";
import type { Actor } from "../access/actor";
import { repeatRun } from "../runs/repeat";
import { type TestContext, testContext } from "../testing/context";
import { readFailed, recoverFailed } from "./recover";

const NOW = new Date("2026-11-20T12:00:00Z");
const at = (text: string) => new Date(`2026-11-${text}:00Z`);

let database: TestDatabase;
let ctx: TestContext;
let support: Actor;
let connection = 0;
const key: Record<string, string> = {};

beforeAll(async () => {
  database = await testDatabase("recover");
  connection = await insertConnection(database.sql);
  support = await insertActor(database.sql, "support");
  const rows = [
    ["before", "rejected", "tracking_number", connection, "19T05:59"],
    ["first", "rejected", "tracking_number", connection, "19T06:00"],
    ["dead", "dead", "status_note", connection, "19T08:00"],
    ["other", "rejected", "tracking_number", connection + 9, "19T09:00"],
    ["posted", "verified", "tracking_number", connection, "19T08:00"],
    ["waiting", "held", "tracking_number", connection, "19T08:00"],
    ["cancelled", "cancelled", "tracking_number", connection, "19T08:00"],
    ["end", "dead", "tracking_number", connection, "19T10:00"],
  ] as const;
  for (const [name, state, kind, connectionId, updatedAt] of rows) {
    const { shipmentId, key: own } = await insertPosting(database.sql, {
      ...{ key: name, state, kind, connectionId, updatedAt: at(updatedAt) },
      heldBecause: state === "held" ? "paused" : null,
    });
    key[name] = `${shipmentId} ${own}`;
  }
});
afterAll(async () => database?.drop());
beforeEach(() => {
  ctx = testContext(database, NOW);
});

const window = (rest: object = {}) => failedWindow.parse({ since: at("19T06:00"), until: at("19T10:00"), ...rest });
const targetsOf = async (run: string) =>
  (await database.sql<{ target: string }[]>`select target from run_item where run_id = ${run} order by position`).map(
    (row) => row.target,
  );

test("what failed in the window is counted by kind and state; what waits, was cancelled or arrived is not", async () => {
  expect(await readFailed(ctx, support, window())).toEqual({
    count: 3,
    capped: false,
    parts: [
      { kind: "tracking_number", state: "rejected", count: 2 },
      { kind: "status_note", state: "dead", count: 1 },
    ],
  });
  expect(await readFailed(ctx, support, window({ until: null }))).toMatchObject({ count: 4 });
  expect(await readFailed(ctx, support, window({ kinds: ["status_note"] }))).toMatchObject({ count: 1 });
  expect(await readFailed(ctx, support, window({ connections: [connection + 9] }))).toMatchObject({ count: 1 });
});

test("a dry run holds all of the window; done for real it takes each once, and none that failed again since", async () => {
  const dry = await recoverFailed(ctx, support, { window: window({ until: null }), dryRun: true });
  expect(await targetsOf(dry.id)).toEqual(["first", "dead", "other", "end"].map((name) => key[name]));
  const [run] = await database.sql`select scope, dry_run from run where id = ${dry.id}`;
  expect(run).toEqual({
    dry_run: true,
    scope: { states: ["rejected", "dead"], since: at("19T06:00").toISOString(), until: NOW.toISOString() },
  });

  await database.sql`update run set state = 'done' where id = ${dry.id}`;
  ctx.clock.at = at("20T13:00");
  await insertPosting(database.sql, { state: "dead", updatedAt: at("20T12:30") });
  const real = await repeatRun(ctx, support, { id: dry.id });
  expect(await targetsOf(real.id)).toEqual(["first", "dead", "other", "end"].map((name) => key[name]));
  await database.sql`update posting set updated_at = ${at("20T13:00")} where state in ('rejected', 'dead')`;
  await expect(repeatRun(ctx, support, { id: dry.id })).rejects.toMatchObject({
    message: "No posting is in this scope.",
  });
});

test("who may not repost starts nothing, and a window that is none says why", async () => {
  const finance = await insertActor(database.sql, "finance");
  const executive = await insertActor(database.sql, "executive");
  for (const actor of [finance, executive])
    await expect(recoverFailed(ctx, actor, { window: window(), dryRun: true })).rejects.toMatchObject({
      code: "forbidden",
    });
  await expect(
    recoverFailed(ctx, support, { window: window({ until: at("18T00:00") }), dryRun: true }),
  ).rejects.toMatchObject({ code: "invalid", message: "The window has to end after it begins." });
  await expect(readFailed(ctx, support, window({ since: at("21T00:00") }))).rejects.toMatchObject({ code: "invalid" });
});
