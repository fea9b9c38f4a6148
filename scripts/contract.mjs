// Runs the Odoo contract suite on the sandbox, as 19 and as 14, and on every real Odoo that can be had, and ends with one line for each.
// A real Odoo is had when WAYPOST_TEST_ODOO19_URL, _DB, _LOGIN, _KEY and _ADMIN_KEY (ODOO14 likewise) name it, or when the project's own
// script can bring it up on this machine. WAYPOST_REAL_ODOO says which to bring up: "19,14" (default), "19", "14" or "off".
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brief, endAll, program, runProgramTo } from "./steps.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const SETTINGS = ["URL", "DB", "LOGIN", "KEY", "ADMIN_KEY"];
const wanted = (process.env.WAYPOST_REAL_ODOO ?? "19,14").split(",").map((part) => part.trim());

/** Runs a script of ours and collects what it prints; its progress goes to stderr as it comes. */
function collect(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    child.on("error", () => resolve({ code: 1, text }));
    child.on("close", (code) => resolve({ code: code ?? 1, text }));
  });
}

/** Environment of the suite for one real Odoo, or why there is none. */
async function realOdoo(version) {
  const prefix = `WAYPOST_TEST_ODOO${version}_`;
  if (SETTINGS.every((name) => process.env[prefix + name])) return { env: {} };
  if (!wanted.includes(version)) return { why: "not wanted (WAYPOST_REAL_ODOO)" };
  if (process.platform !== "linux" || process.getuid?.() !== 0) return { why: "bringing it up needs Linux and root" };
  if (spawnSync("apt-get", ["--version"], { stdio: "ignore" }).status !== 0) return { why: "there is no apt-get here" };
  const { code, text } = await collect("bash", [`scripts/odoo/up${version}.sh`, "up"]);
  if (code !== 0) return { why: `scripts/odoo/up${version}.sh failed with code ${code}` };
  const lines = text.split("\n").map((line) => /^ODOO\d\d_([A-Z_]+)=(.*)$/.exec(line));
  return { env: Object.fromEntries(lines.flatMap((found) => (found ? [[prefix + found[1], found[2]]] : []))) };
}

const env = {};
const missing = new Map();
for (const version of ["19", "14"]) {
  const had = await realOdoo(version);
  if (had.env) Object.assign(env, had.env);
  else {
    missing.set(version, had.why);
    process.stderr.write(`\n!!! NO REAL ODOO ${version}: ${had.why}. Going on without it.\n\n`);
  }
}

/** Runs the suite on some targets; gives its results, and whether it ended well. */
async function runSuite(targets) {
  const folder = mkdtempSync(path.join(tmpdir(), "waypost-contract-"));
  const report = path.join(folder, "report.json");
  const { ok, output } = await runProgramTo({
    command: program("vitest"),
    args: [
      "run",
      "server/adapters/odoo/odoo.contract.test.ts",
      "--no-color",
      "--reporter=dot",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
    env: { ...env, WAYPOST_CONTRACT_TARGETS: targets.join(",") },
    timeoutMs: 25 * 60_000,
  });
  process.stdout.write(output);
  try {
    const { testResults } = JSON.parse(readFileSync(report, "utf8"));
    return { ok, results: testResults.flatMap((suite) => suite.assertionResults) };
  } catch {
    process.stderr.write("The suite left no report.\n");
    return { ok: false, results: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, () => {
    endAll();
    process.exit(130);
  });
// an Odoo answers one call at a time, so two of them are asked at once
const there = ["19", "14"].filter((version) => !missing.has(version));
const suites = await Promise.all(
  [["sandbox", ...there.slice(0, 1)], there.slice(1)].filter((some) => some.length > 0).map(runSuite),
);
const results = suites.flatMap((suite) => suite.results);

/** What vitest calls tests that a target leaves out, as those of a real Odoo's books on the sandbox. */
const LEFT_OUT = new Set(["skipped", "pending", "todo"]);

/** Counts by target; a suite that could not start counts all its tests as failed. */
function line(title, belongs) {
  const mine = results.filter((result) => belongs(result.ancestorTitles[0] ?? ""));
  const count = (fits) => mine.filter((result) => fits(result.status)).length;
  const passed = count((status) => status === "passed");
  const skipped = count((status) => LEFT_OUT.has(status));
  return { title, passed, failed: mine.length - passed - skipped };
}

const lines = [line("sandbox", (name) => name.startsWith("sandbox"))];
for (const version of ["19", "14"])
  if (!missing.has(version)) lines.push(line(`odoo ${version}`, (name) => name === `odoo ${version}`));
let bad = suites.some((suite) => !suite.ok);
for (const { title, passed, failed } of lines) {
  process.stdout.write(`contract ${title}: ${passed} passed, ${failed} failed\n`);
  if (failed > 0 || passed === 0) bad = true;
}
for (const { status, fullName, failureMessages } of results)
  if (status === "failed") process.stdout.write(`contract failure ${brief(fullName, failureMessages[0])}\n`);
for (const [version, why] of missing) process.stdout.write(`contract odoo ${version}: not run, ${why}\n`);
process.exit(bad ? 1 : 0);
