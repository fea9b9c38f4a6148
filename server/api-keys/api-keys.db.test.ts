import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { listApiKeys } from "@/db/queries/api-keys";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { type Actor, may, SYSTEM } from "../access/actor";
import { type TestContext, testContext } from "../testing/context";
import { authenticateKey } from "./authenticate";
import { createApiKey } from "./create";
import { revokeApiKey } from "./revoke";

let database: TestDatabase;
let ctx: TestContext;
beforeAll(async () => {
  database = await testDatabase("apikeys");
});
afterAll(async () => database?.drop());
beforeEach(() => {
  ctx = testContext(database, new Date("2026-11-20T10:00:00Z"));
});

const make = (expiresInDays: number | null = null) =>
  createApiKey(ctx, SYSTEM, { name: "A key", scopes: ["shipments:read"], expiresInDays });

test("a key has its scopes and no others, and its use is noted", async () => {
  const { id, key } = await make();
  const actor = await authenticateKey(ctx, `Bearer ${key}`);
  expect(actor).toEqual({ kind: "api_key", id, name: "A key", scopes: ["shipments:read"] });
  expect([may(actor, "shipments:read"), may(actor, "postings:read")]).toEqual([true, false]);
  const listed = (await listApiKeys(ctx.sql)).find((k) => k.id === id);
  expect(listed?.lastUsedAt).toEqual(ctx.now());
});

test("the key is stored nowhere", async () => {
  const { key } = await make();
  const [row] = await ctx.sql`select (select count(*) from api_key k where k::text like ${`%${key}%`})
    + (select count(*) from audit a where a::text like ${`%${key}%`}) as n`;
  expect(Number(row?.n)).toBe(0);
});

test("a key ends on its day, and at once when it is revoked; it cannot be revoked twice", async () => {
  const ending = await make(1);
  ctx.clock.at = new Date(ctx.clock.at.getTime() + 86_400_000 - 1);
  expect((await authenticateKey(ctx, `Bearer ${ending.key}`)).id).toBe(ending.id);
  ctx.clock.at = new Date(ctx.clock.at.getTime() + 1);
  await expect(authenticateKey(ctx, `Bearer ${ending.key}`)).rejects.toMatchObject({ code: "unauthenticated" });
  const revoked = await make();
  await revokeApiKey(ctx, SYSTEM, { id: revoked.id });
  await expect(authenticateKey(ctx, `Bearer ${revoked.key}`)).rejects.toMatchObject({ code: "unauthenticated" });
  await expect(revokeApiKey(ctx, SYSTEM, { id: revoked.id })).rejects.toMatchObject({ code: "conflict" });
});

test("whatever is no key is refused without a look into the database", async () => {
  for (const header of [null, "", "Bearer", "Basic abc", "Bearer wpk_short", `Bearer wpk_${"a".repeat(33)}`]) {
    await expect(authenticateKey(ctx, header)).rejects.toMatchObject({ code: "unauthenticated" });
  }
  await expect(authenticateKey(ctx, `Bearer wpk_${"a".repeat(32)}`)).rejects.toThrow("unknown");
});

test("a key that calls two hundred times at once is told to wait", async () => {
  const { key } = await make();
  for (let i = 0; i < 200; i++) await authenticateKey(ctx, `Bearer ${key}`);
  await expect(authenticateKey(ctx, `Bearer ${key}`)).rejects.toMatchObject({
    code: "limit",
    details: { retryAfterSeconds: 1 },
  });
});

test("nobody makes a key without the right, nor one with a scope they lack", async () => {
  const support: Actor = { kind: "person", id: ctx.uuid(), name: "S", role: "support" };
  const input = { name: "K", scopes: ["shipments:read" as const], expiresInDays: null };
  await expect(createApiKey(ctx, support, input)).rejects.toMatchObject({ code: "forbidden" });
  const small: Actor = { kind: "api_key", id: ctx.uuid(), name: "k", scopes: ["api_keys:manage", "shipments:read"] };
  await expect(createApiKey(ctx, small, { ...input, scopes: ["people:manage"] })).rejects.toMatchObject({
    code: "forbidden",
  });
});
