// Measures the door against limits taken in the same run on the same PostgreSQL:
//   messages: 1.5 kB, signed, 50 connections, against a bare node:http server with group commit (door-bare.mjs)
//   batches:  NDJSON of 500 lines against 500-row inserts of bytea into one table
//   latency:  acknowledgement at a fixed rate
// WAYPOST_TEST_DATABASE_URL names a PostgreSQL whose user may create databases. BENCH_ROUNDS (3), BENCH_SECONDS (5).
import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import postgres from "postgres";
import { seal } from "../../server/seal.ts";
import { load, makeBody, makeRequest, runTag } from "./door-load.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const adminUrl = process.env.WAYPOST_TEST_DATABASE_URL ?? process.env.DATABASE_URL;
if (!adminUrl) throw new Error("Set WAYPOST_TEST_DATABASE_URL to a PostgreSQL whose user may create databases.");
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const seconds = Math.min(30, Number(process.env.BENCH_SECONDS ?? 5));
const secret = randomBytes(24).toString("base64url");
const secretKey = randomBytes(32);
const LINES = 500;

const admin = postgres(adminUrl, { max: 1, onnotice: () => {} });
const name = `waypost_bench_door_${randomBytes(4).toString("hex")}`;
const url = Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href;
await admin.unsafe(`create database "${name}"`);
const children = [];
try {
  await measure();
} finally {
  for (const child of children) child.kill("SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 500));
  await admin.unsafe(`drop database if exists "${name}" with (force)`);
  await admin.end();
}

async function measure() {
  await run(["--import", "tsx", "db/migrate.ts"]);
  const sql = postgres(url, { max: 2, onnotice: () => {} });
  await sql`create table bare_message (id bigint generated always as identity primary key, source text not null,
    dedup_key text not null, body bytea not null, received_at timestamptz not null default now(), unique (source, dedup_key))`;
  const [feed] = await sql`insert into feed (slug, name, adapter, class, way_in, verify, rate_per_second, rate_burst)
    values ('bench', 'Bench', 'easypost', 'aggregator', 'push', 'easypost', 1000000, 2000000) returning id`;
  await sql`insert into feed_secret (id, feed_id, sealed, hint)
    values (${randomUUID()}, ${feed.id}, ${seal(secretKey, secret)}, ${secret.slice(-4)})`;
  const bare = await start(["scripts/bench/door-bare.mjs"], "port");
  const door = await start(["--import", "tsx", "server/front.ts"], "port");

  const perRound = [];
  for (let round = 0; round < rounds; round++) {
    const tag = runTag();
    const requests = Array.from({ length: (seconds + 2) * 14_000 }, (_, i) =>
      makeRequest({ slug: "bench", secret, body: makeBody(tag, i) }),
    );
    const post = (port) => load({ port, requests, connections: 50, warmupMs: 1500, durationMs: seconds * 1000 });
    const order = round % 2 === 0 ? ["bare", "door"] : ["door", "bare"];
    const result = {};
    for (const which of order) {
      const server = which === "bare" ? bare : door;
      const cpuBefore = cpuMs(server.child.pid);
      result[which] = await post(server.port);
      result[which].cpuMs = (cpuMs(server.child.pid) - cpuBefore) / result[which].acknowledged;
    }
    result.bulk = await bulk(sql);
    result.batches = await batches(door.port, sql);
    result.paced = await paced(door.port);
    perRound.push(result);
    await check(sql, perRound);
    await sql`truncate message, message_key, inbox, bare_message`;
    say(round, result);
  }
  table(perRound);
  console.log(`| front, peak of resident memory | ${peakMb(door.child.pid)} MB | | | | 600 MB |`);
  await sql.end();
}

async function bulk(sql) {
  const tag = runTag();
  const bodies = Array.from({ length: 2000 }, (_, i) => makeBody(tag, i));
  const one = postgres(url, { max: 1, onnotice: () => {} });
  await one`select 1`;
  let stored = 0;
  const from = performance.now();
  while (performance.now() - from < seconds * 1000) {
    const keys = Array.from({ length: LINES }, (_, i) => `evt_${tag}_${stored + i}`);
    const rows = keys.map((_, i) => bodies[(stored + i) % 2000]);
    await one`insert into bare_message (source, dedup_key, body)
      select 'bulk', * from unnest(${keys}::text[], ${one.array(rows, 1001)}::bytea[]) on conflict do nothing`;
    stored += LINES;
  }
  const perSecond = (stored * 1000) / (performance.now() - from);
  await one.end();
  await sql`delete from bare_message where source = 'bulk'`;
  return { perSecond };
}

async function batches(port) {
  const tag = runTag();
  const requests = Array.from({ length: Math.ceil((seconds + 1) * 60) }, (_, n) => {
    const lines = Array.from({ length: LINES }, (_, i) => makeBody(tag, n * LINES + i));
    const body = Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")]));
    return makeRequest({ slug: "bench", secret, body, contentType: "application/x-ndjson" });
  });
  const result = await load({ port, requests, connections: 4, warmupMs: 1000, durationMs: seconds * 1000 });
  return { ...result, perSecond: result.perSecond * LINES };
}

async function paced(port) {
  const tag = runTag();
  const rate = 300;
  const requests = Array.from({ length: rate * (seconds + 2) }, (_, i) =>
    makeRequest({ slug: "bench", secret, body: makeBody(tag, i) }),
  );
  return await load({ port, requests, connections: 50, warmupMs: 500, durationMs: seconds * 1000, rate });
}

/** What was acknowledged must be in the tables. */
async function check(sql, perRound) {
  const last = perRound.at(-1);
  const acknowledged = last.door.acknowledged + last.paced.acknowledged + last.batches.acknowledged * LINES;
  const [row] =
    await sql`select (select count(*)::int from message) as messages, (select count(*)::int from message_key) as keys,
    (select count(*)::int from inbox) as inbox`;
  if (row.messages < acknowledged || row.keys !== row.messages || row.inbox !== row.messages) {
    throw new Error(`acknowledged ${acknowledged}, in the tables ${JSON.stringify(row)}`);
  }
}

function say(round, { bare, door, bulk: inserts, batches: lines, paced: slow }) {
  const n = (x) => Math.round(x).toLocaleString("en");
  const failed = (codes) => Object.entries(codes).filter(([code]) => code >= "300");
  console.error(
    `round ${round + 1}: bare ${n(bare.perSecond)}/s, door ${n(door.perSecond)}/s; bulk ${n(inserts.perSecond)}/s, batches ${n(lines.perSecond)}/s; at 300/s p99 ${slow.p99.toFixed(1)} ms; CPU ${bare.cpuMs.toFixed(3)} and ${door.cpuMs.toFixed(3)} ms a message`,
    ...[door, lines, slow].flatMap((result) => failed(result.codes)).map(String),
    ...[bare, door, lines].filter((result) => result.exhausted).map(() => "requests ran out"),
  );
}

function table(perRound) {
  const row = (label, limit, values, limits, goal) => {
    const ratios = values.map((value, i) => value / limits[i]);
    const n = (x) => Math.round(x).toLocaleString("en");
    return `| ${label} | ${n(median(values))} | ${limit} | ${n(median(limits))} | ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}) | ${goal} |`;
  };
  const of = (which) => perRound.map((round) => round[which].perSecond);
  const p99 = perRound.map((round) => round.paced.p99);
  console.log("| what | messages/s | limit | limit/s | ratio | goal |");
  console.log("|---|---|---|---|---|---|");
  console.log(row("door, 1.5 kB signed, 50 connections", "bare node:http", of("door"), of("bare"), "0.65"));
  console.log(row("door, NDJSON of 500 lines", "500-row bytea insert", of("batches"), of("bulk"), "0.35"));
  const cpu = (which) => perRound.map((round) => round[which].cpuMs);
  const cost = `${median(cpu("door")).toFixed(3)} ms | bare node:http | ${median(cpu("bare")).toFixed(3)} ms`;
  console.log(
    `| door, CPU of the server a message | ${cost} | ${(median(cpu("bare")) / median(cpu("door"))).toFixed(2)} | |`,
  );
  console.log(`| door, acknowledged at 300/s, p99 | ${median(p99).toFixed(1)} ms | | | | 50 ms |`);
}

/** CPU time of a process so far; NaN where the system does not tell it. */
function cpuMs(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}

function peakMb(pid) {
  try {
    const kb = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Math.round(Number(kb) / 1024);
  } catch {
    return Number.NaN;
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function environment() {
  return {
    ...process.env,
    NODE_ENV: "production",
    DATABASE_URL: url,
    SECRET: secret,
    WAYPOST_SECRET_KEY: secretKey.toString("base64"),
    WAYPOST_DATA_DIR: path.join(root, ".waypost"),
    WAYPOST_MIN_FREE_MB: "1",
    WAYPOST_HOST: "127.0.0.1",
    PORT: "0",
    WAYPOST_NEXT_PORT: "0",
  };
}

/** Starts a server and resolves to what it printed about its port. */
function start(args, key) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: environment(),
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    let text = "";
    child.stdout.on("data", (part) => {
      if (text === null) return;
      text += part;
      for (const line of text.split("\n")) {
        const found = line.startsWith("{") && line.endsWith("}") ? JSON.parse(line)[key] : undefined;
        if (found === undefined) continue;
        text = null;
        resolve({ child, port: found });
        return;
      }
    });
    child.once("exit", (code) => reject(new Error(`${args.at(-1)} ended with ${code}`)));
  });
}

function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: environment(),
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${args.at(-1)} ended with ${code}`))));
  });
}
