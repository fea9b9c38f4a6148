import { afterAll, beforeAll, expect, test } from "vitest";
import { ROLES } from "@/core/access/roles";
import { shipmentFilter } from "@/core/shipments/filter";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor, insertReference, insertShipment } from "@/db/testing/rows";
import { testContext } from "../testing/context";
import { exportShipments } from "./export";
import { readShipmentFacets, readShipmentList } from "./list";
import { getShipmentPage } from "./page";
import { findShipments } from "./search";

let database: TestDatabase;
const filter = shipmentFilter.parse({});
let mine = "";
let others = "";

beforeAll(async () => {
  database = await testDatabase("shipmentverbs");
  mine = await insertShipment(database.sql, { carrier: "dhl", name: "WH/OUT/1" });
  others = await insertShipment(database.sql, { carrier: "ups", name: "=cmd" });
  await insertReference(database.sql, { shipmentId: mine, value: "JD01", issuer: "dhl" });
  await insertReference(database.sql, { shipmentId: others, value: "1Z01", issuer: "ups" });
});
afterAll(async () => database?.drop());

test("a partner sees the shipments of their carrier and nothing of another, in list, counts, search and page", async () => {
  const ctx = testContext(database);
  const partner = await insertActor(database.sql, "partner", { partner: { carriers: ["dhl"], warehouses: [] } });
  expect((await readShipmentList(ctx, partner, { filter, limit: 10 })).items.map((row) => row.id)).toEqual([mine]);
  expect((await readShipmentFacets(ctx, partner, filter)).total).toBe(1);
  expect(await findShipments(ctx, partner, { said: "1Z01", limit: 5 })).toEqual([]);
  expect((await findShipments(ctx, partner, { said: "jd-01", limit: 5 })).map((found) => found.reference.said)).toEqual(
    ["JD01"],
  );
  await expect(getShipmentPage(ctx, partner, others)).rejects.toMatchObject({ code: "not_found" });
  const money = { amountMinor: 48_900, currency: "USD" };
  const said = { value: money, feedId: 1, feedClass: "odoo", occurredAtMs: 0 };
  const attributes = { order_value: said, signed_by: { ...said, value: "J. ROE" }, carrier: { ...said, value: "dhl" } };
  const standing = { kind: "held", sinceMs: 1, description: "Mrs Roe was out" };
  const state = { attributes, advisories: [], conditions: [standing], unmapped: [] };
  await ctx.sql`update shipment set state = ${ctx.sql.json(state)}, customer = 'Jane Roe' where shipment_id = ${mine}`;
  const support = await insertActor(database.sql, "support");
  expect((await getShipmentPage(ctx, support, mine)).head).toMatchObject({ customer: "Jane Roe", state });
  const page = await getShipmentPage(ctx, partner, mine);
  expect(page.head.customer).toBeNull();
  expect(Object.keys(page.head.state.attributes ?? {})).toEqual(["carrier"]);
  expect([page.exceptions, page.postings, page.messages, page.references.length]).toEqual([null, null, null, 1]);
});

test.each(ROLES)(
  "%s sees who the customer is and what was ordered in list, search, CSV and page, or nowhere",
  async (role) => {
    const ctx = testContext(database);
    const actor = await insertActor(database.sql, role, { partner: { carriers: ["ups"], warehouses: [] } });
    const value = { amountMinor: 77_700, currency: "USD" };
    const said = { feedId: 1, feedClass: "odoo", occurredAtMs: 0 };
    const attributes = { order_value: { ...said, value }, address: { ...said, value: { street: "12 Elm Road" } } };
    const state = { attributes, advisories: [], conditions: [], unmapped: [] };
    await ctx.sql`update shipment set customer = 'Jane Roe', state = ${ctx.sql.json(state)} where shipment_id = ${others}`;
    let csv = "";
    for await (const part of await exportShipments(ctx, actor, filter)) csv += part;
    const shown = {
      list: JSON.stringify(await readShipmentList(ctx, actor, { filter, limit: 10 })),
      search: JSON.stringify(await findShipments(ctx, actor, { said: "1Z01", limit: 5 })),
      csv,
      page: JSON.stringify(await getShipmentPage(ctx, actor, others)),
    };
    const may = role !== "partner";
    for (const [where, text] of Object.entries(shown)) {
      expect([where, text.includes(others)]).toEqual([where, true]);
      expect([where, text.includes("Jane Roe")]).toEqual([where, may]);
    }
    expect([shown.list.includes("77700"), shown.page.includes("77700"), shown.page.includes("Elm")]).toEqual([
      may,
      may,
      may,
    ]);
  },
);

test("an export gives every row, runs no formula, and leaves an audit row", async () => {
  const ctx = testContext(database);
  const actor = await insertActor(database.sql, "support");
  let text = "";
  for await (const part of await exportShipments(ctx, actor, filter)) text += part;
  expect(text.split("\r\n").length).toBe(4);
  expect(text).toContain(`${others},'=cmd,`);
  expect(await database.sql`select action from audit where actor_id = ${actor.id}`).toMatchObject([
    { action: "shipments.export" },
  ]);
});

test("an export refuses who may not read shipments", async () => {
  const key = { kind: "api_key", id: mine, name: "k", scopes: ["feeds:read"] } as const;
  await expect(exportShipments(testContext(database), key, filter)).rejects.toMatchObject({ code: "forbidden" });
});
