import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import type { Context } from "../context";
import { makeReceiver } from "../messages/receive";
import { makeTestContext, makeTestFeed, type TestFeed } from "../testing/workspace";
import { type Worker, workDue } from "./work";

let database: TestDatabase;
let ctx: Context;
let carrier: TestFeed<"easypost">;
let warehouse: TestFeed<"csv">;
let odoo: TestFeed<"odoo">;
const started = Date.now() - 3 * 86_400_000;

beforeAll(async () => {
  database = await testDatabase("order");
  const nowMs = Date.now();
  ctx = makeTestContext(database, { now: () => new Date(nowMs) });
  carrier = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "aggregator" });
  warehouse = await makeTestFeed(ctx, { slug: "warehouse", adapter: "csv", class: "warehouse" });
  const kinds = ctx.sql.json({
    tracking_number: "on",
    transfer_validated: "on",
    status_note: "on",
    proof_of_delivery: "on",
    exception_activity: "on",
  });
  await ctx.sql`insert into odoo_connection (name, url, database, login, sealed_key, key_hint, observing, kinds, post_since)
    values ('Odoo', 'http://127.0.0.1:9', 'x', 'x', '\\x00', '', false, ${kinds}, now() - interval '30 days')`;
  odoo = await makeTestFeed(ctx, {
    slug: "odoo-1",
    adapter: "odoo",
    class: "odoo",
    connectionId: 1,
    settings: { connectionId: 1 },
  });
});
afterAll(async () => database?.drop());

const iso = (hour: number) => `${new Date(started + hour * 3_600_000).toISOString().slice(0, 19)}Z`;

type Sent = {
  feed: { id: number; adapter: "easypost" | "csv" | "odoo"; urgency: number };
  bytes: Buffer;
  contentType: string;
};

/** All that three systems say of one order, with the round in every number so that runs do not meet. */
function storyOf(round: number, ship: number): Sent[] {
  const tracking = `1Z${round}X${ship}`;
  const reference = `PO${round}-${ship}`;
  const words = [
    "pre_transit",
    "in_transit",
    "in_transit",
    "out_for_delivery",
    "delivered",
    ...(ship % 3 === 0 ? ["in_transit"] : []),
    ...(ship % 2 === 0 ? ["beamed_up"] : []),
  ];
  const details = words.map((status, hour) => ({
    object: "TrackingDetail",
    message: `${status} ${hour}`,
    status,
    datetime: iso(hour + 2),
    tracking_location: { city: `C${hour}`, country: "US" },
  }));
  const scans = details.map((_, index) => {
    const result = {
      object: "Tracker",
      tracking_code: tracking,
      carrier: "UPS",
      status: words[index],
      updated_at: iso(index + 2),
      tracking_details: details.slice(0, index + 1),
    };
    return {
      feed: carrier,
      contentType: "application/json",
      bytes: Buffer.from(
        JSON.stringify({
          id: `evt_${round}_${ship}_${index}`,
          object: "Event",
          description: "tracker.updated",
          result,
        }),
      ),
    };
  });
  const row = [reference, tracking, "UPS", "shipped", iso(2), "2.5"].join(",");
  const file = {
    feed: warehouse,
    contentType: "text/csv",
    bytes: Buffer.from(`Customer PO,Tracking number,Carrier,Status,Status time,Weight kg\n${row}\n`),
  };
  const id = round * 1000 + ship + 1;
  const link = (n: number, name: string) => ({ id: n, name });
  const picking = {
    model: "stock.picking",
    id,
    name: `WH/OUT/${round}/${ship}`,
    state: "assigned",
    direction: "outgoing",
    type: link(2, "Delivery Orders"),
    company: link(1, "Company"),
    warehouse: { ...link(1, "Main"), code: "WH" },
    origin: `S${round}-${ship}`,
    sale: { ...link(id, `S${round}-${ship}`), clientOrderRef: reference, commitmentAt: null },
    partner: null,
    carrier: null,
    trackingReference: null,
    carrierPrice: null,
    weight: null,
    shippingWeight: null,
    weightUnit: "kg",
    scheduledAt: iso(0),
    deadlineAt: null,
    doneAt: null,
    backorderOf: null,
    moves: [],
    packages: [],
    createdAt: iso(0),
    writtenAt: iso(0),
    writtenBy: null,
  };
  return [...scans, file, { feed: odoo, contentType: "application/json", bytes: Buffer.from(JSON.stringify(picking)) }];
}

