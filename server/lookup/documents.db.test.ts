import { afterAll, beforeAll, expect, test } from "vitest";
import { standingOf } from "@/core/lookup/documents";
import { insertActor } from "@/db/testing/rows";
import { OdooClients } from "../odoo/clients";
import { type Desk, makeDesk } from "../testing/desk";
import { orderDocuments } from "./documents";

let desk: Desk;
const clients = new OdooClients();
beforeAll(async () => {
  desk = await makeDesk("documents-of-orders");
}, 60_000);
afterAll(async () => desk?.end());

async function documentIn(kind: "out_invoice" | "out_refund", over: Record<string, unknown>): Promise<number> {
  const [eur] = await desk.odoo.searchRead("res.currency", [["name", "=", "EUR"]], ["name"]);
  const made = await desk.odoo.call({
    model: "account.move",
    method: "create",
    args: { vals_list: [{ move_type: kind, partner_id: 1, currency_id: eur?.id ?? false }] },
  });
  const id = Array.isArray(made) ? Number(made[0]) : Number(made);
  desk.sandbox.change("account.move", id, over);
  return id;
}

test("invoices and credits of the order are read from Odoo with amount and payment; who may not see customers is refused", async () => {
  const { ctx, person } = desk;
  const { shipmentId, pickingId } = await desk.order("PO-MONEY");
  expect(await orderDocuments(ctx, person, clients, shipmentId)).toEqual({ documents: [], silent: null });
  const order = Number(desk.sandbox.find("stock.picking", pickingId)?.sale_id);
  const invoice = await documentIn("out_invoice", { name: "INV/1", state: "posted", payment_state: "paid" });
  const credit = await documentIn("out_refund", { state: "draft" });
  desk.sandbox.change("account.move", invoice, { amount_total: 119.5 });
  desk.sandbox.change("sale.order", order, { invoice_ids: [[6, 0, [invoice, credit]]] });
  const found = await orderDocuments(ctx, person, clients, shipmentId);
  expect(found?.documents.map((one) => [one.kind, one.name, standingOf(one)])).toEqual([
    ["credit", null, "draft"],
    ["invoice", "INV/1", "paid"],
  ]);
  expect(found?.documents[1]).toMatchObject({ link: expect.stringMatching(/account\.move\/\d+$/) });

  const partner = await insertActor(ctx.sql, "partner", { partner: { carriers: ["ups"], warehouses: ["WH"] } });
  await expect(orderDocuments(ctx, partner, clients, shipmentId)).rejects.toMatchObject({ code: "forbidden" });
}, 30_000);

test("an Odoo that does not answer is said to be silent, and no shipment without an order is asked about", async () => {
  const { ctx, person } = desk;
  const { shipmentId } = await desk.order("PO-SILENT");
  await desk.scan("1ZALONE001", "in_transit", 5);
  const [alone] = await ctx.sql<{ id: string }[]>`select shipment_id as id from reference where said = '1ZALONE001'`;
  expect(await orderDocuments(ctx, person, clients, alone?.id ?? "")).toBeNull();
  await desk.sandbox.setMode({ mode: "down" });
  const found = await orderDocuments(ctx, person, clients, shipmentId);
  await desk.sandbox.setMode({ mode: "ok" });
  expect(found).toMatchObject({ documents: [], silent: expect.stringMatching(/\w/) });
}, 30_000);
