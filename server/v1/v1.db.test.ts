import { afterAll, beforeAll, expect, test } from "vitest";
import { RIGHTS, type Right } from "@/core/access/rights";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import * as rows from "@/db/testing/rows";
import { SYSTEM } from "../access/actor";
import { createApiKey } from "../api-keys/create";
import { countCarriers } from "../carriers/count";
import { type TestContext, testContext } from "../testing/context";
import { openException } from "../testing/open-exception";
import { answerApi } from "./answer";
import { routes } from "./routes";

let database: TestDatabase;
let ctx: TestContext;
let everything: string;
beforeAll(async () => {
  database = await testDatabase("v1");
  ctx = testContext(database);
  everything = await keyWith([...RIGHTS]);
});
afterAll(async () => database?.drop());

async function keyWith(scopes: Right[]): Promise<string> {
  return (await createApiKey(ctx, SYSTEM, { name: "test", scopes, expiresInDays: null })).key;
}

async function call(path: string, options: { key?: string | null; method?: string; body?: string } = {}) {
  const key = options.key === undefined ? everything : options.key;
  const headers: Record<string, string> = {
    "x-correlation-id": "test-1",
    ...(key ? { authorization: `Bearer ${key}` } : {}),
  };
  const { method = "GET", body } = options;
  const response = await answerApi(ctx, new Request(`http://127.0.0.1:3000/api/v1${path}`, { method, headers, body }));
  return { status: response.status, headers: response.headers, json: await response.json() };
}

const ID = "01900000-0000-7000-8000-000000000001";

test("without a key, and with an unknown one, every call is 401 in the shape of an error", async () => {
  for (const key of [null, `wpk_${"a".repeat(32)}`]) {
    const { status, json, headers } = await call("/shipments", { key });
    expect(status).toBe(401);
    expect(json.error).toMatchObject({ code: "unauthenticated", correlationId: "test-1" });
    expect(headers.get("x-correlation-id")).toBe("test-1");
    expect(headers.get("www-authenticate")).toContain("Bearer");
  }
});

test("each call is refused to a key that holds every scope but its own", async () => {
  for (const route of routes) {
    const key = await keyWith(RIGHTS.filter((right) => right !== route.right));
    const path = route.path.replace("{kind}", "status").replace(/\{[a-z]+\+?\}/gi, ID);
    const { status, json } = await call(path, {
      key,
      method: route.method,
      ...(route.method === "GET" ? {} : { body: "{}" }),
    });
    expect([route.method, route.path, status, json.error?.code]).toEqual([route.method, route.path, 403, "forbidden"]);
  }
});

test("an unknown call is 404, a wrong method 405 with Allow, wrong input 422 with the name of the field", async () => {
  expect((await call("/nothing")).status).toBe(404);
  const wrong = await call("/shipments", { method: "DELETE" });
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET"]);
  const limit = await call("/shipments?limit=1000");
  expect([limit.status, limit.json.error.code]).toEqual([422, "invalid"]);
  expect(limit.json.error.message).toMatch(/^limit: /);
  expect((await call("/postings?state=planned,nonsense")).status).toBe(422);
  expect((await call("/shipments?cursor=x'--")).status).toBe(422);
  expect((await call(`/shipments/${ID}`)).status).toBe(404);
  expect((await call("/shipments/not-an-id")).status).toBe(422);
});

test("a failure of ours is 500 with the correlation id and nothing of the cause", async () => {
  const fail = () => {
    throw new Error("secret detail");
  };
  const broken: TestContext = { ...ctx, sql: new Proxy(ctx.sql, { apply: fail }) };
  const request = new Request("http://x/api/v1/runs", {
    headers: { authorization: `Bearer ${everything}`, "x-correlation-id": "test-2" },
  });
  const response = await answerApi(broken, request);
  const text = await response.text();
  expect([response.status, text.includes("secret detail"), text.includes("test-2")]).toEqual([500, false, true]);
});

