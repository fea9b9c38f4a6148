import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { findException } from "@/db/queries/exceptions";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import type { Actor } from "../access/actor";
import { explainException } from "../exceptions/explain";
import { type TestContext, testContext } from "../testing/context";
import { keepApart, linkShipments, reconsiderPair, unlinkShipment } from "./link";
import { findLookAlikes, type LookAlikeMemory } from "./look-alikes";

let database: TestDatabase;
let ctx: TestContext;
let memory: LookAlikeMemory;
const petr: Actor = { kind: "person", id: "00000000-0000-4000-8000-0000000000a1", name: "Petr", role: "support" };
const executive: Actor = { kind: "person", id: "00000000-0000-4000-8000-0000000000e1", name: "Exe", role: "executive" };

beforeAll(async () => {
  database = await testDatabase("lookalikes");
  ctx = testContext(database, new Date("2026-11-20T10:00:00Z"));
  await ctx.sql`insert into person (id, email, name, role, state, created_at)
    values ('00000000-0000-4000-8000-0000000000a1', 'petr@example.test', 'Petr', 'support', 'active', ${ctx.now()})`;
});
afterAll(async () => database?.drop());
beforeEach(async () => {
  memory = { seenTo: null };
  await ctx.sql`truncate exception, exception_note, exception_group, exception_group_count, shipment, shipment_link, shipment_likeness, reference,
    claim, audit`;
});

/** A shipment of two lines to Berlin, as a feed would have told it: the claims stand, so that a fold gives the same again. */
async function ship(numbers: [kind: string, value: string][], zip = "10115"): Promise<string> {
  const id = ctx.uuid();
  const address = { zip, countryCode: "DE" };
  const quantities = [{ code: "A", line: null, ordered: 2, done: null, uom: null }];
  const state = { attributes: { address: { value: address }, quantities: { value: quantities } } };
  await ctx.sql`insert into shipment (shipment_id, provisional, summary, name, first_feed_id, created_at, open_exceptions, state, updated_at)
    values (${id}, false, 'pre_transit', ${numbers[0]?.[1] ?? id}, 1, ${ctx.now()}, 0, ${ctx.sql.json(state)}, ${ctx.now()})`;
  const said = (v: unknown) => ({ v, at: ctx.now().getTime(), h: "h", g: 1, m: id });
  const values = ctx.sql.json({ address: said(address), quantities: said(quantities) } as never);
  await ctx.sql`insert into claim (shipment_id, feed_id, subject, values) values (${id}, 1, '', ${values})`;
  for (const [kind, value] of numbers)
    await ctx.sql`insert into reference (value, kind, issuer, shipment_id, said, feed_id, first_message)
      values (${value}, ${kind}, '', ${id}, ${value}, 1, ${id})`;
  return id;
}

async function look(): Promise<{ id: string; state: string; subject: string }[]> {
  ctx.clock.at = new Date(ctx.clock.at.getTime() + 60_000);
  await ctx.sql`update shipment set updated_at = ${ctx.now()}`;
  await findLookAlikes(ctx, memory, 1);
  return ctx.sql`select id, state, subject from exception where kind = 'duplicate_shipment' order by opened_at`;
}

const WMS: [string, string][] = [["wms_shipment", "W1"]];
const MARKET: [string, string][] = [["marketplace_fulfilment", "M1"]];

test("two with other numbers to the same place with the same goods are suggested once, with the reasons", async () => {
  const one = await ship(WMS);
  expect(await look()).toEqual([]);
  const other = await ship(MARKET);
  await ship([["marketplace_fulfilment", "M2"]], "20095");
  const found = await look();
  expect(found).toMatchObject([{ state: "open", subject: `pair:${[one, other].sort()[1]}` }]);
  expect(await look()).toHaveLength(1);
  const detail = await findException(ctx.sql, found[0]?.id ?? "");
  if (!detail) throw new Error("not there");
  const explained = await explainException(ctx, petr, detail);
  expect(explained.pair?.reasons).toEqual([
    "the same destination DE 10115",
    "the same goods: 2 × A",
    "first heard of 1 min apart",
  ]);
  expect(explained.candidates.map(({ id }) => id)).toEqual([one]);
});

test("what one system numbered as two is not suggested, nor what everybody orders, nor what came too long after", async () => {
  await ship([["odoo_picking", "53"]]);
  await ship([["odoo_picking", "54"]]);
  expect(await look()).toEqual([]);
  await ctx.sql`truncate shipment, reference, shipment_likeness`;
  for (let n = 0; n < 6; n++) await ship([["bill_of_lading", `B${n}`]]);
  expect(await look()).toEqual([]);
  await ctx.sql`truncate shipment, reference, shipment_likeness`;
  await ship(WMS);
  await look();
  ctx.clock.at = new Date(ctx.clock.at.getTime() + 73 * 3_600_000);
  await ship(MARKET);
  expect(await look()).toEqual([]);
});

test("kept apart stays decided until it is taken back; then the exception stands again", async () => {
  const one = await ship(WMS);
  const other = await ship(MARKET);
  await look();
  const pair = { shipmentId: one, headId: other };
  await expect(keepApart(ctx, executive, { ...pair, why: "two orders" })).rejects.toMatchObject({ code: "forbidden" });
  await keepApart(ctx, petr, { ...pair, why: "two orders" });
  expect(await look()).toMatchObject([{ state: "resolved" }]);
  const [row] = await ctx.sql`select p.name, e.resolution from exception e join person p on p.id = e.resolved_by`;
  expect(row).toEqual({ name: "Petr", resolution: "They are two shipments." });
  await expect(reconsiderPair(ctx, executive, { ...pair, why: "wrong" })).rejects.toMatchObject({ code: "forbidden" });
  await reconsiderPair(ctx, petr, { shipmentId: other, headId: one, why: "it was one after all" });
  expect(await look()).toMatchObject([{ state: "open" }]);
  await expect(reconsiderPair(ctx, petr, { ...pair, why: "again" })).rejects.toMatchObject({ code: "conflict" });
  const audits = await ctx.sql`select action, reason from audit order by at, id`;
  expect(audits.map((a) => [a.action, a.reason])).toEqual([
    ["shipments.keep_apart", "two orders"],
    ["shipments.reconsider", "it was one after all"],
  ]);
});

test("merging closes it and makes them one; undone they are two, and that decision holds", async () => {
  const one = await ship(WMS);
  const other = await ship(MARKET);
  await look();
  await linkShipments(ctx, petr, { shipmentId: other, headId: one, why: "same parcel" });
  expect(await look()).toMatchObject([{ state: "resolved" }]);
  expect(await ctx.sql`select head_id from shipment where shipment_id = ${other}`).toEqual([{ head_id: one }]);
  await unlinkShipment(ctx, petr, { shipmentId: other, why: "two parcels" });
  expect(await ctx.sql`select head_id from shipment where shipment_id = ${other}`).toEqual([{ head_id: null }]);
  expect((await look()).filter((row) => row.state !== "resolved")).toEqual([]);
});
