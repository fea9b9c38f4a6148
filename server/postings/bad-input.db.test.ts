import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findException } from "@/db/queries/exceptions";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { type Sandbox, startSandboxOdoo } from "@/e2e/odoo/server";
import { SYSTEM } from "../access/actor";
import { explainException } from "../exceptions/explain";
import { makeOdooLoop, type OdooLoop } from "../testing/odoo-loop";

/** What goes wrong in an Odoo ends as an exception that says what to do, and stops nothing else. */
let database: TestDatabase;
let sandbox: Sandbox;
let loop: OdooLoop;
let connection: number;

async function start(version: "19" | "14" = "19") {
  database = await testDatabase("badinput");
  sandbox = await startSandboxOdoo({ port: 0, version, seed: false });
  loop = await makeOdooLoop(database);
  connection = await loop.connect(sandbox, "Sandbox", ["customer_invoice"]);
  await loop.settle();
}
beforeEach(() => start(), 60_000);
afterEach(async () => {
  await loop?.end();
  await sandbox?.close();
  await database?.drop();
});

async function shipped(code: string) {
  const order = sandbox.order({ clientOrderRef: `PO-${code}` });
  const pickingId = order.pickings[0]?.id ?? 0;
  await loop.settle();
  return { ...order, pickingId, shipmentId: await loop.track(pickingId, code) };
}
const states = async (shipmentId: string) =>
  (
    await loop.ctx
      .sql`select kind, state from posting where shipment_id = ${shipmentId} and state <> 'superseded' order by sequence, key`
  ).map((row) => `${row.kind} ${row.state}`);
const told = async (kind: string) =>
  (await loop.ctx.sql`select text from exception where kind = ${kind} and state <> 'resolved' order by text`).map(
    (row) => String(row.text),
  );
const soon = (check: () => Promise<void>) =>
  vi.waitFor(
    async () => {
      await loop.settle();
      await check();
    },
    { timeout: 15_000, interval: 300 },
  );
/** Another shipment goes all the way meanwhile. */
async function othersGoOn(code = "1ZOTHER") {
  const { shipmentId } = await shipped(code);
  await loop.scan(`${code}-d`, code, "delivered", 1);
  await soon(async () => expect(await states(shipmentId)).toContain("transfer_validated verified"));
}

test("a transfer that was deleted in Odoo", { timeout: 60_000 }, async () => {
  const { pickingId } = await shipped("1ZGONE");
  sandbox.remove("stock.picking", pickingId);
  await loop.scan("gone", "1ZGONE", "in_transit", 5);
  await loop.settle();
  const texts = await told("posting_rejected");
  expect(texts.length).toBeGreaterThan(0);
  for (const text of texts)
    expect(text).toContain("link the shipment to the right transfer, or resolve this with the reason");
  await othersGoOn();
});

test("a period that is locked", { timeout: 60_000 }, async () => {
  const { shipmentId } = await shipped("1ZLOCK");
  await loop.scan("lock-1", "1ZLOCK", "in_transit", 30);
  await soon(async () => expect(await states(shipmentId)).toContain("transfer_validated verified"));
  const message = "You cannot add/modify entries prior to and inclusive of: Global Lock Date (10/31/2026).";
  await sandbox.setMode({ mode: "refuse", method: "create_invoices", message });
  await loop.scan("lock-2", "1ZLOCK", "delivered", 5);
  await soon(async () => expect(await states(shipmentId)).toContain("customer_invoice rejected"));
  expect(await told("posting_rejected")).toEqual([
    expect.stringContaining("open it or have its lock date moved, then post again"),
  ]);
  await sandbox.setMode({ mode: "ok" });
  await othersGoOn();
});

test("a company for which the user does not work, also among those that are read back", {
  timeout: 60_000,
}, async () => {
  const { shipmentId, pickingId, orderId } = await shipped("1ZFOREIGN");
  const mine = await shipped("1ZMINE");
  // Odoo's clock has whole seconds
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  for (const [model, id] of [
    ["stock.picking", pickingId],
    ["sale.order", orderId],
  ] as const)
    sandbox.change(model, id, { company_id: 2 });
  await loop.settle();
  await soon(async () => {
    const [row] = await loop.ctx
      .sql`select state->'attributes'->'odoo_picking'->'value'->>'companyId' as company from shipment
      where shipment_id = ${shipmentId}`;
    expect(row?.company).toBe("2");
  });
  const user = sandbox.all("res.users").find((row) => row.login === sandbox.login);
  sandbox.change("res.users", Number(user?.id), { company_ids: [[6, 0, [1]]] });
  await loop.scan("foreign", "1ZFOREIGN", "in_transit", 5);
  await loop.settle();
  const texts = await told("posting_rejected");
  expect(texts.length).toBeGreaterThan(0);
  for (const text of texts) expect(text).toContain("add it to the user's companies in Odoo");
  // one that stands unanswered must not keep the others from being verified
  await loop.ctx.sql`update posting set state = 'unconfirmed', due_at = now(), sent_at = now() - interval '1 hour'
    where shipment_id = ${shipmentId} and kind = 'tracking_number'`;
  await loop.scan("mine", "1ZMINE", "in_transit", 5);
  await soon(async () =>
    expect(await states(mine.shipmentId)).toEqual(["tracking_number verified", "transfer_validated verified"]),
  );
  expect(await states(shipmentId)).toContain("tracking_number unconfirmed");
});