test("a shipment is found by any reference as a whole, and shows milestones, references and its Odoo record", async () => {
  const feedId = await rows.insertFeed(ctx.sql, { slug: "parcel" });
  const connectionId = await rows.insertConnection(ctx.sql, { name: "main" });
  const reached = { occurredAtMs: Date.UTC(2026, 10, 20, 8), offsetMinutes: 60, precision: "second", basis: "offset" };
  const state = {
    reached: {
      picked_up: { ...reached, inferred: false, feedId },
      dispatched: { ...reached, occurredAtMs: null, inferred: true, feedId: null },
    },
    packages: [
      { number: "1Z1", issuer: "ups", master: false, milestone: "picked_up", summary: "in_transit", terminal: null },
    ],
    attributes: { odoo_picking: { value: { name: "WH/OUT/7" } } },
  };
  const id = await rows.insertShipment(ctx.sql, {
    name: "WH/OUT/7",
    milestone: "picked_up",
    summary: "in_transit",
    state,
    feedId,
    connectionId,
    pickingId: 7,
  });
  await rows.insertReference(ctx.sql, { shipmentId: id, value: "1Z1", issuer: "ups", said: "1z 1", feedId });
  const found = await call("/shipments?reference=1z-1");
  expect(found.json.items).toHaveLength(1);
  expect(found.json.items[0]).toMatchObject({
    id,
    milestone: "picked_up",
    references: [{ kind: "tracking_number", issuer: "ups", value: "1z 1" }],
    packages: [{ number: "1Z1", milestone: "picked_up" }],
    odoo: { connection: "main", pickingId: 7, name: "WH/OUT/7" },
  });
  expect(found.json.items[0].milestones).toContainEqual({
    milestone: "picked_up",
    occurredAt: "2026-11-20T08:00:00.000Z",
    offsetMinutes: 60,
    basis: "offset",
    inferred: false,
    feed: "parcel",
  });
  expect((await call(`/shipments/${id}`)).json).toEqual(found.json.items[0]);
  expect(found.json.foundBy).toBe("number");
  const linked = await rows.insertShipment(ctx.sql, { headId: id, feedId });
  expect((await call(`/shipments/${linked}`)).json.id).toBe(id);
  expect((await call(`/shipments/${id}/events`)).json).toEqual({ items: [], nextCursor: null });
});

test("a reference that no number equals finds by the start of numbers, and says so", async () => {
  const feedId = await rows.insertFeed(ctx.sql, { slug: "starts" });
  const ids = [];
  for (const value of ["PRE77001", "PRE77002"]) {
    const id = await rows.insertShipment(ctx.sql, { feedId });
    await rows.insertReference(ctx.sql, { shipmentId: id, value, said: value, feedId });
    ids.push(id);
  }
  const found = (await call("/shipments?reference=pre-770")).json;
  expect(found.foundBy).toBe("prefix");
  expect(found.items.map((item: { id: string }) => item.id).toSorted()).toEqual(ids.toSorted());
  expect((await call("/shipments?reference=PRE77001")).json).toMatchObject({
    foundBy: "number",
    items: [{ id: ids[0] }],
  });
  expect((await call("/shipments?reference=PRE78")).json).toEqual({ items: [], nextCursor: null, foundBy: "none" });
});

test("pages of shipments and postings give each row once", async () => {
  for (let i = 0; i < 5; i++) await rows.insertPosting(ctx.sql, { state: "planned", connectionId: 1 });
  for (const list of ["/shipments?", "/postings?state=planned&"]) {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { json }: { json: { items: { id: string }[]; nextCursor: string | null } } = await call(
        `${list}limit=2${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`,
      );
      seen.push(...json.items.map((item) => item.id));
      cursor = json.nextCursor;
    } while (cursor);
    const whole = (await call(`${list}limit=200`)).json.items.map((item: { id: string }) => item.id);
    expect(seen).toEqual(whole);
  }
});

test("postings of one shipment show record, state and when they go next", async () => {
  const made = await rows.insertPosting(ctx.sql, { state: "held", heldBecause: "observe", recordName: "WH/OUT/8" });
  const { json } = await call(`/postings?shipment=${made.shipmentId}`);
  expect(json.items).toHaveLength(1);
  expect(json.items[0]).toMatchObject({
    id: made.id,
    key: made.key,
    state: "held",
    heldBecause: "observe",
    record: { model: "stock.picking", id: 42, name: "WH/OUT/8" },
    before: { carrier_tracking_ref: null },
    after: { carrier_tracking_ref: "1Z1" },
  });
  expect(json.items[0].nextAt).toMatch(/Z$/);
});

