import { v7 } from "uuid";
import type { TestDatabase } from "@/db/testing/database";
import type { Context } from "@/server/context";
import { receive } from "@/server/messages/receive";
import { rejudge } from "@/server/pipeline/sweep";
import { type Worker, workDue } from "@/server/pipeline/work";
import { makeTestContext, makeTestFeed, type TestFeed } from "@/server/testing/workspace";

/**
 * A few dozen shipments that went through the real pipeline, message by message, with a clock of their own: what the generator multiplies.
 * All numbers of a shipment hold one of three numbers of nine digits, so that a copy can have its own.
 */
export type Stencil = {
  template: number;
  /** Share of its class. */
  weight: number;
  placed: "ended" | "standing" | "moving";
  shipmentId: string;
  /** How long before its next review its last change lies, ms; 0 where none is due. */
  freshMs: number;
  /** Instant of the last change, ms. */
  endMs: number;
  latencies: Latency[];
};

/** What the telling of one template added to a latency histogram. */
export type Latency = { workflow: string; leg: string; hour: Date; feed_id: number; bucket: number; count: number };

const HOUR = 3_600_000;
const CARRIERS = [
  ["UPS", "ups"],
  ["FedEx", "fedex"],
  ["DHLExpress", "dhl"],
  ["USPS", "usps"],
  ["GLS", null],
  ["DPD", null],
  ["OnTrac", null],
  ["Evri", null],
] as const;
const WAREHOUSES = ["NORTH", "SOUTH", "EAST", "WEST", "HUB"] as const;
const CITIES = ["Leipzig", "Memphis", "Louisville", "Lyon", "Milano", "Madrid", "Gdansk", "Utrecht"];

type Scan = [hour: number, status: string, detail?: string];
type Story = {
  name: string;
  placed: Stencil["placed"];
  weight: number;
  variants: number;
  /** Scans of each carrier message, told at the hour of the last one. */
  told: Scan[][];
  /** Hour at which Odoo says that the goods left, or that the transfer was cancelled. */
  done?: number;
  cancelled?: number;
  picking?: boolean;
  /** Hour at which the story stops being told. */
  until: number;
  promisedHour?: number;
  carrier?: string;
};

const START: Scan[] = [
  [14, "pre_transit"],
  [20, "in_transit", "received_at_origin_facility"],
  [26, "in_transit", "arrived_at_facility"],
];
const MIDDLE: Scan[] = [
  [38, "in_transit", "departed_facility"],
  [43, "in_transit", "arrived_at_facility"],
  [48, "in_transit", "departed_facility"],
  [58, "in_transit", "arrived_at_destination"],
];
const DELIVERED: Scan[][] = [
  START,
  MIDDLE,
  [
    [63, "out_for_delivery"],
    [69, "delivered"],
  ],
];

