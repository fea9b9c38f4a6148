import http from "node:http";
import type { AddressInfo } from "node:net";
import { v7 } from "uuid";
import { afterAll, describe, expect, test } from "vitest";
import { verdictsIn } from "@/core/reconciliation/aspects";
import type { CauseName, Difference } from "@/core/reconciliation/cause";
import { reconciliationFilter } from "@/core/reconciliation/filter";
import { dayOf } from "@/core/reconciliation/settings";
import { countRows, listCounts, listDecisions, listRowIds } from "@/db/queries/reconcile-list";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import type { Actor } from "../access/actor";
import { idOf } from "../adapters/odoo/call";
import { createOdooClient, type OdooClient } from "../adapters/odoo/client";
import type { Context } from "../context";
import { mendCrosswalk } from "../crosswalks/mend";
import { clear, raise } from "../exceptions/raise";
import { setCatchUp } from "../feeds/catch-up";
import { catchUp } from "../feeds/catch-up-work";
import { Leadership } from "../jobs/leadership";
import { OdooClients } from "../odoo/clients";
import { pollDue, sendDue } from "../odoo/work";
import { type Worker, workDue } from "../pipeline/work";
import { cancelPostings } from "../postings/cancel";
import { homeOfFeed } from "../postings/findings";
import { makeSender } from "../postings/sender-state";
import { workRun } from "../runs/execute";
import { undoRun } from "../runs/undo";
import { moveNumber } from "../shipments/move-number";
import { connectTarget, type OdooTarget, realTarget, sandboxTarget } from "../testing/odoo-target";
import { scanOf, sendScan } from "../testing/scans";
import { until } from "../testing/story";
import { makeTestContext, makeTestFeed, type TestFeed } from "../testing/workspace";
import { acceptOdoo } from "./accept";
import { makeComparer } from "./compare-chunk";
import { goOnRepair } from "./go-on";
import { startRepair } from "./repair";
import { startReconcile } from "./start";

type Someone = Extract<Actor, { kind: "person" }>;
const person: Someone = { kind: "person", id: v7(), name: "Sam Support", role: "support" };
const finance: Someone = { kind: "person", id: v7(), name: "Fay Finance", role: "finance" };
const chief: Someone = { kind: "person", id: v7(), name: "Ada Admin", role: "administrator" };
const never = new AbortController().signal;
const DAY = dayOf(Date.now(), "UTC");

type Made = { id: string; tracking: string; pickingId: number; orderId: number };
type Radar = Awaited<ReturnType<typeof makeRadar>>;

