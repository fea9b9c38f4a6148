import { createHmac } from "node:crypto";
import { rm } from "node:fs/promises";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "@/db/client";
import { type EmbeddedPostgres, startPostgres } from "@/db/embedded";
import { migrateDatabase } from "@/db/migrate";
import { type Front, startFront } from "../front";
import { seal } from "../seal";
import { type TestContext, testContext } from "../testing/context";

const password = "fault-test";
const dataDir = path.join(os.tmpdir(), `waypost-fault-${process.pid}`, "postgres");
let server: EmbeddedPostgres;
let ctx: TestContext;
let front: Front;

beforeAll(async () => {
  server = await startPostgres({ dataDir, password });
  const url = server.url("waypost");
  await migrateDatabase(url, { create: true });
  const database = openDatabase(url, { max: 4 });
  ctx = testContext({ ...database, url, drop: async () => {} });
  ctx.now = () => new Date();
  const [feed] =
    await ctx.sql`insert into feed (slug, name, adapter, class, way_in, verify, rate_per_second, rate_burst)
    values ('carrier', 'c', 'easypost', 'aggregator', 'push', 'easypost', 100000, 100000) returning id`;
  await ctx.sql`insert into feed_secret (id, feed_id, sealed, hint)
    values (${ctx.uuid()}, ${feed?.id}, ${seal(ctx.config.secretKey, "secret")}, 'cret')`;
  front = await startFront({ ctx, host: "127.0.0.1", port: 0 });
}, 60_000);

afterAll(async () => {
  await front?.close();
  await ctx?.database.close();
  await server?.stop(5000);
  await rm(path.dirname(dataDir), { recursive: true, force: true });
}, 30_000);

type Sent = { id: string; status: number; receipt: string | null; retryAfter: string | undefined; tookMs: number };

const agent = new http.Agent({ keepAlive: true, maxSockets: 20 });

function send(id: string): Promise<Sent> {
  const body = JSON.stringify({ id: `evt_${id}`, result: { tracking_code: id } });
  const from = performance.now();
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: "127.0.0.1",
      port: front.port,
      path: "/api/feeds/carrier",
      method: "POST",
      agent,
      headers: {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        "x-hmac-signature": `hmac-sha256-hex=${createHmac("sha256", "secret").update(body).digest("hex")}`,
      },
    });
    request.on("error", reject);
    request.on("response", (response) => {
      let text = "";
      response.on("data", (part) => {
        text += part;
      });
      response.on("end", () => {
        const { receipt = null } = JSON.parse(text);
        const retryAfter = response.headers["retry-after"];
        resolve({ id, status: response.statusCode ?? 0, receipt, retryAfter, tookMs: performance.now() - from });
      });
    });
    request.end(body);
  });
}

/** Twenty senders, each with one message at a time, until told to stop. */
function startLoad(label: string) {
  const sent: Sent[] = [];
  let going = true;
  const senders = Array.from({ length: 20 }, async (_, sender) => {
    for (let i = 0; going; i++) {
      const one = await send(`${label}-${sender}-${i}`);
      sent.push(one);
      if (one.status !== 202) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  return {
    sent,
    stop: async () => {
      going = false;
      await Promise.all(senders);
      return sent;
    },
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function expectAllThere(sent: readonly Sent[]): Promise<void> {
  const sql = postgres(server.url("waypost"), { max: 1, onnotice: () => {} });
  const receipts = sent.filter((one) => one.status === 202).map((one) => one.receipt ?? "");
  const [row] = await sql`
    select count(*)::int as asked, count(m.id)::int as messages, count(k.message_id)::int as keys, count(i.message_id)::int as inbox
    from unnest(${receipts}::uuid[]) as r (id) left join message m on m.id = r.id
    left join message_key k on k.message_id = r.id left join inbox i on i.message_id = r.id`;
  await sql.end();
  const n = receipts.length;
  expect(row).toEqual({ asked: n, messages: n, keys: n, inbox: n });
}

test.each([
  ["restarted", "SIGINT"],
  ["killed with -9", "SIGKILL"],
] as const)(
  "a database that is %s under load costs 503 for a while and no acknowledged message",
  async (label, signal) => {
    const load = startLoad(signal);
    await pause(700);
    const gone = new Promise<void>((resolve) => server.onExit(resolve));
    process.kill(server.pid, signal);
    await gone;
    await pause(800);
    server = await startPostgres({ dataDir, password, port: server.port });
    const back = load.sent.length;
    await expect.poll(() => load.sent.slice(back).some((one) => one.status === 202), { timeout: 15_000 }).toBe(true);
    await pause(500);
    const sent = await load.stop();

    const statuses = new Set(sent.map((one) => one.status));
    expect([...statuses].sort(), label).toEqual([202, 503]);
    expect(sent.filter((one) => one.status === 503).every((one) => Number(one.retryAfter) > 0)).toBe(true);
    expect(Math.max(...sent.map((one) => one.tookMs))).toBeLessThan(12_000);
    expect(sent.slice(-20).every((one) => one.status === 202)).toBe(true);
    await expectAllThere(sent);

    const refused = sent.find((one) => one.status === 503);
    const again = await send(refused?.id ?? "");
    expect(again.status).toBe(202);
    await expectAllThere([again]);
  },
  60_000,
);

test("a change of a feed is heard after the database was restarted", async () => {
  const set = async (state: string) => {
    await ctx.sql`update feed set state = ${state}`;
    await ctx.sql`select pg_notify('waypost_feeds', '')`;
  };
  await set("paused");
  // well before the slow poll
  await expect.poll(async () => (await send("paused")).status, { timeout: 5000 }).toBe(409);
  await set("active");
  await expect.poll(async () => (await send("paused")).status, { timeout: 5000 }).toBe(202);
}, 20_000);

test("readiness and metrics answer while the database is away", async () => {
  await server.stop(5000);
  const ready = await fetch(`${front.url}/api/ready`);
  expect([
    ready.status,
    ((await ready.json()) as { checks: { database: { ok: boolean } } }).checks.database.ok,
  ]).toEqual([503, false]);
  expect(await (await fetch(`${front.url}/metrics`)).text()).toContain("waypost_database_up 0");
  expect((await fetch(`${front.url}/api/health`)).status).toBe(200);
  server = await startPostgres({ dataDir, password, port: server.port });
  await expect
    .poll(
      async () =>
        ((await (await fetch(`${front.url}/api/ready`)).json()) as { checks: { database: { ok: boolean } } }).checks
          .database.ok,
      { timeout: 15_000 },
    )
    .toBe(true);
}, 60_000);
