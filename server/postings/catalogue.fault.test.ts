import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import type { PostingKind } from "@/core/postings/kinds";
import { insertActor } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import { assignExceptions } from "../exceptions/assign";
import { receive } from "../messages/receive";
import { type GateMoment, startGate } from "../testing/odoo-gate";
import { type OdooTarget, realTarget, sandboxTarget } from "../testing/odoo-target";
import { openException } from "../testing/open-exception";
import { sendScan } from "../testing/scans";
import { makeStory, type Story, until } from "../testing/story";
import { startWorker } from "../testing/worker-process";
import { makeTestFeed } from "../testing/workspace";

const MOMENTS: readonly GateMoment[] = ["before", "during", "after"];

/** What asks for a posting once the goods have left, and the call that makes it. */
type Cause = { kind: PostingKind; call: string; ask: (order: Order) => Promise<unknown> };
type Order = { story: Story; support: PersonActor; tracking: string; shipmentId: string };

const scanned =
  (status: string) =>
  ({ story, tracking }: Order) =>
    sendScan(story.ctx, story.feed, { id: `${tracking}-${status}`, code: tracking, status, minutesAgo: 1 });

const CAUSES: readonly Cause[] = [
  { kind: "return_transfer", call: "stock.return.picking.action_create_returns", ask: scanned("return_to_sender") },
  { kind: "customer_invoice", call: "sale.advance.payment.inv.create_invoices", ask: scanned("delivered") },
  {
    kind: "exception_activity",
    call: "mail.activity.load",
    ask: async ({ story: { ctx }, support, shipmentId }) => {
      const { id } = await openException(ctx, "damaged", { shipmentId });
      await assignExceptions(ctx, support, { target: { ids: [id] }, assigneeId: support.id });
    },
  },
  {
    kind: "proof_of_delivery",
    call: "ir.attachment.load",
    ask: async ({ story: { ctx }, tracking }) => {
      const [feed] = await ctx.sql<{ id: number }[]>`select id from feed where slug = 'proofs'`;
      const [kept] = await receive(ctx, [
        {
          feed: { id: feed?.id ?? 0, adapter: "document", urgency: 1 },
          bytes: Buffer.from(`%PDF-1.4 ${randomUUID()} %%EOF`, "latin1"),
          contentType: "application/pdf",
          headers: null,
          name: `POD_${tracking}.pdf`,
          correlationId: `corr-${tracking}`,
          verdict: "verified",
        },
      ]);
      if (!kept?.ok) throw kept?.error ?? new Error("not stored");
    },
  },
];

/** A document of the delivery says that it was delivered: those orders are invoiced too. */
const EFFECTS = {
  return_transfer: MOMENTS.length,
  customer_invoice: MOMENTS.length * 2,
  exception_activity: MOMENTS.length,
  proof_of_delivery: MOMENTS.length,
};

const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

/** Odoo makes returns by this button up to 17. */
const callOf = (target: OdooTarget, call: string) =>
  target.client.server.series < 18 ? call.replace("action_create_returns", "create_returns") : call;

async function killAtEachMoment(target: OdooTarget, tag: string): Promise<void> {
  const gate = await startGate(target.url);
  const story = await makeStory("catalogue", target, { url: gate.url, timeoutMs: 1500, settleMs: 1500 });
  closers.push(gate.close, story.end);
  const { ctx } = story;
  const support = await insertActor(ctx.sql, "support");
  await makeTestFeed(ctx, { slug: "proofs", adapter: "document", class: "carrier" });
  await ctx.sql`update odoo_connection set kinds = kinds || '{"customer_invoice": "on"}'`;
  let worker = await startWorker(story.database.url);
  const cases = CAUSES.flatMap((cause) => MOMENTS.map((moment) => ({ ...cause, moment })));
  const trackings = await story.order(cases.length, tag);
  for (const code of trackings)
    await sendScan(ctx, story.feed, { id: `${code}-left`, code, status: "in_transit", minutesAgo: 30 });
  await until("all transfers are done in Odoo and read back", 180_000, async () => {
    const [row] = await ctx.sql`select count(*)::int as n from shipment s
      join reference r on r.shipment_id = s.shipment_id and r.kind = 'tracking_number' and r.said = any(${trackings})
      where s.state->'attributes'->'odoo_picking'->'value'->>'state' = 'done'`;
    return row?.n === cases.length;
  });
  await target.sandbox?.setMode({ mode: "slow", delayMs: 100, only: "writes" });
  for (const [at, { kind, call, ask, moment }] of cases.entries()) {
    const tracking = trackings[at] as string;
    const [found] = await ctx.sql<{ id: string }[]>`
      select shipment_id as id from reference where kind = 'tracking_number' and said = ${tracking}`;
    const caught = gate.trap(moment, ({ model, method }) => `${model}.${method}` === callOf(target, call));
    await ask({ story, support, tracking, shipmentId: found?.id ?? "" });
    const held = await Promise.race([caught, new Promise<null>((resolve) => setTimeout(resolve, 120_000, null))]);
    if (!held) throw new Error(`never came to ${moment} ${call}`);
    await worker.kill();
    await held.done.catch(() => {});
    worker = await startWorker(story.database.url);
    await until(`the ${kind} is verified`, 120_000, async () => {
      const [row] =
        await ctx.sql`select count(*) filter (where state = 'verified')::int as n from posting where kind = ${kind}`;
      return row?.n === (at % MOMENTS.length) + 1;
    });
  }
  await target.sandbox?.setMode({ mode: "ok" });
  await until("nothing is on the way", 120_000, async () => {
    const [row] =
      await ctx.sql`select count(*)::int as n from posting where state in ('planned', 'sending', 'posted', 'unconfirmed')`;
    return row?.n === 0;
  });
  await worker.stop();
  const { disagreements, effects } = await story.agreement();
  expect(disagreements).toEqual([]);
  expect(effects).toMatchObject(EFFECTS);
}

const real = { 19: await realTarget("19"), 14: await realTarget("14") };

describe("a worker killed before, during and after the call of a posting that comes after the goods have left", () => {
  test(`leaves one effect each and none missing: ${CAUSES.length * MOMENTS.length} kills in the sandbox`, {
    timeout: 600_000,
  }, async () => {
    const target = await sandboxTarget();
    closers.push(target.close);
    await killAtEachMoment(target, "W");
    expect(target.sandbox?.effects()).toMatchObject({
      byKind: { return_made: EFFECTS.return_transfer, invoice_made: EFFECTS.customer_invoice },
      doubles: [],
    });
  });

  for (const version of ["19", "14"] as const) {
    const target = real[version];
    test.runIf(target && process.env[`WAYPOST_FAULT_STEPS_ODOO${version}`])(
      `leaves one effect each and none missing in a real Odoo ${version}`,
      { timeout: 900_000 },
      async () => {
        if (target) await killAtEachMoment(target, `C${version}${Date.now().toString(36).toUpperCase()}`);
      },
    );
  }
});
