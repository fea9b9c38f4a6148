import { v7 } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import { type Sandbox, startSandboxOdoo } from "@/e2e/odoo/server";
import type { Actor } from "./access/actor";
import type { Context } from "./context";
import { mendCrosswalk, previewMend } from "./crosswalks/mend";
import { Leadership } from "./jobs/leadership";
import { receive } from "./messages/receive";
import { startReplay } from "./messages/replay";
import { OdooClients } from "./odoo/clients";
import { pauseClass } from "./odoo/pause-class";
import { resumeClass } from "./odoo/resume-class";
import { pollDue, sendDue } from "./odoo/work";
import { type Worker, workDue } from "./pipeline/work";
import { previewRepost, startRepost } from "./postings/repost";
import { makeSender, type Sender } from "./postings/sender-state";
import { seal } from "./seal";
import { workRuns } from "./testing/work-runs";
import { makeTestContext, makeTestFeed, type TestFeed } from "./testing/workspace";

let database: TestDatabase;
let sandbox: Sandbox;
let ctx: Context;
let carrier: TestFeed<"easypost">;
let leadership: Leadership;
let sender: Sender;
const worker: Worker = { slot: 0, environment: undefined };
const clients = new OdooClients();
const polls = new Map();
const never = new AbortController().signal;

beforeAll(async () => {
  database = await testDatabase("loop");
  sandbox = await startSandboxOdoo({ port: 0, version: "19", seed: false });
  ctx = makeTestContext(database);
  leadership = new Leadership(ctx);
  sender = makeSender("test", 1, clients);
  carrier = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "aggregator" });
  const kinds = {
    tracking_number: "on",
    transfer_validated: "on",
    status_note: "on",
    proof_of_delivery: "on",
    exception_activity: "on",
  };
  await ctx.sql`insert into odoo_connection (name, url, database, login, sealed_key, key_hint, observing, kinds, post_since, poll_seconds, timeout_ms, settle_ms, rate_per_second)
    values ('Sandbox', ${sandbox.url}, ${sandbox.db}, ${sandbox.login}, ${seal(ctx.config.secretKey, sandbox.key)}, '', false, ${ctx.sql.json(kinds)}, now(), 0, 2000, 500, 500)`;
});
afterAll(async () => {
  await leadership?.release();
  await sandbox?.close();
  await database?.drop();
});

async function settle(): Promise<void> {
  for (let round = 0; round < 40; round++) {
    await pollDue(ctx, clients, leadership, polls);
    const worked = await workDue(ctx, worker, never);
    const sent = await sendDue(ctx, sender, leadership, never);
    if (worked === 0 && !sent) return;
  }
}

async function scan(id: string, code: string, status: string, minutesAgo: number): Promise<void> {
  const at = new Date(Date.now() - minutesAgo * 60_000).toISOString();
  const detail = {
    object: "TrackingDetail",
    message: status,
    status,
    datetime: at,
    tracking_location: { city: "X", country: "US" },
  };
  const result = {
    object: "Tracker",
    tracking_code: code,
    carrier: "UPS",
    status,
    updated_at: at,
    tracking_details: [detail],
  };
  const bytes = Buffer.from(
    JSON.stringify({ id: `evt_${id}`, object: "Event", description: "tracker.updated", result }),
  );
  const [kept] = await receive(ctx, [
    {
      feed: carrier,
      bytes,
      contentType: "application/json",
      headers: null,
      name: null,
      correlationId: `corr-${id}`,
      verdict: "verified",
    },
  ]);
  if (!kept?.ok) throw kept?.error;
}

test("an order from Odoo becomes a shipment, the carrier's scans fold into it, and Odoo is told exactly once", async () => {
  await settle();
  const order = sandbox.order({ clientOrderRef: "PO-1" });
  await settle();
  const [before] = await ctx.sql`select name, stage, provisional, picking_id from shipment`;
  expect(before).toMatchObject({ stage: "allocated", provisional: false });
  const pickingId = before?.picking_id as number;
  await ctx.sql`insert into reference (value, kind, issuer, shipment_id, said, feed_id, package, first_message)
    select '1ZLOOP1', 'tracking_number', 'ups', shipment_id, '1ZLOOP1', ${carrier.id}, true, gen_random_uuid() from shipment`;
  await scan("1", "1ZLOOP1", "pre_transit", 50);
  await settle();
  await scan("2", "1ZLOOP1", "in_transit", 40);
  await settle();
  await scan("3", "1ZLOOP1", "delivered", 1);
  await settle();
  await settle();
  const shipments = await ctx.sql`select milestone, terminal, provisional, picking_id from shipment`;
  expect(shipments).toEqual([
    { milestone: "delivered", terminal: "delivered", provisional: false, picking_id: pickingId },
  ]);
  const postings = await ctx.sql`select kind, state, held_because, last_reason from posting order by sequence, key`;
  expect(postings.map((p) => [p.kind, p.state, p.held_because])).toEqual([
    ["tracking_number", "verified", null],
    ["transfer_validated", "verified", null],
    ["status_note", "verified", null],
  ]);
  expect(order).toBeTruthy();
  expect(sandbox.effects()).toMatchObject({
    byKind: { tracking_number: 1, transfer_validated: 1 },
    doubles: [],
  });
  expect(sandbox.effectsOf({ kind: "note" }).filter((effect) => effect.correlationId === "corr-3")).toHaveLength(1);
});

