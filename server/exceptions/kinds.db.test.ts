import { afterAll, beforeAll, expect, test } from "vitest";
import { exceptionFilter } from "@/core/exceptions/filter";
import { EXCEPTION_SPECS, type ExceptionKind, IMPACTS } from "@/core/exceptions/kinds";
import { PLAYBOOKS } from "@/core/exceptions/playbooks";
import { idOf } from "../adapters/odoo/call";
import { watchFeeds } from "../feeds/watch";
import { sweep } from "../pipeline/sweep";
import { type Desk, makeDesk } from "../testing/desk";
import { exportExceptions } from "./export";

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk("kinds", {
    unknownShipmentGraceMinutes: 0,
    returnGraceMinutes: 0,
    gapGraceMinutes: 0,
    podRequired: true,
    podMinutes: 60,
    floodEvents: 10,
    lateUpdateMinutes: 24 * 60,
  });
}, 60_000);
afterAll(async () => desk?.end());

const HOUR = 3_600_000;
const ago = (hours: number) => new Date(Date.now() - hours * HOUR).toISOString().slice(0, 19).replace("T", " ");
const ahead = (hours: number) => ago(-hours);

/** What the sources say for each kind: rows of the warehouse (`S` stands for a shipment of its own), or scans. */
const TOLD: readonly [ExceptionKind, readonly Record<string, string>[]][] = [
  ["unmapped_code", [{ status: "teleported", at: ago(1) }]],
  ["implausible_time", [{ status: "picked", at: "1999-01-01 10:00:00" }]],
  ["missing_milestone", [{ status: "out for delivery", at: ago(60) }]],
  [
    "label_failed",
    [{ status: "label failed", at: ago(1), code: "E17", message: "Postal code 1067 is invalid for DE" }],
  ],
  ["first_scan_late", [{ status: "labelled", at: ago(40) }]],
  ["scan_late", [{ status: "in transit", at: ago(80) }]],
  ["dispatch_late", [{ status: "picked", at: ago(1), "ship by": ago(50) }]],
  ["delivery_late", [{ status: "in transit", at: ago(1), "deliver by": ago(5) }]],
  ["delivery_at_risk", [{ status: "in transit", at: ago(1), "deliver by": ahead(20), eta: ahead(70) }]],
  ["delivery_failed", [{ status: "delivery attempted", at: ago(1), message: "Nobody at home" }]],
  ["address_mismatch", [{ status: "bad address", at: ago(1) }]],
  ["customs_hold", [{ status: "customs hold", at: ago(1), message: "Invoice missing" }]],
  ["held", [{ status: "on hold", at: ago(1) }]],
  ["damaged", [{ status: "damaged", at: ago(1) }]],
  ["lost", [{ status: "lost", at: ago(1) }]],
  ["misrouted", [{ status: "misrouted", at: ago(1) }]],
  ["short", [{ status: "short", at: ago(1) }]],
  ["pod_missing", [{ status: "delivered", at: ago(3) }]],
  [
    "status_regression",
    [
      { status: "delivered", at: ago(20) },
      { status: "in transit", at: ago(2) },
    ],
  ],
  ["event_flood", Array.from({ length: 14 }, (_, at) => ({ status: "in transit", at: ago(at + 1) }))],
];

test.each(TOLD)(
  "%s is raised by what a source says, with its cause, its playbook and its impact",
  async (kind, rows) => {
    const shipment = `S-${kind}`;
    await desk.drop(...rows.map((row) => ({ shipment, ...row })));
    const [found] = await desk.ctx.sql<{ text: string; party: string; group_id: string; state: string }[]>`
    select e.text, e.party, e.group_id, e.state from exception e
    where e.kind = ${kind} and exists (select from reference r where r.shipment_id = e.shipment_id and r.said = ${shipment})`;
    expect(found, `${kind} was not raised`).toBeDefined();
    expect(found?.state).toBe("open");
    expect(found?.text.length).toBeGreaterThan(10);
    expect(EXCEPTION_SPECS[kind].impacts.every((impact) => IMPACTS.includes(impact))).toBe(true);
    expect(EXCEPTION_SPECS[kind].impacts.length).toBeGreaterThan(0);
    expect(PLAYBOOKS[kind].length).toBeGreaterThan(0);
  },
);

