import postgres from "postgres";
import { openDatabase } from "@/db/client";
import { migrateDatabase } from "@/db/migrate";
import { ensurePartitions } from "@/db/queries/partitions";
import { CLEAN, FUNCTIONS, planCopies } from "./multiply";
import { checkSample } from "./refold";
import { cutStencils, type Stencil } from "./stencil";

/**
 * Fills a fresh database with shipments and about 15 events each, and checks a sample by refolding.
 * usage: generate.ts [SHIPMENTS] [DATABASE]; WAYPOST_TEST_DATABASE_URL names a PostgreSQL whose user may create databases.
 */
const shipments = Number(process.argv[2] ?? 1_000_000);
const name = process.argv[3] ?? `waypost_bench_${shipments}`;
const adminUrl = process.env.WAYPOST_TEST_DATABASE_URL;
if (!adminUrl) throw new Error("Set WAYPOST_TEST_DATABASE_URL to a PostgreSQL whose user may create databases.");
if (!(shipments >= 1_000 && shipments < 90_000_000)) throw new Error("Between a thousand and 90 million shipments.");
const url = Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href;
const startedAt = performance.now();
const say = (what: string) =>
  process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${what}\n`);

const DAY = 86_400_000;
const PART = 5_000;
/** What is not yet at its end, and what stands still with something wrong, as shares of all. */
const MOVING = 0.012;
const STANDING = 0.003;

const admin = postgres(adminUrl, { max: 1, onnotice: () => {} });
await admin.unsafe(`drop database if exists "${name}" with (force)`);
await admin.unsafe(`create database "${name}"`);
await admin.unsafe(`alter database "${name}" set timezone to 'UTC'`);
await admin.end();
await migrateDatabase(url);

const nowMs = Math.floor(Date.now() / 60_000) * 60_000;
const stencilDb = openDatabase(url, { max: 4, application: "bench stencil" });
await ensurePartitions(stencilDb.sql, new Date(nowMs), 2, 13);
const { stencils } = await cutStencils({ ...stencilDb, url, drop: async () => {} }, nowMs - 20 * DAY);
say(`${stencils.length} templates told through the pipeline`);

const sql = postgres(url, {
  max: 3,
  onnotice: () => {},
  max_lifetime: null,
  connection: {
    synchronous_commit: "off",
    maintenance_work_mem: "1GB",
    work_mem: "128MB",
    jit: "off",
    plan_cache_mode: "force_generic_plan",
  } as never,
});
await sql.unsafe(FUNCTIONS);
const plans = await planCopies(sql, stencils);
for (const plan of plans) for (const statement of plan.setUp) await sql.unsafe(statement);
const copies = shipments - stencils.length;
await makeCopies(stencils, copies);
const indexes = await dropIndexes(plans.map((plan) => plan.table));
say(`${plans.map((plan) => plan.table).join(", ")} are to be multiplied`);

await Promise.all([work(0), work(1)]);
async function work(which: number): Promise<void> {
  const connection = await sql.reserve();
  // long tables last: both halves of the machine are busy until the end
  for (const plan of plans) {
    const from = performance.now();
    let rows = 0;
    for (let at = 1 + which * PART; at <= copies; at += 2 * PART) {
      const result = await connection.unsafe(plan.insert, [at, Math.min(copies, at + PART - 1)], { prepare: true });
      rows += result.count;
    }
    say(`${plan.table}: ${rows} rows, ${((performance.now() - from) / 1000).toFixed(0)} s (${which})`);
  }
  connection.release();
}

await sql`insert into message_key (digest, feed_id, delivery, message_id)
  select encode(substring(m.digest for 16), 'hex')::uuid, m.feed_id, coalesce(m.delivery_id, ''), m.id from message m
  where m.correlation_id not like 'c-9%'`;
say("message_key");
await derive();
say("counters and histograms");
await Promise.all([build(0), build(1)]);
async function build(which: number): Promise<void> {
  for (const [i, statement] of indexes.entries()) if (i % 2 === which) await sql.unsafe(statement);
}
say(`${indexes.length} indexes`);
for (const plan of plans) await sql.unsafe(`drop table bench_${plan.table}`);
await sql.unsafe(CLEAN);
const names = [
  ...plans.map((plan) => plan.table),
  "message_key",
  "exception_group",
  "exception_group_count",
  "latency_bucket",
  "feed_counter",
];
await Promise.all(
  [0, 1].map(async (which) => {
    for (const [i, table] of names.entries()) if (i % 2 === which) await sql.unsafe(`vacuum (analyze) "${table}"`);
  }),
);
const seconds = (performance.now() - startedAt) / 1000;
say("vacuumed");

const check = await checkSample(stencilDb, Math.min(1_000, shipments));
const [count] = await sql<
  {
    shipments: number;
    events: number;
    messages: number;
    bytes: number;
    open: number;
    groups: number;
    largest: number;
    size: string;
  }[]
>`
  select (select count(*)::int from shipment) as shipments, (select count(*)::int from event) as events, (select count(*)::int from message) as messages,
    (select count(*)::int from message where body is not null) as bytes, (select count(*)::int from exception where state <> 'resolved') as open,
    (select count(*)::int from exception_group) as groups,
    (select max(c)::int from (select count(*) c from exception where state <> 'resolved' group by group_id) g) as largest,
    pg_size_pretty(pg_database_size(current_database())) as size`;
say(JSON.stringify(check));
process.stdout.write(
  `${JSON.stringify({ figure: "generate", database: name, seconds: Math.round(seconds), ...count, check })}\n`,
);
await sql.end();
await stencilDb.close();
if (check.unequal > 0) process.exitCode = 1;

/** One row a copy: which template, how far in time, and its own ids and numbers. Those at their end lie over a year, oldest first. */
async function makeCopies(all: readonly Stencil[], many: number): Promise<void> {
  const classes = (["ended", "standing", "moving"] as const).map((placed) =>
    all.filter((one) => one.placed === placed),
  );
  const moving = Math.round(many * MOVING);
  const standing = Math.round(many * STANDING);
  const bounds = [many - moving - standing, many - moving, many];
  await sql`create table bench_copy (n bigint primary key, template int, shift interval, shift_ms bigint, shipment_id uuid, p int, o int, l int)`;
  for (const [i, members] of classes.entries()) {
    const first = i === 0 ? 0 : (bounds[i - 1] as number);
    const total = members.reduce((sum, one) => sum + one.weight, 0);
    let reached = 0;
    const thresholds = members.map((one) => {
      const at = reached / total;
      reached += one.weight;
      return at;
    });
    const endMs = members.map((one) => one.endMs);
    const madeMs = (await stencilCreated(members)).map(String);
    // how long before now a copy's last change may lie: a year, a month, or as long as no review falls due for some hours
    const spreadMs = members.map((one) =>
      i === 0
        ? 365 * DAY
        : one.freshMs === 0
          ? 30 * DAY
          : Math.min(30 * DAY, Math.max(DAY / 24, one.freshMs - DAY / 6)),
    );
    await sql`insert into bench_copy
      select n, t.template, s.shift_ms * interval '1 millisecond', s.shift_ms, bench_uuid(t.made_ms + s.shift_ms, 0, n), 100000000 + n, 200000000 + n, 300000000 + n
      from (select n, (n - ${first})::float8 / ${Math.max(1, (bounds[i] as number) - first)} as part,
          width_bucket((hashint8extended(n, 7) & 1048575) / 1048576.0, ${thresholds}::float8[]::numeric[]) as which
        from generate_series(${first + 1}::bigint, ${bounds[i] as number}::bigint) n) r
      join unnest(${members.map((one) => one.template)}::int[], ${endMs.map(String)}::bigint[], ${madeMs}::bigint[], ${spreadMs.map(String)}::bigint[])
        with ordinality as t (template, end_ms, made_ms, spread_ms, which) on t.which = r.which
      cross join lateral (select ((${String(nowMs - 600_000)}::bigint - t.spread_ms + (part * t.spread_ms)::bigint - t.end_ms) / 60000) * 60000 as shift_ms) s`;
  }
  await sql`analyze bench_copy`;
}

async function stencilCreated(members: readonly Stencil[]): Promise<number[]> {
  const rows = await sql<{ id: string; at: Date }[]>`
    select shipment_id as id, created_at as at from shipment where shipment_id = any(${members.map((one) => one.shipmentId)}::uuid[])`;
  const at = new Map(rows.map((row) => [row.id, row.at.getTime()]));
  return members.map((one) => at.get(one.shipmentId) ?? 0);
}

/** Drops the indexes that are no key, to be built at once afterwards; resolves to the statements that build them. */
async function dropIndexes(tables: readonly string[]): Promise<string[]> {
  const rows = await sql<{ name: string; made: string }[]>`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as made from pg_index i join pg_class t on t.oid = i.indrelid
    where t.relname = any(${tables as string[]}::text[]) and not i.indisprimary and not i.indisunique order by t.relpages desc, 1`;
  for (const row of rows) await sql.unsafe(`drop index ${row.name}`);
  return rows.map((row) => row.made.replace(" ON ONLY ", " ON "));
}

/** Counters that the pipeline keeps beside the rows, taken from the rows; histograms and feed counters of the newest ninety days. */
async function derive(): Promise<void> {
  await sql`truncate exception_group_count`;
  await sql`insert into exception_group_count (group_id, slot, opened, closed, last_seen)
    select group_id, 0, count(*), count(*) filter (where state = 'resolved'), max(opened_at) from exception group by group_id`;
  await sql`update exception_group g set first_seen = m.at from (select group_id, min(opened_at) as at from exception group by 1) m where m.group_id = g.id`;
  await sql`create table bench_latency (template int, workflow text, leg text, hour timestamptz, feed_id int, bucket int, count int)`;
  const rows = stencils.flatMap((one) => one.latencies.map((row) => ({ ...row, template: one.template })));
  await sql`insert into bench_latency select * from unnest(${rows.map((r) => r.template)}::int[], ${rows.map((r) => r.workflow)}::text[], ${rows.map((r) => r.leg)}::text[],
    ${rows.map((r) => r.hour.toISOString())}::timestamptz[], ${rows.map((r) => r.feed_id)}::int[], ${rows.map((r) => r.bucket)}::int[], ${rows.map((r) => r.count)}::int[])`;
  await sql`truncate latency_bucket`;
  await sql`insert into latency_bucket (workflow, leg, hour, feed_id, slot, bucket, count)
    select s.workflow, s.leg, date_trunc('hour', s.hour + c.shift), s.feed_id, 0, s.bucket, sum(s.count)
    from bench_copy c join bench_latency s on s.template = c.template where s.hour + c.shift > now() - interval '90 days' group by 1, 2, 3, 4, 6`;
  await sql`truncate feed_counter`;
  await sql`insert into feed_counter (feed_id, hour, slot, received, interpreted, events, bytes, last_at)
    select m.feed_id, date_trunc('hour', m.received_at), 0, count(*), count(*), sum(i.events), sum(m.size), max(m.received_at)
    from message m join interpretation i on i.message_id = m.id and i.received_at = m.received_at
    where m.received_at > now() - interval '90 days' and i.received_at > now() - interval '90 days' group by 1, 2`;
}
