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
import { Leadership } from "../jobs/leadership";
import { startReplay } from "../messages/replay";
import { OdooClients } from "../odoo/clients";
import { pollDue, sendDue } from "../odoo/work";
import { type Worker, workDue } from "../pipeline/work";
import { cancelPostings } from "../postings/cancel";
import { homeOfFeed } from "../postings/findings";
import { makeSender } from "../postings/sender-state";
import { workRun } from "../runs/execute";
import { connectTarget, type OdooTarget, realTarget, sandboxTarget } from "../testing/odoo-target";
import { sendScan } from "../testing/scans";
import { until } from "../testing/story";
import { makeTestContext, makeTestFeed, type TestFeed } from "../testing/workspace";
import { acceptOdoo } from "./accept";
import { makeComparer } from "./compare-chunk";
import { startRepair } from "./repair";
import { startReconcile } from "./start";

const person: Actor = { kind: "person", id: v7(), name: "Sam Support", role: "support" };
const finance: Actor = { ...person, name: "Fay Finance", role: "finance" };
const never = new AbortController().signal;
const DAY = dayOf(Date.now(), "UTC");

type Made = { id: string; tracking: string; pickingId: number; orderId: number };
type Radar = Awaited<ReturnType<typeof makeRadar>>;

/** An Odoo, a carrier, and a worker that is driven step by step; `admin` is another person in that Odoo. */
async function makeRadar(target: OdooTarget, admin: OdooClient) {
  const database: TestDatabase = await testDatabase("radar");
  const ctx: Context = makeTestContext(database);
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
        while (await workRun(ctx, worker2, clients, "test", never));
      } finally {
        over = true;
        await others;
      }
      const [run] = await ctx.sql`select state, total, processed, changed, failed from run where id = ${id}`;
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

/** A dry run of the repair writes nothing; its run writes what it showed, and proves by reading back what came of it. */
async function repaired(radar: Radar, one: Made) {
  const { ctx } = radar;
  const postings = () => ctx.sql`select key, state, attempts from posting where shipment_id = ${one.id} order by key`;
  const before = await postings();
  const dry = await startRepair(ctx, person, { dryRun: true, target: { day: DAY, ids: [one.id] } });
  expect(await radar.work(dry.id)).toMatchObject({ state: "done", failed: 0 });
  expect(await postings()).toEqual(before);
  const [shown] = await ctx.sql`select result, before, after, reason from run_item where run_id = ${dry.id}`;
  if (shown?.result !== "changed") return { shown, proof: null };
  const real = await startRepair(ctx, person, { dryRun: false, of: dry.id });
  await radar.work(real.id);
  const items = await ctx.sql`select target, result, reason from run_item where run_id = ${real.id} order by position`;
  expect(items.map(({ result }) => result)).toEqual(["changed", "changed"]);
  return { shown, proof: items[1] };
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
    "wrong match: the number of another shipment stands on this one; once it is put right nothing differs",
    async (radar) => {
      const [one, other] = [await radar.order(), await radar.order()];
      for (const each of [one, other]) await radar.scan(each, "in_transit", 5);
      for (const each of [one, other]) await radar.posted(each);
      await writeApart(radar, one, other.tracking);
      await radar.step();
      const [difference] = await found(radar, one);
      expect(difference).toMatchObject({
        aspect: "tracking",
        cause: "wrong_match" satisfies CauseName,
        other: { shipmentId: other.id },
      });
      expect((await repaired(radar, one)).shown).toMatchObject({ result: "skipped" });
      await writeApart(radar, one, one.tracking);
      await radar.step();
      expect(await found(radar, one)).toEqual([]);
    },
  );

  story("mapping: a word without a meaning; mended and read again, all that follows is posted", async (radar) => {
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
    await mendCrosswalk(ctx, person, { feed: "carrier", kind: "status", word, to: "delivered" });
    const replay = await startReplay(ctx, person, {
      scope: { feed: "carrier", word },
      mapping: "current",
      dryRun: false,
    });
    await radar.work(replay.id);
    await radar.posted(one);
    expect(await found(radar, one)).toEqual([]);
  });

  story("lost by the source, or late while the feed is silent: the carrier's word makes it whole", async (radar) => {
    const { ctx } = radar;
    const one = await radar.order();
    await radar.scan(one, "pre_transit", 60 * 24 * 4);
    await radar.posted(one);
    await shipInOdoo(radar, one);
    await radar.settled("the transfer is done here", async () => {
      const [row] =
        await ctx.sql`select state->'attributes'->'odoo_picking'->'value'->>'state' as state from shipment where shipment_id = ${one.id}`;
      return row?.state === "done";
    });
    const lost = await found(radar, one);
    expect(causes(lost)).toEqual({ state: "lost_by_source" satisfies CauseName });
    expect(lost[0]?.verdicts).toEqual({ carrier_odoo: "differs" });
    expect((await repaired(radar, one)).shown?.reason).toContain("Ask the source");

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
    expect((await repaired(radar, one)).shown?.reason).toContain("Bring the feed back");

    await radar.scan(one, "in_transit", 60 * 24 * 2);
    await radar.posted(one);
    await ctx.sql.begin((tx) => clear(ctx, tx, [{ homeId: home.homeId, kind: "feed_silent", why: "back" }], 0));
    expect(await found(radar, one)).toEqual([]);
  });

  story(
    "a whole day finds what Odoo has and Waypost does not, and its counts are those of its rows on every level",
    async (radar) => {
      const { ctx } = radar;
      const run = await startReconcile(ctx, finance, { day: DAY });
      await expect(startReconcile(ctx, finance, { day: DAY })).rejects.toMatchObject({ code: "conflict" });
      const hidden = await radar.order();
      await ctx.sql`update shipment set picking_id = -picking_id where shipment_id = ${hidden.id}`;
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
