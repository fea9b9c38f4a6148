import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { testDatabase } from "@/db/testing/database";
import type { Context } from "../context";
import { openFeedRegistry } from "../feeds/registry";
import { makeFeedCounters } from "../feeds/registry-counters";
import { signSample } from "../feeds/sign-sample";
import { Leadership } from "../jobs/leadership";
import { bodyOfBytes } from "../messages/body";
import { handleDelivery, openDoor } from "../messages/door";
import { OdooClients } from "../odoo/clients";
import { pollDue, sendDue } from "../odoo/work";
import { sweep } from "../pipeline/sweep";
import { type Worker, workDue } from "../pipeline/work";
import { makeSender } from "../postings/sender-state";
import { seal } from "../seal";
import { connectTarget, type OdooTarget, realTarget, sandboxTarget } from "../testing/odoo-target";
import { sendScan } from "../testing/scans";
import { makeTestContext, makeTestFeed } from "../testing/workspace";
import { pollFolders } from "./watch";

const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
const SECRET = "a-secret-of-the-scanner";
const never = new AbortController().signal;
const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

const targets: (OdooTarget | null)[] = [await sandboxTarget("19"), await realTarget("19"), await realTarget("14")];
for (const target of targets) if (target) closers.push(target.close);

/** A workspace with a watched folder for documents, connected to an Odoo. Its clock can be set ahead. */
async function openHouse(target: OdooTarget) {
  const database = await testDatabase("proof");
  closers.push(database.drop);
  const dataDir = await mkdtemp(path.join(tmpdir(), "waypost-proof-"));
  closers.push(() => rm(dataDir, { recursive: true, force: true }));
  let aheadMs = 0;
  const ctx: Context = makeTestContext(database, { dataDir, now: () => new Date(Date.now() + aheadMs) });
  const feed = await makeTestFeed(ctx, { slug: "proofs", adapter: "document", class: "carrier" });
  await ctx.sql`update feed set way_in = 'file', folder = 'proofs' where id = ${feed.id}`;
  const door = await makeTestFeed(ctx, { slug: "scanner", adapter: "document", class: "customer_service" });
  await ctx.sql`update feed set verify = 'api_key' where id = ${door.id}`;
  await ctx.sql`insert into feed_secret (id, feed_id, sealed, hint) values (${ctx.uuid()}, ${door.id}, ${seal(ctx.config.secretKey, SECRET)}, '')`;
  await ctx.sql`insert into setting (name, value) values ('thresholds', ${ctx.sql.json({ podRequired: true, podMinutes: 60 })})`;
  await connectTarget(ctx, target, { timeoutMs: 20_000, pollSeconds: 0 });
  const registry = openFeedRegistry(ctx);
  closers.push(registry.close);
  await registry.refresh();
  const leadership = new Leadership(ctx);
  closers.push(() => leadership.release());
  const clients = new OdooClients();
  const sender = makeSender("test", 1, clients);
  const worker: Worker = { slot: 0, environment: undefined };
  const polls = new Map();
  let seen = new Map<string, string>();
  const scanFolder = async () => {
    const counters = makeFeedCounters(ctx, 100);
    const turn = await pollFolders({ ...ctx, counters }, registry.all(), seen);
    seen = turn.seen;
    await counters.close();
    return turn;
  };
  return {
    ctx,
    drop: async (name: string, bytes: Uint8Array) => {
      await writeFile(path.join(dataDir, "folders", "proofs", name), bytes);
      await scanFolder();
      return scanFolder();
    },
    scanFolder,
    sweep: async (minutes: number) => {
      aheadMs += minutes * 60_000;
      while ((await sweep(ctx, worker)) > 0);
    },
    settle: async () => {
      for (let round = 0; round < 60; round++) {
        const more = await pollDue(ctx, clients, leadership, polls);
        const worked = await workDue(ctx, worker, never);
        const sent = await sendDue(ctx, sender, leadership, never);
        if (worked === 0 && !sent && !more) return;
      }
      throw new Error("it does not come to rest");
    },
  };
}

type House = Awaited<ReturnType<typeof openHouse>>;

/** Confirms an order and waits for its shipment; the name of its transfer as a file name writes it. */
async function orderIn(house: House, target: OdooTarget): Promise<{ id: string; picking: number; name: string }> {
  const said = `POD-${randomUUID().slice(0, 8)}`;
  await target.orders([said]);
  await house.settle();
  const [row] = await house.ctx.sql`select s.shipment_id, s.picking_id, p.said from reference r
    join shipment s on s.shipment_id = r.shipment_id
    join reference p on p.shipment_id = r.shipment_id and p.kind = 'odoo_picking' and p.said like '%/%' where r.said = ${said}`;
  return { id: row?.shipment_id, picking: row?.picking_id, name: String(row?.said).replaceAll("/", "-") };
}

const attachments = async (target: OdooTarget, picking: number) =>
  (
    await target.client.searchRead(
      "ir.attachment",
      [
        ["res_model", "=", "stock.picking"],
        ["res_id", "=", picking],
      ],
      ["name", "datas", "mimetype"],
    )
  )
    .map((row) => ({ name: row.name, mimetype: row.mimetype, bytes: Buffer.from(String(row.datas), "base64") }))
    .sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1));

