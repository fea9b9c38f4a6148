import { createHmac, randomInt } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { z } from "zod";
import { readConfig } from "../config";
import { startLoop } from "../jobs/loop";
import { makeLog } from "../log";
import { nextBill, type Shipped } from "./bills";
import { pickStory, type Step } from "./story";

/**
 * The live shipment simulator of `npm start -- --demo`: orders in the sandbox Odoo, a warehouse export for each, and the carrier's webhooks,
 * all through the real doors with real signatures. With an Odoo of one's own it makes no orders and only tells of shipments without one.
 */
const demo = z.object({
  url: z.string(),
  feeds: z.array(z.object({ slug: z.string(), url: z.string(), secret: z.string() })),
  odoo: z.object({ url: z.string(), kind: z.enum(["sandbox", "real"]) }).nullable(),
});

type Life = {
  reference: string;
  tracking: string;
  freight: number;
  steps: Step[];
  dueAtMs: number;
  last: Buffer | null;
  scans: Scan[];
};
type Scan = { status: string; detail: string | null; message: string; city: string; at: string };

const MOST_ALIVE = 40;
const NEW_EVERY_MS = 7000;
const BILL_EVERY_MS = 30_000;
const PARCELS_OF_A_BILL = 3;

const config = readConfig();
const log = makeLog("simulator");
const stop = new AbortController();
const lives: Life[] = [];
const shipped: Shipped[] = [];
let nextOrderAtMs = 0;
let nextBillAtMs = Date.now() + 60_000;
let lastBill: { number: string; parcels: readonly Shipped[] } | null = null;
let turn = 0;
let count = 0;

function readDemo(): z.infer<typeof demo> | null {
  try {
    return demo.parse(JSON.parse(fs.readFileSync(path.join(config.dataDir, "demo.json"), "utf8")));
  } catch {
    return null;
  }
}

async function post(url: string, body: Buffer | string, headers: Record<string, string>): Promise<boolean> {
  const response = await fetch(url, {
    method: "POST",
    body: Buffer.from(body),
    headers,
    signal: AbortSignal.timeout(15_000),
  });
  await response.arrayBuffer();
  return response.ok;
}

async function begin(settings: z.infer<typeof demo>): Promise<void> {
  const reference = `WEB-${Date.now().toString(36).toUpperCase()}-${++count}`;
  if (settings.odoo?.kind === "sandbox") {
    const control = process.env.WAYPOST_DEMO_ODOO_CONTROL_URL ?? settings.odoo.url;
    const body = JSON.stringify({ clientOrderRef: reference });
    if (!(await post(`${control}/__sandbox/order`, body, { "content-type": "application/json" }))) return;
  }
  const tracking = `1Z${String(Date.now()).slice(-8)}${String(randomInt(1e6)).padStart(6, "0")}`;
  const story = pickStory(randomInt(1_000_000) / 1_000_000);
  const freight = randomInt(850, 2600) / 100;
  const life = { reference, tracking, freight, dueAtMs: Date.now() + 12_000, last: null, scans: [] };
  lives.push({ ...life, steps: [...story.steps] });
}

async function act(settings: z.infer<typeof demo>, life: Life, step: Step): Promise<boolean> {
  const at = (minutesAgo = 0) => `${new Date(Date.now() - minutesAgo * 60_000).toISOString().slice(0, 19)}Z`;
  if (step.by === "warehouse") {
    const feed = settings.feeds.find((f) => f.slug === "warehouse-demo");
    if (!feed) return true;
    const header = "Customer PO,Tracking number,Carrier,Status,Status time,Weight kg,Freight cost USD";
    const row = [life.reference, life.tracking, "UPS", step.status, at(), "2.4", life.freight.toFixed(2)].join(",");
    if (step.status === "shipped") shipped.push({ tracking: life.tracking, expected: life.freight });
    return post(feed.url, `${header}\n${row}\n`, {
      "content-type": "text/csv",
      authorization: `Bearer ${feed.secret}`,
    });
  }
  const feed = settings.feeds.find((f) => f.slug === "carrier-demo");
  if (!feed) return true;
  if (step.by !== "repeat") {
    const minutesAgo = step.by === "late" ? step.minutesAgo : 0;
    life.scans.push({
      status: step.status,
      detail: step.detail ?? null,
      message: step.message,
      city: step.city,
      at: at(minutesAgo),
    });
    life.last = trackerEvent(life, step.status, step.detail ?? null, at());
  }
  if (!life.last) return true;
  const signature = createHmac("sha256", feed.secret.normalize("NFKD")).update(life.last).digest("hex");
  return post(feed.url, life.last, {
    "content-type": "application/json",
    "x-hmac-signature": `hmac-sha256-hex=${signature}`,
  });
}

function trackerEvent(life: Life, status: string, detail: string | null, at: string): Buffer {
  const details = life.scans.map((scan) => ({
    object: "TrackingDetail",
    message: scan.message,
    status: scan.status,
    status_detail: scan.detail,
    datetime: scan.at,
    source: "UPS",
    tracking_location: { object: "TrackingLocation", city: scan.city, state: null, country: "US", zip: null },
  }));
  const result = {
    id: `trk_${life.tracking}`,
    object: "Tracker",
    mode: "test",
    tracking_code: life.tracking,
    status,
    status_detail: detail,
    created_at: at,
    updated_at: at,
    carrier: "UPS",
    weight: 84.7,
    signed_by: status === "delivered" ? "R. LANE" : null,
    est_delivery_date: `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}T18:00:00Z`,
    tracking_details: details,
  };
  return Buffer.from(
    JSON.stringify({
      id: `evt_${life.tracking}${life.scans.length}`,
      object: "Event",
      mode: "test",
      description: "tracker.updated",
      result,
    }),
  );
}

/** Bills what left since, as its carrier would. */
async function bill(settings: z.infer<typeof demo>): Promise<void> {
  const feed = settings.feeds.find((f) => f.slug === "freight-bills-demo");
  if (!feed || shipped.length === 0) return;
  const parcels = shipped.slice(0, PARCELS_OF_A_BILL);
  const next = nextBill(turn, parcels, lastBill, Date.now());
  if (next === null) return;
  const headers = { "content-type": "application/json", authorization: `Bearer ${feed.secret}` };
  if (!(await post(feed.url, JSON.stringify({ bills: [next] }), headers))) return;
  turn++;
  const own = next.charges.some(({ references }) => references.tracking_number === parcels.at(-1)?.tracking);
  if (!own) return;
  shipped.splice(0, parcels.length);
  lastBill = { number: next.number, parcels };
}

const loop = startLoop(log, "simulator", 1000, stop.signal, async () => {
  const settings = readDemo();
  if (!settings) return false;
  const nowMs = Date.now();
  if (nowMs >= nextOrderAtMs && lives.length < MOST_ALIVE) {
    nextOrderAtMs = nowMs + NEW_EVERY_MS;
    await begin(settings);
  }
  if (nowMs >= nextBillAtMs) {
    nextBillAtMs = nowMs + BILL_EVERY_MS;
    await bill(settings);
  }
  for (const life of lives.filter((l) => l.dueAtMs <= nowMs)) {
    const step = life.steps[0];
    if (step && !(await act(settings, life, step))) {
      life.dueAtMs = nowMs + 5000;
      continue;
    }
    life.steps.shift();
    const next = life.steps[0];
    if (next) life.dueAtMs = nowMs + next.after * 1000;
    else lives.splice(lives.indexOf(life), 1);
  }
  return false;
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stop.abort();
    void loop.stopped.then(() => process.exit(0));
  });
}
log.info("simulator up");
