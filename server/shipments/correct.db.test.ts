import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "../access/actor";
import { type Desk, makeDesk } from "../testing/desk";
import { correctShipment, previewCorrection } from "./correct";
import { readSources } from "./sources";

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk("correct");
}, 60_000);
afterAll(async () => desk?.end());

const why = "Asked the customer";

// Odoo dates changes to the second: two within one cannot be told apart by when they were made
const anotherSecond = () => sleep(1_100);

test("a tracking number chosen from the card goes to Odoo once, settles the mismatch, and can be taken back", async () => {
  const { ctx, person, odoo } = desk;
  const { shipmentId, picking, pickingId } = await desk.order("PO-T1");
  const inOdoo = async () => {
    const [row] = await odoo.searchRead("stock.picking", [["id", "=", pickingId]], ["carrier_tracking_ref"]);
    return row?.carrier_tracking_ref;
  };
  await desk.inOdoo("stock.picking", pickingId, { carrier_tracking_ref: "1ZTYPED1" });
  await desk.scan("1ZTYPED1", "pre_transit", 5);
  await desk.drop({ order: "PO-T1", transfer: picking, tracking: "1ZLABEL1", carrier: "UPS" });
  const [open] = await desk.standing(shipmentId, "tracking_mismatch");
  expect(open?.text).toContain("different tracking numbers");
  expect(await inOdoo()).toBe("1ZTYPED1");

  const sources = await readSources(ctx, person, { shipmentId, what: "tracking_number" });
  expect(sources.numbers.map(({ number, by }) => [number, by.map(({ feed }) => feed).sort()])).toEqual(
    expect.arrayContaining([
      ["1ZLABEL1", ["warehouse"]],
      ["1ZTYPED1", ["Sandbox", "carrier"]],
    ]),
  );
  const decided = { what: "tracking_number" as const, numbers: ["1ZLABEL1"] };
  const before = await ctx.sql`select count(*)::int as n from posting`;
  const preview = await previewCorrection(ctx, person, { shipmentId, decided });
  expect(preview).toMatchObject({ after: "1ZLABEL1", refusal: null, postings: [{ kind: "tracking_number" }] });
  expect(preview.closes.map(({ label }) => label)).toEqual(["Tracking numbers differ"]);
  expect(await ctx.sql`select count(*)::int as n from posting`).toEqual(before);

  await expect(
    correctShipment(ctx, { ...person, role: "finance" } as Actor, { shipmentId, decided, seen: preview.standing, why }),
  ).rejects.toMatchObject({ code: "forbidden" });
  await anotherSecond();
  await correctShipment(ctx, person, { shipmentId, decided, seen: preview.standing, why });
  await expect(
    correctShipment(ctx, person, { shipmentId, decided, seen: preview.standing, why }),
  ).rejects.toMatchObject({ code: "conflict" });
  await desk.settle();
  expect(await inOdoo()).toBe("1ZLABEL1");
  expect(await desk.standing(shipmentId, "tracking_mismatch")).toEqual([]);
  await desk.scan("1ZTYPED1", "out_for_delivery", 1);
  expect(await desk.standing(shipmentId, "tracking_mismatch")).toEqual([]);
  expect(await inOdoo()).toBe("1ZLABEL1");

  const back = { what: "tracking_number" as const, takeBack: true as const };
  const again = await previewCorrection(ctx, person, { shipmentId, decided: back });
  expect(again.after).toBe("1ZTYPED1");
  await anotherSecond();
  await correctShipment(ctx, person, { shipmentId, decided: back, seen: again.standing, why: "It was the other one" });
  await desk.settle();
  expect(await inOdoo()).toBe("1ZTYPED1");
  // typed by a person, then posted, then posted back: each once
  const written = desk.sandbox.effectsOf({ kind: "tracking_number", id: pickingId }).map(({ mark }) => mark);
  expect(written).toEqual(["1ZTYPED1", "1ZLABEL1", "1ZTYPED1"]);
  const audit = await ctx.sql`select before, after, reason from audit where action = 'shipments.correct' order by at`;
  expect(audit).toMatchObject([
    { before: { tracking_number: "1ZTYPED1" }, after: { tracking_number: "1ZLABEL1" }, reason: why },
    { before: { tracking_number: "1ZLABEL1" }, after: { tracking_number: "1ZTYPED1", takenBack: true } },
  ]);
}, 30_000);

