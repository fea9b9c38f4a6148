import { spawn } from "node:child_process";
import http from "node:http";
import { setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { testDatabase } from "../../db/testing/database";
import { createOdooClient, type OdooClient } from "../../server/adapters/odoo/client";
import { receive } from "../../server/messages/receive";
import { seal } from "../../server/seal";
import { type OdooTarget, realTarget } from "../../server/testing/odoo-target";
import { scanOf } from "../../server/testing/scans";
import { startWorker } from "../../server/testing/worker-process";
import { makeTestContext, makeTestFeed } from "../../server/testing/workspace";

/**
 * One stream of tracking events into a real Odoo 19, twice in one run: by a direct connector (for each event a write of the tracking number
 * and a message_post, as most connectors do it) and by Waypost with its default policies, while a person reads a list of transfers every
 * 200 ms. Both go through a proxy that counts their calls. Waypost gives way to Odoo on this machine (nice; its PostgreSQL is left to whoever
 * started it), as if it stood on another.
 *
 * usage: odoo-direct.ts [--pickings N] [--direct-pickings N] [--events-per N] [--parallel N] [--rate N] [--reuse TAG] [--make-only]
 * [--same-effects]
 * --direct-pickings: the direct connector gets fewer, because each of its events costs the same two calls; it is compared by what an event
 * costs. --rate: events a second that come in at most. --reuse: takes the orders that an earlier run made under that tag, as PO-<tag>-.
 * --make-only: makes the orders, prints their tag and ends, so that the database of Odoo can be kept for a second run.
 * --same-effects: leaves out the validation of transfers, which the direct connector does not do.
 * Needs root (it sets priorities), WAYPOST_TEST_DATABASE_URL and WAYPOST_TEST_ODOO19_URL, _DB, _LOGIN, _KEY.
 */
const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (!(Number.isInteger(value) && value > 0 && value <= 100_000)) throw new Error(`--${name} takes a whole number.`);
  return value;
};
const PERSON_EVERY_MS = 200;
const QUIET_MS = 60_000;
const YIELDS = 10;

/** A person who looks at a list of transfers every 200 ms, counted from when the look was due; prints what each took when told to stop. */
async function person(): Promise<void> {
  const target = await realTarget("19");
  if (!target) throw new Error("no Odoo 19");
  const took: number[] = [];
  const looks = new Set<Promise<void>>();
  const fields = ["name", "partner_id", "state", "scheduled_date", "carrier_tracking_ref", "origin"];
  let going = true;
  process.stdin.once("data", () => {
    going = false;
  });
  // it ends with the bench, however that ends
  process.stdin.once("end", () => process.exit(0));
  for (let due = performance.now(); going; due += PERSON_EVERY_MS) {
    await sleep(Math.max(0, due - performance.now()));
    const look = target.client
      .searchRead("stock.picking", [["picking_type_code", "=", "outgoing"]], fields, { limit: 40, order: "id desc" })
      .then(() => void took.push(performance.now() - due));
    looks.add(look);
    void look.finally(() => looks.delete(look));
  }
  await Promise.all(looks);
  process.stdout.write(JSON.stringify(took));
  process.exit(0);
}

type Person = { stop: () => Promise<number[]> };

