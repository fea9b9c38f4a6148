import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, chromium, type Page } from "@playwright/test";
import postgres from "postgres";
import { resolveBrowser } from "../../e2e/browser.mjs";
import { seal } from "../../server/seal";
import { type App, ended, startApp, until } from "./app";

/**
 * The built app as `npm start` runs it, with two workers and five screens open in a real browser, under a steady open-loop stream of signed
 * messages: how long acknowledgements take, how long a lone event takes to its screen, what waits, and what memory does.
 * usage: soak.ts [--minutes N] [--rate N] [--quick]. WAYPOST_TEST_DATABASE_URL names a PostgreSQL whose user may create databases.
 * A sample every 15 s on standard error; one JSON line and a table at the end.
 */
const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (!(value > 0 && value <= 10_000)) throw new Error(`--${name} takes a number above 0.`);
  return value;
};
const quick = process.argv.includes("--quick");
const minutes = option("minutes", quick ? 0.5 : 2);
const rate = option("rate", 300);
const lone = quick ? 5 : 20;
const bareSeconds = quick ? 5 : 15;
const PROBE_RATE = 20;
const PERIOD_MS = 15_000;
const WARM_MS = 15_000;
const adminUrl = process.env.WAYPOST_TEST_DATABASE_URL ?? "";
if (adminUrl === "") throw new Error("Set WAYPOST_TEST_DATABASE_URL to a PostgreSQL whose user may create databases.");

const root = path.resolve(import.meta.dirname, "../..");
const database = `waypost_bench_soak_${randomBytes(4).toString("hex")}`;
const url = Object.assign(new URL(adminUrl), { pathname: `/${database}` }).href;
let running: App | undefined;
const secretKey = randomBytes(32);
const secret = randomBytes(24).toString("base64url");
const LONE = "1ZSOAKLONE";

type Paced = {
  scheduled: number;
  acknowledged: number;
  waiting: number;
  lost: number;
  codes: Record<string, number>;
  latencies: number[];
  lagP99: number | null;
};
type Told = { last: boolean; own: { p99: number; max: number; cores: number }; door: Paced | null; bare: Paced | null };
type Memory = { front: number; next: number; workers: number[] };
type Cpu = { front: number; next: number; workers: number };
type Sample = { second: number; backlog: number; memory: Memory; cpu: Cpu; cores: number };

const say = (text: string) => process.stderr.write(`${text}\n`);
const percentile = (values: readonly number[], part: number): number => {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
};
const round = (value: number) => (Number.isFinite(value) ? Number(value.toFixed(1)) : null);
const three = (values: readonly number[]) => ({
  p50: round(percentile(values, 0.5)),
  p95: round(percentile(values, 0.95)),
  p99: round(percentile(values, 0.99)),
  max: round(percentile(values, 1)),
  count: values.length,
});

const children: ChildProcess[] = [];
function run(args: string[], env: Record<string, string> = {}, stdout: "pipe" | "ignore" = "pipe"): ChildProcess {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, DATABASE_URL: url, SECRET: secret, ...env },
    stdio: ["ignore", stdout, "inherit"],
  });
  children.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("no output");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("it ended without a word");
}

/** The processes below `pid`, as /proc tells. */
function below(pid: number): number[] {
  const found: number[] = [];
  const parents = new Map<number, number>();
  for (const name of fs.readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // it has just ended
    }
  }
  const wanted = new Set([pid]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const [child, parent] of parents) {
      if (!wanted.has(parent) || wanted.has(child)) continue;
      wanted.add(child);
      found.push(child);
      grew = true;
    }
  }
  return found;
}

