import { describe, expect, test } from "vitest";
import type { Secret, Verdict } from "./scheme";
import { makeVerifier, parseVerifySettings, secretHeaders } from "./verify";

const secret = (value: string, more: Partial<Secret> = {}): Secret => ({
  id: "one",
  value,
  expiresAtMs: null,
  ...more,
});
const body = (text: string) => Buffer.from(text, "utf8");
const OK: Verdict = { ok: true, secretId: "one" };
const why = (verdict: Verdict) => (verdict.ok ? "verified" : verdict.why);

describe("easypost", () => {
  // signatures made with openssl over the NFKD form of the secret
  const verify = makeVerifier("easypost", {}, [secret("s\u00e9cret")]);
  const plain = body('{"id":"evt_1","result":{"weight":17.6}}');
  const signature = "hmac-sha256-hex=5d74f7bc06fe4c2f3e96bfb42287b6633e8b5b4c1d101ff1ed64fef81dcd0e19";
  const at = (given: string | undefined, bytes = plain) =>
    verify({ headers: { "x-hmac-signature": given }, body: bytes, nowMs: 0 });

  test("a signature over the raw bytes with the normalised secret verifies", () => {
    expect(at(signature)).toEqual(OK);
    expect(at(signature.toUpperCase().replace("HMAC-SHA256-HEX", "hmac-sha256-hex"))).toEqual(OK);
  });

  test("a body whose whole weight was signed with a decimal verifies, also beside other bytes than ASCII", () => {
    const sent = body('{"id":"evt_1","result":{"weight": 13,"note":"é"}}');
    expect(at("hmac-sha256-hex=a16e77021be60568700d230862e934a276859a9e93bcc0db47b361ee2a08930a", sent)).toEqual(OK);
  });

  test.each([
    ["one digit changed", signature.replace(/9$/, "8")],
    ["cut short", signature.slice(0, -2)],
    ["without its prefix", signature.slice("hmac-sha256-hex=".length)],
    ["with more behind it", `${signature}zz`],
    ["empty", ""],
    ["missing", undefined],
  ])("a signature that is %s is refused", (_, given) => {
    expect(at(given).ok).toBe(false);
  });

  test("a body changed by one byte is refused", () => {
    expect(at(signature, body('{"id":"evt_2","result":{"weight":17.6}}')).ok).toBe(false);
  });
});

describe("standard_webhooks", () => {
  // the example of the specification
  const verify = makeVerifier("standard_webhooks", {}, [secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]);
  const headers = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  };
  const nowMs = 1_614_265_330_000;
  const at = (more: Record<string, string | undefined> = {}, ms = nowMs) =>
    verify({ headers: { ...headers, ...more }, body: body('{"test": 2432232314}'), nowMs: ms });

  test("the example of the specification verifies, under Svix's header names too", () => {
    expect(at()).toEqual(OK);
    const svix = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.replace("webhook", "svix"), value]),
    );
    expect(verify({ headers: svix, body: body('{"test": 2432232314}'), nowMs })).toEqual(OK);
  });

  test("one good signature among several is enough, and other versions are passed over", () => {
    expect(at({ "webhook-signature": `v1a,AAAA v1,AAAA ${headers["webhook-signature"]}` })).toEqual(OK);
    expect(at({ "webhook-signature": headers["webhook-signature"].replace("v1,", "v1a,") }).ok).toBe(false);
  });

  test("five minutes to either side are allowed and a second more is not", () => {
    expect(at({}, nowMs + 300_000)).toEqual(OK);
    expect(at({}, nowMs - 300_000)).toEqual(OK);
    expect(at({}, nowMs + 301_000).ok).toBe(false);
    expect(at({}, nowMs - 301_000).ok).toBe(false);
  });

  test("another id, another timestamp or no header is refused", () => {
    expect(at({ "webhook-id": "msg_other" }).ok).toBe(false);
    expect(at({ "webhook-timestamp": "1614265331" }).ok).toBe(false);
    expect(at({ "webhook-timestamp": "now" }).ok).toBe(false);
    expect(at({ "webhook-signature": undefined }).ok).toBe(false);
  });
});