test("what recovery closes is closed by the news, and what a person must close stays", async () => {
  const close = async (kind: ExceptionKind, row: Record<string, string>) => {
    await desk.drop({ shipment: `S-${kind}`, ...row });
    const [found] = await desk.ctx.sql`select state from exception e where kind = ${kind}
      and exists (select from reference r where r.shipment_id = e.shipment_id and r.said = ${`S-${kind}`})`;
    return found?.state;
  };
  expect(await close("label_failed", { status: "labelled", at: ago(0.2) })).toBe("resolved");
  expect(await close("customs_hold", { status: "in transit", at: ago(0.2) })).toBe("resolved");
  expect(await close("delivery_failed", { status: "delivered", at: ago(0.2) })).toBe("resolved");
  expect(await close("damaged", { status: "in transit", at: ago(0.2) })).toBe("open");
  expect(await close("short", { status: "in transit", at: ago(0.2) })).toBe("open");
});

test("what was late and came in the end is closed with how late it was, on the card, in the trail and in the export", async () => {
  const closed = async (kind: ExceptionKind, row: Record<string, string>) => {
    await desk.drop({ shipment: `S-${kind}`, ...row });
    const [found] = await desk.ctx.sql<
      { id: string; state: string; resolution: string; evidence: { lateMinutes?: number }; note: string }[]
    >`select e.id, e.state, e.resolution, e.evidence, (select text from exception_note n where n.exception_id = e.id and n.kind = 'closed') as note
      from exception e where kind = ${kind} and exists (select from reference r where r.shipment_id = e.shipment_id and r.said = ${`S-${kind}`})`;
    expect(found).toMatchObject({ state: "resolved", note: found?.resolution });
    return found;
  };
  const scan = await closed("scan_late", { status: "out for delivery", at: ago(5) });
  expect(scan?.resolution).toMatch(/^The next scan came 3 d 3 h after the one before, .* after the limit\.$/);
  expect(scan?.evidence).toMatchObject({
    lastScan: expect.any(String),
    limit: expect.any(String),
    ended: expect.any(String),
  });
  const dispatch = await closed("dispatch_late", { status: "picked up", at: ago(20), "ship by": ago(50) });
  expect(dispatch).toMatchObject({
    resolution: "It was dispatched 30 h after the promise.",
    evidence: { lateMinutes: 1800 },
  });
  const delivery = await closed("delivery_late", { status: "delivered", at: ago(3), "deliver by": ago(5) });
  expect(delivery).toMatchObject({
    resolution: "It was delivered 2 h after the promise.",
    evidence: { lateMinutes: 120 },
  });
  let text = "";
  const filter = exceptionFilter.parse({ kind: ["delivery_late"], state: ["resolved"] });
  for await (const part of await exportExceptions(desk.ctx, desk.person, filter)) text += part;
  const [head = "", row = ""] = text.split("\r\n");
  expect(head).toMatch(/,resolution,late_minutes$/);
  expect(row).toMatch(/,It was delivered 2 h after the promise\.,120$/);
});

test("the first scan closes the exception that waited for it, with the delay from the label and from the limit", async () => {
  const order = { shipment: "S-scanned", tracking: "1ZSCANNED" };
  await desk.drop({ ...order, status: "labelled", at: ago(40) });
  const stands = () => desk.ctx.sql<
    { state: string; resolution: string | null }[]
  >`select state, resolution from exception e
    where kind = 'first_scan_late' and exists (select from reference r where r.shipment_id = e.shipment_id and r.said = 'S-scanned')`;
  expect(await stands()).toMatchObject([{ state: "open" }]);
  await desk.scan("1ZSCANNED", "in_transit", 60);
  expect(await stands()).toMatchObject([
    {
      state: "resolved",
      resolution: expect.stringMatching(/^The first scan came 39 h after booking, 1\d h after the limit\.$/),
    },
  ]);
});

