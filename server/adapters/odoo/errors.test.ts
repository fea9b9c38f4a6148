import { describe, expect, it } from "vitest";
import { fieldOf, fromNetwork, fromOdooError, fromStrangeAnswer, networkCode, type OdooFailureKind } from "./errors";

const call = { model: "stock.picking", method: "write" };

describe("an error that Odoo names", () => {
  const cases: [string, string, OdooFailureKind][] = [
    ["werkzeug.exceptions.Unauthorized", "Invalid apikey", "auth"],
    ["odoo.exceptions.AccessDenied", "Access Denied", "auth"],
    ["werkzeug.exceptions.NotFound", "the model 'x' does not exist", "not_found_route"],
    ["odoo.exceptions.UserError", "Object no.model doesn't exist", "not_found_route"],
    ["builtins.AttributeError", "type object 'x' has no attribute 'y'", "not_found_route"],
    ["odoo.exceptions.MissingError", "Record does not exist", "missing_record"],
    ["odoo.exceptions.AccessError", "Access to unauthorized or invalid companies.", "access"],
    ["odoo.exceptions.UserError", "You cannot cancel a stock move", "refused"],
    ["odoo.exceptions.ValidationError", "Missing required fields", "refused"],
    ["psycopg2.errors.UniqueViolation", "duplicate key value", "refused"],
    ["builtins.KeyError", "'no_field'", "caller"],
    ["psycopg2.errors.InvalidDatetimeFormat", "invalid input syntax", "caller"],
    ["psycopg2.errors.SerializationFailure", "could not serialize access due to concurrent update", "serialization"],
    ["odoo.exceptions.UserError", "could not serialize access due to concurrent update", "serialization"],
    ["odoo.exceptions.ConcurrencyError", "busy", "serialization"],
    ["psycopg2.OperationalError", 'FATAL:  database "nope" does not exist', "database"],
    ["psycopg2.OperationalError", "server closed the connection unexpectedly", "unknown"],
    ["psycopg2.errors.TooManyConnections", "sorry, too many clients already", "overloaded"],
    ["builtins.ZeroDivisionError", "division by zero", "server"],
  ];
  it.each(cases)("%s %j is %s", (name, message, kind) => {
    expect(fromOdooError(call, { name, message, debug: "Traceback secret" }, 500).kind).toBe(kind);
  });

  it("loses its traceback and is cut to what a card can show", () => {
    const failure = fromOdooError(
      call,
      { name: "x", message: `a\n\tb\u0000${"c".repeat(5_000)}`, debug: "Traceback secret" },
      500,
    );
    expect(failure.message.startsWith("a b c")).toBe(true);
    expect(failure.message.length).toBeLessThanOrEqual(1_001);
    expect(JSON.stringify(Object.entries(failure))).not.toContain("secret");
  });
});

it.each([
  ["builtins.KeyError", "'no_field'", "no_field"],
  ["builtins.KeyError", "no_field", "no_field"],
  ["builtins.ValueError", "Invalid field 'no_field' on model 'stock.picking'", "no_field"],
  [
    "odoo.exceptions.UserError",
    "You cannot modify the following readonly fields on a posted move: invoice_line_ids",
    "invoice_line_ids",
  ],
  ["odoo.exceptions.UserError", "Something else.", null],
])("the field of %s %j is %s", (name, message, field) => {
  expect(fieldOf(name, message)).toBe(field);
});

describe("a network error", () => {
  const wrapped = (code: string) => new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code }) });
  it.each([
    "ECONNREFUSED",
    "ENOTFOUND",
    "EAI_AGAIN",
    "UND_ERR_CONNECT_TIMEOUT",
    "CERT_HAS_EXPIRED",
    "ERR_TLS_CERT_ALTNAME_INVALID",
  ])("%s never reached Odoo", (code) => expect(fromNetwork(call, wrapped(code)).kind).toBe("unreachable"));
  it.each(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "UND_ERR_HEADERS_TIMEOUT", "SOMETHING_NEW"])(
    "%s may have reached Odoo",
    (code) => expect(fromNetwork(call, wrapped(code)).kind).toBe("unknown"),
  );
  it("that is our own time-out may have reached Odoo", () => {
    expect(fromNetwork(call, new DOMException("The operation timed out", "TimeoutError"))).toMatchObject({
      kind: "unknown",
      code: "TIMEOUT",
    });
  });
  it("of several tried addresses is the first of them, and a ring of causes ends", () => {
    const refused = Object.assign(new Error("x"), { code: "ECONNREFUSED" });
    expect(networkCode(new AggregateError([refused, refused]))).toBe("ECONNREFUSED");
    const ring: Error & { cause?: unknown } = new Error("x");
    ring.cause = ring;
    expect(networkCode(ring)).toBe("NETWORK");
  });
});

it.each([
  [500, "<p>The Connection Pool Is Full</p>", "overloaded"],
  [503, "", "overloaded"],
  [429, "", "overloaded"],
  [500, "<h1>oops</h1>", "unknown"],
  [502, "", "unknown"],
  [504, "", "unknown"],
  [404, "", "database"],
  [301, "", "database"],
  [401, "", "auth"],
  [403, "", "access"],
  [413, "", "caller"],
  [200, "<html>", "unknown"],
] as const)("a page with status %i (%s) is %s", (status, text, kind) => {
  expect(fromStrangeAnswer(call, status, text).kind).toBe(kind);
});
