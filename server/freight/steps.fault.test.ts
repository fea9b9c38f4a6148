import { afterAll, describe, expect, test } from "vitest";
import { freightSchema } from "@/core/freight/settings";
import { insertActor } from "@/db/testing/rows";
import { idsOf, type OdooRow } from "../adapters/odoo/call";
import { approveBill } from "../testing/approve-bill";
import { killAtSteps } from "../testing/kill-at-steps";
import { startGate } from "../testing/odoo-gate";
import { type OdooTarget, realTarget, sandboxTarget } from "../testing/odoo-target";
import { STEPS, type Step } from "../testing/posting-steps";
import { makeStory } from "../testing/story";
import { makeTestFeed } from "../testing/workspace";

/** Steps of the call that makes the bill, and of those that complete it: its lines up to 18, its original. */
type Case = { kind: "vendor_bill" | "vendor_credit"; step: Step; write: string };
const BILL = "account.move.load";
const LINES = "account.move.write";
const ORIGINAL = "ir.attachment.load";

function casesOf(env: string, early: boolean): Case[] {
  const sending = STEPS.filter((step) => "sending" in step);
  const kind = "vendor_bill";
  const rest = [...(early ? [LINES] : []), ORIGINAL].flatMap((write) => sending.map((step) => ({ kind, step, write })));
  const credits = sending.map((step) => ({ kind: "vendor_credit", step, write: BILL }));
  const all = [...STEPS.map((step) => ({ kind, step, write: BILL })), ...rest, ...credits] as Case[];
  if (process.env[env] === "all") return all;
  // what differs from other kinds: an answer lost between the calls that make one bill
  const calls = early ? [LINES] : [BILL, ORIGINAL];
  return all.filter(({ step, write }) => calls.includes(write) && "sending" in step && step.sending === "after");
}

const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

/** A bill of three charges, or a credit of them. */
function billOf(number: string, kind: Case["kind"]) {
  const amount = (units: number) => (kind === "vendor_credit" ? -units : units).toFixed(2);
  return {
    number,
    charges: [
      ["", amount(100)],
      ["FUE", amount(12.5)],
      ["DSC", amount(-10)],
    ] as const,
  };
}

async function killAtEachStep(target: OdooTarget, cases: readonly Case[], tag: string): Promise<void> {
  const gate = await startGate(target.url);
  const timeoutMs = target.sandbox ? 1500 : 5000;
  const story = await makeStory("billsteps", target, { url: gate.url, timeoutMs, settleMs: timeoutMs });
  closers.push(story.end, gate.close);
  const [partner] = await target.client.searchRead("res.partner", [["is_company", "=", true]], ["id"], { limit: 1 });
  const [user] = await target.client.searchRead("res.company", [], ["id"], { limit: 1, order: "id" });
  const vendors = [{ vendor: "carr", connectionId: story.connectionId, companyId: user?.id, partnerId: partner?.id }];
  await story.ctx.sql`insert into setting (name, value, updated_at)
    values ('freight', ${story.ctx.sql.json(freightSchema.parse({ vendors }) as never)}, now())`;
  const feed = await makeTestFeed(story.ctx, { slug: "bills", adapter: "x12", class: "finance" });
  const numbers = cases.map((_, at) => `${tag}-${at}`);
  const finance = await insertActor(story.ctx.sql, "finance");
  const prepare = (at: number) =>
    approveBill(story, feed, finance, at + 1, billOf(numbers[at] as string, cases[at]?.kind ?? "vendor_bill"));
  await killAtSteps(
    { story, gate, target, perCase: 1, prepare },
    cases.map(({ kind, step, write }) => ({ kind, step, calls: { write, read: "account.move" } })),
  );
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
