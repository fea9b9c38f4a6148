import { afterAll, beforeAll, expect, test } from "vitest";
import { notifyLive } from "@/db/queries/live";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { testContext } from "../testing/context";
import { liveStream } from "./stream";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("live_stream");
});
afterAll(async () => database?.drop());

test("a stream says that it stands only once it hears: what is announced from then on is told", async () => {
  const ctx = { ...testContext(database), now: () => new Date() };
  const leaving = new AbortController();
  const actor = { kind: "person", id: "live", name: "Live", role: "administrator" } as const;
  const stream = await liveStream(ctx, actor, {
    topics: ["runs"],
    signal: leaving.signal,
    holds: async () => true,
  });
  const reader = stream.getReader();
  const read = async () => new TextDecoder().decode((await reader.read()).value);
  expect(await read()).toBe("retry: 3000\nevent: stands\ndata: {}\n\n");
  await notifyLive(database.sql, "runs", ["a"]);
  expect(await read()).toBe('data: {"topic":"runs","ids":["a"]}\n\n');
  leaving.abort();
  expect((await reader.read()).done).toBe(true);
});
