import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Effects } from "./effects";
import { OdooError, serializationFailure, typeError, userError } from "./faults";
import { type Call, changes, readIds, run } from "./methods";
import { type Mode, readMode, WELL } from "./modes";
import { create, type Env, unlink, write } from "./orm";
import { frontPage, hashPage, recordPage } from "./pages";
import type { Version } from "./schema";
import {
  addTransfer,
  makeOrder,
  type OrderWish,
  SANDBOX_ADMIN_KEY,
  SANDBOX_DB,
  SANDBOX_KEY,
  SANDBOX_LOGIN,
  seedBase,
} from "./seed";
import { Store } from "./store";
import { upgradeStore } from "./upgrade";

export type SandboxOptions = {
  /** 0 picks a free one. */
  port: number;
  version: Version;
  /** Fills it with orders to look at. */
  seed: boolean;
  /** First id of orders, transfers and moves. */
  firstId?: number;
  /** Where `/__sandbox` answers even while the Odoo itself is down; 0 picks a free one. */
  controlPort?: number;
};

export type Sandbox = {
  url: string;
  controlUrl: string;
  version: Version;
  db: string;
  login: string;
  key: string;
  adminKey: string;
  setMode: (wish: Partial<Mode> & Pick<Mode, "mode">) => Promise<void>;
  effects: () => ReturnType<Effects["summary"]>;
  effectsOf: Effects["of"];
  order: (wish?: OrderWish) => ReturnType<typeof makeOrder>;
  addTransfer: (orderId: number, lines: readonly { code: string; quantity: number }[]) => { id: number; name: string };
  /** Becomes an Odoo 19 with the same records, as a migration does. */
  upgrade: () => void;
  /** Changes a record as an administrator. */
  change: (model: string, id: number, values: Record<string, unknown>) => void;
  remove: (model: string, id: number) => void;
  all: (model: string) => readonly Readonly<Record<string, unknown>>[];
  find: (model: string, id: number) => Readonly<Record<string, unknown>> | undefined;
  /** Takes a right from the integration user. */
  forbid: (model: string, action: "read" | "write" | "create" | "unlink") => void;
  close: () => Promise<void>;
};

const LARGEST_BODY = 96 * 1024 * 1024;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > LARGEST_BODY) throw new Error("body too large");
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", connection: "close" });
  response.end(JSON.stringify(value));
}

function sendHtml(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { "content-type": "text/html; charset=utf-8", connection: "close" });
  response.end(html);
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

/** Odoo's error object; the traceback stands in for the real one, so that nobody comes to keep it. */
function errorBody(error: OdooError) {
  return {
    name: error.odooName,
    message: error.message,
    arguments: [error.message],
    context: {},
    debug: "Traceback (most recent call last): sandbox",
  };
}