const ended = { placed: "ended", done: 19, until: 75 } as const;
const STORIES: Story[] = [
  { ...ended, name: "delivered", weight: 88, variants: 24, told: DELIVERED },
  {
    ...ended,
    name: "delivered at the second attempt",
    weight: 4,
    variants: 4,
    told: [
      START,
      MIDDLE,
      [
        [63, "out_for_delivery"],
        [67, "in_transit", "delivery_exception"],
      ],
      [
        [87, "out_for_delivery"],
        [92, "delivered"],
      ],
    ],
    until: 96,
  },
  { ...ended, name: "delivered late", weight: 4, variants: 4, told: DELIVERED, promisedHour: 60 },
  { ...ended, name: "cancelled", weight: 1.5, variants: 2, told: [], done: undefined, cancelled: 5, until: 20 },
  {
    ...ended,
    name: "delivered, a word unmapped",
    weight: 0.45,
    variants: 2,
    told: [
      [...START, [27, "handed_to_agent"], [29, "in_transit"]],
      MIDDLE,
      [
        [63, "out_for_delivery"],
        [69, "delivered"],
      ],
    ],
  },
  ...["left_at_locker", "neighbour", "depot_swap", "rerouted_by_app"].map(
    (word): Story => ({
      ...ended,
      name: `delivered, ${word} unmapped`,
      weight: 0.02,
      variants: 1,
      told: [
        [...START, [27, word], [29, "in_transit"]],
        MIDDLE,
        [
          [63, "out_for_delivery"],
          [69, "delivered"],
        ],
      ],
    }),
  ),
  {
    ...ended,
    name: "scanned after its end",
    weight: 0.04,
    variants: 1,
    told: [...DELIVERED, [[75, "in_transit", "departed_facility"]]],
    until: 80,
  },
  { ...ended, name: "lost", weight: 0.04, variants: 1, told: [START, MIDDLE, [[80, "failure", "lost"]]], until: 84 },
  { ...ended, name: "of a carrier hardly used", weight: 0.001, variants: 1, told: DELIVERED, carrier: "RarePost" },
  {
    placed: "standing",
    name: "no scan any more",
    weight: 40,
    variants: 4,
    told: [START, MIDDLE],
    done: 19,
    until: 140,
  },
  {
    placed: "standing",
    name: "held by customs",
    weight: 15,
    variants: 2,
    told: [START, [...MIDDLE, [60, "failure"]]],
    done: 19,
    until: 140,
  },
  {
    placed: "standing",
    name: "on its way back, no scan any more",
    weight: 5,
    variants: 1,
    told: [
      START,
      MIDDLE,
      [
        [63, "out_for_delivery"],
        [67, "failure", "refused"],
      ],
      [[75, "return_to_sender"]],
    ],
    done: 19,
    until: 180,
  },
  {
    placed: "standing",
    name: "damaged",
    weight: 8,
    variants: 1,
    told: [START, [...MIDDLE, [60, "in_transit", "damaged"]]],
    done: 19,
    until: 140,
  },
  { placed: "standing", name: "never picked", weight: 15, variants: 2, told: [], until: 160 },
  {
    placed: "standing",
    name: "label and no scan",
    weight: 10,
    variants: 1,
    told: [[[14, "pre_transit"]]],
    done: 19,
    until: 160,
  },
  {
    placed: "standing",
    name: "unknown to Odoo",
    weight: 12,
    variants: 2,
    told: [START, MIDDLE],
    picking: false,
    until: 140,
  },
  { placed: "moving", name: "on its way", weight: 60, variants: 4, told: [START, MIDDLE], done: 19, until: 58.5 },
  {
    placed: "moving",
    name: "out for delivery",
    weight: 20,
    variants: 2,
    told: [START, MIDDLE, [[63, "out_for_delivery"]]],
    done: 19,
    until: 63.5,
  },
  { placed: "moving", name: "just allocated", weight: 20, variants: 2, told: [], until: 1 },
];

/** The number that stands for the transfer (90), the order (91) or its line (92) of a template. */
const numberOf = (template: number, what: 0 | 1 | 2): number => 900_000_000 + what * 10_000_000 + template;