test("a right that the user lacks", { timeout: 60_000 }, async () => {
  const { shipmentId } = await shipped("1ZRIGHT");
  sandbox.forbid("mail.message", "create");
  await loop.scan("right", "1ZRIGHT", "out_for_delivery", 5);
  await soon(async () => expect(await states(shipmentId)).toContain("status_note rejected"));
  expect(await states(shipmentId)).toContain("transfer_validated verified");
  expect(await told("posting_rejected")).toEqual([expect.stringContaining("give it the group that Odoo names")]);
  const [row] = await loop.ctx.sql<{ id: string }[]>`select id from exception where kind = 'posting_rejected'`;
  const card = await findException(loop.ctx.sql, row?.id ?? "");
  expect(card?.evidence).toMatchObject({ failure: expect.stringMatching(/^(access|refused)$/) });
  if (!card) throw new Error("no card");
  const { postings } = await explainException(loop.ctx, SYSTEM, card);
  expect(postings).toMatchObject([
    { key: card.postingKey, recordModel: "stock.picking", link: expect.stringMatching(/\/odoo\/stock\.picking\/\d+$/) },
  ]);
});

test("a key that has expired: postings wait, the exception says so, and a new key sends them", {
  timeout: 60_000,
}, async () => {
  const { shipmentId } = await shipped("1ZKEY");
  await sandbox.setMode({ mode: "unauthorised" });
  await loop.scan("key", "1ZKEY", "in_transit", 5);
  await soon(async () => {
    await loop.ctx.sql`update posting set due_at = now() where state = 'planned'`;
    expect(await told("odoo_unreachable")).toEqual([
      expect.stringContaining("make a new key in Odoo and give it under Odoo, Change"),
    ]);
  });
  expect((await states(shipmentId)).join()).not.toMatch(/rejected|dead/);
  await sandbox.setMode({ mode: "ok" });
  loop.sender.breakers.clear();
  loop.sender.taken.clear();
  await loop.ctx.sql`update odoo_connection set breaker = '{}', updated_at = now() where id = ${connection}`;
  await soon(async () => {
    await loop.ctx.sql`update posting set due_at = now() where state = 'planned'`;
    expect(await states(shipmentId)).toContain("transfer_validated verified");
  });
});

test("a customer who was archived in Odoo: nothing fails of it", { timeout: 60_000 }, async () => {
  const { shipmentId, pickingId } = await shipped("1ZARCH");
  const partner = sandbox.find("stock.picking", pickingId)?.partner_id;
  sandbox.change("res.partner", Number(partner), { active: false });
  await loop.scan("arch-1", "1ZARCH", "in_transit", 30);
  await loop.scan("arch-2", "1ZARCH", "delivered", 5);
  await soon(async () => expect(await states(shipmentId)).toContain("customer_invoice verified"));
  expect(await told("posting_rejected")).toEqual([]);
});

test("an Odoo that is upgraded between two calls: what it no longer understands is sent again in its new words", {
  timeout: 60_000,
}, async () => {
  await loop.end();
  await sandbox.close();
  await database.drop();
  await start("14");
  const { shipmentId } = await shipped("1ZUP");
  await loop.scan("up-1", "1ZUP", "pre_transit", 30);
  await soon(async () => expect(await states(shipmentId)).toEqual(["tracking_number verified"]));
  sandbox.upgrade();
  await loop.scan("up-2", "1ZUP", "in_transit", 5);
  await soon(async () => {
    await loop.ctx.sql`update posting set due_at = now() where state = 'planned'`;
    expect(await states(shipmentId)).toContain("transfer_validated verified");
  });
  expect(await told("posting_rejected")).toEqual([]);
  expect(sandbox.effects().doubles).toEqual([]);
  const [row] = await loop.ctx.sql`select version, transport from odoo_connection where id = ${connection}`;
  expect(row).toMatchObject({ version: "19.0", transport: "json2" });
});