/** Starts a sandbox Odoo on loopback: JSON-2 and JSON-RPC as 19, JSON-RPC only as 14, with a memory and a switch to break it. */
export async function startSandboxOdoo(options: SandboxOptions): Promise<Sandbox> {
  let { version } = options;
  const store = new Store(version, Date.now, options.firstId);
  const effects = new Effects();
  const envOf = (uid: number, context: Record<string, unknown> = {}, correlationId: string | null = null): Env => {
    return { store, effects, uid, admin: uid === 1, context, correlationId };
  };
  const { keys } = seedBase(envOf(1));
  const userId = keys.get(SANDBOX_KEY) ?? 2;
  let mode: Mode = WELL;

  const makeOne = (wish: OrderWish) =>
    store.transaction(() => {
      const env = envOf(userId);
      return makeOrder(env, wish, (values) => create(env, "sale.order", values).id);
    });
  if (options.seed) {
    for (let at = 0; at < 12; at++) makeOne({ clientOrderRef: `PO-${7000 + at}` });
    effects.reset();
  }

  let versionInfo = [Number(version), 0, 0, "final", 0, ""];
  const takeMode = (call: { method: string } | null): Mode => {
    const meant =
      mode.mode !== "ok" &&
      (mode.method === null || call?.method === mode.method) &&
      (mode.only === "all" || (call !== null && changes(call.method)));
    if (!meant) return WELL;
    const taken = mode;
    if (mode.times !== null) mode = mode.times > 1 ? { ...mode, times: mode.times - 1 } : WELL;
    return taken;
  };

  /** Does one call under the present mode. `answer` writes the protocol's own form of a result or an error. */
  const perform = async (
    request: IncomingMessage,
    response: ServerResponse,
    call: Call,
    env: Env,
    answer: (result: { value: unknown } | { error: OdooError }) => void,
  ): Promise<void> => {
    const taken = takeMode(call);
    const work = (): { value: unknown } | { error: OdooError } => {
      try {
        return { value: run(env, call) };
      } catch (error) {
        if (error instanceof OdooError) return { error };
        return { error: typeError(error instanceof Error ? error.message : "unknown") };
      }
    };
    switch (taken.mode) {
      case "reset":
        request.socket.destroy();
        return;
      case "unavailable":
        return sendHtml(response, 503, "<h1>503 Service Unavailable</h1>");
      case "pool_full":
        return sendHtml(response, 500, "<h1>500 Internal Server Error</h1><p>The Connection Pool Is Full</p>");
      case "unauthorised":
        return answer({
          error: new OdooError(
            version === "19" ? "werkzeug.exceptions.Unauthorized" : "odoo.exceptions.AccessDenied",
            "Invalid apikey",
            401,
          ),
        });
      case "accept_then_hang":
        await wait(taken.delayMs);
        work();
        return; // no answer, ever: the caller's time-out ends it
      case "refuse":
        await wait(taken.delayMs);
        if (call.method === "load")
          return answer({ value: { ids: false, messages: [{ type: "error", message: taken.message, record: 0 }] } });
        return answer({ error: userError(taken.message) });
      case "serialization":
        await wait(taken.delayMs);
        if (call.method === "load")
          return answer({
            value: { ids: false, messages: [{ type: "error", message: serializationFailure().message, record: 0 }] },
          });
        return answer({ error: serializationFailure() });
      case "slow":
        await wait(taken.delayMs);
        return answer(work());
      default:
        return answer(work());
    }
  };

  const json2 = async (request: IncomingMessage, response: ServerResponse, model: string, method: string) => {
    const fail = (error: OdooError) => sendJson(response, error.status, errorBody(error));
    const key = /^bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (!key)
      return fail(
        new OdooError(
          "werkzeug.exceptions.Unauthorized",
          "User not authenticated, use an API Key with a Bearer Authorization header.",
          401,
        ),
      );
    const database = request.headers["x-odoo-database"];
    if (database !== undefined && database !== SANDBOX_DB) return sendHtml(response, 404, "<h1>404 Not Found</h1>");
    const uid = keys.get(key);
    if (uid === undefined) return fail(new OdooError("werkzeug.exceptions.Unauthorized", "Invalid apikey", 401));
    const text = await bodyOf(request);
    if (text !== "" && !String(request.headers["content-type"]).startsWith("application/json"))
      return sendHtml(response, 415, "<h1>415 Unsupported Media Type</h1>");
    let body: Record<string, unknown>;
    try {
      body = text === "" ? {} : JSON.parse(text);
    } catch {
      return fail(new OdooError("werkzeug.exceptions.BadRequest", "could not parse the body as json", 400));
    }
    const { ids, context, ...args } = body;
    const env = envOf(uid, (context ?? {}) as Record<string, unknown>, correlationOf(request));
    const call: Call = { model, method, ids: readIds(ids), args };
    return perform(request, response, call, env, (result) =>
      "error" in result ? fail(result.error) : sendJson(response, 200, result.value ?? null),
    );
  };

  const jsonrpc = async (request: IncomingMessage, response: ServerResponse) => {
    const body = JSON.parse(await bodyOf(request)) as {
      id?: unknown;
      params?: { service?: string; method?: string; args?: unknown[] };
    };
    const { service, method, args = [] } = body.params ?? {};
    // a method that returns None answers without `result`, as Odoo 14 does
    const ok = (value: unknown) =>
      sendJson(response, 200, { jsonrpc: "2.0", id: body.id ?? null, ...(value !== null && { result: value }) });
    const fail = (error: OdooError) =>
      sendJson(response, 200, {
        jsonrpc: "2.0",
        id: body.id ?? null,
        error: {
          code: error.status === 404 && version === "19" ? 404 : 0,
          message: "Odoo Server Error",
          data: errorBody(error),
        },
      });
    if (service === "common" && method === "version")
      return ok({
        server_version: `${version}.0`,
        server_version_info: versionInfo,
        server_serie: `${version}.0`,
        protocol_version: 1,
      });
    const denied = new OdooError("odoo.exceptions.AccessDenied", "Access Denied", 403);
    if (service === "common" && (method === "authenticate" || method === "login")) {
      const [db, login, key] = args;
      if (db !== SANDBOX_DB)
        return fail(
          new OdooError("psycopg2.OperationalError", `FATAL:  database "${String(db)}" does not exist\n`, 500),
        );
      const uid = keys.get(String(key));
      const known = uid !== undefined && db === SANDBOX_DB && store.get("res.users", uid)?.login === login;
      return ok(known ? uid : false);
    }
    if (service !== "object" || method !== "execute_kw") return fail(typeError(`no service ${service}.${method}`));
    const [db, uid, key, model, name, positional = [], kwargs = {}] = args as [
      string,
      number,
      string,
      string,
      string,
      unknown[]?,
      Record<string, unknown>?,
    ];
    if (db !== SANDBOX_DB || keys.get(String(key)) !== uid) return fail(denied);
    const { context, ...named } = kwargs;
    const env = envOf(uid, (context ?? {}) as Record<string, unknown>, correlationOf(request));
    return perform(request, response, callOf(String(model), String(name), positional, named), env, (result) =>
      "error" in result ? fail(result.error) : ok(result.value ?? null),
    );
  };

  const control = async (request: IncomingMessage, response: ServerResponse, path: string) => {
    try {
      const text = await bodyOf(request);
      const wish: unknown = text === "" ? {} : JSON.parse(text);
      if (path === "/__sandbox/mode" && request.method === "POST") {
        await setMode(readMode(wish));
        return sendJson(response, 200, mode);
      }
      if (path === "/__sandbox/mode") return sendJson(response, 200, mode);
      if (path === "/__sandbox/effects") return sendJson(response, 200, effects.summary());
      if (path === "/__sandbox/order" && request.method === "POST")
        return sendJson(response, 200, makeOne(wish as OrderWish));
      return sendJson(response, 404, { error: "no such control" });
    } catch (error) {
      return sendJson(response, 400, { error: error instanceof Error ? error.message : "unknown" });
    }
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? "/", "http://sandbox").pathname;
    if (path.startsWith("/__sandbox/")) return control(request, response, path);
    const route = /^\/json\/2\/([^/]+)\/([^/]+)$/.exec(path);
    if (route && version === "19") {
      const [model = "", method = ""] = route.slice(1).map(decodeURIComponent);
      if (request.method === "POST") return json2(request, response, model, method);
      return sendJson(
        response,
        404,
        errorBody(new OdooError("werkzeug.exceptions.NotFound", `Did you mean POST ${path}?`, 404)),
      );
    }
    if (path === "/jsonrpc" && request.method === "POST") return jsonrpc(request, response);
    if ((path === "/web/version" || path === "/json/version") && version === "19")
      return sendJson(response, 200, { version_info: versionInfo, version: `${version}.0` });
    if (path === "/web/webclient/version_info")
      return sendJson(response, 200, { jsonrpc: "2.0", id: null, result: { server_version: `${version}.0` } });
    if (path === "/") return sendHtml(response, 200, frontPage(envOf(1)));
    if (path === "/web") return sendHtml(response, 200, hashPage());
    const record = /^\/odoo\/([a-z.]+)\/(\d+)$/.exec(path);
    const html = record ? recordPage(envOf(1), record[1] ?? "", Number(record[2])) : null;
    return html === null ? sendHtml(response, 404, "<h1>404 Not Found</h1>") : sendHtml(response, 200, html);
  };

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : "unknown";
      if (!response.headersSent) sendHtml(response, 500, `<h1>500 Internal Server Error</h1><p>${message}</p>`);
    });
  };

  let odoo: Server | null = createServer(listener);
  const port = await listen(odoo, options.port);
  const controlServer = createServer(listener);
  const controlPort = await listen(controlServer, options.controlPort ?? 0);

  const shut = (server: Server) =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const setMode = async (wish: Mode): Promise<void> => {
    mode = wish;
    if (wish.mode === "down" && odoo) {
      const closing = odoo;
      odoo = null;
      // the order to go down may have come in on the very port that closes
      setImmediate(() => void shut(closing));
    } else if (wish.mode !== "down" && !odoo) {
      odoo = createServer(listener);
      await listen(odoo, port);
    }
  };

  return {
    url: `http://127.0.0.1:${port}`,
    controlUrl: `http://127.0.0.1:${controlPort}`,
    version,
    upgrade: () => {
      version = "19";
      versionInfo = [19, 0, 0, "final", 0, ""];
      upgradeStore(store);
    },
    change: (model, id, values) => store.transaction(() => write(envOf(1), model, [id], values)),
    remove: (model, id) => store.transaction(() => unlink(envOf(1), model, [id])),
    all: (model) => store.all(model),
    find: (model, id) => store.get(model, id),
    forbid: (model, action) => {
      store.forbidden.add(`${model} ${action}`);
    },
    db: SANDBOX_DB,
    login: SANDBOX_LOGIN,
    key: SANDBOX_KEY,
    adminKey: SANDBOX_ADMIN_KEY,
    setMode: (wish) => setMode(readMode(wish)),
    effects: () => effects.summary(),
    effectsOf: (filter) => effects.of(filter),
    order: (wish = {}) => makeOne(wish),
    addTransfer: (orderId, lines) => store.transaction(() => addTransfer(envOf(userId), orderId, lines)),
    close: async () => {
      await Promise.all([odoo ? shut(odoo) : undefined, shut(controlServer)]);
    },
  };
}

function correlationOf(request: IncomingMessage): string | null {
  const header = request.headers["x-correlation-id"];
  return typeof header === "string" ? header.slice(0, 128) : null;
}

/** Positional arguments of execute_kw by the names that Odoo's methods give them. */
const POSITIONS: Record<string, string[]> = {
  search: ["domain", "offset", "limit", "order"],
  search_read: ["domain", "fields", "offset", "limit", "order"],
  search_count: ["domain"],
  create: ["vals_list"],
  load: ["fields", "data"],
  fields_get: ["allfields", "attributes"],
  check_object_reference: ["module", "xml_id"],
  has_group: ["group_ext_id"],
  context_get: [],
  read: ["ids", "fields"],
  write: ["ids", "vals"],
};

function callOf(model: string, method: string, positional: unknown[], named: Record<string, unknown>): Call {
  const names = POSITIONS[method] ?? ["ids"];
  const placed = Object.fromEntries(positional.map((value, at) => [names[at] ?? `argument_${at}`, value]));
  const { ids, ...args } = { ...placed, ...named };
  return { model, method, ids: readIds(ids), args };
}
