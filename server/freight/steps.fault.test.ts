import { afterAll, describe, expect, test } from "vitest";
import { freightSchema } from "@/core/freight/settings";
import { insertActor } from "@/db/testing/rows";
import { idsOf, type OdooRow } from "../adapters/odoo/call";
import { receive } from "../messages/receive";
import { freightBills } from "../testing/freight-bills";
import { startGate } from "../testing/odoo-gate";
import { type OdooTarget, realTarget, sandboxTarget } from "../testing/odoo-target";
import { installHold, reach, STEPS, type Step } from "../testing/posting-steps";
import { makeStory, type Story, until } from "../testing/story";
import { startWorker } from "../testing/worker-process";
import { makeTestFeed } from "../testing/workspace";
import { decideBill } from "./decide";

/** Steps of the call that makes the bill, and of those that complete it: its lines up to 18, its original. */
type Case = { step: Step; write: string };
const BILL = "account.move.load";
const LINES = "account.move.write";
const ORIGINAL = "ir.attachment.load";

function casesOf(env: string, early: boolean): Case[] {
  const sending = STEPS.filter((step) => "sending" in step);
  const rest = [...(early ? [LINES] : []), ORIGINAL].flatMap((write) => sending.map((step) => ({ step, write })));
  const all = [...STEPS.map((step) => ({ step, write: BILL })), ...rest];
  if (process.env[env] === "all") return all;
  // what differs from other kinds: an answer lost between the calls that make one bill
  const calls = early ? [LINES] : [BILL, ORIGINAL];
  return all.filter(({ step, write }) => calls.includes(write) && "sending" in step && step.sending === "after");
}

const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

async function approve(
  story: Story,
  feed: Awaited<ReturnType<typeof makeTestFeed<"x12">>>,
  control: number,
  number: string,
) {
  const bytes = freightBills(control, [
    {
      number,
      charges: [
        ["", "100.00"],
        ["FUE", "12.50"],
        ["DSC", "-10.00"],
      ],
    },
  ]);
  const [kept] = await receive(story.ctx, [
    {
      feed,
      bytes,
      contentType: "application/edi-x12",
      headers: null,
      name: `${number}.edi`,
      correlationId: number,
      verdict: "verified",
    },
  ]);
  if (!kept?.ok) throw new Error("not kept");
  const checked = () => story.ctx.sql<{ id: string; version: number }[]>`
    select c.invoice_id as id, c.version from freight_case c join freight_invoice f on f.id = c.invoice_id where f.number = ${number} and c.state = 'open'`;
  await until(`${number} is checked`, 30_000, async () => (await checked()).length === 1);
  const [bill] = await checked();
  const actor = await insertActor(story.ctx.sql, "finance");
  return () =>
    decideBill(story.ctx, actor, {
      id: bill?.id ?? "",
      version: bill?.version ?? 0,
      act: "approve",
      reason: "a test",
      payMinor: null,
    });
}

async function killAtEachStep(target: OdooTarget, cases: readonly Case[], tag: string): Promise<void> {
  const gate = await startGate(target.url);
  const timeoutMs = target.sandbox ? 1500 : 5000;
  const story = await makeStory("billsteps", target, { url: gate.url, timeoutMs, settleMs: timeoutMs });
  closers.push(story.end, gate.close);
  await installHold(story);
  const [partner] = await target.client.searchRead("res.partner", [["is_company", "=", true]], ["id"], { limit: 1 });
  const [user] = await target.client.searchRead("res.company", [], ["id"], { limit: 1, order: "id" });
  const vendors = [{ vendor: "carr", connectionId: story.connectionId, companyId: user?.id, partnerId: partner?.id }];
  await story.ctx.sql`insert into setting (name, value, updated_at)
    values ('freight', ${story.ctx.sql.json(freightSchema.parse({ vendors }) as never)}, now())`;
  const feed = await makeTestFeed(story.ctx, { slug: "bills", adapter: "x12", class: "finance" });
  let worker = await startWorker(story.database.url);
  const numbers = cases.map((_, at) => `${tag}-${at}`);
  for (const [at, { step, write }] of cases.entries()) {
    await story.settled(at, 60_000);
    const decide = await approve(story, feed, at + 1, numbers[at] as string);
    await target.sandbox?.setMode({ mode: "slow", delayMs: 100, only: "writes" });
    const calls = { write, read: "account.move" };
    const standing = reach(story, gate, "vendor_bill", step, calls);
    if ("reading" in step && step.reading === "unconfirmed") {
      const first = reach(
        story,
        gate,
        "vendor_bill",
        { name: "the call whose answer is lost", sending: "after" },
        calls,
      );
      await decide();
      await first;
      await worker.kill();
      worker = await startWorker(story.database.url);
    } else await decide();
    const letGo = await standing;
    await worker.kill();
    await letGo();
    await target.sandbox?.setMode({ mode: "ok" });
    worker = await startWorker(story.database.url);
  }
  await story.settled(cases.length, 90_000).finally(() => worker.stop());
  const bills = await target.client.searchRead(
    "account.move",
    [["ref", "in", numbers]],
    ["ref", "amount_untaxed", "invoice_line_ids"],
  );
  const files = await target.client.searchRead(
    "ir.attachment",
    [
      ["res_model", "=", "account.move"],
      ["res_id", "in", bills.map(({ id }) => id)],
    ],
    ["res_id", "name"],
  );
  const told = (row: OdooRow) => ({
    ref: row.ref,
    amount: row.amount_untaxed,
    lines: idsOf(row.invoice_line_ids).length,
    originals: files.filter((file) => file.res_id === row.id && file.name === `${row.ref}.edi`).length,
  });
  expect(bills.map(told).sort((a, b) => String(a.ref).localeCompare(String(b.ref)))).toEqual(
    [...numbers].sort((a, b) => a.localeCompare(b)).map((ref) => ({ ref, amount: 102.5, lines: 3, originals: 1 })),
  );
}

const real = { 19: await realTarget("19"), 14: await realTarget("14") };

describe("a worker killed at each step of a carrier's bill", () => {
  for (const version of ["19", "14"] as const) {
    const cases = casesOf("WAYPOST_FAULT_STEPS", version === "14");
    test(`leaves one bill each, with its lines and its original: ${cases.length} kills in the sandbox as ${version}`, {
      timeout: 600_000,
    }, async () => {
      const target = await sandboxTarget(version);
      closers.push(target.close);
      await killAtEachStep(target, cases, `S${version}`);
      expect(target.sandbox?.effects().doubles).toEqual([]);
    });
    const name = `WAYPOST_FAULT_STEPS_ODOO${version}`;
    const target = real[version];
    test.runIf(target && process.env[name])(
      `leaves one bill each, with its lines and its original, in a real Odoo ${version}`,
      { timeout: 900_000 },
      async () => {
        if (!target) return;
        await killAtEachStep(
          target,
          casesOf(name, version === "14"),
          `F${version}${Date.now().toString(36).toUpperCase()}`,
        );
      },
    );
  }
});
