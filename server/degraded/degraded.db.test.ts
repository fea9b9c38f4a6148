import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { degradedRuleInput } from "@/core/postings/degraded";
import { defaultPolicy } from "@/core/postings/policy";
import { listRules } from "@/db/queries/degraded";
import { findException } from "@/db/queries/exceptions";
import { findConnection } from "@/db/queries/odoo";
import { workingConnections } from "@/db/queries/odoo-work";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor, insertConnection, insertPosting, insertShipment } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import { endWindow, sweepWindows } from "../exceptions/windows";
import { setKindPolicy } from "../odoo/set-policy";
import { passGate } from "../postings/gate";
import { type TestContext, testContext } from "../testing/context";
import { openException } from "../testing/open-exception";
import { makeTestFeed } from "../testing/workspace";
import { liftRule } from "./lift";
import { startRule } from "./start";
import { tellByHand } from "./tell-by-hand";

let database: TestDatabase;
let ctx: TestContext;
let logistics: PersonActor;
let support: PersonActor;
let id = 0;
let n = 0;

beforeAll(async () => {
  database = await testDatabase("degraded");
  logistics = await insertActor(database.sql, "logistics");
  support = await insertActor(database.sql, "support");
});
afterAll(async () => database?.drop());
beforeEach(async () => {
  ctx = testContext(database, new Date("2026-11-28T12:00:00Z"));
  id = await insertConnection(database.sql, { name: `odoo ${n++}`, observing: false });
});

const kind = "status_note" as const;
const input = (some: object) =>
  degradedRuleInput.parse({ connectionId: id, kinds: [kind], rule: "queue", reason: "Odoo is being moved", ...some });
const add = (some: object = {}) =>
  insertPosting(database.sql, { kind, connectionId: id, recordId: 100 + n++, updatedAt: ctx.now(), ...some });
const stateOf = async (posting: { id: string }) => {
  const [row] = await database.sql`select state, held_because, last_reason from posting where id = ${posting.id}`;
  return [row?.state, row?.held_because];
};
async function gate() {
  const connection = (await workingConnections(database.sql)).find((one) => one.id === id);
  if (!connection) throw new Error("no connection");
  return passGate(ctx, connection, new Map());
}

