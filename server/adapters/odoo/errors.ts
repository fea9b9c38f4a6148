/**
 * Why a call to Odoo did not succeed. Classified by Odoo's exception name and the network's error code, never by HTTP status alone:
 * a 404 may be a missing record, a 500 may be our own mistake.
 *
 * - unreachable: the request was never sent (refused, no such host, TLS, connect time-out): nothing happened in Odoo.
 * - unknown: sent, and no answer that tells: it may have happened, may still happen.
 * - auth: key wrong, expired, or its user archived. Concerns the connection, not the posting.
 * - database: no such database, or the address is not an Odoo. Concerns the connection.
 * - not_found_route: the model or method is not there (module missing, other version).
 * - missing_record: the record is gone.
 * - access: the user's rights, record rules or companies forbid it.
 * - refused: Odoo's business rules forbid it; the message is for a person.
 * - caller: our own fault: unknown field, wrong type, bad JSON.
 * - serialization: lost against a concurrent transaction; rolled back, safe to send again.
 * - overloaded: turned away before anything was done; safe to send again later.
 * - server: Odoo broke on the way; its transaction was rolled back.
 */
export const ODOO_FAILURE_KINDS = [
  "unreachable",
  "unknown",
  "auth",
  "database",
  "not_found_route",
  "missing_record",
  "access",
  "refused",
  "caller",
  "serialization",
  "overloaded",
  "server",
] as const;
export type OdooFailureKind = (typeof ODOO_FAILURE_KINDS)[number];

export type CallName = { model: string; method: string };

export class OdooFailure extends Error {
  readonly kind: OdooFailureKind;
  readonly model: string;
  readonly method: string;
  /** Odoo's exception name or the network's error code. */
  readonly code: string;
  /** The field Odoo named, where it named one. */
  readonly field: string | null;
  readonly status: number | null;

  constructor(
    kind: OdooFailureKind,
    call: CallName,
    detail: { message: string; code: string; field?: string | null; status?: number | null },
  ) {
    super(detail.message);
    this.name = "OdooFailure";
    this.kind = kind;
    this.model = call.model;
    this.method = call.method;
    this.code = detail.code;
    this.field = detail.field ?? null;
    this.status = detail.status ?? null;
  }
}

const MESSAGE_LIMIT = 1_000;

/** Shortens Odoo's text for people to what a card can show; control characters and runs of blanks become one blank. */
export function tidy(message: string): string {
  const flat = message.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return flat.length > MESSAGE_LIMIT ? `${flat.slice(0, MESSAGE_LIMIT)}…` : flat;
}

/** Node, undici and OpenSSL codes of a request that never left this machine, or never got past the handshake. */
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "EMFILE",
  "EPROTO",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "HOSTNAME_MISMATCH",
]);

const NETWORK_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Odoo refused the connection: it is not running, or the port is wrong.",
  ENOTFOUND: "The name of the Odoo server cannot be found.",
  EAI_AGAIN: "The name of the Odoo server cannot be looked up just now.",
  EHOSTUNREACH: "There is no way through the network to the Odoo server.",
  ENETUNREACH: "There is no way through the network to the Odoo server.",
  UND_ERR_CONNECT_TIMEOUT: "The Odoo server did not take the connection in time.",
  CERT_HAS_EXPIRED: "The certificate of the Odoo server has expired.",
  TIMEOUT: "Odoo did not answer in time; whether it did the work is not known.",
  ECONNRESET: "Odoo closed the connection before it answered; whether it did the work is not known.",
  UND_ERR_SOCKET: "Odoo closed the connection before it answered; whether it did the work is not known.",
  TOO_LARGE: "Odoo's answer is larger than Waypost takes.",
};

/** Finds the innermost error code of a fetch error: undici wraps the cause, Node wraps several tried addresses. */
export function networkCode(error: unknown): string {
  const seen = new Set<unknown>();
  const look = (value: unknown): string | null => {
    if (typeof value !== "object" || value === null || seen.has(value)) return null;
    seen.add(value);
    if ("errors" in value && Array.isArray(value.errors)) {
      for (const inner of value.errors) {
        const found = look(inner);
        if (found) return found;
      }
    }
    const inner = "cause" in value ? look(value.cause) : null;
    if (inner) return inner;
    if ("name" in value && (value.name === "TimeoutError" || value.name === "AbortError")) return "TIMEOUT";
    return "code" in value && typeof value.code === "string" ? value.code : null;
  };
  return look(error) ?? "NETWORK";
}

