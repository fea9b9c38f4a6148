import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { openRaw } from "@/db/raw";
import { readConfig } from "./config";
import type { Context } from "./context";
import { trustedProxies } from "./front/forwarded";
import { watchFreeSpace } from "./front/free-space";
import { makeMetrics, mayReadMetrics } from "./front/metrics";
import { answerPlainly, makeProxy } from "./front/proxy";
import { makeReadiness } from "./front/readiness";
import { makeLog } from "./log";
import { bodyOfRequest } from "./messages/body";
import { type DeliveryAnswer, handleDelivery, openDoor } from "./messages/door";

export type Front = {
  port: number;
  url: string;
  /** Finishes the deliveries that are under way, then ends; streams are cut. */
  close: () => Promise<void>;
};

type Options = {
  ctx: Pick<Context, "sql" | "config" | "log" | "now">;
  host?: string;
  port?: number;
  nextPort?: number;
  /** Bytes free on the disk of a folder; of the system when absent. */
  freeOf?: (folder: string) => Promise<number>;
};

/** Counters of the door are rows of a slot of its own, beyond those of the workers. */
const FRONT_SLOT = 1001;
const CLOSE_WITHIN_MS = 3500;
/** What is left of a body that is not wanted is read up to here, so that the sender sees the answer before the connection ends. */
const LINGER_BYTES = 16_777_216;
const LINGER_MS = 2000;

/**
 * The process on the public port. It answers deliveries, health, readiness and metrics by itself and hands everything else to Next on
 * this machine: a route handler of Next takes a fraction of the messages that node:http takes.
 */
export async function startFront(options: Options): Promise<Front> {
  const { ctx } = options;
  const { config } = ctx;
  const space = await watchFreeSpace({
    dataDir: config.dataDir,
    minFreeBytes: config.minFreeBytes,
    freeOf: options.freeOf,
  });
  const door = openDoor(ctx, {
    slot: FRONT_SLOT + config.slot,
    guard: space.reason,
    onAnswer: (...answer) => metrics.onAnswer(...answer),
  });
  const metrics = makeMetrics(ctx, {
    waiting: door.receiver.waiting,
    heldBytes: () => door.memory.held,
    freeBytes: space.freeBytes,
  });
  const trusted = trustedProxies(config.trustProxy);
  const nextPort = options.nextPort ?? config.nextPort;
  const proxy = nextPort > 0 ? makeProxy({ port: nextPort, trusted, log: ctx.log }) : null;
  const readiness = makeReadiness(ctx, { nextIsUp: async () => (proxy ? proxy.isUp() : false), space: space.reason });
  let underWay = 0;
  let closing = false;
  let allDone = () => {};

  async function deliver(request: IncomingMessage, response: ServerResponse, slug: string): Promise<void> {
    underWay++;
    try {
      const answer = await handleDelivery(door, {
        slug,
        method: request.method ?? "",
        headers: request.headers as Record<string, string | undefined>,
        body: bodyOfRequest(request),
      });
      send(request, response, answer, closing);
    } catch (error) {
      ctx.log.error({ err: error }, "an answer of the door could not be sent");
      response.destroy();
    }
    underWay--;
    if (closing && underWay === 0) allDone();
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const path = pathOf(request.url);
    const slug = slugOf(path);
    if (slug !== null) void deliver(request, response, slug);
    else if (path === "/api/health") sendJson(response, 200, { ok: true });
    else if (path === "/api/ready") {
      void readiness().then((state) => sendJson(response, state.ready && !closing ? 200 : 503, state));
    } else if (path === "/metrics") void sendMetrics(request, response);
    else if (proxy) proxy.request(request, response);
    else answerPlainly(response, 503, "This process answers deliveries only; no screens run behind it.");
  }

  async function sendMetrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!mayReadMetrics(request, config.metricsToken)) return answerPlainly(response, 401, "The metrics need a token.");
    const text = await metrics.text();
    response.writeHead(200, { "content-type": metrics.contentType, "cache-control": "no-store" });
    response.end(text);
  }

  const server = http.createServer({
    keepAliveTimeout: 65_000,
    headersTimeout: 20_000,
    requestTimeout: 300_000,
    connectionsCheckingInterval: 5000,
    maxHeaderSize: 32_768,
  });
  server.maxConnections = 5000;
  server.on("request", answer);
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (proxy) proxy.upgrade(request, socket, head);
    else socket.destroy();
  });
  server.on("clientError", answerClientError);
  await door.registry.refresh().catch(() => {}); // the registry goes on trying, and answers 503 until then
  await listen(server, options.port ?? config.port, options.host ?? config.host);
  const { port, family, address } = server.address() as AddressInfo;
  ctx.log.info({ port, nextPort }, "front listens");

  async function close(): Promise<void> {
    if (closing) return;
    closing = true;
    const ended = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    await new Promise<void>((resolve) => {
      allDone = resolve;
      if (underWay === 0) resolve();
      setTimeout(resolve, CLOSE_WITHIN_MS).unref();
    });
    server.closeIdleConnections();
    await Promise.race([ended, new Promise<void>((resolve) => setTimeout(resolve, 200))]);
    server.closeAllConnections();
    proxy?.close();
    space.close();
    await Promise.race([door.close(), new Promise<void>((resolve) => setTimeout(resolve, 1000))]);
  }

  return { port, url: `http://${family === "IPv6" ? `[${address}]` : address}:${port}`, close };
}