describe("a degraded rule about a connection", () => {
  test("that queues holds its kinds and no others, and posts all of it when it is lifted", async () => {
    const before = await add();
    const other = await add({ kind: "tracking_number" });
    const { id: rule, held } = await startRule(ctx, logistics, input({}));
    expect(held).toBe(1);
    const during = await add();
    expect((await gate()).kinds).not.toContain(kind);
    for (const one of [before, during]) expect(await stateOf(one)).toEqual(["held", "degraded"]);
    expect(await stateOf(other)).toEqual(["planned", null]);
    expect((await listRules(database.sql, 10))[0]).toMatchObject({
      id: rule,
      rule: "queue",
      liftedAt: null,
      startedBy: logistics.name,
    });
    expect(await liftRule(ctx, logistics, { id: rule, held: "post" })).toEqual({ posted: 0, released: 2, left: 0 });
    for (const one of [before, during]) expect(await stateOf(one)).toEqual(["planned", null]);
    const audits =
      await database.sql`select action, reason, after from audit where subject = ${`connection:${id}`} order by id`;
    expect(audits.map((row) => row.action)).toEqual(["degraded.start", "degraded.lift"]);
    expect(audits[1]?.after).toMatchObject({ held: "post", released: 2 });
  });

  test("that goes on without leaves for good what came, says why, and counts it", async () => {
    const { id: rule } = await startRule(ctx, logistics, input({ rule: "skip" }));
    const skipped = await add();
    await gate();
    expect(await liftRule(ctx, logistics, { id: rule, held: "leave" })).toEqual({ posted: 0, released: 0, left: 1 });
    const [row] = await database.sql`select state, last_reason from posting where id = ${skipped.id}`;
    expect([row?.state, row?.last_reason]).toEqual(["cancelled", "Gone on without, while: Odoo is being moved"]);
    await expect(liftRule(ctx, logistics, { id: rule, held: "post" })).rejects.toMatchObject({ code: "conflict" });
  });

  test("that reroutes to a person holds it and tells what is to be done by hand, each once", async () => {
    const { id: rule } = await startRule(ctx, logistics, input({ rule: "reroute", personId: support.id }));
    await add({ recordName: "WH/OUT/7" });
    await gate();
    ctx.clock.at = new Date("2026-11-28T12:01:00Z");
    expect(await tellByHand(ctx)).toBe(1);
    expect(await tellByHand(ctx)).toBe(0);
    const [notice] =
      await database.sql`select title, text from notification where person_id = ${support.id} order by at desc limit 1`;
    expect(notice?.title).toContain("1 to do by hand");
    expect(notice?.text).toContain("WH/OUT/7");
    // what waits on for the same reason is told, whatever else is decided about it
    ctx.clock.at = new Date("2026-11-28T12:02:00Z");
    await setKindPolicy(ctx, await insertActor(database.sql, "administrator"), {
      id,
      kind,
      policy: { ...defaultPolicy(kind), class: "urgent" },
      seen: (await findConnection(database.sql, id))?.updatedAt ?? ctx.now(),
    });
    ctx.clock.at = new Date("2026-11-28T12:03:00Z");
    expect(await tellByHand(ctx)).toBe(0);
    await liftRule(ctx, logistics, { id: rule, held: "leave" });
  });

  test("that reroutes to another connection to the same database sends by it, and by its own again when lifted", async () => {
    const via = await insertConnection(database.sql, { name: `spare ${n++}`, observing: false });
    const { id: rule } = await startRule(ctx, logistics, input({ rule: "reroute", viaConnectionId: via }));
    const one = await add();
    expect(await gate()).toMatchObject({ rerouted: { viaConnectionId: via, kinds: [kind] } });
    expect(await stateOf(one)).toEqual(["planned", null]);
    await liftRule(ctx, logistics, { id: rule, held: "post" });
    expect((await gate()).rerouted).toBeNull();
  });

  test("is refused to who may not, twice at a time, to another database, and without a reason or a way", async () => {
    await expect(startRule(ctx, support, input({}))).rejects.toMatchObject({ code: "forbidden" });
    const { id: rule } = await startRule(ctx, logistics, input({}));
    await expect(startRule(ctx, logistics, input({ rule: "skip" }))).rejects.toMatchObject({ code: "conflict" });
    await expect(liftRule(ctx, support, { id: rule, held: "post" })).rejects.toMatchObject({ code: "forbidden" });
    await liftRule(ctx, logistics, { id: rule, held: "post" });
    const via = await insertConnection(database.sql, { name: `other ${n++}` });
    await database.sql`update odoo_connection set database = 'elsewhere' where id = ${via}`;
    await expect(startRule(ctx, logistics, input({ rule: "reroute", viaConnectionId: via }))).rejects.toMatchObject({
      code: "invalid",
    });
    for (const bad of [{ rule: "reroute" }, { reason: "" }, { kinds: [] }]) expect(() => input(bad)).toThrow();
  });
});

