import { afterAll, describe, expect, test } from "vitest";
import { type OdooTarget, realTarget, sandboxTarget } from "../testing/odoo-target";
import { makeStory, POSTINGS_AN_ORDER, type Story } from "../testing/story";
import { startWorker } from "../testing/worker-process";

/** So many kills a target; a longer run sets more. */
const KILLS = {
  sandbox: Number(process.env.WAYPOST_FAULT_KILLS ?? 20),
  19: Number(process.env.WAYPOST_FAULT_KILLS_ODOO ?? 3),
  14: Number(process.env.WAYPOST_FAULT_KILLS_ODOO14 ?? 0),
};

/** Kills the worker again and again, each time a little later in what it does; returns the moments of a millisecond clock. */
async function killWhilePosting(story: Story, target: OdooTarget, kills: number, tag: string): Promise<void> {
  let worker = await startWorker(story.database.url);
  const trackings = await story.order(kills, tag);
  await target.sandbox?.setMode({ mode: "slow", delayMs: 120, only: "writes" });
  for (const [i, tracking] of trackings.entries()) {
    await story.deliver([tracking]);
    await new Promise((resolve) => setTimeout(resolve, 60 + ((i * 137) % 700)));
    await worker.kill();
    worker = await startWorker(story.database.url);
  }
  await target.sandbox?.setMode({ mode: "ok" });
  await story.settled(kills * POSTINGS_AN_ORDER, 120_000).finally(() => worker.stop());
}

async function provenBy(story: Story, target: OdooTarget, kills: number): Promise<void> {
  const agreement = await story.agreement();
  expect(agreement.disagreements).toEqual([]);
  expect(agreement).toMatchObject({
    acknowledged: kills * 2,
    effects: { tracking_number: kills, transfer_validated: kills, status_note: kills * 2 },
  });
  expect(target.sandbox?.effects().doubles ?? []).toEqual([]);
}

const real = { 19: await realTarget("19"), 14: await realTarget("14") };
const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
});

describe("a worker that is killed again and again while it posts", () => {
  test(`leaves one effect each and none missing, ${KILLS.sandbox} times against the sandbox`, {
    timeout: 900_000,
  }, async () => {
    const target = await sandboxTarget();
    const story = await makeStory("kill", target);
    closers.push(target.close, story.end);
    await killWhilePosting(story, target, KILLS.sandbox, "K");
    await provenBy(story, target, KILLS.sandbox);
  });

  test.runIf(real[19] && KILLS[19] > 0)(
    `leaves one effect each and none missing, ${KILLS[19]} times against a real Odoo 19`,
    { timeout: 600_000 },
    async () => {
      await againstReal("19");
    },
  );

  test.runIf(real[14] && KILLS[14] > 0)(
    `leaves one effect each and none missing, ${KILLS[14]} times against a real Odoo 14`,
    { timeout: 600_000 },
    async () => {
      await againstReal("14");
    },
  );
});

async function againstReal(version: "19" | "14"): Promise<void> {
  const target = real[version];
  if (!target) throw new Error(`no Odoo ${version}`);
  const story = await makeStory(`kill${version}`, target);
  closers.push(story.end);
  await killWhilePosting(story, target, KILLS[version], `R${version}${Date.now().toString(36).toUpperCase()}`);
  await provenBy(story, target, KILLS[version]);
}
