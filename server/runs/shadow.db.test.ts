import { afterAll, beforeAll, expect, test } from "vitest";
import type { Side } from "@/core/runs/shadow";
import { findRun, listRunItems } from "@/db/queries/runs";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import type { Context } from "../context";
import { Leadership } from "../jobs/leadership";
import { startShadow } from "../messages/shadow";
import { OdooClients } from "../odoo/clients";
import { pollDue, sendDue } from "../odoo/work";
import { type Worker, workDue } from "../pipeline/work";
import { makeSender } from "../postings/sender-state";
import { connectTarget, type OdooTarget, sandboxTarget } from "../testing/odoo-target";
import { sendScan } from "../testing/scans";
import { workRuns } from "../testing/work-runs";
import { makeTestContext, makeTestFeed, type TestFeed } from "../testing/workspace";
import { repeatRun } from "./repeat";

let database: TestDatabase;
let ctx: Context;
let odoo: OdooTarget;
let carrier: TestFeed<"easypost">;
let leadership: Leadership;
let support: PersonActor;
let finance: PersonActor;
const clients = new OdooClients();
const worker: Worker = { slot: 0, environment: undefined };
const never = new AbortController().signal;
const polls = new Map();

beforeAll(async () => {
  database = await testDatabase("shadow");
  ctx = makeTestContext(database);
  support = await insertActor(database.sql, "support");
  finance = await insertActor(database.sql, "finance");
  odoo = await sandboxTarget();
  carrier = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "aggregator" });
  await connectTarget(ctx, odoo, { pollSeconds: 0, settleMs: 500 });
  leadership = new Leadership(ctx);
}, 60_000);
afterAll(async () => {
  await leadership?.release();
  await odoo?.close();
  await database?.drop();
});

async function settle(): Promise<void> {
  const sender = makeSender("shadow", 1, clients);
  for (let round = 0; round < 40; round++) {
    await pollDue(ctx, clients, leadership, polls);
    const worked = await workDue(ctx, worker, never);
    if (!(await sendDue(ctx, sender, leadership, never)) && worked === 0) return;
  }
}

async function toEnd(id: string) {
  await workRuns(ctx, worker, clients);
  const items = await listRunItems(ctx.sql, { runId: id, filter: { result: [] }, after: null, limit: 200 });
  return { run: await findRun(ctx.sql, id), items };
}

/** Orders in Odoo whose parcels a carrier tells of in a word that nobody has mapped yet. */
async function story(tag: string, word: string, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, i) => `PO-${tag}${i}`);
  await odoo.orders(names);
  await settle();
  const codes: string[] = [];
  for (const name of names) {
    const code = `1Z${name.replace(/\W/g, "")}`;
    await ctx.sql`insert into reference (value, kind, issuer, shipment_id, said, feed_id, package, first_message)
      select ${code}, 'tracking_number', 'ups', shipment_id, ${code}, ${carrier.id}, true, gen_random_uuid() from reference where kind = 'customer_po' and said = ${name}`;
    await sendScan(ctx, carrier, { id: `${code}-1`, code, status: "in_transit", minutesAgo: 40 });
    await sendScan(ctx, carrier, { id: `${code}-2`, code, status: word, minutesAgo: 3 });
    codes.push(code);
  }
  await settle();
  await settle();
  return codes;
}

const milestones = async (codes: readonly string[]) =>
  (
    await ctx.sql`select r.value, s.milestone from reference r join shipment s on s.shipment_id = r.shipment_id
      where r.value = any(${[...codes]}::text[]) and r.kind = 'tracking_number' order by r.value`
  ).map((row) => row.milestone);

const everything =
  () => ctx.sql`select (select jsonb_agg(to_jsonb(s) order by shipment_id) from shipment s) as shipments,
  (select jsonb_agg(to_jsonb(p) order by id) from posting p) as postings, (select count(*) from event) as events,
  (select jsonb_agg(to_jsonb(f) order by id) from feed f) as feeds, (select count(*) from crosswalk_entry) as words,
  (select count(*) from interpretation) as readings, (select jsonb_agg(to_jsonb(e) order by id) from exception e) as exceptions`;

const meaning = (word: string) => ({ feed: "carrier", kind: "status", word, to: "delivered" }) as const;
const wordOf = async (codes: readonly string[]): Promise<string> => {
  const [row] = await ctx.sql<
    { word: string }[]
  >`select e.word from event e where e.kind = 'unmapped_code' and e.shipment_id in
    (select shipment_id from reference where value = any(${[...codes]}::text[])) limit 1`;
  return row?.word as string;
};

