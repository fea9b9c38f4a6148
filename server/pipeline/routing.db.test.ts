import { v7 } from "uuid";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { RouteDecision } from "@/core/routing/decide";
import type { RouteRule, Routing } from "@/core/routing/rules";
import { type Sandbox, startSandboxOdoo } from "@/e2e/odoo/server";
import type { PersonActor } from "../access/actor";
import { seal } from "../seal";
import { traceMessage } from "../service-levels/trace";
import { changeSetting } from "../settings/change";
import { previewRouting } from "../settings/preview-routing";
import { readSettings } from "../settings/read";
import { type Desk, makeDesk } from "../testing/desk";
import { sweep } from "./sweep";

vi.setConfig({ testTimeout: 120_000 });

let desk: Desk;
let admin: PersonActor;
let eastId: number;
let westId: number;
let west: Sandbox;

beforeAll(async () => {
  desk = await makeDesk("routing", { unknownShipmentGraceMinutes: 0 });
  west = await startSandboxOdoo({ port: 0, version: "14", seed: false });
  const { ctx } = desk;
  admin = { kind: "person", id: v7(), name: "Ada", role: "administrator" };
  await ctx.sql`insert into person (id, name, email, role, state) values (${admin.id}, 'Ada', 'ada@example.com', 'administrator', 'active')`;
  const [row] = await ctx.sql<{ id: number }[]>`
    insert into odoo_connection (name, url, database, login, sealed_key, key_hint, observing, kinds, post_since, poll_seconds, timeout_ms, settle_ms, last_test)
    select 'West', ${west.url}, ${west.db}, ${west.login}, ${seal(ctx.config.secretKey, west.key)}, '', false, kinds, now(), 0, 2000, 500,
      ${ctx.sql.json({ companies: [{ id: 1, name: "Waypost Demo Company" }] })} from odoo_connection returning id`;
  westId = row?.id as number;
  eastId = westId - 1;
  await desk.settle();
}, 60_000);
afterAll(async () => {
  await west?.close();
  await desk?.end();
});

const minutesAgo = (minutes: number) =>
  new Date(Date.now() - minutes * 60_000).toISOString().slice(0, 19).replace("T", " ");
const rule = (name: string, warehouse: string, connectionId: number): RouteRule => {
  const when = { feed: [], warehouse: [warehouse], company: [], country: [], channel: [] };
  return { id: v7(), name, when, to: { connectionId, companyId: null } };
};
async function save(routing: Partial<Routing>) {
  const { routing: seen } = await readSettings(desk.ctx);
  const saved = await changeSetting(desk.ctx, admin, { name: "routing", value: { ...seen, ...routing }, seen });
  if (saved.review) await desk.run(saved.review.id);
  await desk.settle();
}
const shipmentOf = async (tracking: string) => {
  const [row] = await desk.ctx.sql<{ connection_id: number | null; picking_id: number; route: RouteDecision }[]>`
    select s.connection_id, s.picking_id, s.route from shipment s where s.head_id is null and exists (
      select from reference r join shipment m on m.shipment_id = r.shipment_id
      where (m.shipment_id = s.shipment_id or m.head_id = s.shipment_id) and r.said = ${tracking})`;
  return row;
};
const told = (sandbox: Sandbox) =>
  sandbox.all("stock.picking").flatMap((row) => (row.carrier_tracking_ref ? [row.carrier_tracking_ref] : []));
const both = (reference: string) => [desk.sandbox, west].map((odoo) => odoo.order({ clientOrderRef: reference }));
const picked = (order: string, warehouse: string, tracking: string) => ({
  order,
  warehouse,
  tracking,
  status: "picked up",
  at: minutesAgo(5),
});

test("without a rule an order that both Odoos have is asked about, and neither is told", async () => {
  both("PO-0");
  await desk.settle();
  await desk.drop(picked("PO-0", "EAST", "1ZNORULE"));
  expect(await desk.standing(null, "ambiguous_match")).toHaveLength(1);
  expect([...told(desk.sandbox), ...told(west)]).toEqual([]);
});

test("by rules the same numbers of two warehouses end in two Odoos, each once", async () => {
  await save({ rules: [rule("East", "EAST", eastId), rule("West", "west", westId)] });
  // what was asked about finds its home by the new rule
  expect(await desk.standing(null, "ambiguous_match")).toEqual([]);
  expect(await shipmentOf("1ZNORULE")).toMatchObject({ connection_id: eastId, route: { by: "transfer" } });
  const [inEast, inWest] = both("PO-1");
  // one is told of before its Odoo is read, the other after
  await desk.drop(picked("PO-1", "WEST", "1ZWEST"));
  await desk.settle();
  const receipt = await desk.drop(picked("PO-1", "EAST", "1ZEAST"));
  await desk.settle();
  expect(inEast?.pickings[0]?.name).toBe(inWest?.pickings[0]?.name);
  expect(await shipmentOf("1ZEAST")).toMatchObject({
    connection_id: eastId,
    picking_id: inEast?.pickings[0]?.id,
    route: { by: "transfer", connectionId: eastId, rule: { name: "East" }, version: 1, unheeded: null },
  });
  expect(await shipmentOf("1ZWEST")).toMatchObject({
    connection_id: westId,
    route: { by: "transfer", connectionId: westId, rule: { name: "West" } },
  });
  expect([told(desk.sandbox), told(west)]).toEqual([["1ZNORULE", "1ZEAST"], ["1ZWEST"]]);
  expect(desk.sandbox.effects()).toMatchObject({ byKind: { tracking_number: 2, transfer_validated: 2 }, doubles: [] });
  expect(west.effects()).toMatchObject({ byKind: { tracking_number: 1, transfer_validated: 1 }, doubles: [] });
  expect(await desk.standing(null, "duplicate_shipment")).toEqual([]);
  const trace = await traceMessage(desk.ctx, desk.person, { id: receipt });
  expect(trace.routes).toMatchObject([{ odoo: "Sandbox", route: { rule: { name: "East" } } }]);
  expect(trace.postings.map(({ odoo }) => odoo)).toEqual(trace.postings.map(() => "Sandbox"));
  expect(trace.steps.map(({ state, durationMs }) => [state, typeof durationMs])).toEqual(
    Array.from({ length: 5 }, () => ["done", "number"]),
  );
});

