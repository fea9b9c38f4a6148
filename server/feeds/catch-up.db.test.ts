import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CatchUpSettings } from "@/core/feeds/catch-up";
import { newestReceipts } from "@/db/queries/feed-watch";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import { receive } from "../messages/receive";
import { type Worker, workDue } from "../pipeline/work";
import { type TestContext, testContext } from "../testing/context";
import { makeTestFeed, type TestFeed } from "../testing/workspace";
import { askNow, endCatchUp, readCatchUp, setCatchUp } from "./catch-up";
import { catchUp } from "./catch-up-work";

const base = Math.floor(Date.now() / 1000) * 1000;
type Detail = { status: string; minutesAgo: number };
type Tracker = { id: string; tracking_code: string; updated_at: string; tracking_details: object[] };

/** A source as an aggregator's API is: trackers in pages of two behind a key. */
const source = {
  trackers: [] as Tracker[],
  asked: [] as URL[],
  failing: null as number | null,
  key: "Basic c2VjcmV0Og==",
};
const server = http.createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://source");
  source.asked.push(url);
  const answer = (status: number, body: unknown) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (source.failing !== null) return answer(source.failing, { error: "no" });
  if (request.headers.authorization !== source.key) return answer(401, { error: "who are you" });
  const before = url.searchParams.get("before_id");
  const from = before === null ? 0 : source.trackers.findIndex(({ id }) => id === before) + 1;
  const trackers = source.trackers.slice(from, from + 2);
  answer(200, { trackers, has_more: from + 2 < source.trackers.length });
});

let database: TestDatabase;
let ctx: TestContext;
let feed: TestFeed<"easypost">;
let admin: Awaited<ReturnType<typeof insertActor>>;
const worker: Worker = { slot: 1, environment: undefined };
let runs = 0;

beforeAll(async () => {
  database = await testDatabase("catch_up");
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server.close();
  await database?.drop();
});

beforeEach(async () => {
  ctx = testContext(database, new Date());
  worker.environment = undefined;
  feed = await makeTestFeed(ctx, { slug: `parcel-${++runs}`, adapter: "easypost", class: "carrier" });
  admin = await insertActor(ctx.sql, "administrator");
  await ctx.sql`delete from feed_catch_up`;
  Object.assign(source, { trackers: [], asked: [], failing: null });
});

