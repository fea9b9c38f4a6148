import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { type Sandbox, startSandboxOdoo } from "@/e2e/odoo/server";
import { createOdooClient, type OdooClient } from "../adapters/odoo/client";
import type { Context } from "../context";
import { seal } from "../seal";
import { sendScan, tellTracking } from "../testing/scans";
import { startWorker } from "../testing/worker-process";
import { makeTestContext, makeTestFeed, type TestFeed } from "../testing/workspace";

/** An Odoo under the test: how orders are made in it, and what became of their transfers. */
type Target = {
  url: string;
  db: string;
  login: string;
  key: string;
  order: (reference: string) => Promise<void>;
  slow: (ms: number) => Promise<void>;
};

const KINDS = {
  tracking_number: "on",
  transfer_validated: "on",
  status_note: "on",
  proof_of_delivery: "on",
  exception_activity: "on",
};
const KILLS_SANDBOX = Number(process.env.WAYPOST_FAULT_KILLS ?? 20);
const KILLS_ODOO = Number(process.env.WAYPOST_FAULT_KILLS_ODOO ?? 3);

async function workspace(
  label: string,
  target: Target,
): Promise<{ database: TestDatabase; ctx: Context; feed: TestFeed<"easypost"> }> {
  const database = await testDatabase(label);
  const ctx = makeTestContext(database);
  const feed = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "aggregator" });
  await ctx.sql`insert into odoo_connection (name, url, database, login, sealed_key, key_hint, observing, kinds, post_since, poll_seconds, timeout_ms, settle_ms, rate_per_second)
    values ('Odoo', ${target.url}, ${target.db}, ${target.login}, ${seal(ctx.config.secretKey, target.key)}, '', false, ${ctx.sql.json(KINDS)}, now(), 1, 3000, 3000, 200)`;
  await ctx.sql`update odoo_connection set post_since = now() - interval '1 minute'`;
  return { database, ctx, feed };
}

async function until(what: string, ms: number, done: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`not within ${ms} ms: ${what}`);
}

/** Kills the worker again and again while it posts; afterwards every effect is there once. Returns the ids of the transfers. */
async function killWhilePosting(
  ctx: Context,
  url: string,
  feed: TestFeed<"easypost">,
  target: Target,
  kills: number,
  tag: string,
): Promise<number[]> {
  const orders = Array.from({ length: kills }, (_, i) => ({ reference: `PO-${tag}-${i}`, tracking: `1Z${tag}${i}` }));
  let worker = await startWorker(url);
  for (const order of orders) await target.order(order.reference);
  await until("all orders are shipments", 60_000, async () => {
    const [row] =
      await ctx.sql`select count(*)::int n from reference where kind = 'customer_po' and said like ${`PO-${tag}-%`}`;
    return row?.n === kills;
  });
  for (const order of orders) await tellTracking(ctx, feed.id, order.reference, order.tracking);
  await target.slow(120);
  for (const [i, order] of orders.entries()) {
    await sendScan(ctx, feed, {
      id: `${tag}-t-${i}`,
      code: order.tracking,
      status: "out_for_delivery",
      minutesAgo: 30,
    });
    await sendScan(ctx, feed, { id: `${tag}-d-${i}`, code: order.tracking, status: "delivered", minutesAgo: 1 });
    await new Promise((resolve) => setTimeout(resolve, 60 + ((i * 137) % 700)));
    await worker.kill();
    worker = await startWorker(url);
  }
  await target.slow(0);
  await until("all postings are verified", 120_000, async () => {
    const [row] = await ctx.sql`select count(*)::int n, count(*) filter (where state = 'verified')::int v from posting`;
    return row?.n === kills * 4 && row?.v === row?.n;
  }).catch(async (error: Error) => {
    const left =
      await ctx.sql`select kind, state, held_because, last_reason, count(*)::int from posting group by 1, 2, 3, 4`;
    throw new Error(`${error.message}: ${JSON.stringify(left)}`);
  });
  await worker.stop();
  const rows = await ctx.sql<
    { picking_id: number }[]
  >`select picking_id from shipment where picking_id is not null and tracking_number like ${`1Z${tag}%`} order by 1`;
  return rows.map((row) => row.picking_id);
}

