// Runs vitest on a part of the tests and counts from its JSON report.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { root } from "./bootstrap.mjs";
import { brief, program, report, runProgramTo } from "./steps.mjs";

const rooms = ["app", "components", "core", "db", "e2e", "scripts", "server"];

/** The test files whose name fits, relative to the root. */
export function findTests(fits) {
  return rooms
    .filter((room) => fs.existsSync(path.join(root, room)))
    .flatMap((room) => fs.readdirSync(path.join(root, room), { recursive: true }).map((file) => path.join(room, file)))
    .filter((file) => fits(file))
    .sort();
}

/**
 * Runs test files as one step. `lanes` go at the same time, the runs of one lane after each other: `{ files, env, testTimeoutMs, sequential,
 * pattern }`, of which `pattern` takes only the tests whose name it fits. What one run left out and another ran counts as run.
 */
export async function runVitest(name, lanes, { timeoutMs }) {
  const startedAt = performance.now();
  const ran = (await Promise.all(lanes.map((lane) => runLane(lane, timeoutMs)))).flat();
  const result = countVitest(
    ran.map(({ json }) => json),
    ran.every(({ ok }) => ok),
  );
  for (const { output, timedOut } of ran) {
    if (timedOut) console.log(`${name} took longer than ${timeoutMs / 60_000} min`);
    if (result.failed > 0) console.log(output);
    else for (const line of output.split("\n")) if (/^(corpus|note)\b/i.test(line)) console.log(line);
  }
  report(name, result, startedAt);
  for (const { file, seconds } of result.slowest) console.log(`      ${file} ${seconds.toFixed(0)} s`);
  return result;
}

async function runLane(runs, timeoutMs) {
  const ran = [];
  for (const run of runs) ran.push(await runFiles(run, timeoutMs));
  return ran;
}

async function runFiles({ files, env, testTimeoutMs = 20_000, sequential = false, pattern }, timeoutMs) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "waypost-vitest-"));
  const report = path.join(folder, "report.json");
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, "--no-color"];
  args.push(`--testTimeout=${testTimeoutMs}`, `--hookTimeout=${Math.max(testTimeoutMs, 60_000)}`);
  // by itself vitest leaves a core idle, and tests of a database wait more than they work
  args.push(sequential ? "--no-file-parallelism" : `--maxWorkers=${os.availableParallelism()}`);
  if (pattern) args.push(`--testNamePattern=${pattern}`);
  const ran = await runProgramTo({ command: program("vitest"), args: [...args, ...files], env, timeoutMs });
  const json = fs.existsSync(report) ? JSON.parse(fs.readFileSync(report, "utf8")) : null;
  fs.rmSync(folder, { recursive: true, force: true });
  return { ...ran, json };
}

/** Sums JSON reports; a run without one, a file that did not load, or a bad exit without a failed test, counts as one failure. */
export function countVitest(reports, ok) {
  const files = reports.flatMap((json) => json?.testResults ?? []);
  const tests = once(files);
  const broken = files.filter((file) => file.status === "failed" && !file.assertionResults.some(isFailure));
  const failed = tests.filter(isFailure).length + broken.length + reports.filter((json) => json === null).length;
  return {
    passed: tests.filter(isPass).length,
    failed: failed === 0 && !ok ? 1 : failed,
    skipped: tests.filter((test) => !isFailure(test) && !isPass(test)).length,
    slowest: slowestOf(files),
    failures: [
      ...broken.map((file) => brief(path.relative(root, file.name), file.message)),
      ...tests.filter(isFailure).map((test) => brief(test.fullName, test.failureMessages[0])),
    ],
  };
}

/** Each test once, as it ended where it was run. Two tests of a file and run with one name are two. */
function once(files) {
  const found = new Map();
  for (const file of files) {
    const seen = new Map();
    for (const test of file.assertionResults) {
      const nth = (seen.get(test.fullName) ?? 0) + 1;
      seen.set(test.fullName, nth);
      const key = `${file.name} ${test.fullName} ${nth}`;
      const known = found.get(key);
      if (!known || isFailure(test) || (isPass(test) && !isFailure(known))) found.set(key, test);
    }
  }
  return [...found.values()];
}

/** The five files that took longest, so that a run that grows slow says where. */
function slowestOf(files) {
  return files
    .map(({ name, startTime, endTime }) => ({ file: path.relative(root, name), seconds: (endTime - startTime) / 1000 }))
    .sort((one, other) => other.seconds - one.seconds)
    .slice(0, 5);
}

const isFailure = (test) => test.status === "failed";
const isPass = (test) => test.status === "passed";
