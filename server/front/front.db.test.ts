import { createHmac } from "node:crypto";
import http, { type IncomingMessage } from "node:http";
import net, { type AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { type Front, startFront } from "../front";
import { seal } from "../seal";
import { type TestContext, testContext } from "../testing/context";

let database: TestDatabase;
let ctx: TestContext;
let front: Front;
let next: http.Server;
let free = 1e12;
let streams = 0;
const seenByNext: { url: string | undefined; headers: http.IncomingHttpHeaders; bytes: number }[] = [];

beforeAll(async () => {
  database = await testDatabase("front");
  ctx = testContext(database);
  ctx.now = () => new Date();
  ctx.config.minFreeBytes = 1000;
  ctx.config.metricsToken = "metrics-token";
  await addFeed("carrier", 5_242_880);
  await addFeed("small", 1000);
  next = http.createServer(answerAsNext);
  next.on("upgrade", (_, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n");
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => next.listen(0, "127.0.0.1", resolve));
  front = await start();
});
afterAll(async () => {
  await front?.close();
  next?.closeAllConnections();
  next?.close();
  await database?.drop();
});

function start(): Promise<Front> {
  const nextPort = (next.address() as AddressInfo).port;
  return startFront({ ctx, host: "127.0.0.1", port: 0, nextPort, freeOf: async () => free });
}

async function addFeed(slug: string, maxBytes: number): Promise<void> {
  const row = {
    slug,
    name: slug,
    adapter: "easypost",
    class: "aggregator",
    way_in: "push",
    verify: "easypost",
    max_bytes: maxBytes,
  };
  const [feed] = await database.sql`insert into feed ${database.sql(row)} returning id`;
  await database.sql`insert into feed_secret (id, feed_id, sealed, hint)
    values (${ctx.uuid()}, ${feed?.id}, ${seal(ctx.config.secretKey, "secret")}, 'cret')`;
}

function answerAsNext(request: IncomingMessage, response: http.ServerResponse): void {
  let bytes = 0;
  request.on("data", (part: Buffer) => {
    bytes += part.length;
  });
  request.on("end", () => {
    seenByNext.push({ url: request.url, headers: request.headers, bytes });
    if (request.url === "/stream") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      const timer = setInterval(() => response.write("data: x\n\n"), 30);
      streams++;
      response.on("close", () => {
        clearInterval(timer);
        streams--;
      });
      return;
    }
    response.writeHead(
      request.url === "/gone" ? 404 : 200,
      [
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
        ["x-from", "next"],
      ].flat(),
    );
    response.end(`hello ${bytes}`);
  });
}

const sign = (body: string) => `hmac-sha256-hex=${createHmac("sha256", "secret").update(body).digest("hex")}`;
const post = (slug: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${front.url}/api/feeds/${slug}`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", "x-hmac-signature": sign(body), ...headers },
  });

/** Sends raw bytes and resolves to all that comes back until the connection ends or `until` was seen. */
function raw(text: string, until: string, more?: (socket: net.Socket) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: "127.0.0.1", port: front.port });
    let got = "";
    socket.on("data", (part) => {
      got += part.toString("latin1");
      if (got.includes(until)) socket.destroy();
    });
    socket.on("close", () => resolve(got));
    socket.on("error", reject);
    socket.write(text);
    more?.(socket);
  });
}

test("a delivery is answered by the front itself, with its correlation id in header and body", async () => {
  const response = await post("carrier", '{"id":"evt_1"}', { "x-correlation-id": "abc-1" });
  expect(response.status).toBe(202);
  expect(response.headers.get("x-correlation-id")).toBe("abc-1");
  expect(await response.json()).toEqual({ receipt: expect.any(String), duplicate: false, correlationId: "abc-1" });
  expect(seenByNext).toEqual([]);
});

test("refusals are JSON in words, and a GET is answered 405", async () => {
  const wrong = await post("carrier", "{}", { "x-hmac-signature": sign("other") });
  expect(wrong.status).toBe(401);
  expect(await wrong.json()).toMatchObject({
    error: { code: "unauthenticated", message: expect.stringMatching(/\.$/) },
  });
  const get = await fetch(`${front.url}/api/feeds/carrier`);
  expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
});

test("fifty identical deliveries over fifty connections are one message", async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => post("carrier", '{"id":"evt_fifty"}')));
  const all = (await Promise.all(answers.map((answer) => answer.json()))) as { receipt: string; duplicate: boolean }[];
  expect(all.filter((one) => !one.duplicate)).toHaveLength(1);
  expect(new Set(all.map((one) => one.receipt)).size).toBe(1);
  const [row] = await database.sql`select count(*)::int as n from message where id = ${all[0]?.receipt ?? ""}`;
  expect(row?.n).toBe(1);
});

test("a chunked body beyond the limit is answered 413 while it is still being sent", async () => {
  const head =
    "POST /api/feeds/small HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
  const chunk = `1f4\r\n${"x".repeat(500)}\r\n`;
  let sending: NodeJS.Timeout | undefined;
  let sent = 0;
  const got = await raw(head, '"correlationId"', (socket) => {
    sending = setInterval(() => {
      sent++;
      socket.write(chunk);
    }, 10);
  });
  clearInterval(sending);
  expect(got).toMatch(/^HTTP\/1.1 413 /);
  expect(got.toLowerCase()).toContain("connection: close");
  expect(sent).toBeLessThan(50);
});

test("a large body that is announced is refused before it is read, and the sender still sees the answer", async () => {
  const body = "x".repeat(3_000_000);
  const answer = await post("small", body);
  expect(answer.status).toBe(413);
});

test("a body that ends too early is stored nowhere", async () => {
  const [before] = await database.sql`select count(*)::int as n from message`;
  const head =
    'POST /api/feeds/carrier HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\ncontent-type: application/json\r\n\r\n{"half"';
  await raw(head, "never", (socket) => setTimeout(() => socket.destroy(), 50));
  const [after] = await database.sql`select count(*)::int as n from message`;
  expect(after?.n).toBe(before?.n);
});

test("a malformed request is answered 400", async () => {
  expect(await raw("POST /api/feeds/carrier HTTP/1.1\r\nbad header\r\n\r\n", "}}")).toMatch(/^HTTP\/1.1 400 /);
});

test("everything else goes to Next with forwarded headers that a client cannot forge", async () => {
  seenByNext.length = 0;
  const response = await fetch(`${front.url}/shipments?q=1`, {
    headers: {
      "x-forwarded-for": "6.6.6.6",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "evil.example",
      forwarded: "for=6.6.6.6",
      "x-real-ip": "6.6.6.6",
      "x-middleware-subrequest": "middleware",
      cookie: "session=1",
    },
  });
  expect(response.status).toBe(200);
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await response.text()).toBe("hello 0");
  const [seen] = seenByNext;
  expect(seen?.url).toBe("/shipments?q=1");
  expect(seen?.headers).toMatchObject({
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-proto": "http",
    "x-forwarded-host": `127.0.0.1:${front.port}`,
    host: `127.0.0.1:${front.port}`,
    cookie: "session=1",
  });
  for (const name of ["forwarded", "x-real-ip", "x-middleware-subrequest"]) expect(seen?.headers[name]).toBeUndefined();
});

test("forwarded headers of a trusted proxy are passed on with its own address behind them", async () => {
  ctx.config.trustProxy = "loopback";
  const behind = await start();
  seenByNext.length = 0;
  await fetch(`${behind.url}/x`, {
    headers: { "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https", "x-forwarded-host": "way.example" },
  });
  expect(seenByNext[0]?.headers).toMatchObject({
    "x-forwarded-for": "203.0.113.7, 127.0.0.1",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "way.example",
  });
  ctx.config.trustProxy = "";
  await behind.close();
});

test("large bodies, statuses and paths below feeds go through to Next", async () => {
  const large = await fetch(`${front.url}/upload`, { method: "POST", body: Buffer.alloc(20_000_000) });
  expect(await large.text()).toBe("hello 20000000");
  expect((await fetch(`${front.url}/gone`)).status).toBe(404);
  expect((await fetch(`${front.url}/api/feeds/carrier/more`)).headers.get("x-from")).toBe("next");
});

test("an event stream is passed on as it comes, and ends at Next when the client leaves", async () => {
  const leave = new AbortController();
  const response = await fetch(`${front.url}/stream`, { signal: leave.signal });
  const reader = response.body?.getReader();
  const first = await reader?.read();
  expect(Buffer.from(first?.value ?? []).toString()).toContain("data: x");
  expect(streams).toBe(1);
  leave.abort();
  await expect.poll(() => streams).toBe(0);
});

test("an upgraded connection is passed through both ways", async () => {
  const head = "GET /ws HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: echo\r\n\r\n";
  const got = await raw(head, "ping", (socket) => setTimeout(() => socket.write("ping"), 50));
  expect(got).toMatch(/^HTTP\/1.1 101 /);
  expect(got).toContain("ping");
});

test("health needs nothing, and readiness names what is missing", async () => {
  expect((await fetch(`${front.url}/api/health`)).status).toBe(200);
  const dead = await fetch(`${front.url}/api/ready`);
  expect(dead.status).toBe(503);
  expect(await dead.json()).toMatchObject({
    ready: false,
    checks: { database: { ok: true }, migrations: { ok: true }, next: { ok: true }, worker: { ok: false } },
  });
  await database.sql`insert into heartbeat (process, role, started_at, beat_at) values ('w', 'worker', now(), now())`;
  await expect.poll(async () => (await fetch(`${front.url}/api/ready`)).status).toBe(200);
  await database.sql`update heartbeat set beat_at = now() - interval '31 seconds'`;
  await expect.poll(async () => (await fetch(`${front.url}/api/ready`)).status).toBe(503);
});

test("metrics are for bearers of the token and programs on this machine, not for what comes through a proxy", async () => {
  const get = (headers: Record<string, string> = {}) => fetch(`${front.url}/metrics`, { headers });
  const text = await (await get()).text();
  expect(text).toMatch(/^waypost_door_answers_total\{status="202"\} \d+$/m);
  expect(text).toMatch(/^waypost_inbox_messages \d+$/m);
  expect(text).toMatch(/^waypost_workers \d+$/m);
  expect(text).toMatch(/^waypost_inbox_per_second \d/m);
  expect(text).toMatch(/^waypost_feed_messages\{feed="carrier",result="received"\} \d+$/m);
  expect((await get({ "x-forwarded-for": "1.2.3.4" })).status).toBe(401);
  expect((await get({ "x-forwarded-for": "1.2.3.4", authorization: "Bearer metrics-token" })).status).toBe(200);
  expect((await get({ authorization: "Bearer wrong" })).status).toBe(401);
});

test("a nearly full disk closes the door with 503 and Retry-After and shows in readiness; the rest goes on", async () => {
  free = 999;
  await expect.poll(async () => (await post("carrier", '{"id":"evt_full"}')).status, { timeout: 5000 }).toBe(503);
  const answer = await post("carrier", '{"id":"evt_full"}');
  expect(answer.headers.get("retry-after")).toBe("30");
  expect((await fetch(`${front.url}/shipments`)).status).toBe(200);
  free = 1e12;
  await expect.poll(async () => (await post("carrier", '{"id":"evt_full"}')).status, { timeout: 5000 }).toBe(202);
}, 15_000);

test("deliveries under way are finished when the front is stopped, and streams do not hold it up", async () => {
  const other = await start();
  const stream = await fetch(`${other.url}/stream`);
  const body = '{"id":"evt_last"}';
  const slow = new Promise<string>((resolve) => {
    const socket = net.connect({ host: "127.0.0.1", port: other.port });
    let got = "";
    socket.on("data", (part) => {
      got += part.toString();
    });
    socket.on("close", () => resolve(got));
    const head = `POST /api/feeds/carrier HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nx-hmac-signature: ${sign(body)}\r\ncontent-length: ${body.length}\r\n\r\n`;
    socket.write(head + body.slice(0, 5));
    setTimeout(() => socket.write(body.slice(5)), 400);
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const from = performance.now();
  await other.close();
  expect(performance.now() - from).toBeLessThan(5000);
  expect(await slow).toMatch(/^HTTP\/1.1 202 /);
  await stream.body?.cancel().catch(() => {});
  await expect(fetch(`${other.url}/api/health`)).rejects.toThrow();
}, 15_000);
