import { createHmac, randomBytes } from "node:crypto";
import { pino } from "pino";
import { v7 } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { readConfig } from "../config";
import { seal } from "../seal";
import { bodyOfBytes, bodyOfStream } from "./body";
import { type Delivery, handleDelivery, openDoor } from "./door";

const config = readConfig({
  DATABASE_URL: "postgres://unused",
  WAYPOST_SECRET_KEY: randomBytes(32).toString("base64"),
});
let database: TestDatabase;
let door: ReturnType<typeof openDoor>;
let nowMs = Date.UTC(2031, 4, 20, 12, 0, 0);
let full: string | null = null;

beforeAll(async () => {
  database = await testDatabase("door");
  await addFeed("carrier", {}, ["first-secret"]);
  await addFeed("slow", { rate_per_second: 10, rate_burst: 5 }, ["s"]);
  await addFeed("small", { max_bytes: 100, max_batch_bytes: 300 }, ["s"]);
  await addFeed("paused", { state: "paused" }, ["s"]);
  await addFeed("gone", { state: "archived" }, ["s"]);
  await addFeed("folder", { way_in: "file", verify: "none" }, []);
  await addFeed("keyless", {}, []);
  await addFeed("bearer", { verify: "api_key" }, ["key-of-the-sender"]);
  door = openDoor(
    {
      sql: database.sql,
      config,
      log: pino({ level: "silent" }),
      now: () => new Date(nowMs),
    },
    { slot: 77, guard: () => full },
  );
  await door.registry.refresh();
});
afterAll(async () => {
  await door?.close();
  await database?.drop();
});

async function addFeed(slug: string, more: Record<string, string | number>, secrets: string[]): Promise<number> {
  const row = {
    slug,
    name: slug,
    adapter: "easypost",
    class: "aggregator",
    way_in: "push",
    verify: "easypost",
    ...more,
  };
  const [feed] = await database.sql`insert into feed ${database.sql(row)} returning id`;
  for (const secret of secrets) await addSecret(feed?.id, secret);
  return feed?.id;
}

async function addSecret(feedId: number, secret: string): Promise<string> {
  const id = v7();
  await database.sql`insert into feed_secret (id, feed_id, sealed, hint)
    values (${id}, ${feedId}, ${seal(config.secretKey, secret)}, ${secret.slice(-4)})`;
  return id;
}

const sign = (body: string, secret = "first-secret") =>
  `hmac-sha256-hex=${createHmac("sha256", secret).update(body).digest("hex")}`;
const event = (id: string) => JSON.stringify({ id: `evt_${id}`, result: { tracking_code: `1Z${id}` } });

function deliver(slug: string, body: string, headers: Record<string, string> = {}, more: Partial<Delivery> = {}) {
  return handleDelivery(door, {
    slug,
    method: "POST",
    headers: {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
      "x-hmac-signature": sign(body, slug === "carrier" ? "first-secret" : "s"),
      ...headers,
    },
    body: bodyOfBytes(Buffer.from(body)),
    ...more,
  });
}

type Accepted = { receipt: string; duplicate: boolean; correlationId: string };
type Refused = { error: { code: string; message: string; correlationId: string } };
const codeOf = (answer: { json: unknown }) => (answer.json as Refused).error.code;
const count = async (feed: string) =>
  (
    await database.sql`select count(*)::int as n from message m join feed f on f.id = m.feed_id where f.slug = ${feed}`
  )[0]?.n;

test("a signed message is answered 202 with its receipt and its correlation id, after it is stored", async () => {
  const body = event("a1");
  const answer = await deliver("carrier", body, { "x-correlation-id": "order:4711/a" });
  expect(answer.status).toBe(202);
  const json = answer.json as Accepted;
  expect(json).toEqual({ receipt: expect.any(String), duplicate: false, correlationId: "order:4711/a" });
  expect(answer.headers["x-correlation-id"]).toBe("order:4711/a");
  const [row] = await database.sql`select * from message where id = ${json.receipt}`;
  expect(row).toMatchObject({ correlation_id: "order:4711/a", verdict: "verified", delivery_id: "evt_a1" });
  expect(row?.body.toString()).toBe(body);
  expect(row?.received_at.getTime()).toBe(nowMs);
});

test("signatures, keys and cookies are masked in the stored headers", async () => {
  const body = event("mask");
  const headers = {
    cookie: "session=abcdef0123456789abcdef",
    authorization: "Basic dXNlcjpwYXNzd29yZDEyMzQ1Njc4",
    "user-agent": "curl/8",
  };
  const answer = await deliver("carrier", body, headers);
  const [row] = await database.sql`select headers from message where id = ${(answer.json as Accepted).receipt}`;
  expect(row?.headers).toEqual({
    "content-type": "application/json",
    "x-hmac-signature": `hmac-sha256-hex=****${sign(body).slice(-4)}`,
    cookie: "****",
    authorization: "Basic ****",
    "user-agent": "curl/8",
  });
});