function residentMb(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Seconds of processor time that a process has used. */
function usedSeconds(pid: number): number {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

const usedBefore = new Map<number, number>();
/** Resident memory in MB, and seconds of processor time since the last call, by role. */
function readProcesses(start: number): { memory: Memory; cpu: Cpu } {
  const memory: Memory = { front: 0, next: 0, workers: [] };
  const cpu: Cpu = { front: 0, next: 0, workers: 0 };
  for (const pid of below(start).sort((a, b) => a - b)) {
    let command = "";
    try {
      command = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
    } catch {
      continue;
    }
    const used = usedSeconds(pid);
    const since = used - (usedBefore.get(pid) ?? used);
    usedBefore.set(pid, used);
    if (command.includes("server/worker.ts")) {
      memory.workers.push(residentMb(pid));
      cpu.workers += since;
      continue;
    }
    const role = command.includes("server/front.ts") ? "front" : command.includes("next") ? "next" : null;
    if (role === null) continue;
    memory[role] += residentMb(pid);
    cpu[role] += since;
  }
  return { memory, cpu };
}

let ticks = { at: performance.now(), busy: 0 };
/** Cores of the whole machine at work since the last call. */
function coresBusy(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0] = fs
    .readFileSync("/proc/stat", "utf8")
    .split("\n", 1)
    .join()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const busy = (user + nice + system + irq + soft) / 100;
  const cores = ((busy - ticks.busy) * 1000) / (performance.now() - ticks.at);
  ticks = { at: performance.now(), busy };
  return cores;
}

let loneEvents = 0;
/** Posts one event of the shipment that nobody else touches; the word that is new on its page. */
async function postLone(port: number): Promise<{ word: string; sentAt: number }> {
  const word = `LONE${String(++loneEvents).padStart(4, "0")}`;
  const at = new Date(Date.now() - 86_400_000 + loneEvents * 60_000).toISOString();
  const location = { object: "TrackingLocation", city: word, country: "US" };
  const detail = { object: "TrackingDetail", status: "in_transit", message: `SCAN ${word}`, datetime: at };
  const result = {
    object: "Tracker",
    tracking_code: LONE,
    carrier: "UPS",
    status: "in_transit",
    updated_at: at,
    tracking_details: [{ ...detail, tracking_location: location }],
  };
  const body = JSON.stringify({ id: `evt_${word}`, object: "Event", description: "tracker.updated", result });
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const sentAt = Date.now();
  const response = await fetch(`http://127.0.0.1:${port}/api/feeds/soak`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", "x-hmac-signature": `hmac-sha256-hex=${signature}` },
  });
  await response.arrayBuffer();
  if (response.status !== 202) throw new Error(`a lone event was answered ${response.status}`);
  return { word, sentAt };
}

/** Watches the open page for a text; the instant of the change that brought it, by the page's own clock, which is this machine's. */
async function appears(page: Page, word: string): Promise<number | null> {
  return await page.evaluate(
    ({ text, patienceMs }) =>
      new Promise<number | null>((resolve) => {
        // no named function in here: what compiles this file would wrap it in a helper that the page has not
        if (document.body.textContent?.includes(text)) return resolve(Date.now());
        new MutationObserver((_, watch) => {
          if (!document.body.textContent?.includes(text)) return;
          watch.disconnect();
          resolve(Date.now());
        }).observe(document.body, { childList: true, subtree: true, characterData: true });
        setTimeout(() => resolve(null), patienceMs);
      }),
    { text: word, patienceMs: 20_000 },
  );
}

/** Times lone events one after another, `pauseMs` apart. */
async function timeLone(page: Page, port: number, many: number, pauseMs: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < many; i++) {
    await sleep(pauseMs * (0.75 + Math.random() / 2)); // no beat with the timers of the screens
    const next = `LONE${String(loneEvents + 1).padStart(4, "0")}`;
    const seen = appears(page, next);
    seen.catch(() => {}); // told of below, also where the post fails first
    const { sentAt } = await postLone(port);
    const at = await seen;
    times.push(at === null ? Number.POSITIVE_INFINITY : at - sentAt);
  }
  return times;
}

type Screens = { browser: Browser; shipment: Page; pages: Page[]; troubles: string[] };

