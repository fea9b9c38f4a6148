// node --import tsx scripts/bench/reconcile.ts [PICKINGS]: how long a night's reconciliation takes and how much memory it needs, against the sandbox
// Odoo in a process of its own. Needs WAYPOST_TEST_DATABASE_URL. One shipment goes the real way from order to delivery; the others are copies of
// its rows with transfers of their own, of which one in fifty holds another tracking number in Odoo.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { dayOf } from "@/core/reconciliation/settings";
import { openDatabase } from "@/db/client";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { startSandboxOdoo } from "@/e2e/odoo/server";
import { SYSTEM } from "@/server/access/actor";
import { createOdooClient } from "@/server/adapters/odoo/client";
import { Leadership } from "@/server/jobs/leadership";
import { OdooClients } from "@/server/odoo/clients";
import { pollDue, sendDue } from "@/server/odoo/work";
import { workDue } from "@/server/pipeline/work";
import { makeSender } from "@/server/postings/sender-state";
import { startReconcile } from "@/server/reconciliation/start";
import { connectTarget } from "@/server/testing/odoo-target";
import { sendScan } from "@/server/testing/scans";
import { until } from "@/server/testing/story";
import { workRuns } from "@/server/testing/work-runs";
import { makeTestContext, makeTestFeed } from "@/server/testing/workspace";

const never = new AbortController().signal;
const TRACKING = "1ZBENCH1";
const [mode, given] = process.argv.slice(2);
if (mode === "odoo") await odoo(Number(given));
else if (mode === "measure") await measure(given ?? "");
else await main(Number(mode ?? 100_000));

type Target = { url: string; db: string; login: string; key: string; adminKey: string };

/** The sandbox with orders, which prints where it is and ends with its parent. */
async function odoo(pickings: number): Promise<void> {
  const sandbox = await startSandboxOdoo({ port: 0, version: "19", seed: false });
  const say = (what: unknown) => process.stdout.write(`${JSON.stringify(what)}\n`);
  const { url, db, login, key, adminKey } = sandbox;
  say({ url, db, login, key, adminKey });
  process.stdin.resume();
  process.stdin.once("data", () => {
    for (let n = 1; n < pickings; n++)
      sandbox.order({ clientOrderRef: `BENCH-${n}`, lines: [{ code: "BOX-ARCHIVE-A4", quantity: 2 }] });
    say({ made: pickings });
  });
  process.stdin.once("end", () => process.exit(0));
}

async function main(pickings: number): Promise<void> {
  const child = start(["odoo", String(pickings)]);
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const next = async <T>() => JSON.parse(String((await lines.next()).value)) as T;
  const target = await next<Target>();
  const database = await testDatabase("bench_reconcile");
  try {
    await seed(database, target, pickings, async () => {
      child.stdin?.write("go\n");
      await next();
    });
    const measured = start(["measure", database.url]);
    measured.stdout?.pipe(process.stdout);
    await once(measured, "exit");
  } finally {
    child.kill();
    await database.drop();
  }
}

function start(args: string[]): ChildProcess {
  return spawn(process.execPath, ["--import", "tsx", "scripts/bench/reconcile.ts", ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
}

async function seed(
  database: TestDatabase,
  target: Target,
  pickings: number,
  makeRest: () => Promise<void>,
): Promise<void> {
  const ctx = makeTestContext(database);
  const { sql } = ctx;
  const admin = await createOdooClient({ ...target, login: "admin", key: target.adminKey });
  const carrier = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "carrier" });
  await connectTarget(ctx, target as unknown as Parameters<typeof connectTarget>[1], { pollSeconds: 0, settleMs: 500 });
  const since = `${new Date(Date.now() - 1000).toISOString().slice(0, 19)}Z`;
  await sql`insert into odoo_watermark (connection_id, model, watermark, seen)
    select c.id, m, ${since}, '[]' from odoo_connection c, unnest('{sale.order,stock.picking,stock.move,stock.move.line}'::text[]) m`;
  const leadership = new Leadership(ctx);
  const clients = new OdooClients();
  const sender = makeSender("bench", 1, clients);
  const polls = new Map();
  const worker = { slot: 0, environment: undefined };
  const step = async () => {
    await pollDue(ctx, clients, leadership, polls);
    await workDue(ctx, worker, never);
    await sendDue(ctx, sender, leadership, never);
  };
  await admin.call({ model: "res.partner", method: "search_count", args: { domain: [] } });
  const [partner] = await admin.searchRead("res.partner", [["is_company", "=", true]], ["id"], { limit: 1 });
  const [product] = await admin.searchRead("product.product", [["default_code", "=", "BOX-ARCHIVE-A4"]], ["id"], {
    limit: 1,
  });
  const [order] = await admin.create("sale.order", [
    {
      partner_id: partner?.id,
      client_order_ref: "BENCH-0",
      order_line: [[0, 0, { product_id: product?.id, product_uom_qty: 2 }]],
    },
  ]);
  await admin.call({ model: "sale.order", method: "action_confirm", ids: [order as number] });
  const first = async () =>
    (
      await sql<
        { id: string; pickingId: number }[]
      >`select shipment_id as id, picking_id as "pickingId" from shipment where picking_id is not null`
    )[0];
  await until("the order is a shipment", 30_000, async () => {
    await step();
    return (await first()) !== undefined;
  });
  const one = (await first()) as { id: string; pickingId: number };
  await sql`insert into reference (value, kind, issuer, shipment_id, said, feed_id, package, first_message)
    values (${TRACKING}, 'tracking_number', 'ups', ${one.id}, ${TRACKING}, ${carrier.id}, true, gen_random_uuid())`;
  await sendScan(ctx, carrier, { id: "bench", code: TRACKING, status: "in_transit", minutesAgo: 5 });
  await until("all is posted", 30_000, async () => {
    await step();
    const [row] = await sql<
      { n: number }[]
    >`select count(*) filter (where state <> 'verified')::int as n from posting having count(*) > 1`;
    return row?.n === 0;
  });
  await leadership.release();
  const began = performance.now();
  await makeRest();
  const rest = await allPickings(admin, one.pickingId);
  const doneAt = new Date(Date.now() - 3_600_000).toISOString().slice(0, 19).replace("T", " ");
  for (let at = 0; at < rest.length; at += 1_000) {
    const ids = rest.slice(at, at + 1_000);
    const moves = await admin.searchRead("stock.move", [["picking_id", "in", ids]], ["id"]);
    await admin.write(
      "stock.move",
      moves.map(({ id }) => id),
      { state: "done", quantity: 2, picked: true },
    );
    await admin.write(
      "stock.picking",
      ids.filter((id) => id % 50 !== 0),
      { state: "done", date_done: doneAt, carrier_tracking_ref: TRACKING },
    );
    await admin.write(
      "stock.picking",
      ids.filter((id) => id % 50 === 0),
      { state: "done", date_done: doneAt, carrier_tracking_ref: "BYHAND" },
    );
  }
  await copy(database, one, rest);
  console.log(`seeded ${pickings} in ${Math.round((performance.now() - began) / 1000)} s`);
}

