import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";

export type GateCall = { model: string; method: string };
/** A call by JSON-2 that was let through: what it asked, and from when to when Odoo was at it, ms. */
export type GateSpan = GateCall & { body: Record<string, unknown>; fromMs: number; toMs: number };
export type GateMatch = (call: GateCall) => boolean | Promise<boolean>;
/** Where a call is held: before Odoo hears of it, while Odoo is at it, or after Odoo has answered but before we know. */
export type GateMoment = "before" | "during" | "after";

/** What stands between Waypost and an Odoo: holds one call at a wanted moment for good, or lets nobody through. */
export type Gate = {
  url: string;
  /** Resolves when a call that matches is caught; it is never answered. Resolves to a wait until Odoo is through with it. */
  trap: (moment: GateMoment, matches: GateMatch) => Promise<{ done: Promise<void> }>;
  /** Closes the port, as a server that is switched off. */
  down: () => Promise<void>;
  up: () => Promise<void>;
  /** Requests let through since the start. */
  passed: () => number;
  /** When each of them came to the door, ms. */
  arrivals: () => readonly number[];
  spans: () => readonly GateSpan[];
  close: () => Promise<void>;
};

type Trap = {
  moment: GateMoment;
  matches: GateMatch;
  caught: (held: { done: Promise<void> }) => void;
};
type Answer = { status: number; headers: IncomingMessage["headers"]; body: Buffer };

export async function startGate(upstream: string): Promise<Gate> {
  let traps: Trap[] = [];
  const arrivals: number[] = [];
  const spans: GateSpan[] = [];

  const forward = (request: IncomingMessage, body: Buffer): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { host: _host, connection: _connection, ...headers } = request.headers;
      const onward = httpRequest(new URL(request.url ?? "/", upstream), {
        method: request.method,
        headers,
        agent: false,
      });
      onward.on("error", reject);
      onward.on("response", async (response) => {
        const body = await bytesOf(response);
        resolve({ status: response.statusCode ?? 502, headers: response.headers, body });
      });
      onward.end(body);
    });

  const trapFor = async (call: GateCall): Promise<Trap | null> => {
    for (const trap of traps) {
      if (!(await trap.matches(call)) || !traps.includes(trap)) continue;
      traps = traps.filter((one) => one !== trap);
      return trap;
    }
    return null;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const cameAt = performance.now();
    const body = await bytesOf(request);
    const call = callOf(request.url ?? "", body);
    const trap = call && (await trapFor(call));
    if (!trap) {
      arrivals.push(cameAt);
      const answer = await forward(request, body);
      if (call && request.url?.startsWith("/json/2/"))
        spans.push({ ...call, body: JSON.parse(body.toString("utf8")), fromMs: cameAt, toMs: performance.now() });
      const { "transfer-encoding": _encoding, connection: _connection, ...headers } = answer.headers;
      response.writeHead(answer.status, { ...headers, "content-length": answer.body.length, connection: "close" });
      response.end(answer.body);
      return;
    }
    if (trap.moment === "before") return trap.caught({ done: Promise.resolve() });
    const done = forward(request, body).then(() => {});
    if (trap.moment === "after") await done;
    trap.caught({ done });
  };

  const listener = (request: IncomingMessage, response: ServerResponse) =>
    void handle(request, response).catch(() => response.destroy());
  let server: Server | null = createServer(listener);
  await listen(server, 0);
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const down = async () => {
    const closing = server;
    server = null;
    if (!closing) return;
    const closed = new Promise<void>((resolve) => closing.close(() => resolve()));
    closing.closeAllConnections();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    trap: (moment, matches) => new Promise((caught) => traps.push({ moment, matches, caught })),
    down,
    up: async () => {
      if (server) return;
      server = createServer(listener);
      await listen(server, port);
    },
    passed: () => arrivals.length,
    arrivals: () => arrivals,
    spans: () => spans,
    close: down,
  };
}

/** The most calls that came within any window of a length. */
export function mostWithin(arrivals: readonly number[], windowMs: number): number {
  const sorted = [...arrivals].sort((a, b) => a - b);
  let from = 0;
  let most = 0;
  for (const [at, cameAt] of sorted.entries()) {
    while (cameAt - (sorted[from] ?? cameAt) >= windowMs) from++;
    most = Math.max(most, at - from + 1);
  }
  return most;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Model and method of a call of either protocol; null for anything else. */
function callOf(path: string, body: Buffer): GateCall | null {
  const json2 = /^\/json\/2\/([^/?]+)\/([^/?]+)/.exec(path);
  if (json2) return { model: json2[1] ?? "", method: json2[2] ?? "" };
  if (!path.startsWith("/jsonrpc")) return null;
  const { params } = JSON.parse(body.toString("utf8")) as { params?: { method?: string; args?: unknown[] } };
  if (params?.method !== "execute_kw") return null;
  return { model: String(params.args?.[3]), method: String(params.args?.[4]) };
}