test("a warehouse that corrects the number in its own row takes the old one back, in Odoo too", async () => {
  const { picking, pickingId, shipmentId } = await desk.order("PO-T2");
  const row = { order: "PO-T2", transfer: picking, carrier: "UPS", status: "packed", at: "2026-11-20 10:00" };
  const inOdoo = async () =>
    (await desk.odoo.searchRead("stock.picking", [["id", "=", pickingId]], ["carrier_tracking_ref"]))[0];
  await desk.drop({ ...row, tracking: "1ZWRONG02" });
  await desk.settle();
  expect(await inOdoo()).toMatchObject({ carrier_tracking_ref: "1ZWRONG02" });
  await anotherSecond();
  await desk.drop({ ...row, tracking: "1ZRIGHT02" });
  await desk.settle();
  expect(await inOdoo()).toMatchObject({ carrier_tracking_ref: "1ZRIGHT02" });
  expect(await desk.standing(shipmentId, "tracking_mismatch")).toEqual([]);
  await desk.drop({ ...row, tracking: "1ZSECOND2", at: "2026-11-20 10:05" });
  await desk.settle();
  expect(await inOdoo()).toMatchObject({ carrier_tracking_ref: "1ZRIGHT02,1ZSECOND2" });
}, 30_000);

const street = { "label street": "12 Harbor Way", "label city": "Boston", "label country": "US" };

test("a label for another place than the order's is a card; the corrected address reaches a person in Odoo and settles it", async () => {
  const { ctx, person, odoo } = desk;
  const [states] = await odoo.searchRead("res.country", [["code", "=", "US"]], ["code"]);
  const partnerId = (await odoo.call({
    model: "res.partner",
    method: "create",
    args: {
      vals_list: [
        {
          name: "Nord GmbH",
          street: "12 Harbor Way",
          city: "Boston",
          zip: "02110",
          country_id: states?.id,
          is_company: true,
        },
      ],
    },
  })) as number[];
  const { shipmentId, picking, pickingId } = await desk.order("PO-A1", { partnerId: partnerId[0] ?? 0 });
  await desk.drop({ order: "PO-A1", transfer: picking, ...street, "label zip": "02111" });
  const [open] = await desk.standing(shipmentId, "address_mismatch");
  expect(open).toMatchObject({ evidence: { differs: ["postcode"], postcodes: ["02110", "02111"] } });
  expect(JSON.stringify(open)).not.toContain("Harbor");

  const { addresses } = await readSources(ctx, person, { shipmentId, what: "address" });
  expect(addresses.map(({ role, address }) => [role, address.zip])).toEqual([
    ["order", "02110"],
    ["label", "02111"],
    ["delivery", "02110"],
  ]);
  const at = (zip: string) => ({
    what: "address" as const,
    address: {
      name: "Nord GmbH",
      street: "12 Harbor Way",
      street2: null,
      city: "Boston",
      state: null,
      zip,
      country: "US",
    },
  });
  expect(await previewCorrection(ctx, person, { shipmentId, decided: at("2110") })).toMatchObject({
    refusal: { message: "2110 is no postcode of US.", field: "zip" },
    postings: [],
  });
  const right = await previewCorrection(ctx, person, { shipmentId, decided: at("02110") });
  expect(right).toMatchObject({ postings: [], closes: [{ label: "Address problem" }] });
  const decided = at("02109");
  const preview = await previewCorrection(ctx, person, { shipmentId, decided });
  expect(preview.postings).toMatchObject([
    { kind: "exception_activity", after: { note: expect.stringContaining("02109 Boston") }, held: null },
  ]);
  await correctShipment(ctx, person, { shipmentId, decided, seen: preview.standing, why });
  await desk.settle();
  const activities = () => odoo.searchRead("mail.activity", [["res_id", "=", pickingId]], ["summary", "note"], {});
  const [activity] = await activities();
  expect(activity?.summary).toContain("Correct the delivery address");
  expect(activity?.note).toContain("02109 Boston");
  expect(await desk.standing(shipmentId, "address_mismatch")).toEqual([]);

  await odoo.call({ model: "res.partner", method: "write", ids: partnerId, args: { vals: { zip: "02109" } } });
  await desk.inOdoo("stock.picking", pickingId, { note: "moved" });
  expect(await activities()).toEqual([]);
  expect(desk.sandbox.effectsOf({ kind: "activity_opened", id: pickingId })).toHaveLength(1);
  const [audit] = await ctx.sql`select after from audit where action = 'shipments.correct' order by at desc limit 1`;
  expect(JSON.stringify(audit)).not.toContain("Harbor");
}, 30_000);

test("a postcode that its country does not have is a card with the one it may be", async () => {
  await desk.drop({ shipment: "WMS-A2", "label zip": "1067", "label country": "DE" });
  const [open] = await desk.standing(null, "address_mismatch");
  expect(open?.text).toBe("warehouse gives a postcode for the label that DE does not have: 1067");
  expect(open?.evidence).toMatchObject({ suggestion: "01067" });
});