test.each([["two words"], ["a\r\nb"], ["x".repeat(200)], ["$(reboot)"], [""]])(
  "the correlation id %j is not taken over; one is made",
  async (given) => {
    const answer = await deliver("carrier", event(`c${given.length}`), { "x-correlation-id": given });
    expect(answer.headers["x-correlation-id"]).toMatch(/^[0-9a-f-]{36}$/);
  },
);

test("fifty identical webhooks at once are one message and forty-nine duplicates, all with its receipt", async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => deliver("carrier", event("fifty"))));
  const all = answers.map((answer) => answer.json as Accepted);
  expect(answers.every((answer) => answer.status === 202)).toBe(true);
  expect(all.filter((one) => !one.duplicate)).toHaveLength(1);
  expect(new Set(all.map((one) => one.receipt)).size).toBe(1);
});

test("a wrong signature is refused with 401, stores nothing and is counted", async () => {
  const before = await count("carrier");
  const answer = await deliver("carrier", event("wrong"), { "x-hmac-signature": sign("other") });
  expect([answer.status, codeOf(answer)]).toEqual([401, "unauthenticated"]);
  expect(answer.headers["x-correlation-id"]).toBe((answer.json as Refused).error.correlationId);
  expect(JSON.stringify(answer.json)).not.toContain(sign(event("wrong")).slice(16, 40));
  expect(await count("carrier")).toBe(before);
  await door.counters.flush();
  const [row] =
    await database.sql`select rejected, slot from feed_counter c join feed f on f.id = c.feed_id where slug = 'carrier'`;
  expect(row).toMatchObject({ rejected: "1", slot: 77 });
});

test("a feed without a secret refuses whatever is signed", async () => {
  expect((await deliver("keyless", event("k"))).status).toBe(401);
});

test("both secrets of a rotation are taken, the old one until it expires; the one that verified is noted", async () => {
  const [feed] = await database.sql`select id from feed where slug = 'carrier'`;
  const id = await addSecret(feed?.id, "second-secret");
  await database.sql`select pg_notify('waypost_feeds', '')`;
  const at = (body: string, secret: string) => deliver("carrier", body, { "x-hmac-signature": sign(body, secret) });
  await expect.poll(async () => (await at(event("r1"), "second-secret")).status).toBe(202);
  expect((await at(event("r2"), "first-secret")).status).toBe(202);
  await door.counters.flush();
  const [row] = await database.sql`select last_used_at from feed_secret where id = ${id}`;
  expect(row?.last_used_at?.getTime()).toBe(nowMs);

  const expiry = new Date(nowMs + 60_000).toISOString();
  await database.sql`update feed_secret set expires_at = ${expiry}::timestamptz where id <> ${id} and feed_id = ${feed?.id}`;
  await door.registry.refresh();
  expect((await at(event("r3"), "first-secret")).status).toBe(202);
  nowMs += 60_000;
  expect((await at(event("r4"), "first-secret")).status).toBe(401);
  expect((await at(event("r4"), "second-secret")).status).toBe(202);
  await database.sql`update feed_secret set expires_at = null where feed_id = ${feed?.id}`;
  await door.registry.refresh();
});

test("a key in the Authorization header opens a feed of that scheme", async () => {
  const right = await deliver("bearer", event("b1"), { authorization: "Bearer key-of-the-sender" });
  const wrong = await deliver("bearer", event("b2"), { authorization: "Bearer key-of-the-sende" });
  expect([right.status, wrong.status]).toEqual([202, 401]);
  const [row] = await database.sql`select headers from message where id = ${(right.json as Accepted).receipt}`;
  expect(row?.headers.authorization).toBe("Bearer ****nder");
});

test.each([
  ["nowhere", 404, "not_found"],
  ["gone", 404, "not_found"],
  ["folder", 404, "not_found"],
  ["paused", 409, "paused"],
])("the feed %s is answered %i in words", async (slug, status, code) => {
  const answer = await deliver(slug, event("x"));
  expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  expect((answer.json as Refused).error.message).toMatch(/\.$/);
});

test("other methods than POST are answered 405 with Allow", async () => {
  const answer = await deliver("carrier", "", {}, { method: "GET" });
  expect([answer.status, answer.headers.allow]).toEqual([405, "POST"]);
});

test("other types of content and compressed bodies are answered 415, a missing type is taken", async () => {
  expect((await deliver("carrier", event("t1"), { "content-type": "application/x-www-form-urlencoded" })).status).toBe(
    415,
  );
  expect((await deliver("carrier", event("t2"), { "content-encoding": "gzip" })).status).toBe(415);
  expect((await deliver("carrier", event("t3"), { "content-type": "Application/JSON; charset=utf-8" })).status).toBe(
    202,
  );
});

test("an empty body is refused in words", async () => {
  const answer = await deliver("carrier", "");
  expect([answer.status, (answer.json as Refused).error.message]).toEqual([
    400,
    "The body is empty; there is nothing to store.",
  ]);
});

