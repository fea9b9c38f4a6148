import { createServer } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { feedChangeInput, newFeedInput } from "@/core/feeds/feed-input";
import { findFeedRow, listSecrets } from "@/db/queries/feed-settings";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import { bodyOfRequest } from "../messages/body";
import { handleDelivery, openDoor } from "../messages/door";
import { type TestContext, testContext } from "../testing/context";
import { createFeed } from "./create";
import { endFeedSecret } from "./end-secret";
import { getFeed, readFeeds } from "./overview";
import { pauseFeed } from "./pause";
import { previewFeed } from "./preview";
import { resumeFeed } from "./resume";
import { rotateSecret } from "./rotate-secret";
import { sendSample } from "./send-sample";
import { updateFeed } from "./update";

let database: TestDatabase;
let ctx: TestContext;
let admin: PersonActor;
let support: PersonActor;
let n = 0;

beforeAll(async () => {
  database = await testDatabase("feeds");
  admin = await insertActor(database.sql, "administrator");
  support = await insertActor(database.sql, "support");
});
afterAll(async () => database?.drop());
beforeEach(() => {
  ctx = testContext(database);
});

const input = (some: Record<string, unknown> = {}) =>
  newFeedInput.parse({
    name: "Parcels",
    slug: `parcels-${n++}`,
    adapter: "easypost",
    class: "aggregator",
    wayIn: "push",
    verify: "easypost",
    ...some,
  });

const audits = (id: number) =>
  database.sql`select action, before, after from audit where subject = ${`feed:${id}`} order by at, id`;

async function changeOf(id: number, some: Record<string, unknown>) {
  const feed = await findFeedRow(database.sql, { id });
  return feedChangeInput.parse({ ...feed, seen: feed?.updatedAt, ...some });
}

describe("a new feed", () => {
  test("has its packs as mapping version 1, a secret that is stored sealed only, and an audit row without it", async () => {
    const { id, secret, url, slug } = await createFeed(ctx, admin, input());
    expect(url).toBe(`http://127.0.0.1:3000/api/feeds/${slug}`);
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    const [entries] =
      await database.sql`select count(*)::int as n from crosswalk_entry where feed_id = ${id} and source = 'pack' and until is null`;
    expect(entries?.n).toBeGreaterThan(20);
    expect(await database.sql`select number, generation from mapping_version where feed_id = ${id}`).toEqual([
      { number: 1, generation: 1 },
    ]);
    const [kept] = await database.sql`select sealed, hint from feed_secret where feed_id = ${id}`;
    expect(kept?.sealed.includes(Buffer.from(secret ?? ""))).toBe(false);
    expect(kept?.hint).toBe(secret?.slice(-4));
    expect(JSON.stringify(await audits(id))).not.toContain(secret);
  });

  test("refuses who may not manage feeds, a slug that is taken, an unverified door, and settings the adapter does not know", async () => {
    await expect(createFeed(ctx, support, input())).rejects.toMatchObject({ code: "forbidden" });
    const first = input();
    await createFeed(ctx, admin, first);
    await expect(createFeed(ctx, admin, { ...input(), slug: first.slug })).rejects.toMatchObject({ code: "conflict" });
    expect(() => input({ verify: "none" })).toThrow("must be verified");
    await expect(createFeed(ctx, admin, input({ zone: "Mars/Olympus" }))).rejects.toMatchObject({ code: "invalid" });
    const mapping = { columns: [{ column: "a", gives: "nonsense" }] };
    const bad = input({ adapter: "csv", class: "warehouse", wayIn: "file", verify: "none", settings: { mapping } });
    await expect(createFeed(ctx, admin, bad)).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("settings.mapping"),
    });
  });
});