/** Tells all stories in the database and returns what was made of each. The clock starts so that all of them lie in the past. */
export async function cutStencils(
  database: TestDatabase,
  startMs: number,
): Promise<{ ctx: Context; clock: { at: number }; stencils: Stencil[] }> {
  const clock = { at: startMs };
  const base = makeTestContext(database, { now: () => new Date(clock.at) });
  const ctx: Context = { ...base, uuid: () => v7({ msecs: clock.at }) };
  const worker: Worker = { slot: 0, environment: undefined };
  const kinds = {
    tracking_number: "on",
    transfer_validated: "on",
    status_note: "on",
    proof_of_delivery: "on",
    exception_activity: "on",
  };
  const [connection] = await ctx.sql<{ id: number }[]>`
    insert into odoo_connection (name, url, database, login, sealed_key, key_hint, observing, kinds, post_since, updated_at, version)
    values ('Odoo', 'http://127.0.0.1:9', 'odoo', 'waypost', ${Buffer.from([1])}, '', false, ${ctx.sql.json(kinds)}, '2020-01-01', ${new Date(startMs)}, '19.0')
    returning id`;
  const connectionId = connection?.id ?? 1;
  const odoo = await makeTestFeed(ctx, {
    slug: "odoo",
    adapter: "odoo",
    class: "odoo",
    settings: { connectionId },
    connectionId,
  });
  const parcels: TestFeed<"easypost">[] = [];
  for (const slug of ["parcels", "parcels-north", "parcels-south", "parcels-express"])
    parcels.push(await makeTestFeed(ctx, { slug, adapter: "easypost", class: "aggregator" }));
  const stencils: Stencil[] = [];
  let counted = new Map<string, Latency>();
  for (const story of STORIES) {
    for (let variant = 0; variant < story.variants; variant++) {
      const template = stencils.length + 1;
      const parcel = parcels[
        story.name === "delivered" ? template % 4 : story.weight < 0.03 ? 1 : 0
      ] as TestFeed<"easypost">;
      clock.at = startMs;
      const teller = { ctx, clock, worker, odoo, parcel, story, template };
      await tell(teller);
      const now = await countLatencies(ctx);
      const latencies = [...now].flatMap(([key, row]) => {
        const count = row.count - (counted.get(key)?.count ?? 0);
        return count > 0 ? [{ ...row, count }] : [];
      });
      counted = now;
      stencils.push({
        template,
        weight: story.weight / story.variants,
        placed: story.placed,
        latencies,
        ...(await placeOf(teller)),
      });
    }
  }
  // nothing is to be sent to an Odoo that is not there; done after the fact, so that what is held is held for no other reason
  await ctx.sql`update odoo_connection set state = 'paused', updated_at = ${new Date(startMs)}`;
  return { ctx, clock, stencils };
}

async function countLatencies(ctx: Context): Promise<Map<string, Latency>> {
  const rows = await ctx.sql<Latency[]>`
    select workflow, leg, hour, feed_id, bucket, sum(count)::int as count from latency_bucket group by 1, 2, 3, 4, 5`;
  return new Map(
    rows.map((row) => [`${row.workflow} ${row.leg} ${row.hour.getTime()} ${row.feed_id} ${row.bucket}`, row]),
  );
}

type Teller = {
  ctx: Context;
  clock: { at: number };
  worker: Worker;
  odoo: TestFeed<"odoo">;
  parcel: TestFeed<"easypost">;
  story: Story;
  template: number;
};

async function tell(teller: Teller): Promise<void> {
  const { clock, story, template } = teller;
  const startMs = clock.at;
  const at = (hour: number) => startMs + Math.round(hour * 60) * 60_000;
  const messages: { ms: number; feed: TestFeed<"odoo"> | TestFeed<"easypost">; body: object }[] = [];
  if (story.picking !== false) {
    if (template % 2 === 0)
      messages.push({ ms: startMs + 5_000, feed: teller.odoo, body: orderAt(story, template, startMs) });
    messages.push({
      ms: startMs + 10_000,
      feed: teller.odoo,
      body: pickingAt(story, template, startMs, startMs, "assigned"),
    });
    if (story.done !== undefined)
      messages.push({
        ms: at(story.done) + 20_000,
        feed: teller.odoo,
        body: pickingAt(story, template, startMs, at(story.done), "done"),
      });
    if (story.cancelled !== undefined)
      messages.push({
        ms: at(story.cancelled) + 20_000,
        feed: teller.odoo,
        body: pickingAt(story, template, startMs, at(story.cancelled), "cancel"),
      });
  }
  const said: object[] = [];
  for (const [index, scans] of story.told.entries()) {
    said.push(...scans.map((scan, i) => scanAt(template, scan, i, at(scan[0]))));
    const last = scans[scans.length - 1] as Scan;
    messages.push({
      ms: at(last[0]) + 90_000,
      feed: teller.parcel,
      body: trackerAt(story, template, index, last, at(last[0]) + 60_000, [...said]),
    });
  }
  messages.sort((a, b) => a.ms - b.ms);
  for (const message of messages) {
    await reviewUntil(teller, message.ms);
    clock.at = message.ms;
    const [kept] = await receive(teller.ctx, [
      {
        feed: message.feed,
        bytes: Buffer.from(JSON.stringify(message.body)),
        contentType: "application/json",
        headers: { "content-type": "application/json" },
        name: null,
        correlationId: `c-${numberOf(template, 0)}`,
        verdict: "verified",
      },
    ]);
    if (!kept?.ok) throw new Error("a message of a stencil was not stored");
    clock.at += 1_000;
    await workDue(teller.ctx, teller.worker, new AbortController().signal);
    await settlePostings(teller);
  }
  await reviewUntil(teller, at(story.until));
  clock.at = at(story.until);
  await rejudge(teller.ctx, teller.worker, [await idOf(teller)]);
  await settlePostings(teller);
}

