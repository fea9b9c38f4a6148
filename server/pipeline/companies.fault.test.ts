import { v7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { RouteDecision } from "@/core/routing/decide";
import type { RouteRule } from "@/core/routing/rules";
import { TRACE_STAGES } from "@/core/service-levels/trace";
import type { PersonActor } from "../access/actor";
import { linkOf } from "../adapters/odoo/call";
import { createOdooClient } from "../adapters/odoo/client";
import { traceMessage } from "../service-levels/trace";
import { changeSetting } from "../settings/change";
import { readSettings } from "../settings/read";
import { type Desk, makeDesk } from "../testing/desk";
import { connectTarget, type OdooTarget, realTarget, sandboxTarget } from "../testing/odoo-target";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const targets = [await sandboxTarget("19"), await sandboxTarget("14"), await realTarget("19")].filter(
  (target) => target !== null,
);

/** Odoo's own people of one company confirm an order. */
async function confirm(target: OdooTarget, companyId: number, companies: readonly number[], reference: string) {
  const { client } = target;
  const context = { allowed_company_ids: [companyId, ...companies.filter((id) => id !== companyId)] };
  const shared = ["company_id", "=", false] as const;
  const [partner] = await client.searchRead("res.partner", [["is_company", "=", true]], ["name"], { limit: 1 });
  const counted = client.server.series >= 18 ? [["is_storable", "=", false] as const] : [];
  const isReal = target.sandbox === null;
  const [product] = await client.searchRead(
    "product.product",
    [["type", "=", "consu"], ...counted, ...(isReal ? ([["sale_ok", "=", true], shared] as const) : [])],
    ["name"],
    { limit: 1 },
  );
  const order_line = [[0, 0, { product_id: product?.id, product_uom_qty: 1 }]];
  const head = { partner_id: partner?.id, client_order_ref: reference, company_id: companyId, order_line };
  const ids = await client.create("sale.order", [head], context);
  await client.call({ model: "sale.order", method: "action_confirm", ids, context });
  const [picking] = await client.searchRead("stock.picking", [["sale_id", "in", ids]], ["name", "company_id"]);
  if (!picking || linkOf(picking.company_id)?.id !== companyId) throw new Error("no transfer of that company");
  return picking.id;
}

/** A company that has no warehouse yet gets one, which only an administrator may make. */
async function stockIn(target: OdooTarget, companyIds: readonly number[]) {
  const houses = await target.client.searchRead("stock.warehouse", [], ["company_id"]);
  const without = companyIds.filter((id) => !houses.some((house) => linkOf(house.company_id)?.id === id));
  if (without.length === 0) return;
  const env = (name: string) => process.env[`WAYPOST_TEST_ODOO${target.client.server.series}_${name}`] ?? "";
  const as = { url: target.url, db: target.db, login: env("ADMIN_LOGIN") || "admin", key: env("ADMIN_KEY") };
  const admin = await createOdooClient(as);
  const made = without.map((id) => ({ name: `Company ${id}`, code: `CO${id}`, company_id: id }));
  await admin.create("stock.warehouse", made, { allowed_company_ids: without });
}

describe.each(targets)("two companies of one $label, beside another Odoo", (target) => {
  let desk: Desk;
  let admin: PersonActor;
  let beside: number;
  let connectionId: number;
  let companies: { id: number; name: string }[];
  const reference = `PO-CO-${Date.now().toString(36).toUpperCase()}`;

  beforeAll(async () => {
    desk = await makeDesk(`companies${target.client.server.series}`, { unknownShipmentGraceMinutes: 0 });
    const { ctx } = desk;
    admin = { kind: "person", id: v7(), name: "Ada", role: "administrator" };
    await ctx.sql`insert into person (id, name, email, role, state) values (${admin.id}, 'Ada', 'ada@example.com', 'administrator', 'active')`;
    const [row] = await ctx.sql<{ id: number }[]>`select id from odoo_connection`;
    beside = row?.id ?? 0;
    const [user] = await target.client.searchRead("res.users", [["login", "=", target.login]], ["company_ids"]);
    const mine = new Set(Array.isArray(user?.company_ids) ? user.company_ids : []);
    const known = await target.client.searchRead("res.company", [], ["name"], { order: "id" });
    companies = known.filter(({ id }) => mine.has(id)).map(({ id, name }) => ({ id, name: String(name) }));
    expect(companies.length).toBeGreaterThan(1);
    await stockIn(
      target,
      companies.slice(0, 2).map(({ id }) => id),
    );
    connectionId = await connectTarget(ctx, target, { pollSeconds: 0, timeoutMs: 20_000 });
    // numbers alone: others work in a real Odoo too
    await ctx.sql`update odoo_connection set name = 'Two companies', kinds = ${ctx.sql.json({ tracking_number: "on" })},
      last_test = ${ctx.sql.json({ companies })} where id = ${connectionId}`;
    await desk.settle();
  });
  afterAll(async () => {
    await desk?.end();
    await target.close();
  });

  test("a rule sends each warehouse's message to its company's transfer, and the trace shows the five stages", async () => {
    const [one, two] = companies;
    if (one === undefined || two === undefined) throw new Error("the user works for one company alone");
    const rule = (warehouse: string, to: RouteRule["to"]): RouteRule => {
      const when = { feed: [], warehouse: [warehouse], company: [], country: [], channel: [] };
      return { id: v7(), name: warehouse, when, to };
    };
    const rules = [
      rule("EAST", { connectionId, companyId: one.id }),
      rule("WEST", { connectionId, companyId: two.id }),
      rule("NORTH", { connectionId: beside, companyId: null }),
    ];
    const { routing: seen } = await readSettings(desk.ctx);
    await changeSetting(desk.ctx, admin, { name: "routing", value: { ...seen, rules }, seen });
    // one customer's number stands in both companies, and in the other Odoo as well
    const ids = companies.map(({ id }) => id);
    const inOne = await confirm(target, one.id, ids, reference);
    const inTwo = await confirm(target, two.id, ids, reference);
    const inOther = desk.sandbox.order({ clientOrderRef: reference }).pickings[0]?.id;
    await desk.settle();
    const homes = [
      { warehouse: "WEST", connection: connectionId, company: two.id, picking: inTwo },
      { warehouse: "NORTH", connection: beside, company: 1, picking: inOther },
      { warehouse: "EAST", connection: connectionId, company: one.id, picking: inOne },
    ];
    for (const { warehouse, connection, company, picking } of homes) {
      const tracking = `1Z${warehouse}${reference.replaceAll("-", "")}`;
      const receipt = await desk.drop({ order: reference, warehouse, tracking });
      for (let round = 0; round < 40 && (await isOpen()); round++) {
        await desk.settle();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const [shipment] = await desk.ctx.sql<
        { connection_id: number; picking_id: number; route: RouteDecision }[]
      >`select connection_id, picking_id, route from shipment s where head_id is null and exists (
          select from reference r where r.shipment_id = s.shipment_id and r.said = ${tracking})`;
      expect(shipment, warehouse).toMatchObject({
        connection_id: connection,
        picking_id: picking,
        route: { by: "transfer", rule: { name: warehouse } },
      });
      const postings = await desk.ctx.sql`select kind, state, connection_id, company_id, record_id from posting
        where connection_id = ${connection} and record_id = ${picking ?? 0} and kind = 'tracking_number'`;
      expect(postings, warehouse).toMatchObject([{ state: "verified", company_id: company }]);
      const { steps, routes, postings: told } = await traceMessage(desk.ctx, desk.person, { id: receipt });
      expect(steps.map(({ stage }) => stage)).toEqual([...TRACE_STAGES]);
      for (const step of steps) {
        expect(step, `${warehouse} ${step.stage}`).toMatchObject({ state: "done", startedAtMs: expect.any(Number) });
        expect(step.durationMs, `${warehouse} ${step.stage}`).toBeGreaterThan(0);
      }
      expect(routes).toMatchObject([{ route: { rule: { name: warehouse } } }]);
      expect(told.map(({ kind }) => kind)).toContain("tracking_number");
    }
    const held = await target.client.read("stock.picking", [inOne, inTwo], ["carrier_tracking_ref", "company_id"]);
    expect(held.map((row) => [linkOf(row.company_id)?.id, row.carrier_tracking_ref])).toEqual([
      [one.id, `1ZEAST${reference.replaceAll("-", "")}`],
      [two.id, `1ZWEST${reference.replaceAll("-", "")}`],
    ]);
    expect(await desk.standing(null, "ambiguous_match")).toEqual([]);
    expect(await desk.standing(null, "posting_rejected")).toEqual([]);
    expect(target.sandbox?.effects().doubles ?? []).toEqual([]);
  });

  const isOpen = async () => {
    const open = await desk.ctx.sql`select 1 from posting where state not in ('verified', 'held', 'cancelled')`;
    return open.length > 0;
  };
});
