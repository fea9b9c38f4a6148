import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import type { Context } from "../context";
import { makeLog } from "../log";
import { makeReceiver } from "../messages/receive";
import { makeTestContext, makeTestFeed } from "../testing/workspace";
import { sweep } from "./sweep";
import { type Worker, workDue } from "./work";

let database: TestDatabase;
let ctx: Context;
let feed: { id: number; adapter: "easypost"; urgency: number };
const worker: Worker = { slot: 0, environment: undefined };

beforeAll(async () => {
  database = await testDatabase("pipeline");
  ctx = makeTestContext(database);
  feed = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "aggregator" });
});
afterAll(async () => database?.drop());

// one clock for all of them: the same scan told twice has the same time
const yesterday = Date.now() - 86_400_000;
const at = (minutes: number) => new Date(yesterday + minutes * 60_000).toISOString().replace(/\.\d+Z/, "Z");

function event(
  id: string,
  code: string,
  details: { status: string; detail?: string; minutes: number; message?: string }[],
) {
  const last = details[details.length - 1];
  return Buffer.from(
    JSON.stringify({
      id: `evt_${id}`,
      object: "Event",
      description: "tracker.updated",
      result: {
        id: `trk_${code}`,
        object: "Tracker",
        tracking_code: code,
        carrier: "UPS",
        status: last?.status,
        updated_at: at(last?.minutes ?? 0),
        tracking_details: details.map((d) => ({
          object: "TrackingDetail",
          message: d.message ?? d.status,
          status: d.status,
          status_detail: d.detail ?? "status_update",
          datetime: at(d.minutes),
          tracking_location: { city: "LOUISVILLE", state: "KY", country: "US", zip: "40213" },
        })),
      },
    }),
  );
}

async function send(...bodies: Buffer[]): Promise<string[]> {
  const receiver = makeReceiver({ sql: ctx.sql, now: ctx.now, log: makeLog("test") });
  const kept = await receiver.receive(
    bodies.map((bytes, i) => ({
      feed,
      bytes,
      contentType: "application/json",
      headers: null,
      name: null,
      correlationId: `test-${i}`,
      verdict: "verified" as const,
    })),
  );
  return kept.map((k) => {
    if (!k.ok) throw k.error;
    return k.receipt;
  });
}

async function drain(): Promise<number> {
  let done = 0;
  for (let n = 1; n > 0; done += n) n = await workDue(ctx, worker, new AbortController().signal);
  return done;
}

test("messages of one tracking number in any batching become one shipment with its milestones", async () => {
  await send(
    event("a1", "1Z1", [{ status: "pre_transit", minutes: 0 }]),
    event("b1", "1Z2", [{ status: "pre_transit", minutes: 1 }]),
  );
  expect(await drain()).toBe(2);
  await send(
    event("a3", "1Z1", [
      { status: "pre_transit", minutes: 0 },
      { status: "in_transit", detail: "arrived_at_facility", minutes: 60 },
      { status: "delivered", minutes: 600 },
    ]),
    event("a2", "1Z1", [
      { status: "pre_transit", minutes: 0 },
      { status: "in_transit", detail: "arrived_at_facility", minutes: 60 },
    ]),
  );
  await drain();
  const shipments =
    await ctx.sql`select name, milestone, stage, summary, terminal, provisional from shipment order by name`;
  expect(shipments).toEqual([
    {
      name: "1Z1",
      milestone: "delivered",
      stage: "delivered",
      summary: "delivered",
      terminal: "delivered",
      provisional: true,
    },
    { name: "1Z2", milestone: "booked", stage: "booked", summary: "pre_transit", terminal: null, provisional: true },
  ]);
  const [{ n, inbox }] =
    (await ctx.sql`select (select count(*)::int from event where not overall) n, (select count(*)::int from inbox) inbox`) as unknown as [
      { n: number; inbox: number },
    ];
  expect({ n, inbox }).toEqual({ n: 4, inbox: 0 });
});

test("an unknown word opens one exception in one group and changes no state", async () => {
  const [receipt] = await send(event("u1", "1Z9", [{ status: "teleported", minutes: 5 }]));
  await drain();
  const rows =
    await ctx.sql`select e.kind, e.state, e.text, g.cause from exception e join exception_group g on g.id = e.group_id where e.kind = 'unmapped_code'`;
  expect(rows).toHaveLength(1);
  expect(rows[0]?.cause).toContain("teleported");
  const [shipment] = await ctx.sql`select milestone, open_exceptions from shipment where name = '1Z9'`;
  expect(shipment).toEqual({ milestone: null, open_exceptions: 1 });
  const [words] = await ctx.sql`select word, count::int from unmapped_word`;
  expect(words?.word).toContain("teleported");
  const [reading] =
    await ctx.sql`select status, number, problems from interpretation where message_id = ${receipt as string}`;
  expect(reading?.status).toBe("interpreted");
});

test("a message that cannot be read is an exception of its own and the others go on", async () => {
  await send(Buffer.from("{nonsense"), event("ok", "1Z10", [{ status: "in_transit", minutes: 5 }]));
  await drain();
  const rows = await ctx.sql`select kind, subject, severity from exception where kind = 'unreadable_message'`;
  expect(rows).toEqual([{ kind: "unreadable_message", subject: "message", severity: "high" }]);
  expect(await ctx.sql`select 1 from shipment where name = '1Z10'`).toHaveLength(1);
});

test("the sweep judges what is due and looks no earlier again", async () => {
  await ctx.sql`update shipment set review_at = now() - interval '1 minute'`;
  expect(await sweep(ctx, worker)).toBeGreaterThan(0);
  expect(await sweep(ctx, worker)).toBe(0);
});
