import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Log } from "../log";
import { forwardedHeaders, type TrustedProxies, withoutHopByHop } from "./forwarded";

export type Proxy = {
  request: (request: IncomingMessage, response: ServerResponse) => void;
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Whether Next answers at all. */
  isUp: () => Promise<boolean>;
  close: () => void;
};

/** Hands requests to Next on this machine: streams, server-sent events and upgrades pass through unbuffered. */
export function makeProxy(options: { port: number; trusted: TrustedProxies; log: Log }): Proxy {
  const agent = new http.Agent({ keepAlive: true, maxFreeSockets: 64 });
  const open = (request: IncomingMessage, more: { agent?: http.Agent | false; headers?: string[] } = {}) =>
    http.request({
      host: "127.0.0.1",
      port: options.port,
      method: request.method,
      path: request.url,
      headers: more.headers ?? forwardedHeaders(request, options.trusted),
      agent: more.agent ?? agent,
      setHost: false,
    });

  function request(incoming: IncomingMessage, response: ServerResponse, again = false): void {
    const outgoing = open(incoming);
    outgoing.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, withoutHopByHop(answer.rawHeaders));
      // an event stream may say nothing for a while after its headers
      if (answer.headers["content-length"] === undefined) response.flushHeaders();
      answer.on("error", () => response.destroy());
      answer.pipe(response);
    });
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      const hasBody =
        incoming.headers["content-length"] !== undefined || incoming.headers["transfer-encoding"] !== undefined;
      // a kept connection that Next closed just now; nothing of a request without body was lost
      if (!again && !hasBody && outgoing.reusedSocket && error.code === "ECONNRESET" && !response.headersSent) {
        request(incoming, response, true);
        return;
      }
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      options.log.warn({ code: error.code, path: pathOnly(incoming.url) }, "Next did not answer");
      answerPlainly(response, 503, "Waypost is starting or is being restarted; try again in a moment.");
    });
    response.on("close", () => {
      if (!response.writableFinished) outgoing.destroy();
    });
    incoming.pipe(outgoing);
  }

  function upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const headers = forwardedHeaders(incoming, options.trusted);
    headers.push("Connection", "Upgrade", "Upgrade", incoming.headers.upgrade ?? "");
    const outgoing = open(incoming, { agent: false, headers });
    const give = () => socket.destroy();
    socket.on("error", () => outgoing.destroy());
    outgoing.on("error", give);
    outgoing.on("upgrade", (answer, upstream, first) => {
      socket.write(headOf(answer.statusCode ?? 101, answer.statusMessage ?? "", answer.rawHeaders));
      if (first.length > 0) socket.write(first);
      if (head.length > 0) upstream.write(head);
      upstream.on("error", give).on("close", give);
      socket.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
      upstream.pipe(socket).pipe(upstream);
    });
    outgoing.on("response", (answer) => {
      const raw = withoutHopByHop(answer.rawHeaders);
      socket.write(headOf(answer.statusCode ?? 502, answer.statusMessage ?? "", [...raw, "Connection", "close"]));
      answer.pipe(socket);
    });
    outgoing.end();
  }

  function isUp(): Promise<boolean> {
    return new Promise((resolve) => {
      const probe = http.get({ host: "127.0.0.1", port: options.port, path: "/icon.svg", agent, timeout: 3000 });
      probe.on("response", (answer) => {
        answer.resume();
        resolve((answer.statusCode ?? 500) < 500);
      });
      probe.on("timeout", () => probe.destroy());
      probe.on("error", () => resolve(false));
    });
  }

  return { request, upgrade, isUp, close: () => agent.destroy() };
}

/** Answers with one sentence for a person. */
export function answerPlainly(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    ...(status === 503 ? { "retry-after": "2" } : {}),
  });
  response.end(`${text}\n`);
}

function headOf(status: number, message: string, raw: readonly string[]): string {
  let head = `HTTP/1.1 ${status} ${message}\r\n`;
  for (let i = 0; i < raw.length; i += 2) head += `${raw[i]}: ${raw[i + 1]}\r\n`;
  return `${head}\r\n`;
}

function pathOnly(url: string | undefined): string {
  return (url ?? "").split("?", 1)[0]?.slice(0, 200) ?? "";
}