test("what was ambiguous comes home as soon as a message says its warehouse", async () => {
  both("PO-2");
  await desk.settle();
  await desk.drop({ order: "PO-2", status: "packed", at: minutesAgo(9) });
  expect(await desk.standing(null, "ambiguous_match")).toHaveLength(1);
  await desk.drop({ ...picked("PO-2", "WEST", "1ZSAID"), status: "packed" });
  expect(await desk.standing(null, "ambiguous_match")).toEqual([]);
  expect(await shipmentOf("1ZSAID")).toMatchObject({ connection_id: westId, route: { rule: { name: "West" } } });
  expect(await desk.ctx.sql`select kind, why from shipment_link order by at desc limit 1`).toEqual([
    { kind: "linked", why: expect.stringContaining("customer_po PO-2") },
  ]);
});

test("what no rule takes is an exception that a rule closes; the dry run had shown it", async () => {
  await desk.drop(picked("PO-NORTH", "NORTH", "1ZNORTH"));
  await sweep(desk.ctx, desk.worker);
  const [open] = await desk.standing(null, "unrouted_shipment");
  expect(open?.text).toContain("to which of 2 Odoos this belongs (warehouse NORTH");
  expect((await shipmentOf("1ZNORTH"))?.route).toMatchObject({ by: "none", connectionId: null });
  const { routing } = await readSettings(desk.ctx);
  const value = { ...routing, rules: [...routing.rules, rule("North", "NORTH", westId)] };
  const preview = await previewRouting(desk.ctx, admin, { value });
  expect(preview).toMatchObject({ more: false, none: 0, moved: 1, otherwise: 0 });
  expect(preview.rules.map(({ takes }) => takes)).toEqual([2, 2, 1]);
  expect(preview.samples).toMatchObject([{ before: { by: "none" }, after: { by: "rule", connectionId: westId } }]);
  expect(await desk.standing(null, "unrouted_shipment")).toHaveLength(1);
  await save({ rules: value.rules });
  expect(await desk.standing(null, "unrouted_shipment")).toEqual([]);
  expect((await shipmentOf("1ZNORTH"))?.route).toMatchObject({ by: "rule", connectionId: westId, version: 2 });
  expect(await desk.standing(null, "unknown_shipment")).toHaveLength(1);
});

test("a shipment that is linked to a transfer stays with its Odoo when the rules change, and says so", async () => {
  const { routing } = await readSettings(desk.ctx);
  const [first, ...others] = routing.rules;
  const to = { connectionId: westId, companyId: null };
  await save({ rules: first ? [{ ...first, to }, ...others] : [] });
  await desk.drop({ ...picked("PO-1", "EAST", "1ZEAST"), status: "delivered", at: minutesAgo(1) });
  await desk.settle();
  expect(await shipmentOf("1ZEAST")).toMatchObject({
    connection_id: eastId,
    route: { by: "transfer", connectionId: eastId, unheeded: { connectionId: westId, rule: { name: "East" } } },
  });
  expect(told(west)).toEqual(["1ZWEST", "1ZSAID"]);
  expect(desk.sandbox.effects().doubles).toEqual([]);
});

test("rules to an Odoo or a company that is not there are refused, and so is somebody without the right", async () => {
  const { routing } = await readSettings(desk.ctx);
  const wrong = (to: { connectionId: number; companyId: number | null }) =>
    changeSetting(desk.ctx, admin, { name: "routing", value: { ...routing, otherwise: to } });
  await expect(wrong({ connectionId: 99, companyId: null })).rejects.toThrow("not connected any more");
  await expect(wrong({ connectionId: westId, companyId: 2 })).rejects.toThrow("a company of West");
  await expect(previewRouting(desk.ctx, desk.person, { value: routing })).rejects.toMatchObject({ code: "forbidden" });
  const change = changeSetting(desk.ctx, desk.person, { name: "routing", value: { ...routing, rules: [] } });
  await expect(change).rejects.toMatchObject({ code: "forbidden" });
});

test("the Odoo for all others breaks a tie between several that fit", async () => {
  await save({ otherwise: { connectionId: eastId, companyId: null } });
  both("PO-TIE");
  await desk.settle();
  await desk.drop(picked("PO-TIE", "SOMEWHERE", "1ZTIE"));
  await desk.settle();
  expect(await shipmentOf("1ZTIE")).toMatchObject({ connection_id: eastId, route: { by: "transfer" } });
  const [audited] = await desk.ctx
    .sql`select actor_name, after from audit where subject = 'setting:routing' order by at desc limit 1`;
  expect(audited).toMatchObject({ actor_name: "Ada", after: { otherwise: { connectionId: eastId }, version: 4 } });
});