test("a message tells its status by its receipt", async () => {
  const feedId = await rows.insertFeed(ctx.sql, { slug: "log" });
  const problems = [{ kind: "unreadable", at: "", found: null, expected: "JSON" }];
  const failed = await rows.insertMessage(ctx.sql, { feedId, status: "failed", problems });
  expect((await call(`/messages/${failed}`)).json).toMatchObject({
    id: failed,
    feed: "log",
    status: "failed",
    problems,
    events: [],
    shipments: [],
  });
  const waiting = await rows.insertMessage(ctx.sql, { feedId, waiting: true });
  expect((await call(`/messages/${waiting}`)).json.status).toBe("received");
  expect((await call(`/messages/${ID}`)).status).toBe(404);
});

test("a mapping is mended by the API: the dry run lists past events and writes nothing, the run makes a version", async () => {
  const path = "/feeds/parcel/crosswalks/status/in_transit%2Fodd%20word";
  const dry = await call(path, { method: "PUT", body: JSON.stringify({ to: "in_transit", dryRun: true }) });
  expect([dry.status, dry.json]).toEqual([
    200,
    { dryRun: true, from: null, to: "in_transit", version: null, total: 0, shipments: 0, more: false, events: [] },
  ]);
  expect((await call("/feeds/parcel/crosswalks/status")).json.items).toEqual([]);
  const done = await call(path, { method: "PUT", body: JSON.stringify({ to: "in_transit" }) });
  expect([done.status, done.json.version]).toEqual([200, 2]);
  expect((await call("/feeds/parcel/crosswalks/status")).json.items).toEqual([
    { word: "in_transit/odd word", to: "in_transit", source: "person", since: 2, count: null },
  ]);
  expect((await call(path, { method: "PUT", body: JSON.stringify({ to: "in_transit" }) })).status).toBe(409);
  expect((await call(path, { method: "PUT", body: JSON.stringify({ to: "nonsense" }) })).status).toBe(422);
  expect((await call(path, { method: "PUT", body: "{no json" })).json.error).toMatchObject({ code: "invalid" });
  const [row] = await ctx.sql`select actor_kind, after from audit where action = 'crosswalks.mend'`;
  expect(row).toMatchObject({ actor_kind: "api_key", after: { to: "in_transit", version: 2 } });
});

test("a replay is a run that can be paused, resumed and cancelled, and its items are listed", async () => {
  const feedId = await rows.insertFeed(ctx.sql, { slug: "again" });
  const receipts = [await rows.insertMessage(ctx.sql, { feedId }), await rows.insertMessage(ctx.sql, { feedId })];
  const body = JSON.stringify({ scope: { receipts }, dryRun: true });
  const started = await call("/replays", { method: "POST", body });
  expect([started.status, started.json]).toMatchObject([
    202,
    { kind: "replay", dryRun: true, state: "waiting", total: 2 },
  ]);
  const run = `/runs/${started.json.id}`;
  expect((await call(`${run}/items?limit=1`)).json).toMatchObject({
    items: [{ result: null }],
    nextCursor: expect.any(String),
  });
  const act = async (name: string) => {
    const { status, json } = await call(`${run}/${name}`, { method: "POST" });
    return [status, json.state ?? json.error.code];
  };
  expect(await act("pause")).toEqual([200, "paused"]);
  expect(await act("resume")).toEqual([200, "waiting"]);
  expect(await act("cancel")).toEqual([200, "cancelled"]);
  expect(await act("resume")).toEqual([409, "conflict"]);
  expect((await call("/replays", { method: "POST", body: "{}" })).status).toBe(422);
});

test("a posting is reposted as a run, dry or not", async () => {
  const { id } = await rows.insertPosting(ctx.sql, { state: "rejected" });
  const { status, json } = await call(`/postings/${id}/repost`, {
    method: "POST",
    body: JSON.stringify({ dryRun: true }),
  });
  expect([status, json]).toMatchObject([202, { kind: "repost", dryRun: true, total: 1 }]);
  expect((await call(`/postings/${ID}/repost`, { method: "POST" })).status).toBe(412);
});

