import { afterAll, describe, expect, test } from "vitest";
import { makeStatusField } from "../adapters/odoo/status-field-setup";
import { type KillCase, killAtSteps } from "../testing/kill-at-steps";
import { startGate } from "../testing/odoo-gate";
import { asAdmin, type OdooTarget, realTarget, sandboxTarget } from "../testing/odoo-target";
import { type PostingCalls, STEPS, type Step } from "../testing/posting-steps";
import { sendScan } from "../testing/scans";
import { makeStory, POSTINGS_AN_ORDER } from "../testing/story";

const KINDS = ["tracking_number", "transfer_validated", "status_note"] as const;
const CALLS: Readonly<Record<(typeof KINDS)[number], PostingCalls>> = {
  tracking_number: { write: "stock.picking.write", read: "stock.picking" },
  transfer_validated: { write: "stock.picking.button_validate", read: "stock.move" },
  status_note: { write: "mail.message.load", read: "mail.message" },
};

const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

/** Every step of every kind where the environment says `all`; else each step once, with one kind after the other. */
function casesOf(name: string): KillCase[] {
  const each = (step: Step, kind: (typeof KINDS)[number]) => ({ step, kind, calls: CALLS[kind] });
  if (process.env[name] === "all") return STEPS.flatMap((step) => KINDS.map((kind) => each(step, kind)));
  return STEPS.map((step, i) => each(step, KINDS[(i + 1) % KINDS.length] ?? "status_note"));
}

/** Every step of the status field where the environment says `all`; else those at which it is sent. */
const statusSteps = (name: string): readonly Step[] =>
  process.env[name] === "all" ? STEPS : STEPS.filter((step) => "sending" in step);

async function killAtEachStep(target: OdooTarget, cases: readonly KillCase[], tag: string): Promise<void> {
  const gate = await startGate(target.url);
  const story = await makeStory("steps", target, { url: gate.url, timeoutMs: 1500, settleMs: 1500 });
  closers.push(story.end, gate.close);
  let trackings: string[] | null = null;
  const prepare = async (at: number) => {
    trackings ??= await story.order(cases.length, tag);
    const mine = [trackings[at] as string];
    return () => story.deliver(mine);
  };
  await killAtSteps({ story, gate, target, perCase: POSTINGS_AN_ORDER, prepare }, cases);
  const agreement = await story.agreement();
  expect(agreement.disagreements).toEqual([]);
  expect(agreement.effects).toEqual({
    tracking_number: cases.length,
    transfer_validated: cases.length,
    status_note: cases.length * 2,
  });
}

/** The status field alone, in an Odoo where an administrator has made it. */
async function killAtEachStepOfStatus(target: OdooTarget, steps: readonly Step[], tag: string): Promise<void> {
  await makeStatusField((await asAdmin(target)).client);
  const gate = await startGate(target.url);
  const story = await makeStory("status", target, { url: gate.url, timeoutMs: 1500, settleMs: 1500 });
  closers.push(story.end, gate.close);
  const { ctx, feed } = story;
  await ctx.sql`update odoo_connection set kinds = ${ctx.sql.json({ status_field: "on" })}`;
  const calls = { write: "stock.picking.write", read: "stock.picking" };
  const cases = steps.map((step) => ({ kind: "status_field" as const, step, calls }));
  let trackings: string[] | null = null;
  const prepare = async (at: number) => {
    trackings ??= await story.order(cases.length, tag);
    const code = trackings[at] as string;
    return () => sendScan(ctx, feed, { id: `${code}-left`, code, status: "in_transit", minutesAgo: 1 });
  };
  await killAtSteps({ story, gate, target, perCase: 1, prepare }, cases);
  const agreement = await story.agreement();
  expect(agreement.disagreements).toEqual([]);
  expect(agreement.effects).toMatchObject({ status_field: cases.length });
}

const real = { 19: await realTarget("19"), 14: await realTarget("14") };

describe("a worker killed at each step of a posting", () => {
  const cases = casesOf("WAYPOST_FAULT_STEPS");
  test(`leaves one effect each and none missing: ${cases.length} kills in the sandbox`, {
    timeout: 900_000,
  }, async () => {
    const target = await sandboxTarget();
    closers.push(target.close);
    await killAtEachStep(target, cases, "S");
    expect(target.sandbox?.effects().doubles).toEqual([]);
    await killAtEachStepOfStatus(target, statusSteps("WAYPOST_FAULT_STEPS"), "SF");
    expect(target.sandbox?.effects().doubles).toEqual([]);
  });

  for (const version of ["19", "14"] as const) {
    const target = real[version];
    const name = `WAYPOST_FAULT_STEPS_ODOO${version}`;
    test.runIf(target && process.env[name])(
      `leaves one effect each and none missing in a real Odoo ${version}`,
      { timeout: 900_000 },
      async () => {
        if (!target) return;
        const tag = `T${version}${Date.now().toString(36).toUpperCase()}`;
        await killAtEachStep(target, casesOf(name), tag);
        await killAtEachStepOfStatus(target, statusSteps(name), `${tag}F`);
      },
    );
  }
});