function startPerson(): Person {
  const child = spawn(process.execPath, ["--import", "tsx", fileURLToPath(import.meta.url), "--person"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  if (child.pid) setPriority(child.pid, 0);
  let out = "";
  child.stdout.on("data", (bytes) => {
    out += bytes;
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    stop: async () => {
      child.stdin.write("stop\n");
      await ended;
      return JSON.parse(out) as number[];
    },
  };
}

type Counter = {
  url: string;
  calls: () => number;
  /** Calls and milliseconds of each method. */
  byMethod: () => Record<string, [calls: number, ms: number]>;
  reset: () => void;
  close: () => void;
};

/** Hands every request on to Odoo and counts it. */
async function startCounter(url: string): Promise<Counter> {
  const to = new URL(url);
  let counts = new Map<string, [calls: number, ms: number]>();
  const server = http.createServer((request, response) => {
    const name = request.url?.replace("/json/2/", "") ?? "";
    const own = counts.get(name) ?? [0, 0];
    counts.set(name, own);
    own[0]++;
    const from = performance.now();
    response.once("close", () => {
      own[1] += Math.round(performance.now() - from);
    });
    const onward = http.request(
      {
        host: to.hostname,
        port: to.port,
        path: request.url,
        method: request.method,
        headers: request.headers,
        agent: false,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.once("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    calls: () => [...counts.values()].reduce((sum, [calls]) => sum + calls, 0),
    byMethod: () => Object.fromEntries([...counts].sort((a, b) => b[1][1] - a[1][1])),
    reset: () => {
      counts = new Map();
    },
    close: () => server.close(),
  };
}

const percentile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
};

type Side = {
  calls: number;
  seconds: number;
  quietP95: number;
  quietP50: number;
  drainP95: number;
  drainP50: number;
};

/** What both sides do alike: the person reads while all is quiet, then while the side works. */
async function measure(counter: Counter, work: () => Promise<void>): Promise<Side> {
  const before = startPerson();
  await sleep(QUIET_MS);
  const quiet = await before.stop();
  const during = startPerson();
  await sleep(2_000);
  counter.reset();
  const from = performance.now();
  await work();
  const seconds = (performance.now() - from) / 1000;
  const calls = counter.calls();
  const drain = await during.stop();
  // the first looks came while the person's process settled
  return {
    calls,
    seconds,
    quietP95: percentile(quiet.slice(10), 0.95),
    quietP50: percentile(quiet.slice(10), 0.5),
    drainP95: percentile(drain.slice(10), 0.95),
    drainP50: percentile(drain.slice(10), 0.5),
  };
}

const STATUSES = ["in_transit", "out_for_delivery", "delivered"] as const;
const statusOf = (event: number, of: number) =>
  event === of - 1 ? STATUSES[2] : event === of - 2 ? STATUSES[1] : STATUSES[0];

async function direct(
  client: OdooClient,
  pickingIds: readonly number[],
  events: number,
  parallel: number,
  tag: string,
) {
  const stream = Array.from({ length: events }, (_, event) => pickingIds.map((id) => ({ id, event }))).flat();
  const lanes = Array.from({ length: parallel }, async () => {
    for (let one = stream.shift(); one; one = stream.shift()) {
      const ids = [one.id];
      await client.write("stock.picking", ids, { carrier_tracking_ref: `1Z${tag}D${one.id}` });
      const body = `UPS ${statusOf(one.event, events)} (${tag}-${one.id}-${one.event})`;
      await client.call({ model: "stock.picking", method: "message_post", ids, args: { body } });
    }
  });
  await Promise.all(lanes);
}

async function main(): Promise<void> {
  const pickings = option("pickings", 200);
  const directPickings = option("direct-pickings", pickings);
  const events = option("events-per", 10);
  const parallel = option("parallel", 4);
  const rate = option("rate", 100_000);
  if (directPickings > pickings) throw new Error("--direct-pickings is at most --pickings.");
  const sameEffects = process.argv.includes("--same-effects");
  const target = await realTarget("19");
  if (!target) {
    process.stderr.write("waypost: no real Odoo 19 here, so there is nothing to compare with\n");
    process.exit(1);
  }
  const at = process.argv.indexOf("--reuse");
  const reused = at < 0 ? null : (process.argv[at + 1] ?? "");
  const tag = reused ?? `B${Date.now().toString(36).toUpperCase()}`;
  const counter = await startCounter(target.url);
  const proxied: OdooTarget = { ...target, url: counter.url };
  const references = (side: string, count: number) => Array.from({ length: count }, (_, i) => `PO-${tag}-${side}-${i}`);
  if (reused === "" || reused?.startsWith("--"))
    throw new Error("--reuse takes the tag an earlier run made its orders under.");
  if (reused === null) {
    process.stderr.write(`waypost: making ${directPickings + pickings} orders in Odoo, ${tag}\n`);
    await target.orders(references("D", directPickings));
    await target.orders(references("W", pickings));
  }
  if (process.argv.includes("--make-only")) {
    console.log(tag);
    process.exit(0);
  }
  const mine = await target.client.searchRead(
    "stock.picking",
    [["sale_id.client_order_ref", "like", `PO-${tag}-D-`]],
    ["id"],
    { limit: directPickings },
  );
  const client = await createOdooClient({ url: counter.url, db: target.db, login: target.login, key: target.key });
  process.stderr.write(`waypost: direct connector, ${directPickings * events} events, ${parallel} at once\n`);
  const one = await measure(counter, () =>
    direct(
      client,
      mine.map((row) => row.id),
      events,
      parallel,
      tag,
    ),
  );
  process.stderr.write(`${JSON.stringify(one)}\n`);
  setPriority(process.pid, YIELDS);
  const other = await waypost(proxied, counter, {
    pickings,
    events,
    rate,
    tag,
    sameEffects,
    references: references("W", pickings),
  });
  const row = {
    bench: "odoo-direct",
    pickings,
    events: pickings * events,
    directEvents: directPickings * events,
    sameEffects,
    direct: one,
    waypost: other,
    fewerCalls: ((one.calls / other.calls) * pickings) / directPickings,
    lessTime: ((one.seconds / other.seconds) * pickings) / directPickings,
    interactive: other.drainP95 / other.quietP95,
    interactiveDirect: one.drainP95 / one.quietP95,
  };
  const met = row.fewerCalls >= 5 && row.lessTime >= 4 && row.interactive <= 2;
  console.log(JSON.stringify({ ...row, met }));
  counter.close();
  process.exit(0);
}

type Plan = {
  pickings: number;
  events: number;
  /** Events a second at most. */
  rate: number;
  tag: string;
  sameEffects: boolean;
  references: string[];
};

/** The same number of events through Waypost: a worker of its own, a database of its own, the default rate, concurrency and policies. */
async function waypost(target: OdooTarget, counter: Counter, plan: Plan) {
  const database = await testDatabase("bench_odoo");
  const ctx = makeTestContext(database);
  const { sql } = ctx;
  const feed = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "aggregator" });
  const on = ["tracking_number", "status_note", ...(plan.sameEffects ? [] : ["transfer_validated"])];
  await sql`insert into odoo_connection (name, url, database, login, sealed_key, key_hint, observing, kinds, post_since)
    values ('Odoo', ${target.url}, ${target.db}, ${target.login}, ${seal(ctx.config.secretKey, target.key)}, '', false,
      ${sql.json(Object.fromEntries(on.map((kind) => [kind, "on"])))}, now() - interval '1 day')`;
  const worker = await startWorker(database.url);
  setPriority(worker.pid, YIELDS);
  const watch = setInterval(() => {
    void sql`select (select count(*)::int from posting where state = 'verified') as verified, pace->>'share' as share,
      pace->>'pulseMs' as "readMs" from odoo_connection`.then(([row]) =>
      process.stderr.write(`${JSON.stringify(row)}\n`),
    );
  }, 60_000);
  try {
    process.stderr.write("waypost: waiting until the orders are shipments\n");
    const known = () => sql<
      { said: string; shipment_id: string }[]
    >`select distinct on (r.said) r.said, r.shipment_id from reference r
      join shipment s on s.shipment_id = r.shipment_id
      where r.kind = 'customer_po' and r.said = any(${plan.references}::text[]) and s.picking_id is not null`;
    for (const end = Date.now() + 3_600_000; (await known()).length < plan.pickings; ) {
      if (Date.now() > end) throw new Error("the orders never became shipments");
      await sleep(1_000);
    }
    const codes = (await known()).map((row) => ({ ...row, code: `1Z${row.said.replace(/[^A-Z0-9]/gi, "")}` }));
    await sql`insert into reference (value, kind, issuer, shipment_id, said, feed_id, package, first_message)
      select upper(n), 'tracking_number', 'ups', s, n, ${feed.id}, true, gen_random_uuid()
      from unnest(${codes.map((row) => row.code)}::text[], ${codes.map((row) => row.shipment_id)}::uuid[]) t(n, s)`;
    // what the first poll of an Odoo brings is through before anything is measured
    for (let quiet = 0; quiet < 5; ) {
      const [row] = await sql<{ n: number }[]>`select count(*)::int as n from inbox`;
      quiet = row?.n === 0 ? quiet + 1 : 0;
      await sleep(1_000);
    }
    process.stderr.write(`waypost: ${plan.pickings * plan.events} events through Waypost\n`);
    const side = await measure(counter, async () => {
      const from = performance.now();
      let given = 0;
      for (let event = 0; event < plan.events; event++) {
        const status = statusOf(event, plan.events);
        const minutesAgo = (plan.events - event) * 5;
        for (let at = 0; at < codes.length; at += 500) {
          const kept = await receive(
            ctx,
            codes
              .slice(at, at + 500)
              .map(({ code }) => scanOf(feed, { id: `${code}-${event}`, code, status, minutesAgo })),
          );
          for (const one of kept) if (!one.ok) throw one.error;
          given += kept.length;
          await sleep(Math.max(0, (given / plan.rate) * 1_000 - (performance.now() - from)));
        }
      }
      for (const end = Date.now() + 3_600_000; ; ) {
        const [row] = await sql<{ left: number; waiting: number; done: number }[]>`select
          (select count(*)::int from posting where state not in ('verified', 'superseded', 'held', 'cancelled')) as left,
          (select count(*)::int from inbox) as waiting, (select count(*)::int from posting where state = 'verified') as done`;
        if (row && row.left === 0 && row.waiting === 0 && row.done > 0) return;
        if (Date.now() > end) throw new Error(`never done: ${JSON.stringify(row)}`);
        await sleep(250);
      }
    });
    const byKind =
      await sql`select kind, state, held_because, count(*)::int from posting group by 1, 2, 3 order by 1, 2`;
    const [connection] = await sql`select pace from odoo_connection`;
    return { ...side, byMethod: counter.byMethod(), postings: byKind, pace: connection?.pace };
  } finally {
    clearInterval(watch);
    await worker.stop();
    await database.drop();
  }
}

if (process.argv.includes("--person")) await person();
else await main();