async function allPickings(admin: Awaited<ReturnType<typeof createOdooClient>>, known: number): Promise<number[]> {
  const ids: number[] = [];
  for (let after = 0; ; ) {
    const page = await admin.searchRead(
      "stock.picking",
      [
        ["id", ">", after],
        ["id", "!=", known],
      ],
      ["id"],
      { order: "id", limit: 20_000 },
    );
    ids.push(...page.map(({ id }) => id));
    const last = page.at(-1);
    if (page.length < 20_000 || !last) return ids;
    after = last.id;
  }
}

/** Copies the shipment with its postings for each of the other transfers. */
async function copy(
  database: TestDatabase,
  one: { id: string; pickingId: number },
  pickingIds: readonly number[],
): Promise<void> {
  const { sql } = database;
  await sql`create table bench_copy as select gen_random_uuid() as id, p as picking_id from unnest(${[...pickingIds]}::int[]) p`;
  await sql`insert into shipment (shipment_id, provisional, milestone, stage, summary, terminal, carrier, service, warehouse, customer, channel, name,
      tracking_number, connection_id, picking_id, first_feed_id, created_at, last_event_at, open_exceptions, state, updated_at)
    select c.id, provisional, milestone, stage, summary, terminal, carrier, service, warehouse, customer, channel, 'WH/OUT/' || c.picking_id, tracking_number,
      connection_id, c.picking_id, first_feed_id, created_at, last_event_at, 0, jsonb_set(state, '{attributes,odoo_picking,value,pickingId}', to_jsonb(c.picking_id)), now()
    from shipment s, bench_copy c where s.shipment_id = ${one.id}`;
  await sql`insert into posting (shipment_id, key, id, connection_id, kind, level, state, record_model, record_id, record_name, company_id, lane, sequence, desired,
      before, after, attempts, sent_at, due_at, created_at, posted_at, verified_at, updated_at)
    select c.id, replace(key, ${`-${one.pickingId}-`}, '-' || c.picking_id || '-'), gen_random_uuid(), connection_id, kind, level, state, record_model, c.picking_id, 'WH/OUT/' || c.picking_id,
      company_id, lane, sequence, desired, before, after, attempts, sent_at, due_at, created_at, posted_at, verified_at, updated_at
    from posting p, bench_copy c where p.shipment_id = ${one.id}`;
  await sql`drop table bench_copy`;
  await sql`analyze`;
}

/** The run itself, in a process that does nothing else. */
async function measure(url: string): Promise<void> {
  const database = openDatabase(url, { max: 8, application: "bench" });
  const ctx = makeTestContext({ ...database, url, drop: async () => {} });
  const before = process.memoryUsage.rss();
  const day = dayOf(Date.now(), "UTC");
  const began = performance.now();
  const run = await startReconcile(ctx, SYSTEM, { day });
  const planned = performance.now();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 200);
  await workRuns(ctx, { slot: 0, environment: undefined }, new OdooClients(), "bench");
  clearInterval(watch);
  const seconds = (performance.now() - began) / 1000;
  const [row] = await ctx.sql`select state, total, processed, changed, failed from run where id = ${run.id}`;
  const counts =
    await ctx.sql`select count(*)::int as rows, count(*) filter (where open > 0)::int as open from reconciliation_row`;
  console.log(
    JSON.stringify({
      what: "reconciliation of a day",
      ...row,
      ...counts[0],
      planSeconds: Math.round((planned - began) / 100) / 10,
      seconds: Math.round(seconds * 10) / 10,
      perSecond: Math.round(run.total / seconds),
      peakRssMb: Math.round(Math.max(peak, process.resourceUsage().maxRSS * 1024) / 1_048_576),
      rssBeforeMb: Math.round(before / 1_048_576),
    }),
  );
  await database.close();
}