/** An Odoo, a carrier, and a worker that is driven step by step; `admin` is another person in that Odoo. */
async function makeRadar(target: OdooTarget, admin: OdooClient) {
  const database: TestDatabase = await testDatabase("radar");
  const ctx: Context = makeTestContext(database);
  for (const one of [person, finance, chief])
    await ctx.sql`insert into person (id, name, email, role, state)
      values (${one.id}, ${one.name}, ${`${one.role}@example.com`}, ${one.role}, 'active')`;
  const carrier: TestFeed<"easypost"> = await makeTestFeed(ctx, {
    slug: "carrier",
    adapter: "easypost",
    class: "carrier",
  });
  const connectionId = await connectTarget(ctx, target, { pollSeconds: 0, settleMs: 500 });
  // a real Odoo has a past that is not the matter of this test
  const since = `${new Date(Date.now() - 1000).toISOString().slice(0, 19)}Z`;
  await ctx.sql`insert into odoo_watermark (connection_id, model, watermark, seen)
    select ${connectionId}::int, m, ${since}, '[]' from unnest('{sale.order,stock.picking,stock.move,stock.move.line}'::text[]) m`;
  const leadership = new Leadership(ctx);
  const clients = new OdooClients();
  const sender = makeSender("test", 1, clients);
  const worker: Worker = { slot: 0, environment: undefined };
  const polls = new Map();
  const step = async () => {
    await pollDue(ctx, clients, leadership, polls);
    await workDue(ctx, worker, never);
    await sendDue(ctx, sender, leadership, never);
  };
  const settled = (what: string, done: () => Promise<boolean>) =>
    until(what, 45_000, async () => {
      await step();
      return done();
    });
  const count = Math.floor(Math.random() * 1e9);
  let made = 0;
  return {
    ctx,
    target,
    admin,
    carrier,
    clients,
    connectionId,
    comparer: makeComparer(worker, clients),
    step,
    settled,
    /** An order in Odoo with its transfer, known here, and the number that the carrier has for it. */
    order: async (): Promise<Made> => {
      const reference = `RADAR-${count}-${++made}`;
      await target.orders([reference]);
      const find = () => ctx.sql<
        { id: string; pickingId: number }[]
      >`select r.shipment_id as id, s.picking_id as "pickingId"
        from reference r join shipment s on s.shipment_id = r.shipment_id
        where r.kind = 'customer_po' and r.said = ${reference} and s.picking_id is not null`;
      await settled(`${reference} is a shipment`, async () => (await find()).length === 1);
      const [row] = await find();
      const tracking = `1Z${count}A${made}`;
      await ctx.sql`insert into reference (value, kind, issuer, shipment_id, said, feed_id, package, first_message)
        values (${tracking}, 'tracking_number', 'ups', ${row?.id as string}, ${tracking}, ${carrier.id}, true, gen_random_uuid())`;
      const [order] = await admin.searchRead("sale.order", [["client_order_ref", "=", reference]], ["name"]);
      return { id: row?.id as string, tracking, pickingId: row?.pickingId as number, orderId: order?.id as number };
    },
    scan: (one: Made, status: string, minutesAgo: number) =>
      sendScan(ctx, carrier, { id: `${one.tracking}-${status}`, code: one.tracking, status, minutesAgo }),
    /** All postings of a shipment are verified. */
    posted: (one: Made) =>
      settled("what was posted is verified", async () => {
        const rows = await ctx.sql`select state from posting where shipment_id = ${one.id}`;
        return rows.length > 0 && rows.every(({ state }) => state === "verified" || state === "superseded");
      }),
    /** Works the runs that wait, while everything else goes on. */
    work: async (id: string) => {
      let over = false;
      const others = (async () => {
        while (!over) {
          await step();
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      })();
      try {
        for (let rests = true; rests; ) {
          while (await workRun(ctx, worker2, clients, "test", never));
          // a short rest is sat out, a long one ends here
          const soon = new Date(Date.now() + 10_000);
          rests =
            (await ctx.sql`select 1 from run where id = ${id} and state = 'waiting' and lease_until < ${soon}`).length >
            0;
          if (rests) await new Promise((resolve) => setTimeout(resolve, 200));
        }
      } finally {
        over = true;
        await others;
      }
      const [run] =
        await ctx.sql`select state, total, processed, changed, failed, lease_until as until from run where id = ${id}`;
      return { ...run };
    },
    close: async () => {
      await leadership.release();
      await database.drop();
    },
  };
}

const worker2: Worker = { slot: 1, environment: undefined };

async function found(radar: Radar, one: Made): Promise<Difference[]> {
  const run = await startReconcile(radar.ctx, person, { shipments: [one.id], day: DAY });
  expect(await radar.work(run.id)).toMatchObject({ state: "done", processed: 1, failed: 0 });
  const [row] = await radar.ctx
    .sql`select differences from reconciliation_row where shipment_id = ${one.id} and day = ${DAY}::date`;
  return (row?.differences ?? []) as Difference[];
}

const causes = (differences: readonly Difference[]) =>
  Object.fromEntries(differences.map(({ aspect, cause }) => [aspect, cause]));

type Belongs = "here" | "there";

/** A dry run of the repair writes nothing and shows what its run would do. */
async function plannedFor(radar: Radar, one: Made, by: Actor = person, belongs?: Belongs) {
  const { ctx } = radar;
  const facts = () =>
    ctx.sql`select key, state, attempts from posting where shipment_id = ${one.id} union all
      select value, issuer, 0 from reference where shipment_id = ${one.id} order by 1, 2`;
  const before = await facts();
  const target = { day: DAY, ids: [one.id] };
  const dry = await startRepair(ctx, by, { dryRun: true, target, ...(belongs ? { belongs } : {}) });
  expect(await radar.work(dry.id)).toMatchObject({ state: "done", failed: 0 });
  expect(await facts()).toEqual(before);
  const [shown] = await ctx.sql`select result, before, after, reason from run_item where run_id = ${dry.id}`;
  return { dry: dry.id, shown };
}

/** Starts what a dry run showed and works it until it is through or rests for long. */
async function started(radar: Radar, dry: string, by: Actor = person) {
  const { id } = await startRepair(radar.ctx, by, { dryRun: false, of: dry });
  const run = await radar.work(id);
  return { id, run, items: await itemsOf(radar, id) };
}

const itemsOf = (radar: Radar, id: string) =>
  radar.ctx.sql<{ target: string; result: string | null; reason: string | null; after: unknown }[]>`
    select target, result, reason, after from run_item where run_id = ${id} order by position`;

/** What the dry run showed, done; every item of it changed something and the proof converged. */
async function repaired(radar: Radar, one: Made, by: Actor = person, belongs?: Belongs) {
  const { dry, shown } = await plannedFor(radar, one, by, belongs);
  if (shown?.result !== "changed") return { shown, proof: null, id: null };
  const { id, items } = await started(radar, dry, by);
  expect(items.map(({ result, reason }) => [result, reason])).toEqual(items.map(({ reason }) => ["changed", reason]));
  return { shown, proof: items.find(({ target }) => target === `proof ${one.id}`) ?? null, id };
}

async function adminOf(target: OdooTarget): Promise<OdooClient> {
  const { url, db, sandbox } = target;
  if (sandbox) return createOdooClient({ url, db, login: "admin", key: sandbox.adminKey });
  const env = (name: string) => process.env[`WAYPOST_TEST_ODOO19_${name}`] ?? "";
  return createOdooClient({ url, db, login: env("ADMIN_LOGIN"), key: env("ADMIN_KEY") });
}

const TARGETS: [string, () => Promise<OdooTarget | null>][] = [
  ["the sandbox", () => sandboxTarget("19")],
  ["a real Odoo 19", () => realTarget("19")],
];

describe.each(TARGETS)("the divergence radar against %s", (_label, make) => {
  let radar: Radar | null = null;
  const closers: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });
  const open = async (): Promise<Radar | null> => {
    if (radar) return radar;
    const target = await make();
    if (!target) return null;
    closers.push(target.close);
    radar = await makeRadar(target, await adminOf(target));
    closers.push(radar.close);
    return radar;
  };
  const story = (name: string, tell: (radar: Radar) => Promise<void>) =>
    test(name, { timeout: 120_000 }, async ({ skip }) => {
      const opened = await open();
      if (!opened) return skip("no real Odoo 19 here");
      await tell(opened);
    });

  story("what agrees everywhere has no difference", async (radar) => {
    const one = await radar.order();
    await radar.scan(one, "in_transit", 5);
    await radar.posted(one);
    expect(await found(radar, one)).toEqual([]);
  });

  story("never posted: a person cancelled the posting; the repair posts it", async (radar) => {
    const { ctx } = radar;
    const one = await radar.order();
    await ctx.sql`update odoo_connection set state = 'paused', updated_at = now() where id = ${radar.connectionId}`;
    await radar.scan(one, "pre_transit", 5);
    const planned = () =>
      ctx.sql<{ id: string }[]>`select id from posting where shipment_id = ${one.id} and kind = 'tracking_number'`;
    await radar.settled("the number is planned", async () => (await planned()).length === 1);
    await cancelPostings(ctx, person, { ids: (await planned()).map(({ id }) => id), reason: "not now" });
    await ctx.sql`update odoo_connection set state = 'active', updated_at = now() where id = ${radar.connectionId}`;
    expect(causes(await found(radar, one))).toEqual({ tracking: "never_posted" satisfies CauseName });
    const { proof } = await repaired(radar, one);
    expect(proof?.reason).toContain("Converged");
    const [picking] = await radar.admin.read("stock.picking", [one.pickingId], ["carrier_tracking_ref"]);
    expect(picking?.carrier_tracking_ref).toBe(one.tracking);
    expect(await found(radar, one)).toEqual([]);
  });

  story("refused: Odoo had nothing to ship; with stock the repair validates", async (radar) => {
    const one = await radar.order();
    const mended = await makeRefusal(radar, one);
    await radar.scan(one, "in_transit", 5);
    await radar.settled("the transfer is refused", async () => {
      const rows = await radar.ctx
        .sql`select 1 from posting where shipment_id = ${one.id} and kind = 'transfer_validated' and state = 'rejected'`;
      return rows.length === 1;
    });
    const differences = await found(radar, one);
    expect(causes(differences)).toMatchObject({ state: "refused" satisfies CauseName });
    expect(differences.find(({ aspect }) => aspect === "state")?.posting?.kind).toBe("transfer_validated");
    await mended();
    const { proof } = await repaired(radar, one);
    expect(proof?.reason).toContain("Converged");
    expect(await found(radar, one)).toEqual([]);
  });

  story(
    "changed by hand: it is named who did it; our value is posted again, or Odoo's is accepted, and both are remembered",
    async (radar) => {
      const { ctx } = radar;
      const one = await radar.order();
      await radar.scan(one, "in_transit", 5);
      await radar.posted(one);
      const drift = () =>
        ctx.sql<
          { state: string }[]
        >`select state from exception where home_id = ${one.id} and kind = 'odoo_drift' and state <> 'resolved'`;
      await writeApart(radar, one, "BY-HAND-1");
      await radar.settled("the change is seen", async () => (await drift()).length === 1);
      const [difference, ...others] = await found(radar, one);
      expect(others).toEqual([]);
      expect(difference).toMatchObject({
        aspect: "tracking",
        cause: "changed_by_hand" satisfies CauseName,
        said: { odoo: ["BYHAND1"], waypost: [one.tracking] },
      });
      const [me] = await radar.admin.searchRead("stock.picking", [["id", "=", one.pickingId]], ["write_uid"]);
      expect([difference?.by?.id, difference?.by?.name]).toEqual(me?.write_uid);
      expect(Math.abs(Date.now() - (difference?.by?.atMs ?? 0))).toBeLessThan(120_000);
      const { shown, proof } = await repaired(radar, one);
      expect(JSON.stringify(shown?.before)).toContain("BY-HAND-1");
      expect(JSON.stringify(shown?.after)).toContain(one.tracking);
      expect(proof?.reason).toContain("Converged");
      await radar.settled("the drift is closed", async () => (await drift()).length === 0);

      await writeApart(radar, one, "BY-HAND-2");
      await radar.settled("the change is seen again", async () => (await drift()).length === 1);
      await expect(
        acceptOdoo(ctx, finance, radar.comparer, { shipments: [one.id], aspect: "tracking" }),
      ).rejects.toMatchObject({ code: "forbidden" });
      expect(
        await acceptOdoo(ctx, person, radar.comparer, {
          shipments: [one.id],
          aspect: "tracking",
          reason: "Relabelled",
        }),
      ).toEqual({ accepted: 1, left: 0 });
      expect(await ctx.sql`select kind from exception where home_id = ${one.id} and state <> 'resolved'`).toEqual([]);
      expect(await found(radar, one)).toEqual([]);
      await radar.step();
      const [picking] = await radar.admin.read("stock.picking", [one.pickingId], ["carrier_tracking_ref"]);
      expect(picking?.carrier_tracking_ref).toBe("BY-HAND-2");
      const decisions = await listDecisions(ctx.sql, one.id);
      expect(
        decisions
          .filter(({ aspect }) => aspect === "tracking")
          .map(({ decision, endedAt }) => [decision, endedAt !== null]),
      ).toEqual([
        ["accept", false],
        ["post", true],
      ]);
      expect(decisions[0]).toMatchObject({ byName: "Sam Support", reason: "Relabelled" });
      await expect(
        acceptOdoo(ctx, person, radar.comparer, { shipments: [one.id], aspect: "tracking" }),
      ).rejects.toMatchObject({ code: "conflict" });
      // another change is not what was accepted
      await writeApart(radar, one, "BY-HAND-3");
      await radar.settled("the next change is seen", async () => (await drift()).length === 1);
      expect(causes(await found(radar, one))).toEqual({ tracking: "changed_by_hand" });
    },
  );

  story(
    "accepted and not kept: nobody else wrote, all that was posted succeeded, and Odoo holds another value",
    async (radar) => {
      const { ctx } = radar;
      const one = await radar.order();
      await radar.scan(one, "in_transit", 5);
      await radar.posted(one);
      const filter = reconciliationFilter.parse({ day: DAY, posted: true });
      const listed = async () => (await listRowIds(ctx.sql, filter, 100)).includes(one.id);
      expect(await found(radar, one)).toEqual([]);
      expect(await listed()).toBe(false);
      // a rule of Odoo writes as the user whose change it follows
      await radar.target.client.write("stock.picking", [one.pickingId], { carrier_tracking_ref: "BY-A-RULE" });
      const [difference, ...others] = await found(radar, one);
      expect(others).toEqual([]);
      expect(difference).toMatchObject({
        aspect: "tracking",
        cause: "not_kept" satisfies CauseName,
        said: { odoo: ["BYARULE"], waypost: [one.tracking] },
        by: null,
      });
      expect(await listed()).toBe(true);
      const { proof } = await repaired(radar, one);
      expect(proof?.reason).toContain("Converged");
      expect(await listed()).toBe(false);
    },
  );

  story("exceptions: what a carrier reports is matched with what is open here", async (radar) => {
    const { ctx } = radar;
    const one = await radar.order();
    await radar.scan(one, "in_transit", 50);
    await radar.posted(one);
    await radar.scan(one, "failure", 5);
    const open = () =>
      ctx.sql`select id from exception where home_id = ${one.id} and kind = 'held' and state <> 'resolved'`;
    await radar.settled("the hold is an exception", async () => (await open()).length === 1);
    const verdict = async () => {
      await found(radar, one);
      const [row] =
        await ctx.sql`select letters, differences from reconciliation_row where shipment_id = ${one.id} and day = ${DAY}::date`;
      return verdictsIn(row?.letters).find(({ pair, aspect }) => pair === "carrier_waypost" && aspect === "exceptions")
        ?.verdict;
    };
    expect(await verdict()).toBe("matched");
    await ctx.sql`update exception set state = 'resolved' where home_id = ${one.id} and kind = 'held'`;
    expect(await verdict()).toBe("missing_right");
  });

  story(
    "wrong match: a number typed in Odoo is that of another shipment; it is put right on both sides",
    async (radar) => {
      const { ctx } = radar;
      const [one, other] = [await radar.order(), await radar.order()];
      for (const each of [one, other]) await radar.scan(each, "in_transit", 5);
      for (const each of [one, other]) await radar.posted(each);
      await writeApart(radar, one, other.tracking);
      const on = () => ctx.sql`select 1 from reference where shipment_id = ${one.id} and value = ${other.tracking}`;
      await radar.settled("the number stands on both", async () => (await on()).length === 1);
      const [difference] = await found(radar, one);
      expect(difference).toMatchObject({
        aspect: "tracking",
        cause: "wrong_match" satisfies CauseName,
        word: other.tracking,
        other: { shipmentId: other.id },
      });
      const { dry, shown } = await plannedFor(radar, one);
      expect(shown?.after.deeds).toMatchObject([{ act: "move_number", number: other.tracking, to: other.id }]);
      await expect(startRepair(ctx, finance, { dryRun: false, of: dry })).rejects.toMatchObject({ code: "forbidden" });
      const { proof, id } = await repaired(radar, one);
      expect(proof?.reason).toContain("Converged");
      expect(await on()).toEqual([]);
      const [picking] = await radar.admin.read("stock.picking", [one.pickingId], ["carrier_tracking_ref"]);
      expect(picking?.carrier_tracking_ref).toBe(one.tracking);
      for (const each of [one, other]) expect(await found(radar, each)).toEqual([]);
      const moved = { number: other.tracking, from: one.id, to: other.id, why: "once more" };
      await expect(moveNumber(ctx, person, moved)).rejects.toMatchObject({ code: "conflict" });
      await expect(moveNumber(ctx, finance, moved)).rejects.toMatchObject({ code: "forbidden" });
      // the next scan finds its shipment without a doubt
      await radar.scan(other, "out_for_delivery", 2);
      await radar.settled("the scan is filed", async () => {
        const [row] = await ctx.sql`select milestone from shipment where shipment_id = ${other.id}`;
        return row?.milestone === "out_for_delivery";
      });
      expect(
        await ctx.sql`select action from audit where subject = ${`shipment:${one.id}`} and action = 'shipments.move_number'`,
      ).toHaveLength(1);
      const undo = await undoRun(ctx, person, { id: id as string });
      await radar.work(undo.id);
      expect(await on()).toHaveLength(1);
      await expect(undoRun(ctx, person, { id: id as string })).rejects.toMatchObject({ code: "conflict" });
    },
  );

  story(
    "wrong match: what a carrier told under the number of another shipment moves there; both converge",
    async (radar) => {
      const { ctx } = radar;
      const [one, other] = [await radar.order(), await radar.order()];
      const number = `${one.tracking}X`;
      await ctx.sql`delete from reference where shipment_id = ${other.id} and value = ${other.tracking}`;
      await ctx.sql`insert into reference (value, kind, issuer, shipment_id, said, feed_id, package, first_message)
      values (${number}, 'tracking_number', 'ups', ${one.id}, ${number}, ${radar.carrier.id}, true, gen_random_uuid())`;
      await radar.scan(one, "in_transit", 60);
      await radar.scan({ ...one, tracking: number }, "in_transit", 60 * 24 * 2);
      await radar.posted(one);
      await shipInOdoo(radar, other);
      await writeApart(radar, other, number);
      const theirs = () => ctx.sql`select 1 from reference where shipment_id = ${other.id} and value = ${number}`;
      await radar.settled("the number stands on both", async () => (await theirs()).length === 1);
      const differences = await found(radar, other);
      expect(causes(differences)).toMatchObject({ state: "wrong_match" satisfies CauseName });
      const { shown, proof } = await repaired(radar, other);
      expect(shown?.after.deeds[0]).toMatchObject({ act: "move_number", number, from: one.id, to: other.id });
      expect(proof?.reason).toContain("Converged");
      const events = await ctx.sql`select distinct on (key) shipment_id as id, withdrawn from event
      where shipment_id = ${other.id} and package = ${number} order by key, generation desc`;
      expect(events.length).toBeGreaterThan(0);
      expect(events.every(({ withdrawn }) => !withdrawn)).toBe(true);
      await radar.posted(one);
      const [picking] = await radar.admin.read("stock.picking", [one.pickingId], ["carrier_tracking_ref"]);
      expect(picking?.carrier_tracking_ref).toBe(one.tracking);
      expect(await found(radar, one)).toEqual([]);
    },
  );

  story(
    "mapping: a word without a meaning; the plan waits until it is mended, then reads again and posts",
    async (radar) => {
      const { ctx } = radar;
      const one = await radar.order();
      await radar.scan(one, "in_transit", 50);
      await radar.posted(one);
      const word = `left_at_door_${one.tracking.toLowerCase()}`;
      await radar.scan(one, word, 5);
      await radar.settled(
        "the word is unknown",
        async () =>
          (await ctx.sql`select 1 from exception where home_id = ${one.id} and kind = 'unmapped_code'`).length === 1,
      );
      const [difference] = await found(radar, one);
      expect(difference).toMatchObject({
        aspect: "state",
        cause: "mapping" satisfies CauseName,
        word,
        feedId: radar.carrier.id,
      });
      const { dry, shown } = await plannedFor(radar, one);
      expect(shown?.after.steps[0]).toMatchObject({
        act: "mend_mapping",
        href: `/feeds/carrier?tab=mapping&kind=status&word=${word}`,
      });
      const { id, run, items } = await started(radar, dry);
      expect(run).toMatchObject({ state: "waiting", processed: 0 });
      expect(items[0]?.reason).toContain(`Waits until “${word}” has a meaning`);
      await mendCrosswalk(ctx, person, { feed: "carrier", kind: "status", word, to: "delivered" });
      const later = await plannedFor(radar, one);
      expect(JSON.stringify(later.shown?.after.changes)).toContain('"milestone":"delivered"');
      await expect(goOnRepair(ctx, finance, { id })).rejects.toMatchObject({ code: "forbidden" });
      await goOnRepair(ctx, person, { id });
      expect(await radar.work(id)).toMatchObject({ state: "done", failed: 0 });
      expect((await itemsOf(radar, id)).map(({ result, reason }) => [result, reason])).toEqual([
        ["changed", "1 messages were read again."],
        ["changed", "Converged: Odoo was read back and agrees."],
      ]);
      expect(await found(radar, one)).toEqual([]);
    },
  );

  story(
    "lost by the source: Odoo is read again, the words to ask with are ready, and the run waits for the answer",
    async (radar) => {
      const { ctx } = radar;
      const one = await lostBySource(radar);
      const lost = await found(radar, one);
      expect(causes(lost)).toEqual({ state: "lost_by_source" satisfies CauseName });
      expect(lost[0]?.verdicts).toEqual({ carrier_odoo: "differs" });
      const { dry, shown } = await plannedFor(radar, one);
      const ask = shown?.after.steps.find((step: { act: string }) => step.act === "ask_source");
      for (const part of [one.tracking, "Feed: carrier", "/api/feeds/carrier", "from 20"])
        expect(ask.copy).toContain(part);
      const { id, run, items } = await started(radar, dry);
      expect(items[0]).toMatchObject({ target: `recover ${one.id}`, result: "changed" });
      expect(run).toMatchObject({ state: "waiting", processed: 1 });
      expect(run.until - Date.now()).toBeGreaterThan(60_000);
      await radar.scan(one, "in_transit", 60 * 24 * 2);
      await radar.posted(one);
      await goOnRepair(ctx, person, { id });
      expect(await radar.work(id)).toMatchObject({ state: "done", failed: 0 });
      expect((await itemsOf(radar, id))[1]?.reason).toContain("Converged");
      expect(await found(radar, one)).toEqual([]);
    },
  );

  story(
    "lost by a source that can be asked: it is asked by somebody who may, and what it answers makes it whole",
    async (radar) => {
      const { ctx, carrier } = radar;
      const one = await lostBySource(radar);
      const missed = scanOf(carrier, {
        id: `${one.tracking}-missed`,
        code: one.tracking,
        status: "in_transit",
        minutesAgo: 60 * 24 * 2,
      });
      const source = http.createServer((_, response) =>
        response.writeHead(200, { "content-type": "application/json" }).end(missed.bytes),
      );
      await new Promise<void>((resolve) => source.listen(0, "127.0.0.1", resolve));
      try {
        const url = `http://127.0.0.1:${(source.address() as AddressInfo).port}/missed`;
        const settings = {
          url,
          header: null,
          items: null,
          updated: null,
          paging: { by: "none" as const },
          everyMinutes: 10_080,
          overlapMinutes: 0,
        };
        await setCatchUp(ctx, chief, { id: carrier.id, ...settings, key: null, seen: null });
        expect(causes(await found(radar, one))).toEqual({ state: "lost_by_source" satisfies CauseName });
        const { shown: without } = await plannedFor(radar, one);
        expect(without?.reason).toContain("needs the right feeds:manage");
        const { dry, shown } = await plannedFor(radar, one, chief);
        expect(shown?.after.deeds).toMatchObject([{ act: "recover" }, { act: "ask_feed", feedId: carrier.id }]);
        await expect(startRepair(ctx, person, { dryRun: false, of: dry })).rejects.toMatchObject({ code: "forbidden" });
        const { id, run } = await started(radar, dry, chief);
        expect(run).toMatchObject({ state: "waiting", processed: 2 });
        expect(await catchUp(ctx, 0)).toBe(1);
        await radar.posted(one);
        await goOnRepair(ctx, person, { id });
        expect(await radar.work(id)).toMatchObject({ state: "done", failed: 0, changed: 3 });
        expect(await found(radar, one)).toEqual([]);
      } finally {
        await ctx.sql`delete from feed_catch_up`;
        source.close();
      }
    },
  );

  story(
    "late feed: it is compared again by itself after the feed's usual gap, and converges when the feed is back",
    async (radar) => {
      const { ctx } = radar;
      const one = await lostBySource(radar);
      const home = { homeId: homeOfFeed(radar.carrier.id), shipmentId: null, correlationId: null };
      const silent = {
        kind: "feed_silent" as const,
        subject: "feed",
        severity: "high" as const,
        occurrence: "x",
        cause: { source: "carrier", what: "silent" },
        text: "silent",
        evidence: {},
        feedId: radar.carrier.id,
        messageId: null,
      };
      await ctx.sql.begin((tx) => raise(ctx, tx, [{ ...home, finding: silent }], 0));
      expect(causes(await found(radar, one))).toEqual({ state: "late_feed" satisfies CauseName });
      const { dry, shown } = await plannedFor(radar, one);
      expect(shown?.reason).toMatch(/usually speaks within \d+ minutes: it is compared again at 20/);
      const { id, run } = await started(radar, dry);
      expect(run).toMatchObject({ state: "waiting", processed: 0 });
      expect(run.until - Date.now()).toBeGreaterThan(60_000);
      // its time comes, and the feed is still silent: it waits on
      const pass = () => ctx.sql`update run_item set before = before - 'notBefore' where run_id = ${id}`;
      const due = () => ctx.sql`update run set lease_until = now() where id = ${id}`;
      await pass();
      await due();
      expect(await radar.work(id)).toMatchObject({ state: "waiting", processed: 0 });
      expect((await itemsOf(radar, id))[0]?.reason).toContain("Waits for the feed to speak; compared again at");
      await radar.scan(one, "in_transit", 60 * 24 * 2);
      await radar.posted(one);
      await ctx.sql.begin((tx) => clear(ctx, tx, [{ homeId: home.homeId, kind: "feed_silent", why: "back" }], 0));
      await pass();
      await due();
      expect(await radar.work(id)).toMatchObject({ state: "done", failed: 0, changed: 1 });
      expect(await found(radar, one)).toEqual([]);
    },
  );

  story(
    "never posted: what was never planned is planned, and what is paused goes on by somebody who may",
    async (radar) => {
      const { ctx } = radar;
      const one = await radar.order();
      await radar.scan(one, "pre_transit", 5);
      await radar.posted(one);
      // the change is read and judged before what was posted of it is lost
      await writeApart(radar, one, "");
      const empty = () =>
        ctx.sql`select 1 from claim where shipment_id = ${one.id} and "values"->'tracking_number'->>'v' = ''`;
      await radar.settled("the change is read", async () => (await empty()).length === 1);
      await ctx.sql`delete from posting where shipment_id = ${one.id}`;
      // nobody else looks at it meanwhile
      await ctx.sql`update shipment set review_at = null where shipment_id = ${one.id}`;
      expect(causes(await found(radar, one))).toEqual({ tracking: "never_posted" satisfies CauseName });
      const { proof, shown } = await repaired(radar, one);
      expect(shown?.after.deeds).toEqual([{ act: "plan" }]);
      expect(proof?.reason).toContain("Converged");
      const two = await radar.order();
      await ctx.sql`update odoo_connection set state = 'paused', updated_at = now() where id = ${radar.connectionId}`;
      await radar.scan(two, "pre_transit", 5);
      const held = () =>
        ctx.sql`select 1 from posting where shipment_id = ${two.id} and kind = 'tracking_number' and held_because = 'paused'`;
      await radar.settled("the number waits", async () => (await held()).length === 1);
      const { shown: seen } = await plannedFor(radar, two);
      expect(seen?.after.deeds).toEqual([]);
      expect(seen?.reason).toContain("needs the right odoo:manage");
      const { dry } = await plannedFor(radar, two, chief);
      await expect(startRepair(ctx, person, { dryRun: false, of: dry })).rejects.toMatchObject({ code: "forbidden" });
      const { items } = await started(radar, dry, chief);
      expect(items.map(({ result }) => result)).toEqual(["changed", "changed"]);
      expect(await found(radar, two)).toEqual([]);

      const three = await radar.order();
      await ctx.sql`update odoo_connection set state = 'paused', updated_at = now() where id = ${radar.connectionId}`;
      await radar.scan(three, "pre_transit", 5);
      const waits = () =>
        ctx.sql`select 1 from posting where shipment_id = ${three.id} and kind = 'tracking_number' and state = 'held'`;
      await radar.settled("the number waits again", async () => (await waits()).length === 1);
      await ctx.sql`update posting set held_because = 'before_connection' where shipment_id = ${three.id} and kind = 'tracking_number'`;
      await ctx.sql`update odoo_connection set state = 'active', updated_at = now() where id = ${radar.connectionId}`;
      expect((await repaired(radar, three)).proof?.reason).toContain("Converged");
      await ctx.sql`update posting set held_because = 'kind_off', state = 'held' where shipment_id = ${three.id} and kind = 'tracking_number'`;
      await writeApart(radar, three, "");
      const { shown: off } = await plannedFor(radar, three);
      expect([off?.result, off?.after?.steps[0].act, off?.after?.steps[0].href]).toEqual([
        "skipped",
        "switch_on",
        "/settings/odoo",
      ]);
    },
  );

  story(
    "a whole day finds what Odoo has and Waypost does not, and its counts are those of its rows on every level",
    async (radar) => {
      const { ctx } = radar;
      // the transfers of others in a shared Odoo are not looked for
      if (radar.target.sandbox)
        await ctx.sql`insert into setting (name, value) values ('reconciliation', '{"settleMinutes": 0}')`;
      const run = await startReconcile(ctx, finance, { day: DAY });
      await expect(startReconcile(ctx, finance, { day: DAY })).rejects.toMatchObject({ code: "conflict" });
      const hidden = await radar.order();
      await ctx.sql`update shipment set picking_id = -picking_id where shipment_id = ${hidden.id}`;
      // Odoo dates what is written by the second, and the second that runs is not looked at
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const done = await radar.work(run.id);
      expect(done).toMatchObject({ state: "done", failed: 0 });
      const rows = await ctx.sql<
        { letters: string; open: number }[]
      >`select letters, open from reconciliation_row where day = ${DAY}::date`;
      const expected = new Map<string, number>();
      for (const { letters } of rows)
        for (const { pair, aspect, verdict } of verdictsIn(letters)) {
          const key = `${pair} ${aspect} ${verdict}`;
          expected.set(key, (expected.get(key) ?? 0) + 1);
        }
      const counts = await listCounts(ctx.sql, { from: DAY, to: DAY, connection: [] });
      expect(
        new Map(counts.map(({ pair, aspect, verdict, count }) => [`${pair} ${aspect} ${verdict}`, count])),
      ).toEqual(expected);
      for (const { pair, aspect, verdict, count } of counts) {
        const filter = reconciliationFilter.parse({ day: DAY, pair: [pair], aspect: [aspect], verdict: [verdict] });
        expect([pair, aspect, verdict, (await countRows(ctx.sql, filter)).comparisons]).toEqual([
          pair,
          aspect,
          verdict,
          count,
        ]);
      }
      const whole = await countRows(ctx.sql, reconciliationFilter.parse({ day: DAY }));
      expect(whole).toEqual({ shipments: rows.length, comparisons: counts.reduce((sum, { count }) => sum + count, 0) });
      expect((await listRowIds(ctx.sql, reconciliationFilter.parse({ day: DAY }), 1000)).length).toBeLessThanOrEqual(
        rows.length,
      );
      await ctx.sql`update shipment set picking_id = -picking_id where picking_id < 0`;
      if (!radar.target.sandbox) return;
      const [unknown] = await ctx.sql<{ id: string }[]>`select shipment_id as id from reconciliation_row
        where day = ${DAY}::date and not known and picking_id = ${hidden.pickingId}`;
      const { shown, proof } = await repaired(radar, { ...hidden, id: unknown?.id as string });
      expect(shown?.after.deeds).toMatchObject([{ act: "recover", pickingId: hidden.pickingId }]);
      expect(proof?.reason).toContain("is a shipment here now");
      expect(await ctx.sql`select 1 from reconciliation_row where shipment_id = ${unknown?.id as string}`).toEqual([]);
    },
  );
});