/** Signs in and opens the five screens, each in a window of a person of its own. */
async function openScreens(app: App, shipmentId: string): Promise<Screens> {
  const { origin } = app;
  const found = await resolveBrowser();
  const browser = await chromium.launch({
    executablePath: found.executablePath,
    args: found.args,
    env: { ...(process.env as Record<string, string>), ...found.env },
  });
  const first = await browser.newContext({ baseURL: origin });
  const door = await first.newPage();
  await door.goto("/sign-in");
  await door.getByLabel("E-mail address").fill(app.email);
  await door.getByLabel("Password").fill(app.password);
  await door.getByRole("button", { name: "Sign in" }).click();
  await door.waitForURL((at) => at.pathname !== "/sign-in");
  const storageState = await first.storageState();
  await first.close();
  const troubles: string[] = [];
  const pages: Page[] = [];
  for (const at of [`/shipments/${shipmentId}`, "/", "/exceptions", "/shipments", "/postings"]) {
    const context = await browser.newContext({ baseURL: origin, storageState, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    page.on("pageerror", (error) => troubles.push(`${at}: ${error.message}`));
    page.on("response", (response) => {
      if (response.status() >= 400) troubles.push(`${at}: ${response.status()} ${new URL(response.url()).pathname}`);
    });
    await page.goto(at);
    await page.getByText("Live", { exact: true }).first().waitFor({ timeout: 30_000 });
    pages.push(page);
  }
  return { browser, shipment: pages[0] as Page, pages, troubles };
}

/** The yardstick alone, at the rate of the soak, before anything else runs. */
async function bareAlone(barePort: number): Promise<number[]> {
  const load = startLoad({ barePort, bareRate: rate, periodMs: 60_000 });
  await sleep(bareSeconds * 1000);
  return (await load.stop()).flatMap((told) => told.bare?.latencies ?? []);
}

function startLoad(settings: Record<string, unknown>, onTold: (told: Told) => void = () => {}) {
  const child = run(["scripts/bench/soak-load.mjs", JSON.stringify({ slug: "soak", secret, ...settings })]);
  const all: Told[] = [];
  if (child.stdout)
    createInterface({ input: child.stdout }).on("line", (line) => {
      const told = JSON.parse(line) as Told;
      all.push(told);
      onTold(told);
    });
  return {
    all,
    async stop() {
      child.kill("SIGTERM");
      await ended(child);
      await sleep(50);
      return all;
    },
  };
}

async function measure(): Promise<void> {
  if ((await ended(run(["--import", "tsx", "db/migrate.ts"], {}, "ignore"))) !== 0) throw new Error("not migrated");
  const sql = postgres(url, { max: 2, onnotice: () => {} });
  await sql`create table bare_message (id bigint generated always as identity primary key, source text not null,
    dedup_key text not null, body bytea not null, received_at timestamptz not null default now(), unique (source, dedup_key))`;
  const [feed] = await sql`insert into feed (slug, name, adapter, class, way_in, verify, rate_per_second, rate_burst)
    values ('soak', 'Soak', 'easypost', 'aggregator', 'push', 'easypost', 1000000, 2000000) returning id`;
  await sql`insert into feed_secret (id, feed_id, sealed, hint)
    values (${randomUUID()}, ${feed?.id}, ${seal(secretKey, secret)}, ${secret.slice(-4)})`;
  const bare = run(["scripts/bench/door-bare.mjs"]);
  const barePort = (JSON.parse(await firstLine(bare)) as { port: number }).port;
  say("the bare server alone");
  const alone = await bareAlone(barePort);

  const app = await startApp(url, 2, secretKey);
  running = app;
  const { port, gone } = app;
  await postLone(port);
  let shipmentId = "";
  const stored = async () => {
    const [row] = await sql`select shipment_id from shipment where tracking_number = ${LONE} limit 1`;
    shipmentId = (row?.shipment_id as string | undefined) ?? "";
    return shipmentId !== "";
  };
  await until(stored, 30_000, "the first event a shipment", gone);
  say("five screens");
  const screens = await openScreens(app, shipmentId);
  coresBusy();
  const idle = await timeLone(screens.shipment, port, lone, 2500);
  say(`a lone event, idle: ${JSON.stringify(three(idle))}; ${coresBusy().toFixed(2)} cores busy`);

  const samples: Sample[] = [];
  readProcesses(app.pid);
  const from = performance.now();
  const load = startLoad({ port, rate, barePort, bareRate: PROBE_RATE, periodMs: PERIOD_MS }, (told) => {
    void sampleNow(told);
  });
  async function sampleNow(told: Told): Promise<void> {
    const { memory, cpu } = readProcesses(app.pid);
    const share = (seconds: number) => ((seconds * 1000) / PERIOD_MS).toFixed(2);
    const cores = coresBusy();
    const [row] = await sql`select count(*)::int as waiting from inbox`;
    const second = Math.round((performance.now() - from) / 1000);
    samples.push({ second, backlog: row?.waiting as number, memory, cpu, cores });
    const { p50, p95, p99, max } = three(told.door?.latencies ?? []);
    const mb = (value: number) => value.toFixed(0);
    say(
      `${String(second).padStart(5)} s  ack ${p50}/${p95}/${p99}/${max} ms, bare ${three(told.bare?.latencies ?? []).p99}; waiting ${row?.waiting}; MB front ${mb(memory.front)} next ${mb(memory.next)} workers ${memory.workers.map(mb).join(" ")}; cores ${cores.toFixed(2)} (front ${share(cpu.front)} next ${share(cpu.next)} workers ${share(cpu.workers)}); sender ${told.own.cores.toFixed(2)} cores, delay p99 ${told.own.p99.toFixed(1)} max ${told.own.max.toFixed(0)}, lag p99 ${round(told.door?.lagP99 ?? 0)} ${JSON.stringify(told.door?.codes)}`,
    );
  }
  await sleep(Math.min(WARM_MS, minutes * 20_000));
  const left = minutes * 60_000 - (performance.now() - from);
  const busy = await timeLone(screens.shipment, port, lone, Math.max(500, Math.min(30_000, left / lone - 1500)));
  await sleep(Math.max(0, minutes * 60_000 - (performance.now() - from)));
  const told = await load.stop();
  const seconds = (performance.now() - from) / 1000;
  const acknowledged = told.at(-1)?.door?.acknowledged ?? 0;
  const drainFrom = performance.now();
  await until(async () => (await sql`select 1 from inbox limit 1`).length === 0, 120_000, "worked off", gone);
  const drained = (performance.now() - drainFrom) / 1000;
  const [count] =
    await sql`select (select count(*)::int from message) as messages, (select count(*)::int from shipment) as shipments,
    (select count(*)::int from event where not overall) as events, (select count(*)::int from exception) as exceptions`;
  await screens.browser.close();
  await app.stop();
  bare.kill("SIGTERM");
  await sql.end();

  // the first period is start-up: connections, plans and compilation
  const steady = told.length > 2 ? told.slice(1) : told;
  const ack = three(steady.flatMap((one) => one.door?.latencies ?? []));
  const probe = three(steady.flatMap((one) => one.bare?.latencies ?? []));
  const bareIs = three(alone);
  const periods = told.filter((one) => (one.door?.latencies.length ?? 0) > PERIOD_MS / 1000);
  const perPeriod = periods.map((one) => percentile(one.door?.latencies ?? [], 0.99));
  const peak = (of: (memory: Memory) => number) => round(Math.max(...samples.map((one) => of(one.memory))));
  const web = (memory: Memory) => memory.front + memory.next;
  const worker = (memory: Memory) => Math.max(0, ...memory.workers);
  const sender = {
    p99: Math.max(...told.map((one) => one.own.p99)),
    cores: percentile(
      told.map((one) => one.own.cores),
      0.5,
    ),
  };
  const figure = {
    figure: "soak",
    minutes: round(seconds / 60),
    rate,
    acknowledged,
    codes: merged(told.map((one) => one.door?.codes ?? {})),
    lost: told.at(-1)?.door?.lost ?? 0,
    ack,
    ackP99PerPeriod: { median: round(percentile(perPeriod, 0.5)), worst: round(Math.max(...perPeriod)) },
    bareAlone: bareIs,
    bareMeanwhile: probe,
    ratioToBareMeanwhile: round((ack.p99 ?? Number.NaN) / (probe.p99 ?? Number.NaN)),
    screenIdle: three(idle),
    screenBusy: three(busy),
    backlog: {
      most: Math.max(...samples.map((one) => one.backlog)),
      median: percentile(
        samples.map((one) => one.backlog),
        0.5,
      ),
      drainedIn: round(drained),
    },
    memoryMb: { web: peak(web), front: peak((m) => m.front), next: peak((m) => m.next), worker: peak(worker) },
    growth: { web: growth(samples, web), worker: growth(samples, worker) },
    sender: {
      delayP99: round(sender.p99),
      cores: Number(sender.cores.toFixed(2)),
      lagP99: round(Math.max(...told.map((one) => one.door?.lagP99 ?? 0))),
    },
    cores: round(
      percentile(
        samples.map((one) => one.cores),
        0.5,
      ),
    ),
    count,
    troubles: [...new Set(screens.troubles)].slice(0, 5),
    samples: samples.map((one) => [
      one.second,
      one.backlog,
      ...[one.memory.front, one.memory.next, ...one.memory.workers].map(Math.round),
    ]),
  };
  process.stdout.write(`${JSON.stringify(figure)}\n`);
  table(figure);
}

/** Part by which the resident memory grew from the fifth minute to the last, each the median of a minute; null for a short run. */
function growth(samples: readonly Sample[], of: (memory: Memory) => number): number | null {
  const last = samples.at(-1)?.second ?? 0;
  if (last < 600) return null;
  const median = (from: number, to: number) =>
    percentile(
      samples.filter((one) => one.second > from && one.second <= to).map((one) => of(one.memory)),
      0.5,
    );
  return Number((median(last - 60, last) / median(270, 330) - 1).toFixed(3));
}

function merged(all: readonly Record<string, number>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const codes of all) for (const [code, many] of Object.entries(codes)) sum[code] = (sum[code] ?? 0) + many;
  return sum;
}

type Three = ReturnType<typeof three>;
type Figure = {
  rate: number;
  ack: Three;
  bareAlone: Three;
  bareMeanwhile: Three;
  ratioToBareMeanwhile: number | null;
  screenIdle: Three;
  screenBusy: Three;
  backlog: { most: number };
  memoryMb: { web: number | null; worker: number | null };
  growth: { web: number | null; worker: number | null };
};

function table(figure: Figure): void {
  const bare = `bare server meanwhile: ${figure.bareMeanwhile.p99}, alone: ${figure.bareAlone.p99}`;
  const percent = (part: number | null) => (part === null ? "not in a short run" : `${(part * 100).toFixed(1)} %`);
  const rows = [
    [`ack p50 at ${figure.rate}/s, five screens, ms`, figure.ack.p50, `bare: ${figure.bareMeanwhile.p50}`, "", ""],
    [`ack p95 at ${figure.rate}/s, five screens, ms`, figure.ack.p95, `bare: ${figure.bareMeanwhile.p95}`, "", ""],
    [`ack p99 at ${figure.rate}/s, five screens, ms`, figure.ack.p99, bare, `${figure.ratioToBareMeanwhile} times`, 50],
    ["a lone event, door to screen, idle, p95 ms", figure.screenIdle.p95, "", "", 500],
    [`a lone event, door to screen, at ${figure.rate}/s, p95 ms`, figure.screenBusy.p95, "", "", ""],
    ["messages waiting, most", figure.backlog.most, "", "", ""],
    ["memory of the web (front and Next), MB", figure.memoryMb.web, "", "", 600],
    ["memory of a worker, MB", figure.memoryMb.worker, "", "", 400],
    ["growth of the web from minute 5 on", percent(figure.growth.web), "", "", "10 %"],
    ["growth of a worker from minute 5 on", percent(figure.growth.worker), "", "", "10 %"],
  ];
  console.log("| what | reached | limit of the same run | ratio | goal |");
  console.log("|---|---|---|---|---|");
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
}

const admin = postgres(adminUrl, { max: 1, onnotice: () => {} });
await admin.unsafe(`create database "${database}"`);
async function clear(): Promise<void> {
  await running?.stop();
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
  await Promise.race([Promise.all(children.map(ended)), sleep(12_000)]);
  await admin.unsafe(`drop database if exists "${database}" with (force)`);
  await admin.end();
}
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void clear().then(() => process.exit(1)));
try {
  await measure();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await clear();
}
