import { afterAll, expect, test } from "vitest";
import { type GateMoment, startGate } from "../testing/odoo-gate";
import { sandboxTarget } from "../testing/odoo-target";
import { sendScan } from "../testing/scans";
import { makeStory, until } from "../testing/story";
import { startWorker } from "../testing/worker-process";

const MOMENTS: readonly GateMoment[] = ["before", "during", "after"];
const BUTTONS = [
  { kind: "return_transfer", call: "stock.return.picking.action_create_returns", scan: "return_to_sender" },
  { kind: "customer_invoice", call: "sale.advance.payment.inv.create_invoices", scan: "delivered" },
] as const;

const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

test("a worker killed before, during and after the button of a wizard leaves one return and one invoice each", {
  timeout: 600_000,
}, async () => {
  const target = await sandboxTarget();
  const gate = await startGate(target.url);
  const story = await makeStory("wizards", target, { url: gate.url, timeoutMs: 1500, settleMs: 1500 });
  closers.push(target.close, gate.close, story.end);
  const { sql } = story.ctx;
  await sql`update odoo_connection set kinds = kinds || '{"customer_invoice": "on"}'`;
  let worker = await startWorker(story.database.url);
  const cases = BUTTONS.flatMap((button) => MOMENTS.map((moment) => ({ ...button, moment })));
  const trackings = await story.order(cases.length, "W");
  const scan = (code: string, status: string, minutesAgo: number) =>
    sendScan(story.ctx, story.feed, { id: `${code}-${status}`, code, status, minutesAgo });
  for (const code of trackings) await scan(code, "in_transit", 30);
  await until("all transfers are done in Odoo and read back", 120_000, async () => {
    const [row] =
      await sql`select count(*)::int as n from shipment where state->'attributes'->'odoo_picking'->'value'->>'state' = 'done'`;
    return row?.n === cases.length;
  });
  await target.sandbox?.setMode({ mode: "slow", delayMs: 100, only: "writes" });
  for (const [at, { kind, call, scan: status, moment }] of cases.entries()) {
    const caught = gate.trap(moment, ({ model, method }) => `${model}.${method}` === call);
    await scan(trackings[at] as string, status, 1);
    const held = await Promise.race([caught, new Promise<null>((resolve) => setTimeout(resolve, 120_000, null))]);
    if (!held) throw new Error(`never came to ${moment} ${call}`);
    await worker.kill();
    await held.done.catch(() => {});
    worker = await startWorker(story.database.url);
    await until(`the ${kind} is verified`, 120_000, async () => {
      const [row] =
        await sql`select count(*) filter (where state = 'verified')::int as n from posting where kind = ${kind}`;
      return row?.n === (at % MOMENTS.length) + 1;
    });
  }
  await worker.stop();
  expect(target.sandbox?.effects()).toMatchObject({
    byKind: { return_made: MOMENTS.length, invoice_made: MOMENTS.length },
    doubles: [],
  });
});
