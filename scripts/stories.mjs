// The stories of e2e in a real browser, against the built app with its own data folder.
import fs from "node:fs";
import path from "node:path";
import { freePort } from "../db/embedded.ts";
import { brief, program, report, runProgramTo } from "./steps.mjs";

/** Runs Playwright and counts from its JSON report. */
export async function runStories({ env, folder, timeoutMs }) {
  const startedAt = performance.now();
  const json = path.join(folder, "stories.json");
  const ran = await runProgramTo({
    command: program("playwright"),
    args: ["test", "--config", "e2e/playwright.config.ts", "--reporter=list,json"],
    env: {
      ...env,
      NODE_ENV: "",
      PLAYWRIGHT_JSON_OUTPUT_NAME: json,
      WAYPOST_E2E_PORT: String(await freePort()),
      WAYPOST_E2E_DATA_DIR: path.join(folder, "e2e"),
    },
    timeoutMs,
  });
  const result = countStories(fs.existsSync(json) ? JSON.parse(fs.readFileSync(json, "utf8")) : null, ran.ok);
  if (result.failed > 0) console.log(ran.output);
  report("e2e", result, startedAt);
  return result;
}

/** Sums Playwright's report; a flaky story counts as failed, and so does a bad exit without a failed story. */
export function countStories(json, ok) {
  if (!json) return { passed: 0, failed: 1, skipped: 0, failures: [] };
  const { expected, unexpected, flaky, skipped } = json.stats;
  const failed = unexpected + flaky;
  return {
    passed: expected,
    failed: failed === 0 && !ok ? 1 : failed,
    skipped,
    failures: json.suites.flatMap(failuresOf),
  };
}

/** Every error of a suite and of the suites in it, one line each. */
function failuresOf({ suites = [], specs = [] }) {
  const own = specs.flatMap(({ title, tests }) =>
    tests.flatMap(({ results }) => results.flatMap(({ errors }) => errors.map(({ message }) => brief(title, message)))),
  );
  return [...own, ...suites.flatMap(failuresOf)];
}