async function idOf({ ctx, template }: Teller): Promise<string> {
  const [row] = await ctx.sql<{ id: string }[]>`
    select distinct shipment_id as id from reference where said in (${trackingOf(template)}, ${String(numberOf(template, 0))})`;
  if (!row) throw new Error(`template ${template} made no shipment`);
  return row.id;
}

/** Looks again at the shipment whenever its time has come, as the sweep does. */
async function reviewUntil(teller: Teller, untilMs: number): Promise<void> {
  const { ctx, clock } = teller;
  for (let round = 0; round < 20; round++) {
    const due = await reviewOf(teller);
    if (due === null || due > untilMs) return;
    clock.at = Math.max(clock.at, due);
    await rejudge(ctx, teller.worker, [await idOf(teller)]);
    await settlePostings(teller);
  }
}

async function reviewOf(teller: Teller): Promise<number | null> {
  const { ctx, template } = teller;
  const [row] = await ctx.sql<{ id: string }[]>`
    select distinct shipment_id as id from reference where said in (${trackingOf(template)}, ${String(numberOf(template, 0))})`;
  return row ? await readReview(ctx, row.id) : null;
}

/** When a shipment is to be judged again, wherever the schema keeps it. */
export async function readReview(ctx: Context, id: string): Promise<number | null> {
  const [where] = await ctx.sql<{ name: string }[]>`
    select table_name as name from information_schema.columns where table_schema = current_schema() and column_name = 'review_at'`;
  if (!where) throw new Error("no table keeps review_at");
  const [row] = await ctx.sql<
    { at: Date | null }[]
  >`select review_at as at from ${ctx.sql(where.name)} where shipment_id = ${id}`;
  return row?.at?.getTime() ?? null;
}

/** Odoo took what was planned, a minute later. */
async function settlePostings({ ctx, clock }: Teller): Promise<void> {
  const at = new Date(clock.at);
  await ctx.sql`update posting set state = 'verified', attempts = 1, last_outcome = 'done', sent_at = ${at}, posted_at = ${at}, verified_at = ${at},
    updated_at = ${at} where state = 'planned'`;
}

async function placeOf(teller: Teller): Promise<Pick<Stencil, "shipmentId" | "freshMs" | "endMs">> {
  const { ctx, clock } = teller;
  const shipmentId = await idOf(teller);
  const review = await readReview(ctx, shipmentId);
  if (teller.story.placed === "ended" && review !== null)
    throw new Error(
      `${teller.story.name}: has a review at ${new Date(review).toISOString()}, ${(review - clock.at) / HOUR} h after its end`,
    );
  return { shipmentId, endMs: clock.at, freshMs: review === null ? 0 : review - clock.at };
}

const trackingOf = (template: number): string => `1ZW${numberOf(template, 0)}`;
const carrierOf = (story: Story, template: number) =>
  story.carrier === undefined
    ? (CARRIERS[(template * 5) % CARRIERS.length] as (typeof CARRIERS)[number])
    : ([story.carrier, null] as const);
const warehouseOf = (template: number) => WAREHOUSES[(template * 3) % WAREHOUSES.length] as string;
const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

function scanAt(template: number, [, status, detail]: Scan, index: number, ms: number): object {
  return {
    object: "TrackingDetail",
    message: `${status.replaceAll("_", " ")} ${index}`,
    status,
    status_detail: detail ?? status,
    datetime: iso(ms),
    source: "carrier",
    carrier_code: "",
    tracking_location: {
      object: "TrackingLocation",
      city: CITIES[(template + index) % CITIES.length],
      state: null,
      country: "DE",
      zip: null,
    },
  };
}