/** Turns a network error into a failure. Anything that is not surely "never sent" is `unknown`: it may have happened. */
export function fromNetwork(call: CallName, error: unknown): OdooFailure {
  const code = networkCode(error);
  const neverSent = NEVER_SENT.has(code) || code.startsWith("ERR_TLS_") || code.startsWith("ERR_SSL_");
  const fallback = neverSent
    ? `The Odoo server could not be reached (${code}).`
    : `The connection to Odoo broke before it answered (${code}); whether it did the work is not known.`;
  return new OdooFailure(neverSent ? "unreachable" : "unknown", call, {
    message: NETWORK_WORDS[code] ?? fallback,
    code,
  });
}

const BY_NAME: Readonly<Record<string, OdooFailureKind>> = {
  "werkzeug.exceptions.Unauthorized": "auth",
  "odoo.exceptions.AccessDenied": "auth",
  "odoo.http.SessionExpiredException": "auth",
  "werkzeug.exceptions.NotFound": "not_found_route",
  "builtins.AttributeError": "not_found_route",
  "odoo.exceptions.MissingError": "missing_record",
  "odoo.exceptions.AccessError": "access",
  "werkzeug.exceptions.Forbidden": "access",
  "odoo.exceptions.UserError": "refused",
  "odoo.exceptions.ValidationError": "refused",
  "odoo.exceptions.RedirectWarning": "refused",
  "odoo.exceptions.Warning": "refused",
  "odoo.exceptions.except_orm": "refused",
  "odoo.exceptions.ConcurrencyError": "serialization",
  "odoo.service.model.RetryOnNotReady": "serialization",
  "odoo.sql_db.PoolError": "overloaded",
  "werkzeug.exceptions.UnprocessableEntity": "caller",
  "werkzeug.exceptions.BadRequest": "caller",
  "werkzeug.exceptions.UnsupportedMediaType": "caller",
  "werkzeug.exceptions.RequestEntityTooLarge": "caller",
  "builtins.TypeError": "caller",
  "builtins.ValueError": "caller",
  "builtins.KeyError": "caller",
  "builtins.IndexError": "caller",
  "builtins.AssertionError": "caller",
  "builtins.NotImplementedError": "caller",
};

const CONCURRENT = /could not serialize access|deadlock detected|could not obtain lock/i;

/** Says whether a text is PostgreSQL's complaint about a concurrent transaction; such work was rolled back whole. */
export function isConcurrency(message: string): boolean {
  return CONCURRENT.test(message);
}