/** Makes Odoo refuse to validate; gives what mends it. */
async function makeRefusal({ target, admin }: Radar, one: Made): Promise<() => Promise<void>> {
  const [move] = await admin.searchRead("stock.move", [["picking_id", "=", one.pickingId]], ["product_id"]);
  const [line] = await admin.searchRead("sale.order.line", [["order_id", "=", one.orderId]], ["product_id"]);
  expect(move?.product_id).toEqual(line?.product_id);
  if (target.sandbox) {
    const { sandbox } = target;
    await sandbox.setMode({ mode: "refuse", message: "The period is locked." });
    return () => sandbox.setMode({ mode: "ok" });
  }
  const [product] = await admin.create("product.product", [
    { name: `Radar ${one.tracking}`, type: "consu", is_storable: true },
  ]);
  await admin.call({ model: "stock.picking", method: "do_unreserve", ids: [one.pickingId] });
  await admin.write("stock.move", [move?.id as number], { product_id: product });
  return async () => {
    const [picking] = await admin.read("stock.picking", [one.pickingId], ["location_id"]);
    const location = idOf(picking?.location_id);
    const quant = await admin.create("stock.quant", [
      { product_id: product, location_id: location, inventory_quantity: 5 },
    ]);
    await admin.call({ model: "stock.quant", method: "action_apply_inventory", ids: quant });
  };
}

