import { readAddress } from "./address";
import { type OdooCall, type OdooDomain, type OdooRow, rowsOf } from "./call";
import { type Dialect, dialectCalls, dialectFrom } from "./dialect";
import { fromStrangeAnswer, OdooFailure, type OdooFailureKind } from "./errors";
import { type CallUrgency, createSend, type Send } from "./http";
import { json2Transport } from "./transport-json2";
import { askJsonrpc, jsonrpcTransport } from "./transport-jsonrpc";

export type TransportName = "json2" | "jsonrpc";
export type OdooServer = { version: string; series: number; transport: TransportName };

export type TransportSettings = {
  base: string;
  db: string;
  login: string;
  key: string;
  maxBytes: number;
  send: Send;
};

/** How one call goes out. */
export type CallManner = {
  timeoutMs: number;
  correlationId: string | null;
  urgency: CallUrgency;
  onLeave?: () => void;
};

export type Transport = {
  name: TransportName;
  call: (call: OdooCall, manner: CallManner) => Promise<unknown>;
};

export type OdooSettings = {
  url: string;
  db: string;
  /** Needed by JSON-RPC (14 to 18); JSON-2 knows the user by the key. */
  login: string;
  key: string;
  /** Odoo retries a lost transaction for up to 17 s by itself, so below 20 s answers go missing that would have come. */
  timeoutMs?: number;
  maxBytes?: number;
  allowPlainHttp?: boolean;
  correlationId?: string;
  /** What `discoverServer` found earlier; saves asking again. */
  server?: OdooServer;
  send?: Send;
  /** Makes calls wait for their turn among others to the same Odoo; none: they leave at once. */
  turn?: Turn | null;
  /** How urgent its calls are among others to the same Odoo that wait to leave. */
  urgency?: CallUrgency;
  /** Told how each call ended: the kind of its failure, or null where Odoo answered. */
  onEnd?: (failure: OdooFailureKind | null) => void;
};

/** How long calls have waited to leave, in all. */
type Waited = { ms: number };

/** Runs work when its turn comes. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

export type SearchOptions = {
  limit?: number;
  offset?: number;
  order?: string;
  context?: Readonly<Record<string, unknown>>;
};

export type LoadResult = {
  ids: number[] | null;
  messages: { message: string; field: string | null; type: string }[];
};

export type OdooClient = {
  server: OdooServer;
  /** What this server's models have; asked once and remembered. */
  dialect: () => Promise<Dialect>;
  /** `onLeave` is told when the call really leaves, after any wait for its turn and for the rate. */
  call: (call: OdooCall, onLeave?: () => void) => Promise<unknown>;
  searchRead: (
    model: string,
    domain: OdooDomain,
    fields: readonly string[],
    options?: SearchOptions,
  ) => Promise<OdooRow[]>;
  read: (
    model: string,
    ids: readonly number[],
    fields: readonly string[],
    context?: Readonly<Record<string, unknown>>,
  ) => Promise<OdooRow[]>;
  write: (
    model: string,
    ids: readonly number[],
    vals: Readonly<Record<string, unknown>>,
    context?: Readonly<Record<string, unknown>>,
  ) => Promise<void>;
  create: (
    model: string,
    valsList: readonly Readonly<Record<string, unknown>>[],
    context?: Readonly<Record<string, unknown>>,
  ) => Promise<number[]>;
  load: (
    model: string,
    fields: readonly string[],
    rows: readonly (readonly string[])[],
    context?: Readonly<Record<string, unknown>>,
  ) => Promise<LoadResult>;
  /** Takes one turn for several calls, which work makes by the client it is given. */
  inTurn: <T>(work: (client: OdooClient) => Promise<T>) => Promise<T>;
  /** How long the calls of this turn have waited to leave, ms: what they took beyond it was Odoo's. */
  waitedMs: () => number;
  /** The same connection with another correlation id, time-out or urgency, or without waiting for turns. */
  with: (changes: { correlationId?: string; timeoutMs?: number; turn?: null; urgency?: CallUrgency }) => OdooClient;
};

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const VERSION = { model: "common", method: "version" };

function serverFrom(version: unknown, info: unknown, transport: TransportName): OdooServer | null {
  const series = Array.isArray(info) ? Number.parseInt(String(info[0]).replace(/^\D+/, ""), 10) : Number.NaN;
  return typeof version === "string" && series > 0 ? { version: version.slice(0, 50), series, transport } : null;
}

/**
 * Asks the server, without any login, what it is: JSON-2 where `/web/version` answers (19 and later), else JSON-RPC. Throws
 * `OdooFailure`; a server that is no Odoo is `database`.
 */
export async function discoverServer(
  settings: Pick<OdooSettings, "url" | "timeoutMs" | "allowPlainHttp" | "send" | "urgency">,
): Promise<OdooServer> {
  const base = readAddress(settings.url, settings.allowPlainHttp ?? false);
  const send = settings.send ?? sharedSend;
  const timeoutMs = Math.min(settings.timeoutMs ?? DEFAULT_TIMEOUT_MS, 15_000);
  const maxBytes = 1_000_000;
  const urgency = settings.urgency ?? "normal";
  const get = await send(
    { method: "GET", url: `${base}/web/version`, headers: {}, timeoutMs, maxBytes, urgency },
    VERSION,
  );
  if (get.status === 200 && typeof get.json === "object" && get.json !== null) {
    const { version, version_info } = get.json as Record<string, unknown>;
    const found = serverFrom(version, version_info, "json2");
    if (found && found.series >= 19) return found;
  }
  const transport: TransportSettings = { base, db: "", login: "", key: "", maxBytes, send };
  const answer = await askJsonrpc(transport, VERSION, "common", "version", [], {
    timeoutMs,
    urgency,
    correlationId: null,
  });
  const { server_version, server_version_info } = (answer ?? {}) as Record<string, unknown>;
  const found = serverFrom(server_version, server_version_info, "jsonrpc");
  if (!found) throw fromStrangeAnswer(VERSION, 404, "");
  if (found.series < 14)
    throw new OdooFailure("database", VERSION, {
      message: `Odoo ${found.version} is older than 14, the oldest that Waypost speaks to.`,
      code: "too_old",
    });
  return found;
}

