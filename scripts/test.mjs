// npm test: everything, on a fresh clone, ending with one line that sums it up. `npm test -- fault e2e` runs some of its steps.
import fs from "node:fs";
import path from "node:path";
import { enter, root } from "./bootstrap.mjs";
import { Refusal, runProgram } from "./refusal.mjs";

const minute = 60_000;
/** What the environment says in tests that take a real Odoo only when somebody asks for it. */
const BY_HAND = /WAYPOST_FAULT_(STEPS|GROUP|OUTAGE)_ODOO/;

await runProgram(async () => {
  await enter();
  // A step that ends this process by itself must not look like a run that went well.
  let summed = false;
  process.on("exit", (code) => {
    if (summed || code !== 0) return;
    console.log("0 passed, 1 failed, 0 skipped");
    process.exitCode = 1;
  });
  const { openTestRun } = await import("./test-run.mjs");
  const { bringUpOdoos } = await import("./real-odoo.mjs");
  const steps = stepsNamed(process.argv.slice(2));
  const run = await openTestRun();
  const needsOdoo = hasContract() && (steps.includes(contractTests) || steps.includes(faultTests));
  const odoos = bringUpOdoos(needsOdoo ? [19, 14] : []);
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  try {
    for (const step of steps) {
      const result = await step({ ...run, odoos });
      for (const key of Object.keys(sum)) sum[key] += result?.[key] ?? 0;
      failures.push(...(result?.failures ?? []));
    }
  } finally {
    await odoos.stop();
    await run.end();
  }
  summed = true;
  for (const failure of failures.slice(0, 20)) console.log(`failed: ${failure}`);
  console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  process.exit(sum.failed > 0 ? 1 : 0);
});

/** The steps by their names, in their order; all of them where none is named. */
function stepsNamed(names) {
  const all = { check, unit: quickTests, contract: contractTests, build, fault: faultTests, e2e: stories };
  const unknown = names.filter((name) => !(name in all));
  if (unknown.length > 0)
    throw new Refusal(`There is no step ${unknown.join(", ")}; there are ${Object.keys(all).join(", ")}.`);
  return Object.entries(all).flatMap(([name, step]) => (names.length === 0 || names.includes(name) ? [step] : []));
}

async function check() {
  const { runChecks } = await import("./check.mjs");
  return runChecks();
}

/** Unit, golden, corpus and database tests: all that are neither contract nor fault tests. */
async function quickTests({ env }) {
  const { findTests, runVitest } = await import("./vitest.mjs");
  const files = findTests((file) => /(?<!\.(contract|fault))\.test\.ts$/.test(file));
  return runVitest("unit, golden, corpus, db", [[{ files, env }]], { timeoutMs: 30 * minute });
}

function hasContract() {
  return fs.existsSync(path.join(root, "scripts", "odoo", "up19.sh"));
}

/** The contract suite is a program of its own (`npm run test:contract`); its closing lines are counted. */
async function contractTests({ env, odoos }) {
  const { report, runProgramTo } = await import("./steps.mjs");
  const startedAt = performance.now();
  const ran = await runProgramTo({
    command: process.execPath,
    args: ["scripts/contract.mjs"],
    env: { ...env, WAYPOST_REAL_ODOO: "off", ...(await odoos.environment()) },
    timeoutMs: 30 * minute,
  });
  const lines = [...ran.output.matchAll(/^contract (\S[^:]*): (\d+) passed, (\d+) failed$/gm)];
  const result = { passed: 0, failed: lines.length === 0 || !ran.ok ? 1 : 0, skipped: 0 };
  for (const [line, , passed, failed] of lines) {
    console.log(line);
    result.passed += Number(passed);
    result.failed += Number(failed);
  }
  if (result.failed > 0) console.log(ran.output);
  result.failures = [...ran.output.matchAll(/^contract failure (.*)$/gm)].map(([, failure]) => failure);
  report("contract", result, startedAt);
  return result;
}

/** The faults and the stories run against the built app. */
async function build() {
  const { buildIfStale } = await import("./build.mjs");
  if (!fs.existsSync(path.join(root, "app"))) return leftOut("build", "there is no app yet");
  const startedAt = performance.now();
  const { report } = await import("./steps.mjs");
  const result = await buildIfStale((text) => console.log(text)).then(
    () => ({ passed: 1, failed: 0, skipped: 0 }),
    (error) => {
      console.log(error.message);
      return { passed: 0, failed: 1, skipped: 0 };
    },
  );
  report("build", result, startedAt);
  return result;
}

/** The faults, and what database tests have to say of a real Odoo, which was not up yet when they ran. The two Odoos are tried at once. */
async function faultTests({ env, odoos }) {
  const { findTests, runVitest } = await import("./vitest.mjs");
  const faults = findTests((file) => file.endsWith(".fault.test.ts"));
  if (faults.length === 0) return leftOut("fault", "there are no *.fault.test.ts yet");
  const says = (file, words) => words.test(fs.readFileSync(file, "utf8"));
  const onReal = findTests((file) => file.endsWith(".test.ts") && says(file, /realTarget\(/) && !says(file, BY_HAND));
  const real = faults.filter((file) => onReal.includes(file));
  const sandboxed = faults.filter((file) => !onReal.includes(file));
  const stored = onReal.filter((file) => file.endsWith(".db.test.ts"));
  const all = await odoos.environment();
  const envOf = (version) => ({
    ...env,
    ...Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith(`WAYPOST_TEST_ODOO${version}_`))),
  });
  const run = (files, version, pattern) => ({
    ...{ files, env: envOf(version), pattern },
    ...{ testTimeoutMs: 3 * minute, sequential: true },
  });
  const lanes = [[run(real, 19), run(stored, 19, "[oO]doo 19")], [run(onReal, 14, "[oO]doo 14")], [run(sandboxed)]];
  return runVitest("fault", lanes, { timeoutMs: 30 * minute });
}

async function stories({ env, folder }) {
  const { findTests } = await import("./vitest.mjs");
  if (findTests((file) => file.endsWith(".spec.ts")).length === 0) return leftOut("e2e", "there are no *.spec.ts yet");
  const { runStories } = await import("./stories.mjs");
  return runStories({ env, folder, timeoutMs: 30 * minute });
}

function leftOut(name, why) {
  console.log(`--  ${name}: left out, ${why}`);
}
