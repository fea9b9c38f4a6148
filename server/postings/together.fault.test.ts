import { afterAll, describe, expect, test } from "vitest";
import { type OdooTarget, realTarget, sandboxTarget } from "../testing/odoo-target";
import { makeStory, POSTINGS_AN_ORDER, until } from "../testing/story";
import { startWorker } from "../testing/worker-process";

const ORDERS = 40;
const KILLS = Number(process.env.WAYPOST_FAULT_GROUP_KILLS ?? 4);
const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

/** Delivers many orders at once, so that postings share calls, and kills the worker while such a call is under way. */
async function killInSharedCalls(target: OdooTarget, tag: string): Promise<void> {
  const story = await makeStory("together", target, { settleMs: 2_000, ratePerSecond: 100 });
  closers.push(story.end);
  const { sql } = story.ctx;
  let worker = await startWorker(story.database.url);
  const trackings = await story.order(ORDERS, tag);
  await target.sandbox?.setMode({ mode: "slow", delayMs: 250, only: "writes" });
  await story.deliver(trackings);
  let shared = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    await until("several postings are under way in one call", 30_000, async () => {
      const [row] =
        await sql`select count(*)::int as n from posting where state = 'sending' group by sent_at, kind order by 1 desc limit 1`;
      const [done] = await sql`select count(*)::int as n from posting where state = 'verified'`;
      if ((row?.n ?? 0) > 1) shared++;
      return (row?.n ?? 0) > 1 || done?.n === ORDERS * POSTINGS_AN_ORDER;
    });
    await worker.kill();
    worker = await startWorker(story.database.url);
  }
  await target.sandbox?.setMode({ mode: "ok" });
  await story.settled(ORDERS * POSTINGS_AN_ORDER, 90_000).finally(() => worker.stop());
  const agreement = await story.agreement();
  expect(agreement.disagreements).toEqual([]);
  expect(agreement.effects).toEqual({ tracking_number: ORDERS, transfer_validated: ORDERS, status_note: ORDERS * 2 });
  expect(target.sandbox?.effects().doubles ?? []).toEqual([]);
  expect(shared).toBeGreaterThan(0);
  const [announced] =
    await sql`select count(*)::int as n from posting_attempt where purpose = 'send' and outcome is null`;
  expect(announced?.n).toBeGreaterThanOrEqual(ORDERS * POSTINGS_AN_ORDER);
  const calls = target.sandbox?.effects().calls["mail.message.load"];
  if (calls !== undefined) expect(calls).toBeLessThan(ORDERS);
}

const real = await realTarget("19");

describe("a worker killed while postings share a call", () => {
  test(`leaves one effect each and none missing, ${KILLS} times against the sandbox`, {
    timeout: 300_000,
  }, async () => {
    const target = await sandboxTarget();
    closers.push(target.close);
    await killInSharedCalls(target, "T");
  });

  test.runIf(real && process.env.WAYPOST_FAULT_GROUP_ODOO)(
    "leaves one effect each and none missing against a real Odoo 19",
    { timeout: 600_000 },
    async () => {
      if (real) await killInSharedCalls(real, `T${Date.now().toString(36).toUpperCase()}`);
    },
  );
});
