import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import { type Sandbox, startSandboxOdoo } from "@/e2e/odoo/server";
import { setUpStatusField } from "../odoo/set-up-status-field";
import { makeOdooLoop, type OdooLoop } from "../testing/odoo-loop";
import { workRuns } from "../testing/work-runs";
import { startRepost } from "./repost";

/** The kinds that follow from deliveries and returns, from the carrier's scan to Odoo and back. */
describe.each(["19", "14"] as const)("against a sandbox as %s", { timeout: 30_000 }, (version) => {
  let database: TestDatabase;
  let sandbox: Sandbox;
  let loop: OdooLoop;
  let connection: number;
  let number = 0;

  beforeAll(async () => {
    database = await testDatabase(`catalogue${version}`);
    sandbox = await startSandboxOdoo({ port: 0, version, seed: false });
    loop = await makeOdooLoop(database);
    connection = await loop.connect(sandbox, "Sandbox", ["status_field", "customer_invoice"]);
    await loop.ctx
      .sql`insert into setting (name, value) values ('thresholds', ${loop.ctx.sql.json({ returnGraceMinutes: 0 })})`;
    await loop.settle();
  }, 60_000);
  afterAll(async () => {
    await loop?.end();
    await sandbox?.close();
    await database?.drop();
  });

  let tracking: string;
  beforeEach(() => {
    tracking = `1ZCAT${version}${++number}`;
  });
  const scan = async (status: string, minutesAgo: number, code = tracking) => {
    await loop.scan(`${code}-${status}-${minutesAgo}`, code, status, minutesAgo);
    await loop.settle();
    await loop.settle();
  };
  async function shipped(lines?: { code: string; quantity: number }[]) {
    const order = sandbox.order({ clientOrderRef: `PO-${tracking}`, ...(lines && { lines }) });
    const pickingId = order.pickings[0]?.id ?? 0;
    await loop.settle();
    const shipmentId = await loop.track(pickingId, tracking);
    return { ...order, pickingId, shipmentId };
  }
  const postings = async (shipmentId: string, kind: string) =>
    (
      await loop.ctx
        .sql`select state, held_because as held, last_reason as why from posting where shipment_id = ${shipmentId} and kind = ${kind}
        order by created_at, key`
    ).map((row) => ({ ...row }));
  /** Works on until it is so: Odoo's clock has whole seconds, and what changed twice within one is seen at a second look. */
  const soon = (check: () => Promise<void>) =>
    vi.waitFor(
      async () => {
        await loop.settle();
        await check();
      },
      { timeout: 15_000, interval: 300 },
    );
  const open = async (shipmentId: string) =>
    (
      await loop.ctx
        .sql`select kind from exception where shipment_id = ${shipmentId} and state <> 'resolved' order by kind`
    ).map(({ kind }) => kind);

  test("the status stands in Odoo once an administrator made its field, and says why it cannot before", async () => {
    const { shipmentId, pickingId } = await shipped();
    await scan("in_transit", 50);
    expect(await postings(shipmentId, "status_field")).toMatchObject([
      { state: "rejected", why: expect.stringContaining("set-up on the Odoo screen") },
    ]);
    expect(await open(shipmentId)).toEqual(["posting_rejected"]);
    const admin = await insertActor(loop.ctx.sql, "administrator");
    const support = await insertActor(loop.ctx.sql, "support");
    const given = { id: connection, login: "admin", key: sandbox.adminKey };
    await expect(setUpStatusField(loop.ctx, support, given)).rejects.toMatchObject({ code: "forbidden" });
    const own = { id: connection, login: sandbox.login, key: sandbox.key };
    await expect(setUpStatusField(loop.ctx, admin, own)).rejects.toThrow(/may not add fields/);
    expect(await setUpStatusField(loop.ctx, admin, given)).toEqual({ done: "made" });
    expect(await setUpStatusField(loop.ctx, admin, given)).toEqual({ done: "there" });
    const [audit] = await loop.ctx
      .sql`select after::text as after from audit where action = 'odoo.set_up_status_field' limit 1`;
    expect(audit?.after).not.toContain(sandbox.adminKey);
    await scan("delivered", 5);
    await soon(async () =>
      expect((await postings(shipmentId, "status_field")).at(-1)).toMatchObject({ state: "verified" }),
    );
    const words = sandbox.effectsOf({ kind: "status_field", id: pickingId }).map(({ mark }) => mark);
    expect(words).toEqual(["delivered"]);
  });

  test("goods that turn back get a return of every line in Odoo, once, and the exception of it closes", async () => {
    const { shipmentId, pickingId } = await shipped([
      { code: "DESK-OAK-140", quantity: 2 },
      { code: "LAMP-ARC-BRS", quantity: 3 },
    ]);
    await scan("in_transit", 50);
    await scan("return_to_sender", 5);
    await soon(async () => {
      const raised = await loop.ctx
        .sql`select state from exception where shipment_id = ${shipmentId} and kind = 'return_unannounced'`;
      expect(raised.map(({ state }) => state)).toEqual(["resolved"]);
    });
    expect(await postings(shipmentId, "return_transfer")).toMatchObject([{ state: "verified" }]);
    await loop.settle();
    expect(await open(shipmentId)).toEqual([]);
    expect(sandbox.effectsOf({ kind: "return_made", id: pickingId })).toHaveLength(1);
    expect(await postings(shipmentId, "customer_invoice")).toEqual([]);
  });

  test("an order is invoiced once by its delivery", async () => {
    const { shipmentId, orderId } = await shipped();
    await scan("in_transit", 50);
    expect(await postings(shipmentId, "customer_invoice")).toEqual([]);
    await scan("delivered", 5);
    await soon(async () =>
      expect(await postings(shipmentId, "customer_invoice")).toMatchObject([{ state: "verified" }]),
    );
    await scan("delivered", 3);
    expect(sandbox.effectsOf({ kind: "invoice_made", id: orderId })).toHaveLength(1);
  });

  test("it waits for what else of the order is on its way, and one invoice covers all", async () => {
    const { shipmentId, orderId, pickingId } = await shipped([{ code: "DESK-OAK-140", quantity: 2 }]);
    const other = sandbox.addTransfer(orderId, [{ code: "LAMP-ARC-BRS", quantity: 1 }]);
    await loop.settle();
    const second = `${tracking}B`;
    const otherShipment = await loop.track(other.id, second);
    await scan("in_transit", 60);
    await scan("in_transit", 60, second);
    await scan("delivered", 30);
    await soon(async () =>
      expect(await postings(shipmentId, "customer_invoice")).toMatchObject([
        { state: "planned", why: `${other.name} of the same order is still on its way.` },
      ]),
    );
    expect(pickingId).not.toBe(other.id);
    await scan("delivered", 5, second);
    await soon(async () => {
      await loop.ctx.sql`update posting set due_at = now() where kind = 'customer_invoice' and state = 'planned'`;
      expect(await postings(shipmentId, "customer_invoice")).toMatchObject([{ state: "verified" }]);
      expect(await postings(otherShipment, "customer_invoice")).toMatchObject([{ state: "verified" }]);
    });
    expect(sandbox.effectsOf({ kind: "invoice_made", id: orderId })).toHaveLength(1);
  });

  /** A delivered shipment whose invoice waits for another one of its order. */
  async function waitingInvoice() {
    const made = await shipped();
    const other = sandbox.addTransfer(made.orderId, [{ code: "LAMP-ARC-BRS", quantity: 1 }]);
    await loop.settle();
    await loop.track(other.id, `${tracking}B`);
    await scan("in_transit", 60);
    await scan("in_transit", 60, `${tracking}B`);
    await scan("delivered", 50);
    await soon(async () =>
      expect(await postings(made.shipmentId, "customer_invoice")).toMatchObject([
        { state: "planned", why: expect.stringContaining("still on its way") },
      ]),
    );
    return made;
  }

  test("a return stops an invoice that waits", async () => {
    const { shipmentId, orderId } = await waitingInvoice();
    await scan("return_to_sender", 5);
    expect(await postings(shipmentId, "customer_invoice")).toMatchObject([{ state: "superseded" }]);
    expect(sandbox.effectsOf({ kind: "invoice_made", id: orderId })).toEqual([]);
  });

  test("a scan that contradicts the delivery makes it wait for a person, who may post it all the same", async () => {
    const { shipmentId, orderId } = await waitingInvoice();
    await scan("in_transit", 5);
    expect(await open(shipmentId)).toContain("status_regression");
    expect(await postings(shipmentId, "customer_invoice")).toMatchObject([{ state: "held", held: "contradicted" }]);
    const [row] = await loop.ctx.sql<
      { id: string }[]
    >`select id from posting where shipment_id = ${shipmentId} and kind = 'customer_invoice'`;
    const support = await insertActor(loop.ctx.sql, "support");
    const run = await startRepost(loop.ctx, support, { scope: { ids: [row?.id ?? ""] }, dryRun: false });
    const worker = { slot: 0, environment: undefined };
    await workRuns(loop.ctx, worker, loop.clients);
    expect(run.total).toBe(1);
    await soon(async () =>
      expect(await postings(shipmentId, "customer_invoice")).toMatchObject([{ state: "verified" }]),
    );
    expect(sandbox.effectsOf({ kind: "invoice_made", id: orderId })).toHaveLength(1);
  });

  test("nothing of all that happened twice", () => {
    expect(sandbox.effects().doubles).toEqual([]);
  });
});
