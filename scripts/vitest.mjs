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

/** Runs test files as one step; `tests` are the single results, by full name. */
export async function runVitest(name, files, { env, timeoutMs, testTimeoutMs = 20_000, sequential = false }) {
  const startedAt = performance.now();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "waypost-vitest-"));
  const json = path.join(folder, "report.json");
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${json}`, "--no-color"];
  args.push(`--testTimeout=${testTimeoutMs}`, `--hookTimeout=${Math.max(testTimeoutMs, 60_000)}`);
  // by itself vitest leaves a core idle, and tests of a database wait more than they work
  args.push(sequential ? "--no-file-parallelism" : `--maxWorkers=${os.availableParallelism()}`);
  const ran = await runProgramTo({ command: program("vitest"), args: [...args, ...files], env, timeoutMs });
  const result = countVitest(fs.existsSync(json) ? JSON.parse(fs.readFileSync(json, "utf8")) : null, ran.ok);
  fs.rmSync(folder, { recursive: true, force: true });
  if (result.failed > 0)
    console.log(ran.timedOut ? `${ran.output}\n${name} took longer than ${timeoutMs / 60_000} min` : ran.output);
  else for (const line of ran.output.split("\n")) if (/^(corpus|note)\b/i.test(line)) console.log(line);
  report(name, result, startedAt);
  for (const { file, seconds } of result.slowest) console.log(`      ${file} ${seconds.toFixed(0)} s`);
  return result;
}

/** Sums a JSON report; a file that did not load, or a bad exit without a failed test, counts as one failure. */
export function countVitest(json, ok) {
  if (!json) return { passed: 0, failed: 1, skipped: 0, tests: [], slowest: [], failures: [] };
  const tests = json.testResults.flatMap((file) => file.assertionResults);
  const broken = json.testResults.filter((file) => file.status === "failed" && !file.assertionResults.some(isFailure));
  const failed = tests.filter(isFailure).length + broken.length;
  return {
    passed: tests.filter((test) => test.status === "passed").length,
    failed: failed === 0 && !ok ? 1 : failed,
    skipped: tests.filter((test) => !isFailure(test) && test.status !== "passed").length,
    tests,
    slowest: slowestOf(json.testResults),
    failures: [
      ...broken.map((file) => brief(path.relative(root, file.name), file.message)),
      ...tests.filter(isFailure).map((test) => brief(test.fullName, test.failureMessages[0])),
    ],
  };
}

/** The five files that took longest, so that a run that grows slow says where. */
function slowestOf(files) {
  return files
    .map(({ name, startTime, endTime }) => ({ file: path.relative(root, name), seconds: (endTime - startTime) / 1000 }))
    .sort((one, other) => other.seconds - one.seconds)
    .slice(0, 5);
}

const isFailure = (test) => test.status === "failed";