describe("changing a feed", () => {
  test("a limit changes no reading; a zone is a new mapping version and generation", async () => {
    const { id } = await createFeed(ctx, admin, input());
    expect(await updateFeed(ctx, admin, await changeOf(id, { ratePerSecond: 7 }))).toEqual({
      mappingVersion: 1,
      newReading: false,
    });
    ctx.clock.at = new Date(ctx.clock.at.getTime() + 1000);
    expect(
      await updateFeed(ctx, admin, await changeOf(id, { zone: "Europe/Prague", note: "they write local times" })),
    ).toEqual({
      mappingVersion: 2,
      newReading: true,
    });
    expect(await findFeedRow(database.sql, { id })).toMatchObject({
      ratePerSecond: 7,
      zone: "Europe/Prague",
      generation: 2,
    });
    expect((await audits(id)).map((row) => [row.action, row.before, row.after]).slice(1)).toEqual([
      ["feeds.update", { ratePerSecond: 1000 }, { ratePerSecond: 7 }],
      ["feeds.update", { zone: null }, { zone: "Europe/Prague" }],
    ]);
  });

  test("refuses who may not, and a change over somebody else's", async () => {
    const { id } = await createFeed(ctx, admin, input());
    const stale = await changeOf(id, { name: "Mine" });
    await expect(updateFeed(ctx, support, stale)).rejects.toMatchObject({ code: "forbidden" });
    ctx.clock.at = new Date(ctx.clock.at.getTime() + 1000);
    await updateFeed(ctx, admin, await changeOf(id, { name: "Theirs" }));
    await expect(updateFeed(ctx, admin, stale)).rejects.toMatchObject({ code: "conflict" });
    expect((await findFeedRow(database.sql, { id }))?.name).toBe("Theirs");
  });

  test("pause and resume go one way at a time and refuse who may not", async () => {
    const { id } = await createFeed(ctx, admin, input());
    await expect(pauseFeed(ctx, support, { id })).rejects.toMatchObject({ code: "forbidden" });
    await expect(resumeFeed(ctx, admin, { id })).rejects.toMatchObject({ code: "conflict" });
    await pauseFeed(ctx, admin, { id });
    await expect(pauseFeed(ctx, admin, { id })).rejects.toMatchObject({ code: "conflict" });
    expect((await getFeed(ctx, { id })).health.word).toBe("Paused");
    await expect(resumeFeed(ctx, support, { id })).rejects.toMatchObject({ code: "forbidden" });
    await resumeFeed(ctx, admin, { id });
    expect((await audits(id)).map((row) => row.action)).toEqual(["feeds.create", "feeds.pause", "feeds.resume"]);
  });
});

