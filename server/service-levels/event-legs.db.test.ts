import { afterAll, beforeAll, expect, test } from "vitest";
import type { EventLeg, LegSplit } from "@/core/service-levels/event-legs";
import type { Actor } from "../access/actor";
import { type Desk, makeDesk } from "../testing/desk";
import { eventLegs } from "./event-legs";

let desk: Desk;
let shipmentId: string;

beforeAll(async () => {
  desk = await makeDesk("legs");
  const { shipmentId: id, picking } = await desk.order("PO-L1");
  shipmentId = id;
  await desk.drop({ order: "PO-L1", transfer: picking, tracking: "1ZLEGS1" });
  await desk.scan("1ZLEGS1", "out_for_delivery", 20);
  await desk.settle();
}, 60_000);
afterAll(() => desk?.end());

const ms = (split: LegSplit, leg: EventLeg) => split.legs.find((one) => one.leg === leg)?.ms ?? 0;
const outForDelivery = async () => {
  const all = await eventLegs(desk.ctx, desk.person, { shipmentId });
  return all.find((event) => event.kind === "out_for_delivery") as (typeof all)[number];
};

test("an event's time from the scan to Odoo is split by who had it, and adds up", async () => {
  const event = await outForDelivery();
  expect(event.posting).toMatchObject({ kind: "status_note", state: "verified" });
  expect(event.endedAtMs).not.toBe(null);
  expect(event.legs.reduce((sum, leg) => sum + leg.ms, 0)).toBe(event.totalMs);
  expect(ms(event, "source")).toBeGreaterThanOrEqual(20 * 60_000);
  expect(ms(event, "source")).toBeLessThan(21 * 60_000);
  expect(ms(event, "odoo")).toBeGreaterThan(0);
  expect(ms(event, "person")).toBe(0);
});

test("time that a person let it lie, refused by Odoo, is the person's and nobody else's", async () => {
  const before = await outForDelivery();
  // as if Odoo had refused the first call an hour before somebody posted it again
  await desk.ctx
    .sql`update posting set created_at = created_at - interval '1 hour' where key = ${before.posting?.key ?? ""}`;
  await desk.ctx
    .sql`insert into posting_attempt (id, started_at, shipment_id, posting_key, number, purpose, outcome, reason, duration_ms, owner)
    select gen_random_uuid(), created_at, shipment_id, key, 1, 'send', 'rejected', 'no', 5, 'test' from posting where key = ${before.posting?.key ?? ""}`;
  await desk.ctx
    .sql`update event set received_at = received_at - interval '1 hour', occurred_at = occurred_at - interval '1 hour' where kind = 'out_for_delivery'`;
  await desk.ctx.sql`update interpretation set at = at - interval '1 hour' where message_id = ${before.messageId}`;
  const after = await outForDelivery();
  expect(after.totalMs - before.totalMs).toBe(3_600_000);
  expect(ms(after, "person")).toBeGreaterThan(3_590_000);
  expect(ms(after, "source")).toBe(ms(before, "source"));
});

test("who may not see postings is shown the way until it was understood; a partner sees only the own shipments", async () => {
  const executive: Actor = { ...desk.person, role: "executive" };
  const [event] = await eventLegs(desk.ctx, executive, { shipmentId });
  expect(event).toMatchObject({ posting: null });
  const partner: Actor = { ...desk.person, role: "partner" };
  await expect(eventLegs(desk.ctx, partner, { shipmentId })).rejects.toMatchObject({ code: "not_found" });
});