function trackerAt(
  story: Story,
  template: number,
  index: number,
  [, status, detail]: Scan,
  ms: number,
  said: readonly object[],
): object {
  const tracking = trackingOf(template);
  return {
    id: `evt_${numberOf(template, 0)}_${index}`,
    object: "Event",
    description: "tracker.updated",
    mode: "production",
    created_at: iso(ms),
    result: {
      id: `trk_${numberOf(template, 0)}`,
      object: "Tracker",
      tracking_code: tracking,
      status,
      status_detail: detail ?? status,
      created_at: iso(ms),
      updated_at: iso(ms),
      signed_by: null,
      weight: 17.6,
      carrier: carrierOf(story, template)[0],
      tracking_details: said,
      carrier_detail: { object: "CarrierDetail", service: "Ground", container_type: null },
      public_url: `https://track.example.com/${tracking}`,
    },
  };
}

function orderAt(story: Story, template: number, ms: number): object {
  const warehouse = warehouseOf(template);
  return {
    model: "sale.order",
    id: numberOf(template, 1),
    name: `S${numberOf(template, 1)}`,
    clientOrderRef: null,
    origin: null,
    state: "sale",
    locked: false,
    company: { id: 1, name: "Company" },
    warehouse: { id: 1, name: warehouse, code: warehouse },
    partner: { id: 7, name: `Customer ${template % 9}` },
    shippingPartner: null,
    orderedAt: iso(ms),
    commitmentAt: iso(ms + (story.promisedHour ?? 130) * HOUR),
    expectedAt: null,
    effectiveAt: null,
    deliveryStatus: "pending",
    invoiceStatus: "no",
    amountTotal: 100 + template,
    currency: "EUR",
    pickingIds: [numberOf(template, 0)],
    lines: [],
    createdAt: iso(ms),
    writtenAt: iso(ms),
    writtenBy: null,
  };
}

function pickingAt(
  story: Story,
  template: number,
  startMs: number,
  ms: number,
  state: "assigned" | "done" | "cancel",
): object {
  const warehouse = warehouseOf(template);
  const [carrier, type] = carrierOf(story, template);
  const done = state === "done";
  return {
    model: "stock.picking",
    id: numberOf(template, 0),
    name: `${warehouse}/OUT/${numberOf(template, 0)}`,
    state,
    direction: "outgoing",
    type: { id: 2, name: "Delivery Orders" },
    company: { id: 1, name: "Company" },
    warehouse: { id: 1, name: warehouse, code: warehouse },
    origin: `S${numberOf(template, 1)}`,
    sale: {
      id: numberOf(template, 1),
      name: `S${numberOf(template, 1)}`,
      clientOrderRef: null,
      commitmentAt: iso(startMs + (story.promisedHour ?? 130) * HOUR),
    },
    partner: {
      id: 7,
      name: `Customer ${template % 9}`,
      street: "Street 1",
      street2: null,
      city: "Berlin",
      zip: "10115",
      stateCode: null,
      countryCode: "DE",
      isCompany: true,
    },
    carrier: { id: 3, name: carrier, deliveryType: type },
    trackingReference: story.told.length > 0 ? trackingOf(template) : null,
    carrierPrice: 9.5,
    weight: 1.2,
    shippingWeight: 1.2,
    weightUnit: "kg",
    scheduledAt: iso(startMs + 12 * HOUR),
    deadlineAt: null,
    doneAt: done ? iso(ms) : null,
    backorderOf: null,
    moves: [
      {
        id: numberOf(template, 2),
        product: { id: 5, name: "Desk", code: `SKU-${template % 50}`, barcode: null },
        state: done ? "done" : state === "cancel" ? "cancel" : "assigned",
        demand: 2,
        done: done ? 2 : 0,
        reserved: 2,
        uom: "Units",
        saleLineId: numberOf(template, 2),
        writtenAt: iso(ms),
      },
    ],
    packages: [],
    createdAt: iso(startMs),
    writtenAt: iso(ms),
    writtenBy: null,
  };
}
