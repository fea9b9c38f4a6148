import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor, insertFeed, insertPosting, insertReference, insertShipment } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import { contactHash } from "../odoo/contact-hash";
import { type TestContext, testContext } from "../testing/context";
import { answerLookup } from "./answer";
import { findLookup } from "./find";

let database: TestDatabase;
let ctx: TestContext;
let support: PersonActor;
let executive: PersonActor;
let partner: PersonActor;
const ids: Record<string, string> = {};

beforeAll(async () => {
  database = await testDatabase("lookup");
  ctx = testContext(database, new Date("2026-11-23T10:00:00Z"));
  const { sql } = database;
  await insertFeed(sql);
  support = await insertActor(sql, "support");
  executive = await insertActor(sql, "executive");
  partner = await insertActor(sql, "partner", { partner: { carriers: ["ups"], warehouses: [] } });
  const make = async (key: string, seed: Parameters<typeof insertShipment>[1], references: [string, string][]) => {
    const id = await insertShipment(sql, { connectionId: 1, ...seed, name: key });
    for (const [kind, value] of references) await insertReference(sql, { shipmentId: id, kind, value });
    ids[key] = id;
  };
  await make("one", { carrier: "ups", pickingId: 11 }, [
    ["tracking_number", "1Z999AA10123456784"],
    ["sales_order", "S00042"],
  ]);
  await make("two", { carrier: "dhl", pickingId: 12 }, [
    ["tracking_number", "JD0146000012345678"],
    ["sales_order", "S00042"],
  ]);
  await make("other", { carrier: "dhl", pickingId: 13 }, [
    ["customer_po", "PO77"],
    ["sales_order", "S00043"],
  ]);
  await make("same po", { carrier: "ups", pickingId: 14 }, [["customer_po", "PO77"]]);
  await sql`update shipment set customer = 'Northwind' where name in ('one', 'two')`;
  await sql`update shipment set customer = name where name in ('other', 'same po')`;
  await make("member", { headId: ids.one, carrier: "ups" }, [["wms_shipment", "W900"]]);
  await insertPosting(sql, { shipmentId: ids.one, kind: "status_note", state: "verified" });
  const hash = contactHash(ctx.config.secretKey);
  for (const one of [hash("email", "jane@example.com"), hash("phone", "+491701234567")])
    await sql`insert into odoo_contact (hash, connection_id, partner_id) values (${one}, 1, 5)`;
  await sql`insert into odoo_recipient (connection_id, partner_id, picking_id) values (1, 5, 11), (1, 5, 12)`;
});
afterAll(async () => database?.drop());

const find = (said: string, actor: PersonActor = support) => findLookup(ctx, actor, { said });
const named = (result: Awaited<ReturnType<typeof find>>) => result.hits.map((hit) => hit.name).sort();

test("a tracking number inside a customer's message is answered at once, with the other shipments of the order", async () => {
  const result = await find("Hello, my parcel 1Z 999 AA1 01 2345 6784 has not come.");
  expect(named(result)).toEqual(["one"]);
  expect(result.chosen?.answer).toMatchObject({ name: "one", calledBy: { kind: "order", said: "S00042" } });
  expect(result.chosen?.answer.siblings.map((one) => one.name)).toEqual(["two"]);
  expect(result.chosen?.answer.notes).toMatchObject([{ told: true }]);
});

test("an order of several shipments of one customer lists all; a number of several customers is left to choose", async () => {
  const order = await find("s-00042");
  expect(named(order)).toEqual(["one", "two"]);
  expect(order.chosen).not.toBeNull();
  const shared = await find("PO 77");
  expect(named(shared)).toEqual(["other", "same po"]);
  expect(shared.chosen).toBeNull();
  expect(shared.hits[0]?.reasons).toMatchObject([{ by: "number", kind: "customer_po" }]);
});

test("a number of a linked shipment leads to its head", async () => {
  expect((await find("W900")).chosen?.id).toBe(ids.one);
});

test("a customer is found by e-mail address and telephone number; the audit counts them and names nobody", async () => {
  for (const said of ["From: Jane <JANE@example.com>", "+49 170 1234567", "0170/1234567"])
    expect([said, named(await find(said))]).toEqual([said, ["one", "two"]]);
  const rows = await database.sql`select after from audit where action = 'lookup.contacts' order by at`;
  expect(rows.map((row) => row.after)).toContainEqual({ emails: 1, phones: 0, found: 2 });
  expect(JSON.stringify(await database.sql`select * from audit`)).not.toMatch(/jane|1701234567/i);
});

test("who may not search by people's data is told so, and finds by numbers all the same", async () => {
  const result = await find("jane@example.com", executive);
  expect(result).toMatchObject({ contactsRefused: true, hits: [], chosen: null });
  expect(named(await find("1Z999AA10123456784 jane@example.com", executive))).toEqual(["one"]);
});

test("a partner sees their own carrier's shipments only, without the customer's name or notes", async () => {
  const result = await find("S00042", partner);
  expect(named(result)).toEqual(["one"]);
  expect(result.hits[0]?.customer).toBeNull();
  expect(result.chosen?.answer).toMatchObject({ customer: null, notes: null, exceptions: null, siblings: [] });
  await expect(answerLookup(ctx, partner, ids.other ?? "")).rejects.toMatchObject({ code: "not_found" });
});

test("the start of a number is tried where nothing else fits, and nothing is found by nothing", async () => {
  const near = await find("1Z999AA1");
  expect(near.hits[0]?.reasons[0]).toMatchObject({ by: "start" });
  expect(await find("where is my parcel?")).toMatchObject({ hits: [], chosen: null });
  expect((await find("X-NOT-THERE-1")).hits).toEqual([]);
});