test("a body beyond the limit is refused by what is announced, and while it streams", async () => {
  let asked = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      asked++;
      controller.enqueue(Buffer.alloc(60));
    },
  });
  const announced = await deliver("small", "x".repeat(101));
  const streamed = await handleDelivery(door, {
    slug: "small",
    method: "POST",
    headers: { "content-type": "application/json" },
    body: bodyOfStream(endless),
  });
  expect([announced.status, streamed.status, codeOf(streamed)]).toEqual([413, 413, "too_large"]);
  expect(asked).toBeLessThan(5);
  expect(door.memory.held).toBe(0);
});

test("beyond the feed's rate it answers 429 with Retry-After, and takes messages again after that", async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => deliver("slow", event(`q${i}`))));
  expect(answers.filter((answer) => answer.status === 202)).toHaveLength(5);
  const limited = answers.find((answer) => answer.status === 429);
  expect(Number(limited?.headers["retry-after"])).toBe(1);
  nowMs += 1000;
  expect((await deliver("slow", event("q9"))).status).toBe(202);
  await door.counters.flush();
  const [row] =
    await database.sql`select sum(limited)::int as limited from feed_counter c join feed f on f.id = c.feed_id where slug = 'slow'`;
  expect(row?.limited).toBe(3);
});

test("a batch larger than the burst is taken when the bucket is full, and what it exceeds is owed", async () => {
  nowMs += 10_000;
  const lines = Array.from({ length: 15 }, (_, i) => event(`owed${i}`)).join("\n");
  const ndjson = { "content-type": "application/x-ndjson" };
  expect((await deliver("slow", lines, ndjson)).status).toBe(202);
  nowMs += 1000;
  expect((await deliver("slow", event("after"))).status).toBe(429);
  nowMs += 100;
  expect((await deliver("slow", event("after"))).status).toBe(202);
});

test("a full disk closes the door with 503 and Retry-After before anything is read", async () => {
  full = "The disk is nearly full.";
  const answer = await deliver("carrier", event("full"));
  full = null;
  expect([answer.status, answer.headers["retry-after"], (answer.json as Refused).error.message]).toEqual([
    503,
    "30",
    "The disk is nearly full.",
  ]);
});

test("a batch stores one message a line, counts duplicates, and keeps a line that is no JSON for the interpreter", async () => {
  await deliver("carrier", event("n1"));
  const lines = [event("n1"), event("n2"), "", event("n3"), "this is { no JSON", event("n2"), "  \r"];
  const body = `${lines.join("\r\n")}\n`;
  const answer = await deliver("carrier", body, { "content-type": "application/x-ndjson" });
  const json = answer.json as { accepted: number; duplicates: number; receipts: string[] };
  expect(answer.status).toBe(202);
  expect(json).toEqual({ accepted: 3, duplicates: 2, receipts: expect.any(Array) });
  expect(json.receipts).toHaveLength(5);
  expect(json.receipts[4]).toBe(json.receipts[1]);
  const rows =
    await database.sql`select body, content_type from message where id = any(${json.receipts}::uuid[]) order by id`;
  expect(rows.map((row) => row.body.toString())).toEqual([event("n1"), event("n2"), event("n3"), "this is { no JSON"]);
  expect(new Set(rows.map((row) => row.content_type))).toEqual(new Set(["application/json"]));
});

test("a batch of blank lines, or with a line beyond the size of a message, stores nothing", async () => {
  const ndjson = { "content-type": "application/x-ndjson" };
  const before = await count("small");
  expect((await deliver("small", "\n \n", ndjson)).status).toBe(400);
  const long = await deliver("small", `${event("l1")}\n{"x":"${"y".repeat(100)}"}`, ndjson);
  expect([long.status, await count("small")]).toEqual([413, before]);
});

test("what was received, and how many bytes, is counted once a commit is there", async () => {
  const id = await addFeed("counted", {}, ["s"]);
  await door.registry.refresh();
  const body = event("count");
  await deliver("counted", body);
  await deliver("counted", body);
  await door.counters.flush();
  const [row] = await database.sql`select * from feed_counter where feed_id = ${id}`;
  expect(row).toMatchObject({ received: "1", duplicates: "1", rejected: "0", bytes: String(2 * body.length) });
  expect(row?.last_at.getTime()).toBe(nowMs);
});

test("while too much waits the low class is asked to come later, the deeper the later; the urgent is taken", async () => {
  await addFeed("analytics", { urgency: 2 }, ["s"]);
  await addFeed("tracking", { urgency: 0 }, ["s"]);
  await door.registry.refresh();
  await database.sql`insert into setting (name, value, updated_at) values ('thresholds', '{"lowClassDepth": 3}', now())
    on conflict (name) do update set value = excluded.value`;
  for (let i = 0; i < 9; i++) expect((await deliver("tracking", event(`deep${i}`))).status).toBe(202);
  await door.pressure.look();
  const refused = await deliver("analytics", event("low"));
  expect([refused.status, codeOf(refused)]).toEqual([429, "busy"]);
  expect(Number(refused.headers["retry-after"])).toBeGreaterThanOrEqual(30);
  expect(await count("analytics")).toBe(0);
  expect((await deliver("tracking", event("urgent"))).status).toBe(202);
  await database.sql`delete from inbox`;
  await door.pressure.look();
  expect((await deliver("analytics", event("low"))).status).toBe(202);
});
