import { afterAll, beforeAll, expect, test } from "vitest";
import { type Level, MEASURES } from "@/core/carriers/measures";
import type { Json } from "@/core/shipments/attributes";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import type { Context } from "../context";
import { receive } from "../messages/receive";
import { rejudge } from "../pipeline/sweep";
import { type Worker, workDue } from "../pipeline/work";
import { makeTestContext, makeTestFeed, type TestFeed } from "../testing/workspace";
import { countCarriers } from "./count";
import { readCarrier, readCountingState, readScores } from "./read";

let database: TestDatabase;
let ctx: Context;
/** The same with a clock that has let all changes settle. */
let later: Context;
let carrier: TestFeed<"easypost">;
let warehouse: TestFeed<"csv">;
const worker: Worker = { slot: 0, environment: undefined };
const memory = { environment: undefined };
const never = new AbortController().signal;
const DAY = 86_400_000;
const started = Math.floor(Date.now() / DAY) * DAY - 12 * DAY;
const COLUMNS = [
  { column: "shipment", gives: "reference", kind: "wms_shipment" },
  { column: "tracking", gives: "reference", kind: "tracking_number" },
  { column: "carrier", gives: "text", attribute: "carrier" },
  { column: "service", gives: "text", attribute: "service" },
  { column: "warehouse", gives: "text", attribute: "warehouse" },
  { column: "status", gives: "status" },
  { column: "at", gives: "time", order: "ymd" },
  { column: "country", gives: "address", part: "country", of: "label" },
  { column: "ship by", gives: "date", attribute: "promised_dispatch_at", order: "ymd" },
  { column: "deliver by", gives: "date", attribute: "promised_delivery_at", order: "ymd" },
];

beforeAll(async () => {
  database = await testDatabase("carriers");
  ctx = makeTestContext(database);
  later = { ...ctx, now: () => new Date(Date.now() + 120_000) };
  carrier = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "aggregator" });
  const settings = { mapping: { delimiter: ",", columns: COLUMNS } } as unknown as Json;
  warehouse = await makeTestFeed(ctx, { slug: "warehouse", adapter: "csv", class: "warehouse", settings });
});
afterAll(async () => database?.drop());

const iso = (hour: number) => `${new Date(started + hour * 3_600_000).toISOString().slice(0, 19)}Z`;
const CARRIERS = ["ups", "dhl", "gls"] as const;
const codeOf = (n: number) => `1ZCARR${String(n).padStart(4, "0")}`;
const carrierOf = (n: number) => CARRIERS[n % CARRIERS.length] ?? "ups";

async function send(feed: TestFeed<"easypost" | "csv">, contentType: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  const [kept] = await receive(ctx, [
    { feed, bytes, contentType, headers: null, name: null, correlationId: ctx.uuid(), verdict: "verified" },
  ]);
  if (!kept?.ok) throw kept?.error ?? new Error("not stored");
}

async function work(): Promise<void> {
  while ((await workDue(ctx, worker, never)) > 0);
}

async function scan(n: number, status: string, hour: number): Promise<void> {
  const at = iso(hour);
  const detail = { object: "TrackingDetail", message: status, status, datetime: at, tracking_location: { city: "X" } };
  const result = {
    object: "Tracker",
    tracking_code: codeOf(n),
    carrier: carrierOf(n).toUpperCase(),
    status,
    updated_at: at,
  };
  const body = { id: `evt_${n}_${status}_${hour}`, object: "Event", description: "tracker.updated" };
  await send(
    carrier,
    "application/json",
    JSON.stringify({ ...body, result: { ...result, tracking_details: [detail] } }),
  );
}

async function packed(n: number, change: Record<string, string> = {}): Promise<void> {
  const row: Record<string, string> = {
    shipment: `S${n}`,
    tracking: codeOf(n),
    carrier: carrierOf(n),
    service: n % 2 === 0 ? "express" : "ground",
    warehouse: n % 5 === 0 ? "NORTH" : "SOUTH",
    status: "packed",
    at: iso(0),
    country: n % 4 === 0 ? "FR" : "DE",
    "ship by": iso(24).slice(0, 10),
    "deliver by": iso(24 * (3 + (n % 3))).slice(0, 10),
    ...change,
  };
  const names = COLUMNS.map(({ column }) => column);
  await send(warehouse, "text/csv", `${names.join(",")}\n${names.map((name) => row[name] ?? "").join(",")}\n`);
}

