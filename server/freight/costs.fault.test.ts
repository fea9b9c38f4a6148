import { afterAll, describe, expect, test } from "vitest";
import { freightSchema } from "@/core/freight/settings";
import { insertActor } from "@/db/testing/rows";
import { idsOf } from "../adapters/odoo/call";
import { approveBill } from "../testing/approve-bill";
import { type KillCase, killAtSteps } from "../testing/kill-at-steps";
import { startGate } from "../testing/odoo-gate";
import { asAdmin, type OdooTarget, realTarget, sandboxTarget } from "../testing/odoo-target";
import { STEPS } from "../testing/posting-steps";
import { makeStory } from "../testing/story";
import { makeTestFeed } from "../testing/workspace";

const HEAD = { write: "stock.landed.cost.load", read: "stock.landed.cost" };
const LINES = { write: "stock.landed.cost.write", read: "stock.landed.cost" };
const PRICE = { write: "stock.picking.write", read: "stock.picking" };

/** Every step of a freight cost and of a landed cost where the environment says `all`; else an answer lost between the calls of one. */
function casesOf(name: string): KillCase[] {
  const sending = STEPS.filter((step) => "sending" in step);
  const all: KillCase[] = [
    ...STEPS.map((step) => ({ kind: "freight_cost" as const, step, calls: PRICE })),
    ...STEPS.map((step) => ({ kind: "landed_cost" as const, step, calls: HEAD })),
    ...sending.map((step) => ({ kind: "landed_cost" as const, step, calls: LINES })),
  ];
  return process.env[name] === "all" ? all : all.filter(({ step }) => "sending" in step && step.sending === "after");
}

const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

async function killAtEachStep(target: OdooTarget, cases: readonly KillCase[], tag: string): Promise<void> {
  const gate = await startGate(target.url);
  const timeoutMs = target.sandbox ? 1500 : 5000;
  // landed costs need rights that the integration user need not have
  const admin = await asAdmin(target);
  const story = await makeStory("costs", admin, { url: gate.url, timeoutMs, settleMs: timeoutMs });
  closers.push(story.end, gate.close);
  const { ctx, connectionId } = story;
  await ctx.sql`update odoo_connection set kinds = ${ctx.sql.json({ freight_cost: "on", landed_cost: "on" })}`;
  const [product] = await admin.client.searchRead("product.product", [], ["id"], { limit: 1 });
  const vendors = [{ vendor: "carr", connectionId, companyId: 1, partnerId: 1, productId: product?.id }];
  const settings = freightSchema.parse({ vendors, landedCost: true });
  await ctx.sql`insert into setting (name, value, updated_at) values ('freight', ${ctx.sql.json(settings as never)}, now())`;
  const feed = await makeTestFeed(ctx, { slug: "bills", adapter: "x12", class: "finance" });
  const finance = await insertActor(ctx.sql, "finance");
  const numbers = cases.map((_, at) => `${tag}N${at}`);
  let trackings: string[] | null = null;
  const prepare = async (at: number) => {
    if (trackings === null) {
      trackings = await story.order(cases.length, tag);
      await ctx.sql`insert into reference (value, kind, issuer, shipment_id, said, feed_id, package, first_message)
        select upper(p.number), 'pro_number', 'carr', r.shipment_id, p.number, ${feed.id}, false, gen_random_uuid()
        from unnest(${trackings}::text[], ${numbers.map((number) => `P${number}`)}::text[]) p(code, number)
        join reference r on r.kind = 'tracking_number' and r.said = p.code`;
    }
    const number = numbers[at] as string;
    const bill = { number, pro: `P${number}`, charges: [["", "102.50"]] as const };
    return approveBill(story, feed, finance, at + 1, bill);
  };
  await killAtSteps({ story, gate, target, perCase: 2, prepare }, cases);
  const billed = await ctx.sql<{ picking: number }[]>`
    select record_id::int as picking from posting where kind = 'freight_cost' and state = 'verified'`;
  const pickings = billed.map((row) => row.picking);
  expect(new Set(pickings).size).toBe(cases.length);
  const held = await admin.client.searchRead("stock.picking", [["id", "in", pickings]], ["carrier_price"]);
  expect(held.map((row) => row.carrier_price)).toEqual(cases.map(() => 102.5));
  const costs = await admin.client.searchRead(
    "stock.landed.cost",
    [["picking_ids", "in", pickings]],
    ["picking_ids", "cost_lines", "amount_total"],
  );
  expect(costs.map((row) => [row.amount_total, idsOf(row.cost_lines).length])).toEqual(cases.map(() => [102.5, 1]));
  expect(new Set(costs.flatMap((row) => idsOf(row.picking_ids))).size).toBe(cases.length);
}

const real = { 19: await realTarget("19"), 14: await realTarget("14") };

describe("a worker killed at each step of a freight cost and of a landed cost", () => {
  for (const version of ["19", "14"] as const) {
    const cases = casesOf("WAYPOST_FAULT_STEPS");
    test(`leaves one effect each and none missing: ${cases.length} kills in the sandbox as ${version}`, {
      timeout: 600_000,
    }, async () => {
      const target = await sandboxTarget(version);
      closers.push(target.close);
      await killAtEachStep(target, cases, `L${version}`);
      expect(target.sandbox?.effects().doubles).toEqual([]);
    });
    const name = `WAYPOST_FAULT_STEPS_ODOO${version}`;
    const target = real[version];
    test.runIf(target && process.env[name])(
      `leaves one effect each and none missing in a real Odoo ${version}`,
      { timeout: 900_000 },
      async () => {
        if (target) await killAtEachStep(target, casesOf(name), `L${version}${Date.now().toString(36).toUpperCase()}`);
      },
    );
  }
});