describe("a worker that is killed at any moment of posting", () => {
  let sandbox: Sandbox;
  let space: Awaited<ReturnType<typeof workspace>>;
  beforeAll(async () => {
    sandbox = await startSandboxOdoo({ port: 0, version: "19", seed: false });
  });
  afterAll(async () => {
    await sandbox?.close();
    await space?.database.drop();
  });

  test(`leaves one effect each and none missing, ${KILLS_SANDBOX} times against the sandbox`, {
    timeout: 600_000,
  }, async () => {
    const target: Target = {
      url: sandbox.url,
      db: sandbox.db,
      login: sandbox.login,
      key: sandbox.key,
      order: async (reference) => void sandbox.order({ clientOrderRef: reference }),
      slow: (ms) => sandbox.setMode(ms > 0 ? { mode: "slow", delayMs: ms, only: "writes" } : { mode: "ok" }),
    };
    space = await workspace("kill", target);
    const pickings = await killWhilePosting(space.ctx, space.database.url, space.feed, target, KILLS_SANDBOX, "K");
    const { doubles, byKind } = sandbox.effects();
    expect(pickings).toHaveLength(KILLS_SANDBOX);
    expect(doubles).toEqual([]);
    expect(byKind).toMatchObject({ tracking_number: KILLS_SANDBOX, transfer_validated: KILLS_SANDBOX });
    const notes = pickings.map(
      (id) =>
        sandbox.effectsOf({ kind: "note", id }).filter((effect) => effect.correlationId?.startsWith("corr-")).length,
    );
    expect(notes.every((n) => n === notes[0] && n > 0)).toBe(true);
  });
});

const real = {
  url: process.env.WAYPOST_TEST_ODOO19_URL,
  db: process.env.WAYPOST_TEST_ODOO19_DB,
  key: process.env.WAYPOST_TEST_ODOO19_KEY,
  login: process.env.WAYPOST_TEST_ODOO19_LOGIN,
};
if (!real.url) console.warn("NO REAL ODOO 19 HERE: the kill test runs against the sandbox only.");

describe.runIf(real.url !== undefined)("a worker that is killed while it posts to a real Odoo 19", () => {
  let space: Awaited<ReturnType<typeof workspace>>;
  afterAll(async () => space?.database.drop());

  test(`leaves one effect each and none missing, ${KILLS_ODOO} times`, { timeout: 600_000 }, async () => {
    const settings = { url: real.url ?? "", db: real.db ?? "", login: real.login ?? "", key: real.key ?? "" };
    const client = await createOdooClient(settings);
    const target: Target = {
      ...settings,
      order: (reference) => confirmedOrder(client, reference),
      slow: async () => {},
    };
    space = await workspace("killodoo", target);
    const tag = `R${Date.now().toString(36).toUpperCase()}`;
    const pickings = await killWhilePosting(space.ctx, space.database.url, space.feed, target, KILLS_ODOO, tag);
    expect(pickings).toHaveLength(KILLS_ODOO);
    const rows = await client.read("stock.picking", pickings, ["state", "carrier_tracking_ref", "backorder_ids"]);
    expect(rows.map((row) => row.state)).toEqual(pickings.map(() => "done"));
    expect(rows.every((row) => String(row.carrier_tracking_ref).startsWith(`1Z${tag}`))).toBe(true);
    for (const id of pickings) {
      const notes = await client.searchRead(
        "mail.message",
        [
          ["model", "=", "stock.picking"],
          ["res_id", "=", id],
          ["message_id", "ilike", "waypost"],
        ],
        ["message_id"],
      );
      expect(new Set(notes.map((note) => note.message_id)).size).toBe(notes.length);
      const [row] = await space.ctx
        .sql`select count(*)::int n from posting where record_id = ${id} and kind = 'status_note'`;
      expect(notes).toHaveLength(row?.n as number);
    }
  });
});

async function confirmedOrder(client: OdooClient, reference: string): Promise<void> {
  const [partner] = await client.searchRead("res.partner", [["is_company", "=", true]], ["id"], { limit: 1 });
  const [product] = await client.searchRead(
    "product.product",
    [
      ["type", "=", "consu"],
      ["is_storable", "=", false],
      ["sale_ok", "=", true],
    ],
    ["id"],
    { limit: 1 },
  );
  const order_line = [[0, 0, { product_id: product?.id, product_uom_qty: 1 }]];
  const [id] = await client.create("sale.order", [
    { partner_id: partner?.id, client_order_ref: reference, order_line },
  ]);
  await client.call({ model: "sale.order", method: "action_confirm", ids: [id as number] });
}