test("facts without a home wait for their grace time, then stand, and are gone with the order", async () => {
  await desk.scan("1ZHOMELESS", "in_transit", 5);
  await sweep(desk.ctx, desk.worker);
  expect(await desk.standing(null, "unknown_shipment")).not.toEqual([]);
});

test("a weak number that fits two shipments is one card with both as candidates", async () => {
  await desk.order("PO-TWICE");
  desk.sandbox.order({ clientOrderRef: "PO-TWICE" });
  await desk.settle();
  await desk.drop({ order: "PO-TWICE", status: "picked", at: ago(1) });
  const [open] = await desk.standing(null, "ambiguous_match");
  expect(open?.evidence).toMatchObject({ candidates: [expect.any(String), expect.any(String)] });
});

test("more shipped than Odoo ordered, goods that come back unannounced, and a value that was changed away stand", async () => {
  const { shipmentId, picking, pickingId } = await desk.order("PO-ODOO");
  const [move] = await desk.odoo.searchRead("stock.move", [["picking_id", "=", pickingId]], ["product_id"]);
  const [product] = await desk.odoo.searchRead(
    "product.product",
    [["id", "=", idOf(move?.product_id)]],
    ["default_code"],
  );
  const about = { order: "PO-ODOO", transfer: picking, tracking: "1ZODOO1" };
  await desk.drop({ ...about, sku: String(product?.default_code), shipped: "9999", status: "packed", at: ago(2) });
  expect(await desk.standing(shipmentId, "quantity_mismatch")).toHaveLength(1);
  await desk.inOdoo("stock.picking", pickingId, { carrier_tracking_ref: "1ZSOMEBODY" });
  expect(await desk.standing(shipmentId, "odoo_drift")).toHaveLength(1);
  await desk.drop({ ...about, status: "return in transit", at: ago(1) });
  expect(await desk.standing(shipmentId, "return_unannounced")).toHaveLength(1);
}, 30_000);

test("a tracking number that somebody took out of Odoo stands, and is put back on request", async () => {
  const { shipmentId, picking, pickingId } = await desk.order("PO-EMPTIED");
  await desk.drop({ order: "PO-EMPTIED", transfer: picking, tracking: "1ZEMPTIED", status: "packed", at: ago(2) });
  await desk.settle();
  expect(await desk.standing(shipmentId, "odoo_drift")).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 3_100)); // Odoo dates to the second; what was empty in that of our write was so before
  await desk.inOdoo("stock.picking", pickingId, { carrier_tracking_ref: false });
  const [open] = await desk.standing(shipmentId, "odoo_drift");
  expect(open?.evidence).toMatchObject({ posted: "1ZEMPTIED", odoo: "" });
  await desk.inOdoo("stock.picking", pickingId, { carrier_tracking_ref: "1ZEMPTIED" });
  expect(await desk.standing(shipmentId, "odoo_drift")).toEqual([]);
}, 30_000);

test("what is told days after it happened is late once its feed had spoken of the shipment", async () => {
  const told = { shipment: "S-late" };
  const { ctx } = desk;
  const { now } = ctx;
  ctx.now = () => new Date(Date.now() - 70 * HOUR);
  await desk.drop({ ...told, status: "picked", at: ago(71) });
  ctx.now = now;
  await desk.drop({ ...told, status: "packed", at: ago(60) });
  const [open] = await desk.standing(null, "late_update");
  expect(open?.text).toContain("told of events more than 24 h after they happened");
});

test("a burst of the same message is one card of its feed with the count", async () => {
  const { ctx, carrier } = desk;
  const memory = new Map();
  await watchFeeds(ctx, memory, 0);
  // as the door counts them: it answers a duplicate with the first one's receipt and keeps no second
  await ctx.sql`insert into feed_counter (feed_id, hour, slot, received, duplicates, last_at)
    values (${carrier.id}, date_trunc('hour', now()), 1, 100, 90, now()) on conflict do nothing`;
  const later = new Date(Date.now() + 15_000);
  expect(await watchFeeds({ ...ctx, now: () => later }, memory, 0)).toBe(1);
  const [open] = await desk.standing(null, "duplicate_burst");
  expect(open).toMatchObject({ text: "carrier repeats more than 20 % of its messages", evidence: { duplicates: 90 } });
});
