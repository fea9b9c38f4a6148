import { createHmac } from "node:crypto";
import { rm } from "node:fs/promises";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "@/db/client";
import { type EmbeddedPostgres, startPostgres } from "@/db/embedded";
import { migrateDatabase } from "@/db/migrate";
import { ensurePartitions } from "@/db/queries/partitions";
import { type Front, startFront } from "../front";
import { seal } from "../seal";
import { type OdooTarget, sandboxTarget } from "../testing/odoo-target";
import { scanOf } from "../testing/scans";
import { makeStory, POSTINGS_AN_ORDER, type Story, until } from "../testing/story";
import { startWorker, type WorkerProcess } from "../testing/worker-process";
import { makeTestFeed } from "../testing/workspace";

/** From the door to Odoo on a database of its own, which may be restarted under it. */
const ORDERS = Number(process.env.WAYPOST_FAULT_ORDERS ?? 60);
const password = "fault-test";
const dataDir = path.join(os.tmpdir(), `waypost-through-${process.pid}`, "postgres");
let server: EmbeddedPostgres;
let target: OdooTarget;
let story: Story;
let front: Front;
let worker: WorkerProcess;
const agent = new http.Agent({ keepAlive: true, maxSockets: 60 });

beforeAll(async () => {
  server = await startPostgres({ dataDir, password });
  const url = server.url("waypost");
  await migrateDatabase(url, { create: true });
  const database = { ...openDatabase(url, { max: 6 }), url, drop: async () => {} };
  await ensurePartitions(database.sql, new Date(), 2, 1);
  target = await sandboxTarget();
  story = await makeStory("through", target, { ratePerSecond: 100, concurrency: 4, settleMs: 4000 }, database);
  const { ctx } = story;
  const csv = await makeTestFeed(ctx, { slug: "rows", adapter: "csv", class: "warehouse" });
  for (const feedId of [story.feed.id, csv.id]) await proveBySignature(feedId);
  await ctx.sql`update feed set rate_per_second = 100000, rate_burst = 100000`;
  front = await startFront({ ctx, host: "127.0.0.1", port: 0 });
  worker = await startWorker(url);
}, 120_000);

afterAll(async () => {
  await worker?.stop();
  await front?.close();
  await story?.database.close();
  await target?.close();
  await server?.stop(5000);
  await rm(path.dirname(dataDir), { recursive: true, force: true });
}, 60_000);

async function proveBySignature(feedId: number): Promise<void> {
  const { sql, uuid, config } = story.ctx;
  await sql`update feed set verify = 'easypost' where id = ${feedId}`;
  await sql`insert into feed_secret (id, feed_id, sealed, hint) values (${uuid()}, ${feedId}, ${seal(config.secretKey, "secret")}, 'cret')`;
}

/** Starts the worker again whenever it ends, as the supervisor of `npm start` does: the database's client cannot outlive every lost connection. */
function supervise(): () => Promise<number> {
  let watching = true;
  let restarts = 0;
  const watch = (async () => {
    while (watching) {
      if (worker.exited()) {
        restarts++;
        worker = await startWorker(story.database.url).catch(() => worker);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  return async () => {
    watching = false;
    await watch;
    return restarts;
  };
}

/** Sends a signed body to the door. */
function send(slug: string, body: Uint8Array, type: string): Promise<{ status: number; receipts: string[] }> {
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: "127.0.0.1",
      port: front.port,
      path: `/api/feeds/${slug}`,
      method: "POST",
      agent,
      headers: {
        "content-type": type,
        "content-length": body.byteLength,
        "x-hmac-signature": `hmac-sha256-hex=${createHmac("sha256", "secret").update(body).digest("hex")}`,
      },
    });
    request.on("error", reject);
    request.on("response", async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      const answer = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Record<string, unknown>;
      const receipts = JSON.stringify(answer).match(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}/g) ?? [];
      resolve({ status: response.statusCode ?? 0, receipts });
    });
    request.end(body);
  });
}

/** Sends until it is acknowledged, as a sender does. */
async function sendSurely(body: Uint8Array): Promise<{ receipts: string[]; refused: number }> {
  for (let refused = 0; ; refused++) {
    const { status, receipts } = await send("carrier", body, "application/json").catch(() => ({
      status: 0,
      receipts: [],
    }));
    if (status === 202) return { receipts, refused };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const scan = (id: string, code: string, status: string, minutesAgo: number) =>
  scanOf(story.feed, { id, code, status, minutesAgo }).bytes;

test("a database restarted and killed under load loses nothing between the door and Odoo, and doubles nothing", async () => {
  const trackings = await story.order(ORDERS, "DB");
  const unwatched = supervise();
  let refused = 0;
  let going = true;
  const load = (async () => {
    for (const [i, code] of trackings.entries()) {
      for (const [status, minutesAgo] of [
        ["out_for_delivery", 30],
        ["delivered", 1],
      ] as const) {
        const kept = await sendSurely(scan(`${code}-${status}`, code, status, minutesAgo));
        story.receipts.push(...kept.receipts);
        refused += kept.refused;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, 6000 / ORDERS - i)));
    }
    going = false;
  })();
  for (const signal of ["SIGINT", "SIGKILL", "SIGINT"] as const) {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const gone = new Promise<void>((resolve) => server.onExit(resolve));
    process.kill(server.pid, signal);
    await gone;
    server = await startPostgres({ dataDir, password, port: server.port });
  }
  await load;
  expect(going).toBe(false);
  await story.settled(ORDERS * POSTINGS_AN_ORDER, 90_000).catch((error: Error) => {
    throw new Error(`${error.message}\nThe worker said:\n${worker.output().slice(-4000)}`);
  });
  console.info(`the worker was started again ${await unwatched()} times`);
  const agreement = await story.agreement();
  expect(agreement.disagreements).toEqual([]);
  expect(agreement.acknowledged).toBe(ORDERS * 2);
  expect(target.sandbox?.effects().doubles).toEqual([]);
  expect(refused, "the door refused while there was no database").toBeGreaterThan(0);
}, 300_000);

