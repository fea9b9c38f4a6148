// npm run bench [-- --quick] [-- --keep]: one table of what is reached beside limits measured in the same run. Ratios are what is compared: absolute
// figures are those of this machine at this hour. Nothing in here fails a test. Needs WAYPOST_TEST_DATABASE_URL: a PostgreSQL whose user may
// create databases. About half an hour; --quick takes 20,000 shipments instead of a million. The rows are also written to .cache/bench.json.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import postgres from "postgres";

const root = path.resolve(import.meta.dirname, "../..");
const quick = process.argv.includes("--quick");
const keep = process.argv.includes("--keep");
const adminUrl = process.env.WAYPOST_TEST_DATABASE_URL;
if (!adminUrl) {
  console.error("waypost: set WAYPOST_TEST_DATABASE_URL to a PostgreSQL whose user may create databases.");
  process.exit(1);
}
const size = quick ? 20_000 : 1_000_000;
const names = { small: "waypost_bench_1000", large: `waypost_bench_${size}` };
const urlOf = (name) => Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href;
const rows = [];
const add = (what, reached, limit, ratio, goal, met) => rows.push({ what, reached, limit, ratio, goal, met });
const n = (value) => Math.round(value).toLocaleString("en");

/** Runs one script to its end; resolves to its output, and says on standard error what it does. A step that fails is a row of the table. */
function step(name, args, env = {}) {
  console.error(`waypost: ${name}`);
  const child = spawn(process.execPath, ["--import", "tsx", ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.on("data", (bytes) => {
    out += bytes;
  });
  return new Promise((resolve) =>
    child.once("exit", (code) => {
      if (code !== 0) add(name, `ended with ${code}`, "", "", "", false);
      resolve(out);
    }),
  );
}

const results = (out) =>
  out
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));

const rounds = quick ? "1" : "3";
const door = await step("door", ["scripts/bench/door.mjs"], { BENCH_ROUNDS: rounds, BENCH_SECONDS: quick ? "3" : "5" });
for (const line of door.split("\n").filter((one) => one.startsWith("| door") || one.startsWith("| front"))) {
  const [what, reached, limit, limitIs, ratio, goal] = line
    .split("|")
    .slice(1)
    .map((cell) => cell.trim());
  const of = Number.parseFloat(ratio);
  const met =
    goal === ""
      ? null
      : goal.startsWith("0.")
        ? of >= Number(goal)
        : Number.parseFloat(reached) < Number.parseFloat(goal);
  add(what, reached, limit ? `${limit}: ${limitIs}` : "", ratio, goal, met);
}
for (const one of results(await step("pipeline", ["scripts/bench/pipeline.ts"], { BENCH_ROUNDS: rounds }))) {
  add(
    "pipeline, messages/s, two workers",
    n(one.own),
    `bare pipeline: ${n(one.limit)}`,
    one.ratio,
    one.goal,
    one.ratio >= one.goal,
  );
}
const soak = ["scripts/bench/soak.ts", ...(quick ? ["--quick"] : ["--minutes", "2"])];
for (const one of results(await step("the whole app under a steady stream, with screens", soak))) {
  add(
    `ack p99 at ${one.rate}/s while the pipeline works and five screens are open, ms`,
    one.ack.p99,
    `bare server meanwhile: ${one.bareMeanwhile.p99}, alone: ${one.bareAlone.p99}`,
    `${one.ratioToBareMeanwhile} times`,
    50,
    one.ack.p99 < 50,
  );
  add("a lone event, door to screen, p95 ms", one.screenIdle.p95, "", "", 500, one.screenIdle.p95 < 500);
  add(`a lone event, door to screen, at ${one.rate}/s, p95 ms`, one.screenBusy.p95, "", "", "", null);
  add("memory of the web, peak, MB", one.memoryMb.web, "", "", 600, one.memoryMb.web < 600);
  add("memory of a worker, peak, MB", one.memoryMb.worker, "", "", 400, one.memoryMb.worker < 400);
}
await step("a small database", ["scripts/bench/generate.ts", "1000", names.small]);
for (const one of results(await step("a large database", ["scripts/bench/generate.ts", String(size), names.large]))) {
  add(
    `${n(one.shipments)} shipments, ${n(one.events)} events generated, s`,
    n(one.seconds),
    "",
    "",
    "900",
    one.seconds < 900,
  );
  add(
    "drawn shipments that refold to the same",
    `${one.check.equal} of ${one.check.drawn}`,
    "",
    "",
    "all",
    one.check.unequal === 0,
  );
}
const ofLarge = { DATABASE_URL: urlOf(names.large) };
const reads = await step("reads", ["scripts/bench/reads.ts", quick ? "3" : "8"], ofLarge);
const overHttp = await step("reads over HTTP", ["scripts/bench/reads.ts", quick ? "3" : "8", "--http"], ofLarge);
for (const one of results(reads + overHttp)) {
  if (!one.limit) continue;
  add(
    `${one.what}${one.figure === "read" ? "" : ", over HTTP"}, p95 ms (${one.cases} cases)`,
    one.p95,
    `${one.limit}: ${one.limitP95}`,
    `${one.times} times`,
    one.goalMs,
    one.met,
  );
}
for (const one of results(
  await step("cost of an event", ["scripts/bench/cost.ts", urlOf(names.small), urlOf(names.large)]),
)) {
  add(
    `messages/s at ${n(one.storedEvents)} stored events`,
    n(one.large),
    `at 15,000 events: ${n(one.small)}`,
    one.cost,
    one.goal,
    one.cost <= one.goal,
  );
}
if (!keep) {
  const admin = postgres(adminUrl, { max: 1, onnotice: () => {} });
  for (const name of Object.values(names)) await admin.unsafe(`drop database if exists "${name}" with (force)`);
  await admin.end();
}

console.log("| what | reached | limit of the same run | ratio | goal | met |");
console.log("|---|---|---|---|---|---|");
for (const row of rows)
  console.log(
    `| ${row.what} | ${row.reached} | ${row.limit} | ${row.ratio} | ${row.goal} | ${row.met === null ? "" : row.met ? "yes" : "no"} |`,
  );
fs.mkdirSync(path.join(root, ".cache"), { recursive: true });
fs.writeFileSync(
  path.join(root, ".cache", "bench.json"),
  `${JSON.stringify({ at: new Date().toISOString(), size, rows }, null, 2)}\n`,
);