describe.each(targets.filter((target) => target !== null))(
  "a proof of delivery and $label",
  { timeout: 120_000 },
  (target) => {
    let house: House;

    test("that is dropped into the folder is attached to its transfer with the very bytes, once", async () => {
      house = await openHouse(target);
      await house.scanFolder();
      const { id, picking, name } = await orderIn(house, target);
      const pdf = Buffer.from(`%PDF-1.4 ${randomUUID()} \u00e4\u0000 %%EOF`, "latin1");
      expect(await house.drop(`POD_${name}.pdf`, pdf)).toMatchObject({ taken: 1, refused: 0 });
      await house.settle();
      expect(await attachments(target, picking)).toEqual([
        { name: `POD_${name}.pdf`, mimetype: "application/pdf", bytes: pdf },
      ]);
      const postings = () =>
        house.ctx.sql`select state from posting where shipment_id = ${id} and kind = 'proof_of_delivery'`;
      expect(await postings()).toEqual([{ state: "verified" }]);

      await house.drop(`POD_${name}.pdf`, pdf);
      await house.drop(`pod_${name} (1).PDF`, pdf);
      await house.settle();
      expect(await postings()).toHaveLength(1);
      expect(await attachments(target, picking)).toHaveLength(1);
    });

    test("of two pages that come together has both attached, one of them through the door", async () => {
      const { id, picking, name } = await orderIn(house, target);
      const [front, back] = [randomUUID(), randomUUID()].map((text) => Buffer.concat([PNG, Buffer.from(text)]));
      const door = openDoor(house.ctx, { slot: 78 });
      closers.push(door.close);
      await door.registry.refresh();
      const headers = {
        ...signSample("api_key", {}, SECRET, front as Buffer, { id: "", atMs: 0 }),
        "content-type": "image/png",
        "content-disposition": `attachment; filename="POD_${name}_front.png"`,
      };
      const answer = await handleDelivery(door, {
        slug: "scanner",
        method: "POST",
        headers,
        body: bodyOfBytes(front as Buffer),
      });
      expect(answer).toMatchObject({ status: 202, json: { duplicate: false } });
      await house.drop(`POD_${name}_back.png`, back as Buffer);
      await house.settle();
      expect(await attachments(target, picking)).toEqual([
        { name: `POD_${name}_back.png`, mimetype: "image/png", bytes: back },
        { name: `POD_${name}_front.png`, mimetype: "image/png", bytes: front },
      ]);
      const [shipment] = await house.ctx.sql`select milestone, provisional from shipment where shipment_id = ${id}`;
      expect(shipment).toEqual({ milestone: "pod_received", provisional: false });
    });

    test("clears pod_missing", async () => {
      const { ctx } = house;
      const { id, name } = await orderIn(house, target);
      const tracking = `1Z${randomUUID().slice(0, 8).toUpperCase()}`;
      const carrier = await makeTestFeed(ctx, {
        slug: `scans${tracking.toLowerCase()}`,
        adapter: "easypost",
        class: "carrier",
      });
      await ctx.sql`insert into reference (value, kind, issuer, shipment_id, said, feed_id, package, first_message)
      values (${tracking}, 'tracking_number', 'ups', ${id}, ${tracking}, ${carrier.id}, true, gen_random_uuid())`;
      await sendScan(ctx, carrier, { id: tracking, code: tracking, status: "delivered", minutesAgo: 30 });
      await house.settle();
      const open = async () =>
        (await ctx.sql`select kind from exception where home_id = ${id} and state = 'open'`).map(({ kind }) => kind);
      expect(await open()).not.toContain("pod_missing");
      await house.sweep(45);
      expect(await open()).toContain("pod_missing");
      await house.drop(`POD_${name}.jpg`, Buffer.from(`\u00ff\u00d8\u00ff\u00e0 ${randomUUID()}`, "latin1"));
      await house.settle();
      expect(await open()).not.toContain("pod_missing");
    });

    test("whose reference nobody knows is an unknown shipment after the grace time; a name without one is unreadable", async () => {
      const { ctx } = house;
      await house.drop("POD_1ZNOBODY0001.pdf", Buffer.from(`%PDF-1.4 ${randomUUID()}`));
      await house.drop("scan0001.pdf", Buffer.from(`%PDF-1.4 ${randomUUID()}`));
      await house.drop("POD_1ZNOBODY0002.pdf", Buffer.from("<html>not found</html>"));
      await house.settle();
      const kinds = async () =>
        (
          await ctx.sql`select kind from exception where state = 'open' and kind in ('unknown_shipment', 'unreadable_message') order by kind`
        ).map(({ kind }) => kind);
      expect(await kinds()).toEqual(["unreadable_message", "unreadable_message"]);
      await house.sweep(31);
      expect(await kinds()).toEqual(["unknown_shipment", "unreadable_message", "unreadable_message"]);
    });
  },
);