test("a meaning tried on the copy changes nothing, shows each record before and after beside Odoo, and then comes true exactly so", async () => {
  const codes = await story("A", "left_at_door", 3);
  const word = await wordOf(codes);
  const before = await everything();
  const shadow = await startShadow(ctx, support, {
    scope: { feed: "carrier", word },
    mapping: "current",
    proposal: meaning(word),
  });
  const shown = await toEnd(shadow.id);
  expect(shown.run).toMatchObject({ kind: "shadow", dryRun: true, state: "done", total: 3, changed: 3 });
  expect(await everything()).toEqual(before);
  const sides = shown.items.map((item) => ({
    before: item.before as unknown as Side,
    after: item.after as unknown as Side,
  }));
  for (const { before: was, after: is } of sides) {
    expect(was.shipments[0]?.fields).toMatchObject({ milestone: "in_transit", terminal: null });
    expect(is.shipments[0]?.fields).toMatchObject({ milestone: "delivered", terminal: "delivered" });
    expect(is.shipments[0]?.closes).toEqual([expect.objectContaining({ kind: "unmapped_code" })]);
    expect(is.shipments[0]?.postings).toEqual([
      expect.objectContaining({ kind: "status_note", held: null, verdict: "absent" }),
    ]);
  }
  const real = await repeatRun(ctx, support, { id: shadow.id });
  const done = await toEnd(real.id);
  expect(done.run).toMatchObject({ kind: "shadow", dryRun: false, state: "done", changed: 3, failed: 0 });
  const digests = (items: typeof done.items) =>
    items.map((item) => [(item.before as unknown as Side).digest, (item.after as unknown as Side).digest]);
  expect(digests(done.items)).toEqual(digests(shown.items));
  await settle();
  await settle();
  expect(await milestones(codes)).toEqual(["delivered", "delivered", "delivered"]);
  // what Odoo holds is what was shown
  for (const { after } of sides) {
    const [posting] = after.shipments[0]?.postings ?? [];
    const [stored] = await ctx.sql`select state, after, record_id from posting where key = ${posting?.key ?? ""}`;
    expect(stored).toMatchObject({ state: "verified", after: posting?.after });
    const notes = await odoo.client.searchRead(
      "mail.message",
      [
        ["model", "=", "stock.picking"],
        ["res_id", "=", stored?.record_id as number],
        ["body", "ilike", "Delivered"],
      ],
      ["body"],
    );
    expect(notes).toHaveLength(1);
  }
}, 60_000);

test("news between preview and run sets aside just the shipments it is about; the others come true", async () => {
  const codes = await story("B", "handed_over", 4);
  const word = await wordOf(codes);
  const shadow = await startShadow(ctx, support, {
    scope: { feed: "carrier", word },
    mapping: "current",
    proposal: meaning(word),
  });
  await toEnd(shadow.id);
  await sendScan(ctx, carrier, { id: "news", code: codes[1] as string, status: "out_for_delivery", minutesAgo: 2 });
  await settle();
  const real = await repeatRun(ctx, support, { id: shadow.id });
  const { run, items } = await toEnd(real.id);
  expect(run).toMatchObject({ state: "done", changed: 3 });
  const aside = items.filter((item) => item.result === "conflict");
  expect(aside).toEqual([expect.objectContaining({ reason: expect.stringMatching(/^News came since the preview/) })]);
  expect(await milestones(codes)).toEqual(["delivered", "out_for_delivery", "delivered", "delivered"]);
}, 60_000);

test("another value in Odoo by now sets the item aside as well", async () => {
  const [code] = await story("C", "signed_for", 1);
  const word = await wordOf([code as string]);
  const shadow = await startShadow(ctx, support, {
    scope: { feed: "carrier", word },
    mapping: "current",
    proposal: meaning(word),
  });
  const { items } = await toEnd(shadow.id);
  const side = items[0]?.after as unknown as Side;
  expect(side.shipments[0]?.postings?.[0]).toMatchObject({ verdict: "absent" });
  // as if Odoo had shown something else while the preview ran
  await ctx.sql`update run_item set after = jsonb_set(after, '{shipments,0,postings,0,present}', '{"note": "was there"}') where run_id = ${shadow.id}`;
  const real = await repeatRun(ctx, support, { id: shadow.id });
  const done = await toEnd(real.id);
  expect(done.items).toEqual([
    expect.objectContaining({ result: "conflict", reason: expect.stringMatching(/^Odoo holds something else/) }),
  ]);
  expect(await milestones([code as string])).toEqual(["in_transit"]);
}, 60_000);

test("it refuses who may not, a scope with nothing in it, and a run that showed nothing", async () => {
  const input = { scope: { feed: "carrier" }, mapping: "current" } as const;
  await expect(startShadow(ctx, finance, input)).rejects.toMatchObject({ code: "forbidden" });
  await expect(
    startShadow(ctx, support, { ...input, scope: { feed: "carrier", word: "never said" } }),
  ).rejects.toMatchObject({ code: "precondition" });
  const bad = { ...meaning("x"), to: "nothing_of_ours" };
  await expect(startShadow(ctx, support, { ...input, proposal: bad })).rejects.toMatchObject({ code: "invalid" });
  const waiting = await startShadow(ctx, support, input);
  await expect(repeatRun(ctx, support, { id: waiting.id })).rejects.toMatchObject({ code: "precondition" });
});