async function count(batch: number): Promise<void> {
  while ((await countCarriers(later, memory, batch)) > 0);
}

async function shipmentOf(n: number): Promise<string> {
  const [row] = await ctx.sql<{ id: string }[]>`
    select coalesce(s.head_id, s.shipment_id) as id from reference r join shipment s using (shipment_id) where r.value = ${codeOf(n)}`;
  return row?.id ?? "";
}

/** Counted in another way than the product does: straight from the stored shipments, in SQL. */
async function naive() {
  return ctx.sql`
    with s as (
      select lower(carrier) as carrier, service, warehouse, shipment_id,
        coalesce(state->'reached'->'picked_up'->>'occurredAtMs', state->>'firstCarrierScanAtMs')::float8 as handed,
        coalesce(state->'reached'->'delivered'->>'occurredAtMs', case when terminal = 'delivered' then state->>'terminalAtMs' end)::float8 as delivered,
        (state->>'promisedDeliveryAtMs')::float8 as promised, (state->>'promisedDispatchAtMs')::float8 + 86400000 as due_out, (state->>'attempts')::int as attempts
      from shipment where head_id is null and not provisional and carrier is not null and terminal is distinct from 'cancelled'),
    n as (
      select carrier, service, warehouse, m, to_timestamp(at / 1000) at time zone 'UTC' as at from s cross join lateral (values
        ('handed_over', handed),
        ('handed_over_delivered', case when delivered is not null then handed end),
        ('troubled', case when exists (select 1 from exception e join shipment x on x.shipment_id = e.shipment_id
          where s.shipment_id in (x.shipment_id, x.head_id) and party = 'carrier') then handed end),
        ('pickup_due', due_out), ('picked_up_in_time', case when handed <= due_out then due_out end),
        ('delivery_due', promised), ('delivered_in_time', case when delivered <= promised then promised end),
        ('delivered', delivered), ('ended', delivered), ('attempted', case when attempts > 0 then delivered end),
        ('first_time', case when attempts = 0 then delivered end)) v(m, at) where at is not null)
    select carrier, service, warehouse, m, at::date::text as day, count(*)::int as n from n group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`;
}

/** The daily counts of the combinations, in the same shape. */
async function counted() {
  const names = MEASURES.filter(
    (name) => !["tried_in_time", "damaged", "proof_due", "proof_known", "proof_in_time"].includes(name),
  );
  const values = names.map((name) => `('${name}', d.${name})`).join(", ");
  return ctx.sql`
    select c.carrier, c.service, c.warehouse, v.m, d.day::text as day, sum(v.n)::int as n from carrier_day d join carrier_cell c on c.id = d.cell_id
      cross join lateral (values ${ctx.sql.unsafe(values)}) v(m, n)
    where c.level = 'combined' group by 1, 2, 3, 4, 5 having sum(v.n) <> 0 order by 1, 2, 3, 4, 5`;
}

async function expectRight(): Promise<void> {
  const rows = await counted();
  expect(rows).toEqual(await naive());
  // the carrier as a whole is the sum of its combinations, and so are its services, lanes and warehouses
  const sums = MEASURES.map((name) => `sum(${name})::int as ${name}`).join(", ");
  const of = async (level: Level, by = "carrier") => [
    ...(await ctx.sql.unsafe(`select ${by}, day::text, ${sums} from carrier_day d join carrier_cell c on c.id = d.cell_id
      where level = '${level}' group by 1, 2 having sum(${MEASURES.join(" + ")}) <> 0 order by 1, 2`)),
  ];
  const combined = await of("combined");
  for (const level of ["carrier", "service", "lane", "warehouse"] as const) expect(await of(level)).toEqual(combined);
  for (const part of ["service", "lane", "warehouse"] as const)
    expect(await of(`all_${part}`, part)).toEqual(await of("combined", part));
  const [wrong] = await ctx.sql<{ n: number }[]>`select count(*)::int as n from carrier_spread where n < 0`;
  expect(wrong?.n).toBe(0);
}