async function linkedOrder(ref: string, tracking: string): Promise<string> {
  sandbox.order({ clientOrderRef: ref });
  await settle();
  const [row] = await ctx.sql<
    { id: string }[]
  >`insert into reference (value, kind, issuer, shipment_id, said, feed_id, package, first_message)
    select ${tracking}, 'tracking_number', 'ups', shipment_id, ${tracking}, ${carrier.id}, true, gen_random_uuid() from reference where kind = 'customer_po' and said = ${ref}
    returning shipment_id as id`;
  return row?.id as string;
}

/** Works on for a while: postings that wait for a settle time or a retry come due. */
async function settleFor(ms: number): Promise<void> {
  for (const until = Date.now() + ms; Date.now() < until; ) {
    await settle();
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

const person: Actor = { kind: "person", id: v7(), name: "Sam Support", role: "support" };

async function runToEnd(id: string): Promise<Record<string, unknown>> {
  await workRuns(ctx, worker, clients);
  const [run] = await ctx.sql`select state, total, processed, changed, failed from run where id = ${id}`;
  return { ...run };
}

test("an unknown word is mended from the spot: preview, activate, dry run that writes nothing, replay that doubles nothing", async () => {
  const id = await linkedOrder("PO-2", "1ZLOOP2");
  await scan("4", "1ZLOOP2", "in_transit", 30);
  await scan("5", "1ZLOOP2", "handed_to_customer", 5);
  await settle();
  const [open] = await ctx.sql`select id, group_id, kind, text from exception where home_id = ${id} and state = 'open'`;
  expect(open).toMatchObject({ kind: "unmapped_code" });
  const mend = { feed: "carrier", kind: "status" as const, word: "handed_to_customer", to: "delivered" };
  expect(await previewMend(ctx, person, mend)).toMatchObject({
    from: null,
    to: "delivered",
    shipments: 1,
    more: false,
  });
  await expect(mendCrosswalk(ctx, { ...person, role: "executive" } as Actor, mend)).rejects.toMatchObject({
    code: "forbidden",
  });
  expect(await mendCrosswalk(ctx, person, mend)).toMatchObject({ version: 2, to: "delivered" });
  await settle();
  expect((await ctx.sql`select milestone from shipment where shipment_id = ${id}`)[0]).toEqual({
    milestone: "in_transit",
  });

  const scope = { group: open?.group_id as string };
  const dry = await startReplay(ctx, person, { scope, mapping: "current", dryRun: true });
  const count = async () =>
    (
      await ctx.sql`select (select count(*) from event) e, (select count(*) from posting) p, (select count(*) from interpretation) i`
    )[0];
  const before = await count();
  expect(await runToEnd(dry.id)).toMatchObject({ state: "done", total: 1, changed: 1, failed: 0 });
  expect(await count()).toEqual(before);
  const [previewed] = await ctx.sql`select summary -> 'tally' as tally from run where id = ${dry.id}`;
  expect(previewed?.tally).toMatchObject({
    messages: { read: 1, ignored: 0 },
    events: { new: 0, changed: 2, withdrawn: 0, known: 0 },
    postings: {
      status_note: { planned: 1, applied: 0 },
      tracking_number: { planned: 0, applied: 1 },
      transfer_validated: { planned: 0, applied: 1 },
    },
    mappings: { "carrier 2": 1 },
  });
  // one message at a time, so that each plans by itself what the other plans too
  const slow = { scope: { feed: "carrier" }, mapping: "current" as const, dryRun: true, perSecond: 4 };
  const apart = await startReplay(ctx, person, slow);
  expect(await runToEnd(apart.id)).toMatchObject({ state: "done", failed: 0 });
  const [once] = await ctx.sql`select summary -> 'tally' as tally from run where id = ${apart.id}`;
  expect(once?.tally.postings, "each effect once").toEqual({
    status_note: { planned: 1, held: 0, applied: 1 },
    tracking_number: { planned: 0, held: 0, applied: 2 },
    transfer_validated: { planned: 0, held: 0, applied: 2 },
  });
  const [item] = await ctx.sql`select before, after from run_item where run_id = ${dry.id}`;
  expect(item?.before[0].milestone).toBe("in_transit");
  expect(item?.after[0]).toMatchObject({ milestone: "delivered", closes: 1 });

  const real = await startReplay(ctx, person, { scope, mapping: "current", dryRun: false });
  expect(await runToEnd(real.id)).toMatchObject({ state: "done", changed: 1 });
  expect((await ctx.sql`select milestone, open_exceptions from shipment where shipment_id = ${id}`)[0]).toEqual({
    milestone: "delivered",
    open_exceptions: 0,
  });
  expect((await ctx.sql`select state, resolution from exception where id = ${open?.id as string}`)[0]).toMatchObject({
    state: "resolved",
  });
  await settle();
  const again = await startReplay(ctx, person, {
    scope: { feed: "carrier", word: "handed_to_customer" },
    mapping: "current",
    dryRun: false,
  });
  const after = await count();
  expect(await runToEnd(again.id)).toMatchObject({ state: "done", changed: 0 });
  expect({ ...(await count()), i: 0 }).toEqual({ ...after, i: 0 });
  await settle();
  expect(sandbox.effects().doubles).toEqual([]);
  expect(sandbox.effects().byKind).toMatchObject({ transfer_validated: 2 });
});

test("what Odoo refuses is an exception with Odoo's sentence; a repost after the cause is mended closes it", async () => {
  const id = await linkedOrder("PO-3", "1ZLOOP3");
  await sandbox.setMode({ mode: "refuse", message: "The carrier of this transfer is archived." });
  await scan("6", "1ZLOOP3", "in_transit", 20);
  await settle();
  const rejected =
    await ctx.sql`select id, state, last_reason from posting where shipment_id = ${id} and state = 'rejected'`;
  expect(rejected.length).toBeGreaterThan(0);
  const [open] =
    await ctx.sql`select text from exception where home_id = ${id} and kind = 'posting_rejected' and state = 'open' limit 1`;
  expect(open?.text).toContain("The carrier of this transfer is archived.");
  const counted =
    () => ctx.sql`select open_exceptions as told, (select count(*)::int from exception e where e.shipment_id = s.shipment_id
    and e.state <> 'resolved') as stand from shipment s where shipment_id = ${id}`;
  expect(await counted()).toEqual([{ told: rejected.length, stand: rejected.length }]);
  await sandbox.setMode({ mode: "ok" });
  const first = rejected[0]?.id as string;
  expect(await previewRepost(ctx, person, clients, first)).toMatchObject({ verdict: "absent", wouldSend: true });
  const run = await startRepost(ctx, person, { scope: { states: ["rejected"] }, dryRun: false });
  expect(await runToEnd(run.id)).toMatchObject({ state: "done", failed: 0 });
  const [told] = await ctx.sql<
    { planned: number }[]
  >`select sum((value ->> 'planned')::int)::int as planned from run, jsonb_each(summary -> 'tally' -> 'postings') where run.id = ${run.id}`;
  expect(told?.planned).toBe(rejected.length);
  await settleFor(2000);
  expect(await ctx.sql`select state from posting where shipment_id = ${id} and state <> 'verified'`).toEqual([]);
  expect(await ctx.sql`select 1 from exception where home_id = ${id} and state <> 'resolved'`).toEqual([]);
  expect(await counted()).toEqual([{ told: 0, stand: 0 }]);
  expect(sandbox.effects().doubles).toEqual([]);
});

test("an answer that never comes is looked up, and nothing is sent twice", async () => {
  const id = await linkedOrder("PO-4", "1ZLOOP4");
  await sandbox.setMode({ mode: "accept_then_hang", delayMs: 2600, times: 1 });
  await scan("7", "1ZLOOP4", "delivered", 2);
  await settleFor(6000);
  expect(
    await ctx.sql`select kind, state, last_reason from posting where shipment_id = ${id} and state <> 'verified'`,
  ).toEqual([]);
  expect(sandbox.effects().doubles).toEqual([]);
}, 40_000);

test("with nothing due, an Odoo that answers again closes the breaker by a small read", async () => {
  const id = await linkedOrder("PO-R", "1ZLOOPR");
  await sandbox.setMode({ mode: "down" });
  await scan("r1", "1ZLOOPR", "delivered", 1);
  for (let i = 0; i < 8; i++) {
    await settle();
    await ctx.sql`update posting set due_at = now() where state = 'planned'`;
  }
  const standing = () => ctx.sql`select 1 from exception where kind = 'odoo_unreachable' and state <> 'resolved'`;
  expect(await standing()).toHaveLength(1);
  // as a rule of a person does
  await ctx.sql`update posting set state = 'held', held_because = 'degraded', due_at = now() + interval '1 day'
    where shipment_id = ${id} and state = 'planned'`;
  await sandbox.setMode({ mode: "ok" });
  for (const end = Date.now() + 10_000; Date.now() < end && (await standing()).length > 0; ) {
    await sendDue(ctx, sender, leadership, never);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(await standing()).toEqual([]);
  const [row] = await ctx.sql`select breaker->>'state' as state from odoo_connection`;
  expect(row?.state).toBe("closed");
  await ctx.sql`update posting set state = 'planned', held_because = null, due_at = now() where shipment_id = ${id} and state = 'held'`;
  await settleFor(6_000);
}, 60_000);

test("notes that a paused class held run no clock and breach nothing, and are counted beside it", async () => {
  const id = await linkedOrder("PO-H", "1ZLOOPH");
  const counted = async (leg: string) => {
    const [row] = await ctx.sql`select coalesce(sum(count), 0)::int as n from latency_bucket
      where workflow = 'status_update' and leg = ${leg}`;
    return Number(row?.n);
  };
  const [connection] = await ctx.sql`select id from odoo_connection`;
  const bulk = { id: Number(connection?.id), class: "bulk" as const };
  const admin = await insertActor(database.sql, "administrator");
  await pauseClass(ctx, admin, bulk);
  const [clocks, held] = [await counted("total"), await counted("held")];
  await scan("h1", "1ZLOOPH", "delivered", 1);
  await settle();
  // an hour ago, for all that the clocks know
  await ctx.sql`update posting set created_at = created_at - interval '1 hour', received_at = received_at - interval '1 hour',
    held_at = held_at - interval '1 hour' where shipment_id = ${id} and state = 'held'`;
  const notes =
    await ctx.sql`select key from posting where shipment_id = ${id} and state = 'held' and kind = 'status_note'`;
  expect(notes.length).toBeGreaterThan(0);
  const validated = (await counted("total")) - clocks;
  expect(validated).toBeGreaterThan(0);
  await resumeClass(ctx, admin, bulk);
  await settleFor(6_000);
  expect(await ctx.sql`select 1 from posting where shipment_id = ${id} and state <> 'verified'`).toEqual([]);
  expect((await counted("total")) - clocks).toBe(validated);
  expect((await counted("held")) - held).toBe(notes.length);
  expect(await ctx.sql`select 1 from breach where shipment_id = ${id}`).toEqual([]);
}, 60_000);

test("while Odoo is down the breaker opens, everything waits, and all is posted once when it is back", async () => {
  const ids = [await linkedOrder("PO-5", "1ZLOOP5"), await linkedOrder("PO-6", "1ZLOOP6")];
  await sandbox.setMode({ mode: "down" });
  for (const n of [5, 6]) await scan(`8${n}`, `1ZLOOP${n}`, "delivered", 1);
  for (let i = 0; i < 8; i++) {
    await settle();
    await ctx.sql`update posting set due_at = now() where state = 'planned'`;
  }
  expect(
    await ctx.sql`select kind, state from exception where kind = 'odoo_unreachable' and state = 'open'`,
  ).toHaveLength(1);
  expect(
    await ctx.sql`select 1 from posting where shipment_id = any(${ids}::uuid[]) and state in ('verified', 'rejected', 'dead')`,
  ).toEqual([]);
  await sandbox.setMode({ mode: "ok" });
  await ctx.sql`update posting set due_at = now() where state = 'planned'`;
  await settleFor(8000);
  expect(
    await ctx.sql`select kind, state from posting where shipment_id = any(${ids}::uuid[]) and state <> 'verified'`,
  ).toEqual([]);
  expect(await ctx.sql`select 1 from exception where kind = 'odoo_unreachable' and state <> 'resolved'`).toEqual([]);
  expect(sandbox.effects().doubles).toEqual([]);
}, 60_000);
