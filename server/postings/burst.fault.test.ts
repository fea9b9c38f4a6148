import { afterAll, expect, test } from "vitest";
import { mostWithin, startGate } from "../testing/odoo-gate";
import { sandboxTarget } from "../testing/odoo-target";
import { makeStory, POSTINGS_AN_ORDER } from "../testing/story";
import { startWorker } from "../testing/worker-process";

const RATE = 5;
const ORDERS = 60;

const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

test("a burst of ten times what a second allows goes to Odoo at its limit, polls and reads with it, and wastes none of it", {
  timeout: 300_000,
}, async () => {
  const target = await sandboxTarget();
  const gate = await startGate(target.url);
  closers.push(target.close, gate.close);
  // the gate counts at the door, where it matters; the limit comes when the orders are there
  const story = await makeStory("burst", target, { url: gate.url, timeoutMs: 20_000, concurrency: 4 });
  closers.push(story.end);
  const worker = await startWorker(story.database.url);
  closers.push(worker.stop);
  const trackings = await story.order(ORDERS, "B");
  await story.ctx.sql`update odoo_connection set rate_per_second = ${RATE}`;
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const before = gate.passed();
  await story.deliver(trackings);
  await story.settled(ORDERS * POSTINGS_AN_ORDER, 240_000);
  const calls = gate.arrivals().slice(before);
  const tookMs = Math.max(...calls) - Math.min(...calls);
  console.info(
    `${calls.length} calls in ${(tookMs / 1000).toFixed(1)} s, ${mostWithin(calls, 1_000)} in the fullest second`,
  );
  expect(calls.length).toBeGreaterThan(RATE * 10);
  for (const seconds of [1, 2, 5, 10])
    expect(mostWithin(calls, seconds * 1_000), `${seconds} s`).toBeLessThanOrEqual(RATE + RATE * seconds);
  expect((calls.length * 1_000) / tookMs).toBeGreaterThan(RATE * 0.7);
  expect(target.sandbox?.effects().doubles ?? []).toEqual([]);
});