test("the daily counts are what a count over all shipments gives, after late, repeated and withdrawn facts, moves and a second look", async () => {
  for (let n = 0; n < 24; n++) {
    await packed(n);
    await scan(n, "in_transit", 20 + (n % 7) * 6);
    if (n % 6 === 1) await scan(n, "failure", 60);
    if (n % 3 !== 2) await scan(n, "delivered", 50 + n * 4);
  }
  await work();
  await count(7);
  await expectRight();
  const [whole] = await ctx.sql<
    { n: number }[]
  >`select sum(handed_over)::int as n from carrier_day d join carrier_cell c on c.id = d.cell_id
    where level = 'carrier'`;
  expect(whole?.n).toBe(24);

  // late: a delivery and an earlier first scan that are told days after; repeated: what was told already
  await scan(2, "delivered", 58);
  await scan(4, "in_transit", 6);
  await scan(0, "delivered", 50);
  // moved: another carrier, service and promise
  await packed(7, { carrier: "gls", service: "express", "deliver by": iso(24).slice(0, 10), at: iso(30) });
  await work();
  await count(5);
  await expectRight();

  // withdrawn: the delivery of one never happened
  const id = await shipmentOf(3);
  await ctx.sql`insert into event select shipment_id, key, generation + 1, true, kind, classifier, occurred_at, offset_minutes, precision, basis, received_at,
    feed_id, message_id, package, inferred, overall, retracts, word, code, description, location, rest from event where shipment_id = ${id} and kind = 'delivered'`;
  await rejudge(ctx, worker, [id]);
  await count(50);
  await expectRight();
  const before = await counted();
  await ctx.sql`update carrier_progress set at = '-infinity'`;
  await count(11);
  expect(await counted()).toEqual(before);
  expect(await readCountingState(ctx)).toMatchObject({ complete: true });
}, 60_000);

test("other limits count everything anew, and nothing is counted while the phase is off", async () => {
  await ctx.sql`insert into setting (name, value) values ('phases', ${ctx.sql.json({ off: ["3"] })})
    on conflict (name) do update set value = excluded.value`;
  await packed(30);
  await scan(30, "in_transit", 30);
  await work();
  expect(await countCarriers(later, memory)).toBe(0);
  await ctx.sql`update setting set value = ${ctx.sql.json({ off: [] })} where name = 'phases'`;
  expect(await countCarriers(later, memory)).toBeGreaterThan(0);
  await expectRight();
  const [was] = await ctx.sql<{ n: number }[]>`select sum(delivered_in_time)::int as n from carrier_day`;
  await ctx.sql`insert into setting (name, value) values ('thresholds', ${ctx.sql.json({ deliveryGraceMinutes: 20 * 24 * 60 })})
    on conflict (name) do update set value = excluded.value`;
  await count(10);
  const [now] = await ctx.sql<{ n: number; due: number }[]>`
    select sum(delivered_in_time)::int as n, sum(delivery_due)::int as due from carrier_day`;
  expect(now?.n).toBeGreaterThan(was?.n ?? 0);
  await ctx.sql`delete from setting where name = 'thresholds'`;
  await count(10);
  await expectRight();
}, 60_000);

test("a shipment that became a member of another, was cancelled, or got an exception of its carrier is counted as it stands", async () => {
  const [a, b] = [await shipmentOf(0), await shipmentOf(3)];
  await ctx.sql`update shipment set head_id = ${a}, updated_at = now() where shipment_id = ${b}`;
  await ctx.sql`update shipment set updated_at = now() where shipment_id = ${a}`;
  await ctx.sql`update shipment set terminal = 'cancelled', state = state || '{"terminal":"cancelled"}', updated_at = now() where shipment_id = ${await shipmentOf(1)}`;
  await ctx.sql`update exception set party = 'carrier' where shipment_id = ${await shipmentOf(5)}`;
  await ctx.sql`update shipment set updated_at = now() where shipment_id = ${await shipmentOf(5)}`;
  await count(3);
  await expectRight();
});