const pass = (minutes: number) => {
  ctx.clock.at = new Date(ctx.clock.at.getTime() + minutes * 60_000);
};
const readAll = async () => {
  while ((await workDue(ctx, worker, new AbortController().signal)) > 0);
};
const tracker = (code: string, details: Detail[]): Tracker => ({
  id: `trk_${code}`,
  tracking_code: code,
  updated_at: new Date(base - Math.min(...details.map((one) => one.minutesAgo)) * 60_000).toISOString(),
  ...{ object: "Tracker", carrier: "UPS", status: details.at(-1)?.status },
  tracking_details: details.map(({ status, minutesAgo }) => ({
    object: "TrackingDetail",
    message: status,
    status,
    datetime: new Date(base - minutesAgo * 60_000).toISOString(),
    tracking_location: { city: "X", country: "US" },
  })),
});
/** As the webhook sends it. */
async function send(result: Tracker): Promise<void> {
  const bytes = Buffer.from(
    JSON.stringify({ id: `evt_${ctx.uuid()}`, object: "Event", description: "tracker.updated", result }),
  );
  const arrival = { feed, bytes, contentType: "application/json", headers: null, name: null, correlationId: "c" };
  const [kept] = await receive(ctx, [{ ...arrival, verdict: "verified" }]);
  if (!kept?.ok) throw new Error("not stored");
}
const settings = (): CatchUpSettings => ({
  url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/trackers?since={since}`,
  header: "Authorization",
  items: "/trackers",
  updated: "/updated_at",
  paging: { by: "last_id", parameter: "before_id", id: "/id", more: "/has_more" },
  everyMinutes: 60,
  overlapMinutes: 120,
});
const set = (over: object = {}, seen: Date | null = null, key: string | null = source.key) =>
  setCatchUp(ctx, admin, { id: feed.id, seen, key, ...settings(), ...over });
const state = async () => {
  const found = await readCatchUp(ctx, admin, feed);
  if (!found) throw new Error("no catch-up");
  return found;
};
const open = () =>
  ctx.sql`select subject, text from exception where feed_id = ${feed.id} and kind = 'missed_updates' and state <> 'resolved'`;

describe("a feed that catches up", () => {
  test("fetches the update whose webhook was lost, marks it, tells of it, and never takes one twice", async () => {
    for (const code of ["1ZA", "1ZB"]) await send(tracker(code, [{ status: "in_transit", minutesAgo: 300 }]));
    await readAll();
    source.trackers = [
      tracker("1ZC", [{ status: "in_transit", minutesAgo: 200 }]),
      tracker("1ZB", [{ status: "in_transit", minutesAgo: 300 }]),
      // its second webhook never came
      tracker("1ZA", [
        { status: "in_transit", minutesAgo: 300 },
        { status: "delivered", minutesAgo: 60 },
      ]),
    ];
    await set();
    expect(await catchUp(ctx, 1)).toBe(1);
    expect(source.asked.map((url) => url.searchParams.get("before_id"))).toEqual([null, "trk_1ZB"]);
    expect(source.asked[0]?.searchParams.get("since")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    await readAll();
    pass(1);
    await catchUp(ctx, 1);
    expect(await state()).toMatchObject({ found: 3, stored: 3, failures: 0, lastError: null, countAt: null });
    const [shipment] =
      await ctx.sql`select s.stage from shipment s join reference r on r.shipment_id = s.shipment_id where r.value = '1ZA'`;
    expect(shipment?.stage).toBe("delivered");
    const told = await ctx.sql`select e.kind, m.name from event e join message m on m.id = e.message_id
      where e.feed_id = ${feed.id} and not e.overall order by e.occurred_at`;
    expect(told.filter(({ name }) => name !== null)).toEqual([
      { kind: "in_transit", name: "recovered trk_1ZC" },
      { kind: "delivered", name: "recovered trk_1ZA" },
    ]);
    expect(await state()).toMatchObject({ recovered: 2, recoveredEver: 2 });
    expect(await open()).toEqual([
      { subject: `missed:${feed.id}`, text: expect.stringMatching(/did not send 2 events .* fetched/) },
    ]);
    // what was asked for says nothing of how the feed sends
    expect(await newestReceipts(ctx.sql, feed.id, new Date(0), 100)).toHaveLength(2);

    pass(60);
    source.asked = [];
    expect(await catchUp(ctx, 1)).toBe(1);
    pass(1);
    await catchUp(ctx, 1);
    expect(await state()).toMatchObject({ found: 3, stored: 0, recovered: 0, recoveredEver: 2 });
    expect(await open()).toEqual([]);
    const [messages] = await ctx.sql`select count(*)::int as n from message where feed_id = ${feed.id}`;
    expect(messages?.n).toBe(5);
  });

  test("leaves what has just changed for the webhook that is on its way", async () => {
    source.trackers = [tracker("1ZD", [{ status: "in_transit", minutesAgo: 2 }])];
    await set();
    await catchUp(ctx, 1);
    expect(await state()).toMatchObject({ found: 1, stored: 0 });
  });

  test("says why a source cannot be asked, asks again sooner, and raises it when it goes on", async () => {
    source.failing = 503;
    await set();
    for (let failure = 1; failure <= 3; failure++) {
      expect(await open()).toEqual([]);
      expect(await catchUp(ctx, 1)).toBe(1);
      expect(await state()).toMatchObject({ failures: failure, lastError: "It answers with an error (503)." });
      pass(2 ** failure);
    }
    expect(await open()).toEqual([{ subject: `asking:${feed.id}`, text: expect.stringContaining("(503)") }]);
    source.failing = null;
    expect(await catchUp(ctx, 1)).toBe(1);
    expect(await state()).toMatchObject({ failures: 0, lastError: null });
    expect(await open()).toEqual([]);
  });

  test("tells a wrong key, another shape and a redirect apart", async () => {
    await set({}, null, "Basic wrong");
    await catchUp(ctx, 1);
    expect((await state()).lastError).toBe("It refuses the key (401).");
    const { updatedAt } = await state();
    await set({ items: "/parcels" }, updatedAt);
    await catchUp(ctx, 1);
    expect((await state()).lastError).toBe("The answer holds no list at /parcels.");
    source.failing = 302;
    await askNow(ctx, admin, { id: feed.id, from: null });
    await catchUp(ctx, 1);
    expect((await state()).lastError).toMatch(/another address \(302\)/);
  });

  test("takes no update larger than the feed does, and says so", async () => {
    await ctx.sql`update feed set max_bytes = 300 where id = ${feed.id}`;
    source.trackers = [tracker("1ZLARGE", [{ status: "in_transit", minutesAgo: 60 }])];
    await set();
    await catchUp(ctx, 1);
    expect((await state()).lastError).toBe("One update is larger than the 300 bytes that this feed takes.");
  });

  test("reaches back as far as a person asks, once", async () => {
    await set();
    await catchUp(ctx, 1);
    pass(5);
    const from = new Date(ctx.now().getTime() - 20 * 86_400_000);
    await askNow(ctx, admin, { id: feed.id, from });
    source.asked = [];
    await catchUp(ctx, 1);
    expect(source.asked[0]?.searchParams.get("since")).toBe(`${from.toISOString().slice(0, 19)}Z`);
    pass(61);
    source.asked = [];
    await catchUp(ctx, 1);
    expect(Date.parse(source.asked[0]?.searchParams.get("since") ?? "")).toBeGreaterThan(from.getTime() + 86_400_000);
  });

  test("is set by those who may, keeps its key to its address, and is audited without it", async () => {
    const support = await insertActor(ctx.sql, "support");
    await expect(setCatchUp(ctx, support, { id: feed.id, seen: null, key: null, ...settings() })).rejects.toThrow();
    await set();
    // an address may hold a key
    expect((await readCatchUp(ctx, support, feed))?.settings.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const { updatedAt, keyHint } = await state();
    expect(keyHint).toBe("Og==");
    await expect(set({ url: "https://evil.example/v2" }, updatedAt, null)).rejects.toThrow(/enter the key again/);
    await expect(set({}, new Date(0), null)).rejects.toThrow(/Somebody else/);
    await set({ everyMinutes: 30 }, updatedAt, null);
    expect(await state()).toMatchObject({ keyHint: "Og==", settings: { everyMinutes: 30 } });
    await endCatchUp(ctx, admin, { id: feed.id });
    expect(await readCatchUp(ctx, admin, feed)).toBeNull();
    const audit =
      await ctx.sql`select action, after::text from audit where subject = ${`feed:${feed.id}`} order by at, id`;
    expect(audit.map(({ action }) => action)).toEqual([
      "feeds.set_catch_up",
      "feeds.set_catch_up",
      "feeds.end_catch_up",
    ]);
    expect(JSON.stringify(audit)).not.toContain("c2VjcmV0");
  });
});
