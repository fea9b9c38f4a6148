import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { testContext } from "../testing/context";
import { openFeedRegistry } from "./registry";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("registry");
});
afterAll(async () => database?.drop());

const addFeed = (slug: string) =>
  database.sql`insert into feed ${database.sql({ slug, name: slug, adapter: "csv", class: "warehouse", way_in: "push", verify: "none" })}`;

test("who asks for a reading while one is under way gets one that knows what was there when they asked", async () => {
  const registry = openFeedRegistry(testContext(database));
  for (let at = 0; at < 50; at++) {
    const earlier = registry.refresh();
    await addFeed(`feed-${at}`);
    await registry.refresh();
    expect(registry.bySlug(`feed-${at}`)?.slug).toBe(`feed-${at}`);
    await earlier;
  }
  await registry.close();
});