test("the figures of a span say what they are made of, and what cannot be known says why", async () => {
  const days = {
    from: new Date(started - 30 * DAY).toISOString().slice(0, 10),
    to: new Date().toISOString().slice(0, 10),
  };
  const nothing = { carrier: [], service: [], lane: [], warehouse: [] };
  const ask = { ...nothing, days, basis: "delivered", by: "carrier" } as const;
  const { groups, all, weeks } = await readScores(later, ask);
  expect(groups.map(({ value }) => value).sort()).toEqual([...CARRIERS].sort());
  const [{ n } = { n: 0 }] = await ctx.sql<
    { n: number }[]
  >`select count(*)::int as n from shipment where head_id is null and not provisional
    and terminal is distinct from 'cancelled' and state->>'firstCarrierScanAtMs' is not null`;
  expect(all.shipments).toBe(n);
  expect(groups.reduce((sum, { shipments }) => sum + shipments, 0)).toBe(n);
  const onTime = all.figures.find(({ kpi }) => kpi === "on_time_delivery");
  const [{ due, kept } = { due: 0, kept: 0 }] = await ctx.sql<{ due: number; kept: number }[]>`
    select count(*)::int as due, count(*) filter (where (state->'reached'->'delivered'->>'occurredAtMs')::float8 <= (state->>'promisedDeliveryAtMs')::float8)::int as kept
    from shipment where head_id is null and not provisional and terminal is distinct from 'cancelled'`;
  expect(onTime).toMatchObject({ numerator: kept, denominator: due, few: false, value: kept / due });
  const trend = all.trend.reduce((sum, { denominator }) => sum + denominator, 0);
  expect([trend, all.trend.length]).toEqual([due, weeks.length]);
  expect(all.figures.find(({ kpi }) => kpi === "billing_accuracy")).toMatchObject({
    value: null,
    why: expect.stringContaining("No bill"),
  });
  const [{ transits } = { transits: 0 }] = await ctx.sql<
    { transits: number }[]
  >`select count(*)::int as transits from shipment
    where head_id is null and terminal = 'delivered' and (state->'reached'->'delivered'->>'occurredAtMs')::float8 > (state->>'firstCarrierScanAtMs')::float8`;
  expect(all.figures.find(({ kpi }) => kpi === "transit_time")).toMatchObject({
    denominator: transits,
    value: expect.any(Number),
  });

  const lanes = await readScores(later, { ...ask, by: "lane", carrier: ["UPS"] });
  expect(lanes.groups.map(({ word }) => word).sort()).toEqual(["DE", "FR"]);
  const ups = groups.find(({ value }) => value === "ups");
  expect(lanes.all.shipments).toBe(ups?.shipments);
  expect(lanes.all.figures.find(({ kpi }) => kpi === "cost_per_shipment")?.why).toContain("by carrier");
  const every = await readScores(later, { ...ask, by: "lane" });
  expect(every.groups.map(({ word }) => word).sort()).toEqual(["DE", "FR"]);
  expect([every.all.shipments, every.all.figures[0]?.denominator]).toEqual([n, all.figures[0]?.denominator]);
  const south = await readScores(later, { ...ask, warehouse: ["SOUTH"], service: ["express"] });
  expect(south.all.shipments).toBeLessThan(all.shipments);
  const one = await readCarrier(later, { ...nothing, carrier: "ups", days, basis: "first_attempt" });
  const weekly = one.weeks.flatMap(({ figures }) => figures.filter(({ kpi }) => kpi === "delivery_rate"));
  expect(weekly.reduce((sum, { denominator }) => sum + denominator, 0)).toBe(ups?.shipments);
  expect(one.services.map(({ word }) => word).sort()).toEqual(["express", "ground"]);
});