test("what failed in a window is posted again as a run, and a window that is none is 422", async () => {
  const at = new Date("2026-03-01T10:00:00Z");
  await rows.insertPosting(ctx.sql, { state: "dead", updatedAt: at });
  await rows.insertPosting(ctx.sql, { state: "rejected", kind: "status_note", updatedAt: at });
  const recover = (body: object) => call("/postings/recover", { method: "POST", body: JSON.stringify(body) });
  const window = { since: "2026-03-01T10:00:00+00:00", until: "2026-03-01T11:00:00Z" };
  expect(await recover({ ...window, dryRun: true })).toMatchObject({
    status: 202,
    json: { kind: "repost", dryRun: true, total: 2 },
  });
  expect(await recover({ ...window, kinds: ["status_note"] })).toMatchObject({ status: 202, json: { total: 1 } });
  expect((await recover({ ...window, until: "2026-03-01T09:00:00Z" })).json.error).toMatchObject({
    code: "invalid",
    message: "The window has to end after it begins.",
  });
  expect((await recover({ ...window, since: "yesterday" })).status).toBe(422);
  expect((await recover({})).status).toBe(422);
});

test("every list without filters answers in its shape", async () => {
  const whole = new Set(["/routing"]);
  for (const route of routes.filter((r) => r.method === "GET" && !r.path.includes("{") && !whole.has(r.path))) {
    const { status, json } = await call(route.path);
    expect([route.path, status, Array.isArray(json.items)]).toEqual([route.path, 200, true]);
  }
  const words = await call("/feeds/parcel/crosswalks/status");
  expect([words.status, words.json.nextCursor]).toEqual([200, null]);
});

test("an exception is acknowledged, given and resolved by the API; an act from an old state is 409 with how it stands", async () => {
  const { id } = await openException(ctx, "delivery_late");
  const seen = { state: "open", assigneeId: null };
  const act = (name: string, body: object) =>
    call(`/exceptions/${id}/${name}`, { method: "POST", body: JSON.stringify(body) });
  expect(await act("acknowledge", { seen })).toMatchObject({ status: 200, json: { id, state: "acknowledged" } });
  const stale = await act("resolve", { seen, reason: "from an old screen" });
  expect(stale).toMatchObject({
    status: 409,
    json: { error: { code: "conflict", present: { state: "acknowledged", assigneeId: null } } },
  });
  expect(await act("comment", { text: "called them" })).toMatchObject({ status: 200 });
  expect(await act("snooze", { choice: { mode: "until", until: "2020-01-01T00:00:00Z" } })).toMatchObject({
    status: 422,
  });
  expect(await act("resolve", { reason: "all is well" })).toMatchObject({ status: 200, json: { state: "resolved" } });
  const weak = await keyWith(["exceptions:read", "exceptions:acknowledge"]);
  const body = JSON.stringify({ filter: { state: ["resolved"] }, act: { act: "reopen" } });
  expect((await call("/exception-runs", { key: weak, method: "POST", body })).status).toBe(403);
  const run = await call("/exception-runs", { method: "POST", body });
  expect(run).toMatchObject({ status: 202, json: { kind: "triage", state: "waiting", total: 1 } });
  expect((await call(`/runs/${run.json.id}/undo`, { method: "POST" })).status).toBe(412);
});

test("a key without the scope customers:read is told the kind of an exception and no word of a source, evidence or money", async () => {
  const { id, shipmentId } = await openException(ctx, "posting_rejected", {
    cause: "Jane Roe is archived",
    evidence: { said: "Jane Roe" },
  });
  await ctx.sql`update exception set stake_minor = 48900, risk_minor = 9780, stake_currency = 'EUR' where id = ${id}`;
  const read = async (scopes: Right[]) =>
    (await call(`/exceptions?shipment=${shipmentId}`, { key: await keyWith(scopes) })).json.items[0];
  expect(await read(["exceptions:read", "customers:read"])).toMatchObject({
    text: expect.stringContaining("Jane Roe"),
    stake: { amount: "489.00", currency: "EUR" },
  });
  const masked = await read(["exceptions:read"]);
  expect(masked).toMatchObject({ id, text: "Odoo refused", evidence: null, stake: null, atRisk: null });
  expect(JSON.stringify(masked)).not.toMatch(/Jane|489|97.80/);
});