function listen(server: http.Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function pathOf(url: string | undefined): string {
  const target = url ?? "/";
  const query = target.indexOf("?");
  return query < 0 ? target : target.slice(0, query);
}

const FEEDS = "/api/feeds/";

/** The slug of a delivery's path; null for other paths. */
function slugOf(path: string): string | null {
  if (!path.startsWith(FEEDS)) return null;
  const rest = path.endsWith("/") ? path.slice(FEEDS.length, -1) : path.slice(FEEDS.length);
  return rest === "" || rest.includes("/") ? null : rest;
}

function send(request: IncomingMessage, response: ServerResponse, answer: DeliveryAnswer, closing: boolean): void {
  if (response.destroyed) return;
  const body = JSON.stringify(answer.json);
  const headers: http.OutgoingHttpHeaders = answer.headers;
  headers["content-type"] = "application/json";
  headers["content-length"] = Buffer.byteLength(body);
  const unread = !answer.bodyRead && !request.complete;
  if (closing || unread) headers.connection = "close";
  response.writeHead(answer.status, headers);
  if (!unread) response.end(body);
  else {
    response.write(body);
    linger(request, response);
  }
}

/** Ends a connection whose sender is still sending: closed at once, the answer would be lost with the bytes on their way. */
function linger(request: IncomingMessage, response: ServerResponse): void {
  let room = LINGER_BYTES;
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.on("data", (part: Buffer) => {
    room -= part.length;
    if (room < 0) end();
  });
  request.on("end", end).on("close", end);
  request.resume();
}

function sendJson(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(json));
}

function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === "HPE_HEADER_OVERFLOW"
      ? "431 Request Header Fields Too Large"
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? "408 Request Timeout"
        : "400 Bad Request";
  const body = JSON.stringify({ error: { code: "invalid", message: `The request cannot be read: ${status}.` } });
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

async function main(): Promise<void> {
  const config = readConfig();
  const sql = openRaw(config.databaseUrl, { max: 4, application: "waypost front" });
  const ctx = { sql, config, log: makeLog("front", { buffered: true }), now: () => new Date() };
  const front = await startFront({ ctx });
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(0), 5000).unref();
    await front.close();
    await Promise.race([sql.end({ timeout: 1 }), new Promise((resolve) => setTimeout(resolve, 500))]);
    process.exit(0);
  };
  process.on("SIGTERM", () => void end());
  process.on("SIGINT", () => void end());
}

if (import.meta.filename === process.argv[1]) {
  await main();
}