describe("secrets", () => {
  test("a rotation keeps the one before for the overlap and ends older ones; an ended one ends once", async () => {
    const { id } = await createFeed(ctx, admin, input());
    const live = async () => {
      const rows = await listSecrets(database.sql, id, ctx.now());
      return rows
        .filter((row) => row.expiresAt === null || row.expiresAt > ctx.now())
        .map((row) => row.expiresAt?.getTime() ?? null);
    };
    const hour = 3_600_000;
    ctx.clock.at = new Date(ctx.clock.at.getTime() + 1000);
    await rotateSecret(ctx, admin, { id, overlapHours: 2, secret: null });
    expect(await live()).toEqual([null, ctx.now().getTime() + 2 * hour]);
    ctx.clock.at = new Date(ctx.clock.at.getTime() + 1000);
    const { secret } = await rotateSecret(ctx, admin, { id, overlapHours: 1, secret: null });
    expect(await live()).toEqual([null, ctx.now().getTime() + hour]);
    const newest = (await listSecrets(database.sql, id, ctx.now()))[0];
    expect(newest?.hint).toBe(secret.slice(-4));
    await endFeedSecret(ctx, admin, { id, secretId: newest?.id ?? "" });
    await expect(endFeedSecret(ctx, admin, { id, secretId: newest?.id ?? "" })).rejects.toMatchObject({
      code: "conflict",
    });
    expect(JSON.stringify(await audits(id))).not.toContain(secret);
  });

  test("refuses who may not, and a feed that verifies nothing", async () => {
    const { id } = await createFeed(
      ctx,
      admin,
      input({ adapter: "csv", class: "warehouse", wayIn: "file", verify: "none" }),
    );
    const ask = { id, overlapHours: 1, secret: null };
    await expect(rotateSecret(ctx, support, ask)).rejects.toMatchObject({ code: "forbidden" });
    await expect(rotateSecret(ctx, admin, ask)).rejects.toMatchObject({ code: "precondition" });
    await expect(endFeedSecret(ctx, support, { id, secretId: ctx.uuid() })).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("a sample", () => {
  const SCHEMES: [string, string, Record<string, unknown>][] = [
    ["easypost", "easypost", {}],
    ["standard_webhooks", "easypost", {}],
    [
      "hmac",
      "easypost",
      {
        header: "x-signature",
        timestampHeader: "x-time",
        template: "{timestamp}.{body}",
        encoding: "base64",
        prefix: "v0=",
      },
    ],
    ["api_key", "easypost", { header: "x-api-key" }],
    ["api_key", "csv", {}],
  ];

  test("signed by any scheme goes through the real door, and a paused door refuses it", async () => {
    const door = openDoor(ctx, { slot: 0 });
    const server = createServer((request, response) => {
      const headers = request.headers as Record<string, string | undefined>;
      const slug = (request.url ?? "").split("/").pop() ?? "";
      void handleDelivery(door, { slug, method: request.method ?? "", headers, body: bodyOfRequest(request) }).then(
        (answer) => {
          response
            .writeHead(answer.status, { ...answer.headers, "content-type": "application/json" })
            .end(JSON.stringify(answer.json));
        },
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    ctx.config = { ...ctx.config, port: typeof address === "object" && address ? address.port : 0 };
    try {
      for (const [verify, adapter, verifySettings] of SCHEMES) {
        const { id } = await createFeed(ctx, admin, input({ verify, adapter, verifySettings }));
        await door.registry.refresh();
        const sent = await sendSample(ctx, admin, { id });
        expect([verify, sent.refusal, sent.status]).toEqual([verify, null, 202]);
        const [kept] = await database.sql`select correlation_id, verdict from message where id = ${sent.receipt}`;
        expect(kept).toEqual({ correlation_id: sent.correlationId, verdict: "verified" });
        await pauseFeed(ctx, admin, { id });
        await door.registry.refresh();
        expect(await sendSample(ctx, admin, { id })).toMatchObject({
          status: 409,
          receipt: null,
          refusal: expect.stringContaining("paused"),
        });
      }
    } finally {
      server.close();
      await door.close();
    }
  });

  test("refuses who may not manage feeds, and says when no door answers", async () => {
    const { id } = await createFeed(ctx, admin, input());
    await expect(sendSample(ctx, support, { id })).rejects.toMatchObject({ code: "forbidden" });
    ctx.config = { ...ctx.config, port: 9 };
    await expect(sendSample(ctx, admin, { id })).rejects.toMatchObject({ code: "upstream" });
  });
});

test("a preview reads a sample as the feed would, stores nothing, and refuses who may not see feeds", async () => {
  const body = Buffer.from(
    "Shipment Number,Tracking Number,Carrier,Status,Status Date\r\nS1,1Z1,UPS,Shipped,2026-11-20 10:00:00Z\r\n",
  ).toString("base64");
  const ask = { adapter: "csv" as const, feedId: null, settings: {}, zone: null, name: "x.csv", body };
  const [before] = await database.sql`select count(*)::int as n from message`;
  const preview = await previewFeed(ctx, support, ask);
  expect(preview).toMatchObject({
    read: true,
    shipmentCount: 1,
    eventCount: 1,
    problemCount: 0,
    layout: { delimiter: "," },
  });
  expect((await database.sql`select count(*)::int as n from message`)[0]).toEqual(before);
  await expect(previewFeed(ctx, { ...support, role: "executive" }, ask)).rejects.toMatchObject({ code: "forbidden" });
});

test("the list of feeds counts a day over all processes and tells the worst sign", async () => {
  const { id } = await createFeed(ctx, admin, input());
  const hour = new Date(Math.floor(ctx.now().getTime() / 3_600_000) * 3_600_000);
  for (const slot of [0, 1])
    await database.sql`insert into feed_counter (feed_id, hour, slot, received, duplicates, failed, last_at)
      values (${id}, ${hour}, ${slot}, 10, 1, 2, ${ctx.now()})`;
  const found = (await readFeeds(ctx)).find((one) => one.feed.id === id);
  expect(found).toMatchObject({ day: { received: 20, duplicates: 2, failed: 4 }, health: { word: "Messages fail" } });
  expect(found?.hours.at(-1)).toBe(20);
});