describe("hmac", () => {
  const verdictOf = (settings: object, key: string, headers: Record<string, string>, text: string, nowMs = 0) =>
    makeVerifier("hmac", settings, [secret(key)])({ headers, body: body(text), nowMs });

  test("GitHub's documented example verifies", () => {
    const settings = { header: "X-Hub-Signature-256", prefix: "sha256=" };
    const signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    expect(
      verdictOf(settings, "It's a Secret to Everybody", { "x-hub-signature-256": signature }, "Hello, World!"),
    ).toEqual(OK);
    expect(
      verdictOf(settings, "It's a Secret to Everybody", { "x-hub-signature-256": signature }, "Hello, World").ok,
    ).toBe(false);
  });

  test.each([
    // RFC 4231 and RFC 2202, test case 2
    ["sha256", "hex", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"],
    ["sha256", "base64", "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="],
    ["sha1", "hex", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"],
    [
      "sha512",
      "hex",
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    ],
  ])("%s in %s verifies the vector of its RFC", (algorithm, encoding, signature) => {
    const settings = { header: "x-sign", algorithm, encoding };
    expect(verdictOf(settings, "Jefe", { "x-sign": signature }, "what do ya want for nothing?")).toEqual(OK);
    expect(verdictOf(settings, "jefe", { "x-sign": signature }, "what do ya want for nothing?").ok).toBe(false);
  });

  test("a signed timestamp verifies within its tolerance only", () => {
    const settings = {
      header: "x-sign",
      timestampHeader: "x-time",
      template: "{timestamp}.{body}",
      toleranceSeconds: 60,
    };
    const headers = {
      "x-sign": "6a939b0c71853d606167625a15168ee9188c6a511c773ef4f42d307f3849e50f",
      "x-time": "1700000000",
    };
    const at = (nowMs: number, more = {}) =>
      verdictOf(settings, "topsecret", { ...headers, ...more }, '{"a":1}', nowMs);
    expect(at(1_700_000_030_000)).toEqual(OK);
    expect(at(1_700_000_061_000).ok).toBe(false);
    expect(at(1_699_999_939_000).ok).toBe(false);
    expect(at(1_700_000_030_000, { "x-time": "1700000001" }).ok).toBe(false);
  });

  test("settings under which a timestamp would not be signed are refused, and so is every delivery", () => {
    const settings = { header: "x-sign", timestampHeader: "x-time" };
    expect(() => parseVerifySettings("hmac", settings)).toThrow();
    expect(verdictOf(settings, "Jefe", { "x-sign": "00", "x-time": "0" }, "x")).toEqual({
      ok: false,
      why: "The feed's signature settings are wrong.",
    });
  });
});

describe("api_key", () => {
  const bearer = makeVerifier("api_key", {}, [secret("key-1234567890")]);
  const own = makeVerifier("api_key", { header: "X-Api-Key" }, [secret("key-1234567890")]);
  const at = (verify: typeof bearer, headers: Record<string, string>) => verify({ headers, body: body(""), nowMs: 0 });

  test("the right key verifies as a bearer token or in a header of its own", () => {
    expect(at(bearer, { authorization: "Bearer key-1234567890" })).toEqual(OK);
    expect(at(own, { "x-api-key": "key-1234567890" })).toEqual(OK);
  });

  test("a wrong key, part of the key and no key are refused", () => {
    expect(at(bearer, { authorization: "Bearer key-123456789" }).ok).toBe(false);
    expect(at(bearer, { authorization: "Basic key-1234567890" }).ok).toBe(false);
    expect(at(own, {}).ok).toBe(false);
    expect(at(own, { "x-api-key": "" }).ok).toBe(false);
  });
});

describe("live secrets", () => {
  const header = (key: string) => ({ authorization: `Bearer ${key}` });
  const two = [secret("old", { id: "old", expiresAtMs: 1000 }), secret("new", { id: "new" })];
  const verify = makeVerifier("api_key", {}, two);

  test("both secrets of a rotation verify and say which they were, until the old one expires", () => {
    expect(verify({ headers: header("old"), body: body(""), nowMs: 999 })).toEqual({ ok: true, secretId: "old" });
    expect(verify({ headers: header("new"), body: body(""), nowMs: 999 })).toEqual({ ok: true, secretId: "new" });
    expect(verify({ headers: header("old"), body: body(""), nowMs: 1000 }).ok).toBe(false);
    expect(verify({ headers: header("new"), body: body(""), nowMs: 1000 })).toEqual({ ok: true, secretId: "new" });
  });

  test.each(["easypost", "standard_webhooks", "hmac", "api_key"] as const)(
    "%s without a live secret refuses",
    (scheme) => {
      const signed = {
        authorization: "Bearer x",
        "x-hmac-signature": "hmac-sha256-hex=00",
        "webhook-id": "1",
        "webhook-timestamp": "1",
        "webhook-signature": "v1,AAAA",
        "x-sign": "00",
      };
      const none = makeVerifier(scheme, scheme === "hmac" ? { header: "x-sign" } : {}, [
        secret("x", { expiresAtMs: 1 }),
      ]);
      expect(why(none({ headers: signed, body: body(""), nowMs: 2000 }))).toContain("no live secret");
    },
  );

  test("the scheme none refuses whatever comes through the door", () => {
    expect(makeVerifier("none", {}, [secret("x")])({ headers: header("x"), body: body(""), nowMs: 0 }).ok).toBe(false);
  });

  test("the headers that hold secrets are known for each scheme", () => {
    expect(secretHeaders("easypost", {})).toEqual(["x-hmac-signature"]);
    expect(secretHeaders("hmac", { header: "X-Sign" })).toEqual(["x-sign"]);
    expect(secretHeaders("api_key", {})).toEqual(["authorization"]);
  });
});
