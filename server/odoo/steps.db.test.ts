import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { midOf } from "@/core/service-levels/histogram";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { type Sandbox, startSandboxOdoo } from "@/e2e/odoo/server";
import { createOdooClient, type OdooClient } from "../adapters/odoo/client";
import { makeOdooLoop, type OdooLoop } from "../testing/odoo-loop";

vi.setConfig({ testTimeout: 60_000 });

describe.each(["14", "19"] as const)("an order that Odoo %s picks, packs and ships", (version) => {
  let database: TestDatabase;
  let sandbox: Sandbox;
  let loop: OdooLoop;
  let admin: OdooClient;
  let orderId: number;
  let orderedMs: number;

  beforeAll(async () => {
    database = await testDatabase(`steps${version}`);
    sandbox = await startSandboxOdoo({ port: 0, version, seed: false });
    const { url, db, adminKey } = sandbox;
    admin = await createOdooClient({ url, db, login: "admin", key: adminKey });
    loop = await makeOdooLoop(database);
    await loop.connect(sandbox, "Steps");
    await loop.settle();
    // as a feed that is older than the words of the steps
    await loop.ctx.sql`delete from crosswalk_entry where word ~ '^stock.picking/(pick|pack|other)_'`;
    const house = { name: "Steps", code: "STP", company_id: 1, delivery_steps: "pick_pack_ship" };
    const [warehouse] = await admin.create("stock.warehouse", [house]);
    const [product] = await admin.searchRead("product.product", [["default_code", "=", "DESK-OAK-140"]], ["name"]);
    const [customer] = await admin.searchRead("res.partner", [["is_company", "=", true]], ["name"], { limit: 1 });
    const order_line = [[0, 0, { product_id: product?.id, product_uom_qty: 2 }]];
    const head = { partner_id: customer?.id, client_order_ref: "PO-STEPS", warehouse_id: warehouse, order_line };
    [orderId = 0] = await admin.create("sale.order", [head]);
    orderedMs = Date.now();
    await admin.call({ model: "sale.order", method: "action_confirm", ids: [orderId] });
    await loop.settle();
  });
  afterAll(async () => {
    await loop?.end();
    await sandbox?.close();
    await database?.drop();
  });

  const pickings = () =>
    admin.searchRead("stock.picking", [["sale_id", "=", orderId]], ["name", "state", "picking_type_code"]);
  async function finish(step: string) {
    // Odoo dates its writes to the second
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const picking = (await pickings()).find(({ name }) => String(name).includes(step));
    if (!picking) throw new Error(`no ${step}`);
    if (version === "14")
      for (const { id } of await admin.searchRead("stock.move", [["picking_id", "=", picking.id]], ["state"]))
        await admin.write("stock.move", [id], { quantity_done: 2 });
    const validate = { model: "stock.picking", method: "button_validate", ids: [picking.id] };
    await admin.call({ ...validate, context: { skip_sms: true } });
    await loop.settle();
    return String(picking.name);
  }
  const shipments = () => loop.ctx.sql`select milestone, stage, name from shipment where head_id is null`;
  const told = async () => {
    const rows = await loop.ctx.sql<{ kind: string; description: string | null }[]>`
      select kind, description from event where kind in ('allocated', 'picked', 'packed') order by occurred_at, kind`;
    return rows.map(({ kind, description }) => [kind, description]);
  };

  test("shows each step on the one shipment, and makes none of a step", async () => {
    expect((await shipments()).map(({ stage }) => stage)).toEqual(version === "14" ? ["allocated"] : []);
    const pick = await finish("PICK");
    expect((await shipments()).map(({ stage }) => stage)).toEqual(version === "14" ? ["picked"] : []);
    const pack = await finish("PACK");
    expect(await shipments()).toMatchObject([{ milestone: "packed", stage: "packed" }]);
    const ready = version === "14" ? [["allocated", pick]] : [];
    expect(await told()).toEqual([...ready, ["picked", pick], ["packed", pack]]);
    const unmapped = await loop.ctx.sql`select text from exception where kind = 'unmapped_code'`;
    expect(unmapped).toEqual([]);
  });

  test("starts the clock of its creation when Odoo made its transfer, not when the order waited for its steps", async () => {
    const [row] = await loop.ctx.sql<{ bucket: number; releases: number }[]>`
      select bucket, (select count(*)::int from event where kind = 'order_released' and inferred) as releases
      from latency_bucket where workflow = 'shipment_creation' and leg = 'total'`;
    const [first] = await loop.ctx.sql<{ at: Date }[]>`
      select min(e.received_at) as at from event e where e.kind in ('order_released', 'picked')`;
    const waited = (first?.at.getTime() ?? 0) - orderedMs;
    // two steps of more than a second each, less the second to which Odoo dates them
    if (version === "19") expect(midOf(row?.bucket ?? 0)).toBeLessThan(waited - 1_000);
    expect(row?.releases).toBe(version === "19" ? 0 : 1);
  });

  test("is told to Odoo on the transfer that ships alone", async () => {
    const outgoing = (await pickings()).find(({ picking_type_code }) => picking_type_code === "outgoing");
    await loop.track(outgoing?.id ?? 0, "1ZSTEPS");
    await loop.scan("1", "1ZSTEPS", "in_transit", 0);
    await loop.settle();
    const postings = await loop.ctx.sql`select kind, state, record_id from posting where kind = 'transfer_validated'`;
    expect(postings).toMatchObject([{ record_id: outgoing?.id, state: "verified" }]);
    expect((await pickings()).map(({ state }) => state)).toEqual(["done", "done", "done"]);
    const [released] = await loop.ctx
      .sql`select inferred, word from event where kind = 'order_released' order by occurred_at limit 1`;
    expect(released).toMatchObject({ inferred: false, word: "sale.order/sale" });
  });
});