/** Shipped in Odoo days ago, and the carrier has told no more than that it was announced. */
async function lostBySource(radar: Radar): Promise<Made> {
  const one = await radar.order();
  await radar.scan(one, "pre_transit", 60 * 24 * 4);
  await radar.posted(one);
  await shipInOdoo(radar, one);
  await radar.settled("the transfer is done here", async () => {
    const [row] = await radar.ctx
      .sql`select state->'attributes'->'odoo_picking'->'value'->>'state' as state from shipment where shipment_id = ${one.id}`;
    return row?.state === "done";
  });
  return one;
}

/** Somebody validates in Odoo, and it was days ago. */
async function shipInOdoo({ admin }: Radar, one: Made): Promise<void> {
  await admin.call({
    model: "stock.picking",
    method: "button_validate",
    ids: [one.pickingId],
    context: { skip_sms: true, skip_backorder: true },
  });
  const ago = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 19).replace("T", " ");
  await admin.write("stock.picking", [one.pickingId], { date_done: ago });
}

/** Somebody types a number in Odoo, in seconds of their own: Odoo dates what is written by the second. */
async function writeApart({ admin }: Radar, one: Made, number: string): Promise<void> {
  const second = () => new Promise((resolve) => setTimeout(resolve, 1_100));
  await second();
  await admin.write("stock.picking", [one.pickingId], { carrier_tracking_ref: number });
  await second();
}