const sharedSend: Send = createSend();

function readLoad(answer: unknown): LoadResult {
  const { ids, messages } = (answer ?? {}) as Record<string, unknown>;
  const list = Array.isArray(messages) ? messages : [];
  return {
    ids: Array.isArray(ids) ? ids.filter((id): id is number => typeof id === "number") : null,
    messages: list.map((entry: Record<string, unknown>) => ({
      message: String(entry.message ?? ""),
      field: typeof entry.field === "string" ? entry.field : null,
      type: String(entry.type ?? "error"),
    })),
  };
}

function build(
  transport: Transport,
  server: OdooServer,
  settings: OdooSettings,
  known: { dialect?: Promise<Dialect> },
  waited: Waited,
): OdooClient {
  const timeoutMs = settings.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const turn: Turn = settings.turn ?? ((work) => work());
  const callAtOnce = async (request: OdooCall, onLeave?: () => void): Promise<unknown> => {
    // Odoo runs a record method on an empty or mistyped recordset, does nothing and answers 200
    if (request.ids && (request.ids.length === 0 || !request.ids.every((id) => Number.isInteger(id) && id > 0)))
      throw new OdooFailure("caller", request, { message: "A call names no records to work on.", code: "empty_ids" });
    const asked = performance.now();
    const manner: CallManner = {
      timeoutMs,
      correlationId: settings.correlationId ?? null,
      urgency: settings.urgency ?? "normal",
      onLeave: () => {
        waited.ms += performance.now() - asked;
        onLeave?.();
      },
    };
    try {
      const answer = await transport.call(request, manner);
      settings.onEnd?.(null);
      return answer;
    } catch (error) {
      if (error instanceof OdooFailure) settings.onEnd?.(error.kind);
      throw error;
    }
  };
  const call = (request: OdooCall, onLeave?: () => void) => turn(() => callAtOnce(request, onLeave));
  const askUser = async (): Promise<number | null> => {
    const context = (await callAtOnce({ model: "res.users", method: "context_get" })) as Record<string, unknown> | null;
    if (typeof context?.uid === "number") return context.uid;
    // 14 does not name the user in the context, but knows the login we signed in with
    const args = { domain: [["login", "=", settings.login]], fields: ["id"], limit: 1 };
    return rowsOf(await callAtOnce({ model: "res.users", method: "search_read", args }))[0]?.id ?? null;
  };
  // without a turn: whoever has one may be waiting for this
  const askDialect = async (): Promise<Dialect> => {
    const userId = await askUser();
    const answers = await Promise.all(
      dialectCalls().map((request) =>
        callAtOnce(request).then(
          (answer) => answer as Record<string, unknown>,
          (error: unknown) => {
            const missing =
              error instanceof OdooFailure && (error.kind === "not_found_route" || error.kind === "access");
            if (missing) return null;
            throw error;
          },
        ),
      ),
    );
    return dialectFrom({ ...server, userId }, answers);
  };
  const client: OdooClient = {
    server,
    dialect: () => {
      known.dialect ??= askDialect().catch((error: unknown) => {
        known.dialect = undefined;
        throw error;
      });
      return known.dialect;
    },
    call,
    searchRead: async (model, domain, fields, options = {}) => {
      const { context, ...rest } = options;
      return rowsOf(await call({ model, method: "search_read", args: { domain, fields, ...rest }, context }));
    },
    read: async (model, ids, fields, context) =>
      ids.length === 0 ? [] : rowsOf(await call({ model, method: "read", ids, args: { fields }, context })),
    write: async (model, ids, vals, context) => {
      await call({ model, method: "write", ids, args: { vals }, context });
    },
    create: async (model, valsList, context) => {
      const answer = await call({ model, method: "create", args: { vals_list: valsList }, context });
      return (Array.isArray(answer) ? answer : [answer]).filter((id): id is number => typeof id === "number");
    },
    load: async (model, fields, rows, context) =>
      readLoad(await call({ model, method: "load", args: { fields, data: rows }, context })),
    inTurn: (work) => turn(() => work(build(transport, server, { ...settings, turn: null }, known, { ms: 0 }))),
    waitedMs: () => waited.ms,
    with: (changes) => build(transport, server, { ...settings, ...changes }, known, waited),
  };
  return client;
}

/** Makes a client for one database of one Odoo. Asks the server for its version unless told; throws `OdooFailure`, `AddressRefused`. */
export async function createOdooClient(settings: OdooSettings): Promise<OdooClient> {
  const base = readAddress(settings.url, settings.allowPlainHttp ?? false);
  const send = settings.send ?? sharedSend;
  const server = settings.server ?? (await discoverServer(settings));
  const { db, login, key } = settings;
  const transport = { base, db, login, key, maxBytes: settings.maxBytes ?? DEFAULT_MAX_BYTES, send };
  return build(
    server.transport === "json2" ? json2Transport(transport) : jsonrpcTransport(transport),
    server,
    settings,
    {},
    { ms: 0 },
  );
}