test("routing rules are read, tried, replaced and audited; rules read too long ago are 409 with those that stand", async () => {
  const put = (body: object, key?: string) => call("/routing", { method: "PUT", body: JSON.stringify(body), key });
  const first = await call("/routing");
  expect(first).toMatchObject({ status: 200, json: { version: 0, rules: [], otherwise: null } });
  const rule = { name: "East", when: { feed: ["parcel"], warehouse: ["EAST"] }, to: { connection: "main" } };
  const tried = await put({ version: 0, rules: [rule], dryRun: true });
  expect(tried).toMatchObject({ status: 200, json: { dryRun: true, changed: false, run: null } });
  expect(tried.json.preview).toMatchObject({ more: false, rules: [{ takes: expect.any(Number) }] });
  expect((await call("/routing")).json).toEqual(first.json);
  const stored = await put({ version: 0, rules: [rule], otherwise: { connection: "main" } });
  const stands = {
    version: 1,
    rules: [{ ...rule, id: expect.any(String), to: { connection: "main", companyId: null } }],
    otherwise: { connection: "main", companyId: null },
  };
  expect(stored).toMatchObject({ status: 200, json: { changed: true, routing: stands } });
  expect((await call("/routing")).json).toMatchObject(stands);
  expect(await put({ version: 0, rules: [] })).toMatchObject({
    status: 409,
    json: { error: { code: "conflict", present: stands } },
  });
  expect((await put({ ...stored.json.routing })).json).toMatchObject({ changed: false, routing: { version: 1 } });
  const unknown = { ...rule, to: { connection: "nowhere" } };
  expect(await put({ version: 1, rules: [unknown] })).toMatchObject({
    status: 422,
    json: { error: { message: 'There is no Odoo connection "nowhere".' } },
  });
  expect((await put({ version: 1, rules: [{ ...rule, when: { feed: ["no-such"] } }] })).status).toBe(422);
  expect((await put({ version: 1, rules: [{ ...rule, when: {} }] })).json.error.message).toContain("takes everything");
  expect((await put({ version: 1, rules: [] }, await keyWith(["odoo:read"]))).status).toBe(403);
  const audited = await ctx.sql`select actor_kind, after from audit where subject = 'setting:routing'`;
  expect(audited).toMatchObject([{ actor_kind: "api_key", after: { version: 1 } }]);
});

test("figures of carriers come with what they are made of, by carrier or lane, and days that make no sense are 422", async () => {
  const at = Date.now() - 3 * 86_400_000;
  const reached = {
    picked_up: { occurredAtMs: at, inferred: false, feedId: null, receivedAtMs: at, precision: "minute" },
  };
  const address = { value: { city: "Lyon", country: "FR" }, feedId: 1, feedClass: "odoo", occurredAtMs: at };
  for (let n = 0; n < 3; n++) {
    const state = { reached, promisedDeliveryAtMs: at, attempts: 0, conditions: [], attributes: { address } };
    await rows.insertShipment(ctx.sql, { carrier: n === 0 ? "dhl" : "UPS", state, updatedAt: new Date(at) });
  }
  while ((await countCarriers(ctx, { environment: undefined })) > 0);
  const { status, json } = await call("/carriers/kpis");
  expect(status).toBe(200);
  expect(json.items.map((item: { group: string; shipments: number }) => [item.group, item.shipments])).toEqual([
    ["UPS", 2],
    ["dhl", 1],
  ]);
  const figures = json.items[0].figures as { kpi: string }[];
  expect(figures.find(({ kpi }) => kpi === "on_time_delivery")).toMatchObject({
    unit: "share",
    value: 0,
    numerator: 0,
    denominator: 2,
    belowMinimum: true,
    before: { value: null, denominator: 0 },
  });
  expect(figures.find(({ kpi }) => kpi === "transit_time")).toMatchObject({ value: null, why: expect.any(String) });
  const lanes = await call("/carriers/kpis?groupBy=lane&carrier=ups");
  expect(lanes.json.items).toMatchObject([{ group: "FR", shipments: 2 }]);
  const past = await call("/carriers/kpis?from=2020-01-01&to=2020-02-01");
  expect(past.json).toEqual({ items: [], nextCursor: null });
  for (const query of [
    "from=2020-02-01&to=2020-01-01",
    "from=2020-13-01",
    "from=2010-01-01&to=2020-01-01",
    "groupBy=planet",
  ])
    expect([query, (await call(`/carriers/kpis?${query}`)).status]).toEqual([query, 422]);
});
