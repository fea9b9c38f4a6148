// All that needs no database: format and lint, types, import rules, unused code.
import fs from "node:fs";
import path from "node:path";
import { enter, root } from "./bootstrap.mjs";
import { runProgram } from "./refusal.mjs";
import { program, report, runProgramTo } from "./steps.mjs";

const rooms = ["app", "components", "core", "db", "e2e", "scripts", "server"];

/** Runs the checks one after the other; each counts as one test. */
export async function runChecks() {
  const present = rooms.filter((room) => fs.existsSync(path.join(root, room)));
  const checks = [
    ["format and lint (biome)", "biome", ["ci", "--colors=off", "--error-on-warnings", "."]],
    ["types of the routes (next typegen)", "next", ["typegen"]],
    ["types (tsc)", "tsc", ["--noEmit", "--pretty", "false"]],
    ["imports (dependency-cruiser)", "depcruise", ["--config", ".dependency-cruiser.mjs", ...present]],
    ["unused code (knip)", "knip", ["--no-progress"]],
  ];
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, command, args] of checks) {
    const startedAt = performance.now();
    const { ok, output } = await runProgramTo({ command: program(command), args });
    if (!ok) console.log(output.trim());
    report(name, { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 }, startedAt);
    if (ok) sum.passed++;
    else sum.failed++;
  }
  return sum;
}

if (import.meta.filename === process.argv[1]) {
  await runProgram(async () => {
    await enter();
    const { passed, failed } = await runChecks();
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed > 0 ? 1 : 0;
  });
}
