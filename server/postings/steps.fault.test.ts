import { afterAll, describe, expect, test } from "vitest";
import { startGate } from "../testing/odoo-gate";
import { type OdooTarget, realTarget, sandboxTarget } from "../testing/odoo-target";
import { installHold, type PostingCalls, reach, STEPS, type Step } from "../testing/posting-steps";
import { makeStory, POSTINGS_AN_ORDER } from "../testing/story";
import { startWorker } from "../testing/worker-process";

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

type Case = { step: Step; kind: (typeof KINDS)[number] };

/** Every step of every kind where the environment says `all`; else each step once, with one kind after the other. */
function casesOf(name: string): Case[] {
  if (process.env[name] === "all") return STEPS.flatMap((step) => KINDS.map((kind) => ({ step, kind })));
  return STEPS.map((step, i) => ({ step, kind: KINDS[(i + 1) % KINDS.length] ?? "status_note" }));
}

async function killAtEachStep(target: OdooTarget, cases: readonly Case[], tag: string): Promise<void> {
  const gate = await startGate(target.url);
  const story = await makeStory("steps", target, { url: gate.url, timeoutMs: 1500, settleMs: 1500 });
  closers.push(story.end, gate.close);
  await installHold(story);
  let worker = await startWorker(story.database.url);
  const trackings = await story.order(cases.length, tag);
  for (const [i, { step, kind }] of cases.entries()) {
    // a posting of the case before, tried again, would be caught in this one's stead
    await story.settled(i * POSTINGS_AN_ORDER, 60_000);
    await target.sandbox?.setMode({ mode: "slow", delayMs: 100, only: "writes" });
    const standing = reach(story, gate, kind, step, CALLS[kind]);
    if ("reading" in step && step.reading === "unconfirmed") {
      const lost = { name: "the call whose answer is lost", sending: "after" } as const;
      const first = reach(story, gate, kind, lost, CALLS[kind]);
      await story.deliver([trackings[i] as string]);
      await first;
      await worker.kill();
      worker = await startWorker(story.database.url);
    } else await story.deliver([trackings[i] as string]);
    const letGo = await standing;
    await worker.kill();
    await letGo();
    worker = await startWorker(story.database.url);
  }
  await target.sandbox?.setMode({ mode: "ok" });
  await story.settled(cases.length * POSTINGS_AN_ORDER, 90_000).finally(() => worker.stop());
  const agreement = await story.agreement();
  expect(agreement.disagreements).toEqual([]);
  expect(agreement.effects).toEqual({
    tracking_number: cases.length,
    transfer_validated: cases.length,
    status_note: cases.length * 2,
  });
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
  });

  for (const version of ["19", "14"] as const) {
    const target = real[version];
    const name = `WAYPOST_FAULT_STEPS_ODOO${version}`;
    test.runIf(target && process.env[name])(
      `leaves one effect each and none missing in a real Odoo ${version}`,
      { timeout: 900_000 },
      async () => {
        if (target) await killAtEachStep(target, casesOf(name), `T${version}${Date.now().toString(36).toUpperCase()}`);
      },
    );
  }
});