test("50 identical webhooks at once are one message, one event and one effect", async () => {
  const before = await story.agreement();
  const [code = ""] = await story.order(1, "SAME");
  const body = scan("same", code, "delivered", 1);
  const answers = await Promise.all(Array.from({ length: 50 }, () => send("carrier", body, "application/json")));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  const receipts = [...new Set(answers.flatMap((answer) => answer.receipts))];
  expect(receipts).toHaveLength(1);
  story.receipts.push(...receipts);
  const effects = { tracking_number: 1, transfer_validated: 1, status_note: 1 };
  await story.settled(sum(before.postings) + 3, 60_000);
  const agreement = await story.agreement();
  expect(agreement.disagreements).toEqual([]);
  expect(agreement.acknowledged - before.acknowledged).toBe(1);
  const { sql } = story.ctx;
  const [stored] =
    await sql`select count(*)::int as n from message where feed_id = ${story.feed.id} and body = ${Buffer.from(body)}`;
  expect(stored?.n).toBe(1);
  const events = await sql`select kind, overall from event where message_id = ${receipts[0] as string}`;
  expect(events.filter((event) => !event.overall).map((event) => event.kind)).toEqual(["delivered"]);
  for (const [kind, count] of Object.entries(effects)) {
    const name = kind as keyof typeof effects;
    expect((agreement.effects[name] ?? 0) - (before.effects[name] ?? 0), kind).toBe(count);
  }
}, 120_000);

const sum = (counts: object): number => Object.values(counts).reduce((total: number, n) => total + Number(n), 0);
const BAD = [17, 42, 99];

test("three bad rows of a file of a hundred are named by their rows in an exception, and 97 shipments are folded", async () => {
  const rows = Array.from({ length: 100 }, (_, i) => {
    const bad = BAD.includes(i + 1);
    return `SO${String(i + 1).padStart(5, "0")},1ZROW${i},shipped,${bad ? "31/02/20x6" : "2026-11-20 10:00"}`;
  });
  const file = Buffer.from(["order,tracking,status,time", ...rows].join("\n"));
  const { status, receipts } = await send("rows", file, "text/csv");
  expect(status).toBe(202);
  const [receipt = ""] = receipts;
  story.receipts.push(receipt);
  const { sql } = story.ctx;
  await until("the file is interpreted", 30_000, async () => {
    const [row] = await sql`select 1 from interpretation where message_id = ${receipt}`;
    return row !== undefined;
  });
  const [folded] =
    await sql`select count(distinct shipment_id)::int as n from event where message_id = ${receipt} and occurred_at is not null`;
  expect(folded?.n).toBe(97);
  const exceptions =
    await sql`select evidence from exception where message_id = ${receipt} and kind = 'unreadable_message'`;
  const problems = exceptions.flatMap(({ evidence }) => evidence.problems as { at: string }[]);
  expect(problems.map(({ at }) => at)).toEqual(BAD.map((row) => `row ${row + 1}/time`));
  expect((await story.agreement()).disagreements).toEqual([]);
}, 60_000);

test("three bad lines of a batch of a hundred are three exceptions, and the 97 others go all the way to Odoo", async () => {
  const before = await story.agreement();
  const trackings = await story.order(100, "LINES");
  const lines = trackings.map((code, i) =>
    BAD.includes(i + 1)
      ? `{"id":"evt_bad${i}","object":"Event","result":{"tracking_code":"${code}","tracking_details":"none`
      : Buffer.from(scan(`line-${i}`, code, "delivered", 1)).toString("utf8"),
  );
  const { status, receipts } = await send("carrier", Buffer.from(lines.join("\n")), "application/x-ndjson");
  expect([status, receipts.length]).toEqual([202, 100]);
  story.receipts.push(...receipts);
  await story.settled(sum(before.postings) + 97 * 3, 120_000);
  const { sql } = story.ctx;
  const exceptions =
    await sql`select kind, message_id as "messageId" from exception where message_id = any(${receipts}::uuid[])`;
  expect(exceptions.map(({ kind }) => kind)).toEqual(BAD.map(() => "unreadable_message"));
  expect(new Set(exceptions.map(({ messageId }) => messageId))).toEqual(new Set(BAD.map((line) => receipts[line - 1])));
  const agreement = await story.agreement();
  expect(agreement.disagreements).toEqual([]);
  expect((agreement.effects.status_note ?? 0) - (before.effects.status_note ?? 0)).toBe(97);
}, 180_000);