describe("a degraded rule about a feed", () => {
  test("keeps quiet what follows from its outage until it is lifted; going on without keeps only its silence quiet", async () => {
    const feed = await makeTestFeed(ctx, { slug: `carrier-${n++}`, adapter: "easypost", class: "carrier" });
    for (const [rule, covered] of [
      ["queue", null],
      ["skip", "feed_silent"],
    ] as const) {
      const about = degradedRuleInput.parse({ feedId: feed.id, rule, reason: "Their API is down" });
      const { id: started } = await startRule(ctx, logistics, about);
      const [window] =
        await database.sql`select w.kind, w.ended_at, w.origin from quiet_window w join degraded_rule r on r.window_id = w.id where r.id = ${started}`;
      expect(window).toEqual({ kind: covered, ended_at: null, origin: "outage" });
      await liftRule(ctx, logistics, { id: started, held: "post" });
      const [over] =
        await database.sql`select w.ended_at from quiet_window w join degraded_rule r on r.window_id = w.id where r.id = ${started}`;
      expect(over?.ended_at).toEqual(ctx.now());
    }
  });

  test("that reroutes to a person tells them at once, in the app and by mail, and again when it is lifted", async () => {
    const mailing = {
      ...ctx,
      config: { ...ctx.config, smtp: { url: "smtp://127.0.0.1:1", from: "waypost@example.com" } },
    };
    const slug = `carrier-${n++}`;
    const feed = await makeTestFeed(ctx, { slug, adapter: "easypost", class: "carrier" });
    const named = await insertActor(database.sql, "support");
    const about = degradedRuleInput.parse({
      feedId: feed.id,
      rule: "reroute",
      personId: named.id,
      reason: "Their API is down",
    });
    const { id: started } = await startRule(mailing, logistics, about);
    const told = () =>
      database.sql`select title, text, href from notification where person_id = ${named.id} order by at, id`;
    const mails = () => database.sql`select subject from mail where person_id = ${named.id} order by created_at, id`;
    expect(await told()).toMatchObject([
      { text: expect.stringContaining("Their API is down"), href: `/feeds/${slug}` },
    ]);
    expect(await mails()).toHaveLength(1);
    await liftRule(mailing, logistics, { id: started, held: "post" });
    expect((await told())[1]?.title).toContain("as usual again");
    expect(await mails()).toHaveLength(2);
  });

  test("tells nobody of what they took themselves", async () => {
    const feed = await makeTestFeed(ctx, { slug: `carrier-${n++}`, adapter: "easypost", class: "carrier" });
    const own = await insertActor(database.sql, "logistics");
    const about = degradedRuleInput.parse({ feedId: feed.id, rule: "reroute", personId: own.id, reason: "Down" });
    await startRule(ctx, own, about);
    expect(await database.sql`select 1 from notification where person_id = ${own.id}`).toHaveLength(0);
  });

  test("covers what its silence brings and lasts as long as the rule; the person named is told what to ask about, each once", async () => {
    const feed = await makeTestFeed(ctx, { slug: `carrier-${n++}`, adapter: "easypost", class: "carrier" });
    const other = await makeTestFeed(ctx, { slug: `carrier-${n++}`, adapter: "easypost", class: "carrier" });
    const named = await insertActor(database.sql, "support");
    const shipment = async (name: string, carrier: string, feedId: number, reached = true) => {
      const state = reached ? { reached: { in_transit: { feedId } } } : {};
      const shipmentId = await insertShipment(database.sql, { name, carrier, state });
      await database.sql`insert into event (shipment_id, key, generation, kind, classifier, received_at, feed_id, message_id, inferred, overall)
        values (${shipmentId}, ${ctx.uuid()}, 1, 'in_transit', 0, ${ctx.now()}, ${feedId}, ${ctx.uuid()}, false, true)`;
      return shipmentId;
    };
    const told = await shipment("Told before", "Nordwind", feed.id);
    const elsewhere = await shipment("Of another", "Suedpost", other.id);
    const attributes = { carrier: { value: "Nordwind" } };
    const silent = await insertShipment(database.sql, {
      name: "Not told yet",
      carrier: "Nordwind",
      state: { attributes },
    });
    const state = async ({ id }: { id: string }) => (await findException(database.sql, id))?.state;
    const standing = await openException(ctx, "scan_late", { shipmentId: told });
    ctx.clock.at = new Date("2026-11-28T12:01:00Z");
    const about = { feedId: feed.id, rule: "reroute", personId: named.id, reason: "Their API is down" };
    const { id: rule } = await startRule(ctx, logistics, degradedRuleInput.parse(about));
    expect(await tellByHand(ctx)).toBe(0);
    ctx.clock.at = new Date("2026-11-28T12:02:00Z");
    await sweepWindows(ctx);
    expect(await state(standing)).toBe("suppressed");
    expect(await tellByHand(ctx)).toBe(1);
    // months later it is still in force
    ctx.clock.at = new Date("2027-06-01T12:00:00Z");
    const states = [
      await openException(ctx, "first_scan_late", { shipmentId: silent }),
      await openException(ctx, "delivery_late", { shipmentId: told, feedId: 99 }),
      await openException(ctx, "delivery_late", { shipmentId: elsewhere }),
      await openException(ctx, "tracking_mismatch", { shipmentId: told }),
    ].map(state);
    expect(await Promise.all(states)).toEqual(["suppressed", "suppressed", "open", "open"]);
    expect(await tellByHand(ctx)).toBe(2);
    expect(await tellByHand(ctx)).toBe(0);
    const [notice] =
      await database.sql`select title, text from notification where person_id = ${named.id} order by at desc limit 1`;
    expect(notice?.title).toContain("2 to ask about");
    expect(notice?.text).toContain("Not told yet");
    const [window] = await database.sql`select window_id as id from degraded_rule where id = ${rule}`;
    await expect(endWindow(ctx, logistics, { id: String(window?.id) })).rejects.toMatchObject({ code: "conflict" });
    await liftRule(ctx, logistics, { id: rule, held: "post" });
    await sweepWindows(ctx);
    expect(await state(standing)).toBe("open");
  });
});