async function run(messages: readonly Sent[], batches: readonly number[]): Promise<void> {
  const worker: Worker = { slot: 0, environment: undefined };
  const receiver = makeReceiver({ sql: ctx.sql, now: () => new Date(), log: ctx.log });
  let at = 0;
  for (let b = 0; at < messages.length; b++) {
    const part = messages.slice(at, at + Math.max(1, batches[b % batches.length] ?? 3));
    at += part.length;
    const kept = await receiver.receive(
      part.map((m) => ({ ...m, headers: null, name: null, correlationId: "c", verdict: "verified" as const })),
    );
    for (const k of kept) if (!k.ok) throw k.error;
    while ((await workDue(ctx, worker, new AbortController().signal)) > 0);
  }
}

/** What must be the same whatever the order: the shipments but for ids, the findings, the postings. */
async function outcome(round: number): Promise<string> {
  const like = `%${round}%`;
  const shipments =
    await ctx.sql`select name, milestone, stage, summary, terminal, carrier, provisional, state->'reached' as reached, state->'conditions' as conditions,
      state->'packages' as packages, state->'unmapped' as unmapped, jsonb_array_length(state->'regressions') as regressions
    from shipment where head_id is null and name like ${`WH/OUT/${round}/%`} order by name`;
  const strays =
    await ctx.sql`select count(*)::int n from shipment where head_id is null and provisional and name like ${like}`;
  const findings =
    await ctx.sql`select s.name, e.kind, e.subject, e.text from exception e join shipment s on s.shipment_id = coalesce((select head_id from shipment h where h.shipment_id = e.home_id), e.home_id)
    where e.state <> 'resolved' and s.name like ${`WH/OUT/${round}/%`} order by 1, 2, 3`;
  const postings =
    await ctx.sql`select kind, record_id, desired, state, held_because from posting where record_id between ${round * 1000} and ${round * 1000 + 999} and state <> 'superseded' order by 1, 2, desired::text`;
  const lost =
    await ctx.sql`select count(*)::int n from event e where not exists (select 1 from shipment s where s.shipment_id = e.shipment_id)`;
  const text = JSON.stringify({ shipments, strays, findings, postings, lost });
  // what a round is numbered by, and what names rows of this database
  return (
    text
      .replaceAll(new RegExp(`\\b${round}(?=[X/_-])`, "g"), "R")
      .replaceAll(`1Z${round}X`, "1ZRX")
      .replaceAll(`PO${round}-`, "POR-")
      .replaceAll(`S${round}-`, "SR-")
      .replaceAll(/"record_id":\d+/g, (found) => `"record_id":${Number(found.slice(12)) - round * 1000}`)
      .replaceAll(/"(key|firstKey)":"[0-9a-f-]{36}"/g, '"$1":""')
      .replaceAll(/"receivedAtMs":\d+/g, '"receivedAtMs":0')
      // which of several events with the word is named first is decided by a hash over its numbers
      .replaceAll(/"description":("[^"]*"|null)/g, '"description":""')
  );
}

test("any order, duplication and batching of the same messages gives the same shipments, findings and postings", {
  timeout: 300_000,
}, async () => {
  const ships = [0, 1, 2, 3];
  let round = 100;
  await run(
    ships.flatMap((ship) => storyOf(round, ship)),
    [1000],
  );
  const expected = await outcome(round);
  expect(JSON.parse(expected).shipments).toHaveLength(ships.length);
  expect(JSON.parse(expected).shipments.map((s: { milestone: string }) => s.milestone)).toEqual(
    ships.map(() => "delivered"),
  );
  const count = ships.reduce((n, ship) => n + storyOf(round, ship).length, 0);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([...Array(count).keys()], { minLength: count, maxLength: count }),
      fc.array(fc.nat(count - 1), { maxLength: 10 }),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }),
      async (order, again, batches) => {
        round++;
        const messages = ships.flatMap((ship) => storyOf(round, ship));
        const sent = [...order, ...again].map((index) => messages[index] as Sent);
        await run(sent, batches);
        expect(await outcome(round)).toBe(expected);
      },
    ),
    { numRuns: Number(process.env.WAYPOST_PROPERTY_RUNS ?? 12) },
  );
});
