import { afterAll, expect, test } from "vitest";
import { type GateSpan, startGate } from "../testing/odoo-gate";
import { sandboxTarget } from "../testing/odoo-target";
import { makeStory, POSTINGS_AN_ORDER } from "../testing/story";
import { startWorker } from "../testing/worker-process";

const ORDERS = 60;

const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

/** The transfers that a call changes: those it names, those whose rows it loads, and those that get a note or a document. */
function changed({ model, method, body }: GateSpan): number[] {
  if (model === "stock.picking" && (method === "write" || method === "button_validate")) return body.ids as number[];
  if (method !== "load") return [];
  const { fields, data } = body as { fields: string[]; data: string[][] };
  const column = fields.indexOf(model === "stock.picking" ? ".id" : "res_id");
  return column < 0 ? [] : data.map((row) => Number(row[column]));
}

test("calls that change one transfer never overlap, and those for different transfers do", {
  timeout: 300_000,
}, async () => {
  const target = await sandboxTarget();
  const gate = await startGate(target.url);
  closers.push(target.close, gate.close);
  const story = await makeStory("inorder", target, { url: gate.url, timeoutMs: 20_000, concurrency: 4 });
  closers.push(story.end);
  // an Odoo that was found able to take four at once
  await story.ctx.sql`update odoo_connection set pace = ${story.ctx.sql.json({ share: 4, quietMs: 50 })}`;
  // two workers: one of them sends, whichever it is
  for (const worker of await Promise.all([startWorker(story.database.url), startWorker(story.database.url)]))
    closers.push(worker.stop);
  const trackings = await story.order(ORDERS, "P");
  // slow enough that calls meet
  await target.sandbox?.setMode({ mode: "slow", delayMs: 250, only: "writes" });
  // a few at a time: what is due for one transfer then stands in units beside each other
  for (let at = 0; at < ORDERS; at += 6) {
    await story.deliver(trackings.slice(at, at + 6));
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  await story.settled(ORDERS * POSTINGS_AN_ORDER, 200_000);
  const calls = gate
    .spans()
    .map((span) => ({ ...span, pickings: new Set(changed(span)) }))
    .filter(({ pickings }) => pickings.size > 0)
    .toSorted((one, other) => one.fromMs - other.fromMs);
  const met = calls.flatMap((one, at) =>
    calls.slice(at + 1).flatMap((other) => (other.fromMs < one.toMs ? [{ one, other }] : [])),
  );
  const onOne = met.filter(({ one, other }) => [...one.pickings].some((id) => other.pickings.has(id)));
  console.info(`${calls.length} calls that change transfers, ${met.length} pairs of them at once`);
  const most = Math.max(
    ...[...new Set(calls.flatMap(({ pickings }) => [...pickings]))].map(
      (id) => calls.filter(({ pickings }) => pickings.has(id)).length,
    ),
  );
  expect(most, "several calls for one transfer").toBeGreaterThan(2);
  expect(onOne.map(({ one, other }) => [one.method, other.method])).toEqual([]);
  expect(met.length, "calls for different transfers at once").toBeGreaterThan(0);
  expect(target.sandbox?.effects().doubles ?? []).toEqual([]);
});
