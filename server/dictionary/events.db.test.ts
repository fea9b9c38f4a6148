import { afterAll, beforeAll, expect, test } from "vitest";
import { eventTypes } from "@/core/dictionary/event-types";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import type { Context } from "../context";
import { type Worker, workDue } from "../pipeline/work";
import { sendScan } from "../testing/scans";
import { makeTestContext, makeTestFeed, type TestFeed } from "../testing/workspace";
import { eventShape } from "../v1/shapes";
import { exportEventTypes, findEventType, listEventTypes } from "./events";

let database: TestDatabase;
let ctx: Context;
let carrier: TestFeed<"easypost">;
let other: TestFeed<"easypost">;
let support: PersonActor;

beforeAll(async () => {
  database = await testDatabase("event_types");
  ctx = makeTestContext(database);
  support = await insertActor(database.sql, "support");
  carrier = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "aggregator" });
  other = await makeTestFeed(ctx, { slug: "other", adapter: "easypost", class: "aggregator" });
  await ctx.sql`update feed set owner = 'Logistics' where id = ${carrier.id}`;
  for (const n of [1, 2, 3])
    await sendScan(ctx, carrier, { id: `e${n}`, code: `1ZE${n}`, status: "delivered", minutesAgo: n });
  await sendScan(ctx, other, { id: "e4", code: "1ZE4", status: "in_transit", minutesAgo: 9 });
  const worker: Worker = { slot: 0, environment: undefined };
  while ((await workDue(ctx, worker, new AbortController().signal)) > 0);
}, 60_000);
afterAll(async () => database?.drop());

const entry = async (kind: string, actor = support) => {
  const found = (await listEventTypes(ctx, actor)).find((one) => one.kind === kind);
  if (!found) throw new Error(kind);
  return found;
};

test("each type names the feeds that tell it: owner, versions, how often lately and when last", async () => {
  const { producers, lastAt } = await entry("delivered");
  expect(producers.map(({ feed, told }) => [feed, told])).toEqual([
    ["carrier", 3],
    ["other", 0],
  ]);
  expect(producers[0]).toMatchObject({ owner: "Logistics", adapter: "easypost", mappingVersion: 1, inbox: "normal" });
  expect(producers[0]?.adapterVersion).toBeGreaterThan(0);
  expect(producers[0]?.words).toBeGreaterThan(0);
  expect(producers[0]?.lastAt).toBe(lastAt);
  expect(producers[1]).toMatchObject({ lastAt: null });
  expect(await listEventTypes(ctx, support)).toHaveLength(eventTypes().length);
});

test("a real event is shown as the reader may see it, and fits the schema", async () => {
  const { sample, schema } = await findEventType(ctx, support, "delivered");
  expect(sample?.event).toMatchObject({ kind: "delivered", feed: "carrier", rawDescription: "delivered" });
  expect(eventShape.safeParse(sample?.event).success).toBe(true);
  expect(schema).toMatchObject({ title: "delivered", properties: { kind: { const: "delivered" } } });
  const key = { kind: "api_key", id: ctx.uuid(), name: "k", scopes: ["shipments:read"] } as const;
  const plain = await findEventType(ctx, { ...key, scopes: [...key.scopes] }, "delivered");
  expect(plain.sample?.event.rawDescription).toBeNull();
  expect(plain.producers).toEqual([]);
  const partner = await insertActor(database.sql, "partner");
  expect((await findEventType(ctx, partner, "delivered")).sample).toBeNull();
  expect((await findEventType(ctx, support, "returned")).sample).toBeNull();
  await expect(findEventType(ctx, support, "nonsense")).rejects.toMatchObject({ code: "not_found" });
});

test("the export has every type with its schema and readers", async () => {
  const all = await exportEventTypes(ctx, support);
  expect(all).toHaveLength(eventTypes().length);
  expect(all.find(({ kind }) => kind === "customs_hold")).toMatchObject({
    urgency: "urgent",
    after: "customs_started",
    schema: { title: "customs_hold" },
    consumers: { opens: ["customs_hold"] },
  });
});