function kindOfName(name: string, message: string): OdooFailureKind {
  if (isConcurrency(message)) return "serialization";
  // JSON-RPC names the database in the call, and PostgreSQL answers
  if (name.startsWith("psycopg2.") && /database "[^"]*" does not exist/.test(message)) return "database";
  // Odoo 14 says "Object x doesn't exist" with the name of a business refusal
  if (name === "odoo.exceptions.UserError" && /^Object \S+ doesn't exist$/.test(message)) return "not_found_route";
  const known = BY_NAME[name];
  if (known) return known;
  return name.startsWith("psycopg2.") ? kindOfDatabaseError(name.split(".").at(-1) ?? "") : "server";
}

/** PostgreSQL's own errors, by their names in psycopg2: `errors.SerializationFailure`, `OperationalError`. */
function kindOfDatabaseError(name: string): OdooFailureKind {
  if (/^(SerializationFailure|DeadlockDetected|LockNotAvailable|InFailedSqlTransaction)$/.test(name))
    return "serialization";
  if (/^(TooManyConnections|CannotConnectNow|PoolError)$/.test(name)) return "overloaded";
  if (/Violation$/.test(name)) return "refused";
  if (/^(Invalid|Undefined|Numeric|StringData|Datetime|Data|Syntax)/.test(name)) return "caller";
  // the connection to the database broke, perhaps while committing
  if (/^(OperationalError|InterfaceError|AdminShutdown|CrashShutdown|QueryCanceled)$/.test(name)) return "unknown";
  return "server";
}

/** Picks out of Odoo's message the field it complains of, where the message names one in one of its known forms. */
export function fieldOf(name: string, message: string): string | null {
  if (name === "builtins.KeyError") return /^'?([a-z_][\w.]*)'?$/i.exec(message.trim())?.[1] ?? null;
  const forms = [
    /Invalid field '?([a-z_]\w*)'?/i,
    /Invalid field [\w.]+\.([a-z_]\w*)/i,
    /[Ff]ield: .*?\(([a-z_]\w*)\)/,
    /for field '?([a-z_]\w*)'?/i,
    /modify '([a-z_]\w*)'/i,
    /readonly fields[^:]*: ([a-z_]\w*)/i,
  ];
  for (const form of forms) {
    const found = form.exec(message)?.[1];
    if (found) return found;
  }
  return null;
}

const RENEW_KEY =
  "It has expired or was removed, or its user is archived: make a new key in Odoo and give it under Odoo, Change.";

/** Turns Odoo's own error object (`name`, `message`; its traceback is dropped here) into a failure. */
export function fromOdooError(call: CallName, error: unknown, status: number | null): OdooFailure {
  const body = typeof error === "object" && error !== null ? (error as Record<string, unknown>) : {};
  const code = typeof body.name === "string" ? body.name.slice(0, 200) : "unnamed";
  const message = typeof body.message === "string" ? body.message : "";
  const kind = kindOfName(code, message);
  const said = tidy(message) || `Odoo answered with the error ${code}.`;
  return new OdooFailure(kind, call, {
    message: kind === "auth" ? `Odoo does not accept the key (${said.replace(/\.$/, "")}). ${RENEW_KEY}` : said,
    code,
    field: fieldOf(code, message),
    status,
  });
}

/** Turns an answer that is not Odoo's JSON (a proxy's page, an HTML error) into a failure. */
export function fromStrangeAnswer(call: CallName, status: number, text: string): OdooFailure {
  const answer = (kind: OdooFailureKind, message: string) =>
    new OdooFailure(kind, call, { message, code: `http_${status}`, status });
  if (status === 401) return answer("auth", `Odoo does not accept the key. ${RENEW_KEY}`);
  if (status === 403) return answer("access", "Something in front of Odoo forbids the call.");
  if (status === 404)
    return answer("database", "There is no such database, or no Odoo at this address (the page was not found).");
  if (status === 413) return answer("caller", "The request is larger than Odoo, or a proxy before it, takes.");
  if (status === 415) return answer("caller", "Odoo did not take the content type of the request.");
  if (status === 429) return answer("overloaded", "Odoo, or a proxy before it, asks to slow down.");
  if (status === 503) return answer("overloaded", "Odoo is not available just now (503).");
  if (status === 500 && /connection pool is full/i.test(text))
    return answer("overloaded", "Odoo has no database connection left (its pool is full).");
  if (status >= 500)
    return answer(
      "unknown",
      `Odoo, or a proxy before it, broke off with status ${status}; whether the work was done is not known.`,
    );
  if (status >= 300 && status < 400)
    return answer("database", `The address answers with a redirect (${status}): check protocol, host and database.`);
  if (status >= 400) return answer("caller", `Odoo did not take the request (status ${status}).`);
  return answer("unknown", "The answer is not JSON; whether the work was done is not known.");
}

/** True where nothing was changed in Odoo and the same call may simply be sent again later. */
export function isTransient(kind: OdooFailureKind): boolean {
  return kind === "unreachable" || kind === "serialization" || kind === "overloaded";
}

const ANSWERS: ReadonlySet<OdooFailureKind> = new Set([
  "not_found_route",
  "missing_record",
  "access",
  "refused",
  "caller",
] as const);

/** True where Odoo did its work and said no: the call itself did not fail. */
export function isAnswer(kind: OdooFailureKind): boolean {
  return ANSWERS.has(kind);
}

/** True where the failure concerns the whole connection: no other posting would fare better. */
export function concernsConnection(kind: OdooFailureKind): boolean {
  return kind === "unreachable" || kind === "auth" || kind === "database" || kind === "overloaded";
}
