import { v7 } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_OWNERSHIP } from "@/core/shipments/ownership";
import type { PersonActor } from "../access/actor";
import { type Desk, makeDesk } from "../testing/desk";
import { changeSetting } from "./change";
import { previewOwnership } from "./preview-ownership";

let desk: Desk;
let admin: PersonActor;
let shipmentId: string;

beforeAll(async () => {
  desk = await makeDesk("ownership");
  admin = { kind: "person", id: v7(), name: "Ada", role: "administrator" };
  await desk.ctx
    .sql`insert into person (id, name, email, role, state) values (${admin.id}, 'Ada', 'ada@example.com', 'administrator', 'active')`;
  const { shipmentId: id, picking } = await desk.order("PO-O1");
  shipmentId = id;
  await desk.drop({ order: "PO-O1", transfer: picking, tracking: "1ZOWNER1", carrier: "DHL" });
  await desk.scan("1ZOWNER1", "in_transit", 30);
}, 60_000);
afterAll(() => desk?.end());

const carrierOf = async () => {
  const [row] = await desk.ctx
    .sql`select carrier, state->'advisories' as advisories from shipment where shipment_id = ${shipmentId}`;
  const advisories = ((row?.advisories ?? []) as { attribute: string; value: unknown }[]).filter(
    (one) => one.attribute === "carrier",
  );
  return { carrier: row?.carrier as string, advisories: advisories.map((one) => one.value) };
};
const odooFirst = { ...DEFAULT_OWNERSHIP, carrier: ["odoo", "warehouse"] as const };
const stored = () => desk.ctx
  .sql`select to_jsonb(s) as shipment, (select count(*) from exception) as e, (select count(*) from posting) as p,
  (select count(*) from setting) as st, (select count(*) from run) as r from shipment s order by 1`;

test("another owner is shown before it is saved, and nothing is written by that", async () => {
  expect(await carrierOf()).toEqual({ carrier: "dhl", advisories: ["UPS Ground"] });
  const before = await stored();
  const preview = await previewOwnership(desk.ctx, admin, { value: odooFirst });
  expect(preview).toMatchObject({ fields: ["carrier"], shipments: 1, values: 1, more: false });
  expect(preview.samples).toEqual([
    {
      shipmentId,
      shipment: expect.any(String),
      field: "carrier",
      before: { value: "dhl", feed: "warehouse", class: "warehouse" },
      after: { value: "UPS Ground", feed: "Sandbox", class: "odoo" },
    },
  ]);
  expect(await stored()).toEqual(before);
  expect(await previewOwnership(desk.ctx, admin, { value: DEFAULT_OWNERSHIP })).toMatchObject({
    fields: [],
    looked: 0,
  });
});

test("saved, a run folds the shipments by it, exactly as shown; it holds for the next message, and the audit names both orders", async () => {
  const saved = await changeSetting(desk.ctx, admin, {
    name: "ownership",
    value: odooFirst,
    seen: DEFAULT_OWNERSHIP,
  });
  expect(saved.review?.shipments).toBeGreaterThan(0);
  await desk.run(saved.review?.id as string);
  expect(await carrierOf()).toEqual({ carrier: "UPS Ground", advisories: ["dhl"] });
  await desk.drop({ order: "PO-O1", tracking: "1ZOWNER1", carrier: "GLS" });
  expect(await carrierOf()).toEqual({ carrier: "UPS Ground", advisories: ["gls"] });
  const [audit] = await desk.ctx
    .sql`select before, after, actor_name from audit where action = 'settings.change' order by at desc limit 1`;
  expect(audit).toMatchObject({
    actor_name: "Ada",
    before: { carrier: [...DEFAULT_OWNERSHIP.carrier] },
    after: { carrier: ["odoo", "warehouse"] },
  });
});

test("a preview needs the right to manage settings, and refuses an order that is none", async () => {
  await expect(previewOwnership(desk.ctx, desk.person, { value: odooFirst })).rejects.toMatchObject({
    code: "forbidden",
  });
  const twice = { ...DEFAULT_OWNERSHIP, carrier: ["odoo", "odoo"] };
  await expect(previewOwnership(desk.ctx, admin, { value: twice })).rejects.toMatchObject({ code: "invalid" });
});

test("who owns tracking events owns milestones: shown before, and the warehouse's delivery counts no more from the next message on", async () => {
  const { shipmentId: id, picking } = await desk.order("PO-O2");
  await desk.drop({ order: "PO-O2", transfer: picking, tracking: "1ZOWNER2", carrier: "UPS" });
  await desk.ctx
    .sql`insert into crosswalk_entry (feed_id, kind, word, since, "to", source) values (${desk.warehouse.id}, 'status', 'handed to customer', 1, 'delivered', 'person')`;
  desk.worker.environment = undefined;
  await desk.scan("1ZOWNER2", "in_transit", 60);
  await desk.drop({
    order: "PO-O2",
    tracking: "1ZOWNER2",
    status: "Handed to customer",
    at: new Date(Date.now() - 60_000).toISOString(),
  });
  const terminal = async () =>
    (await desk.ctx.sql`select terminal, milestone from shipment where shipment_id = ${id}`)[0];
  expect(await terminal()).toEqual({ terminal: "delivered", milestone: "delivered" });
  const [row] = await desk.ctx.sql`select value from setting where name = 'ownership'`;
  const held = row?.value as Record<string, unknown>;
  const value = { ...held, milestones: ["aggregator", "carrier"] };
  const preview = await previewOwnership(desk.ctx, admin, { value });
  expect(preview).toMatchObject({ fields: ["milestones"], values: 1 });
  expect(preview.samples[0]).toMatchObject({
    shipmentId: id,
    before: { value: expect.stringContaining("delivered"), feed: "warehouse", class: "warehouse" },
    after: { value: expect.stringContaining("in transit"), feed: "carrier", class: "aggregator" },
  });
  const saved = await changeSetting(desk.ctx, admin, { name: "ownership", value, seen: held });
  await desk.run(saved.review?.id as string);
  expect(await terminal()).toEqual({ terminal: null, milestone: "in_transit" });
  await desk.scan("1ZOWNER2", "delivered", 0);
  expect(await terminal()).toEqual({ terminal: "delivered", milestone: "delivered" });
});
