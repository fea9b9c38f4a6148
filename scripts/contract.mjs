// npm run test:contract: the Odoo contract suite on the sandbox and on every real Odoo that can be had.
import { enter } from "./bootstrap.mjs";
import { runProgram } from "./refusal.mjs";

/** Runs the suite on all Odoos named in `env` and prints one closing line for each. */
export async function runContract(env) {
  const { findTests, runVitest } = await import("./vitest.mjs");
  const files = findTests((file) => file.endsWith(".contract.test.ts"));
  if (files.length === 0) {
    console.log("--  contract: left out, there are no *.contract.test.ts yet");
    return null;
  }
  const timeouts = { timeoutMs: 8 * 60_000, testTimeoutMs: 120_000 };
  const result = await runVitest("contract", files, { env, ...timeouts, sequential: true });
  for (const target of ["sandbox", "odoo 19", "odoo 14"]) {
    const of = result.tests.filter((test) => test.fullName.toLowerCase().includes(target));
    const count = (status) => of.filter((test) => test.status === status).length;
    if (of.length > 0) console.log(`contract ${target}: ${count("passed")} passed, ${count("failed")} failed`);
  }
  return result;
}

if (import.meta.filename === process.argv[1]) {
  await runProgram(async () => {
    await enter();
    const { openTestRun } = await import("./test-run.mjs");
    const { bringUpOdoos } = await import("./real-odoo.mjs");
    const run = await openTestRun();
    const odoos = bringUpOdoos([19, 14]);
    let failed = 1;
    try {
      failed = (await runContract({ ...run.env, ...(await odoos.environment()) }))?.failed ?? 0;
    } finally {
      await odoos.stop();
      await run.end();
    }
    process.exit(failed > 0 ? 1 : 0);
  });
}
