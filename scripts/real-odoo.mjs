// A real Odoo for the contract suite, where this machine can have one.
import path from "node:path";
import { root } from "./bootstrap.mjs";
import { runProgramTo } from "./steps.mjs";

const script = (version) => path.join(root, "scripts", "odoo", `up${version}.sh`);

/**
 * Brings up the Odoos of the given versions, one after the other, in the background.
 * `await odoo.environment()` gives what the tests are told; `stop` ends those that did not run before.
 */
export function bringUpOdoos(versions) {
  const started = [];
  const env = {};
  const done = (async () => {
    for (const version of versions) {
      if (process.env[`WAYPOST_TEST_ODOO${version}`] === "0") {
        shout(`NO REAL ODOO ${version}: switched off by WAYPOST_TEST_ODOO${version}=0`);
        continue;
      }
      if (process.env[`WAYPOST_TEST_ODOO${version}_URL`]) continue; // one is at hand already
      const before = await run(version, "status", 60_000);
      const wasUp = /^odoo up$/m.test(before.output);
      const up = await run(version, "up", 12 * 60_000);
      const values = up.output.matchAll(new RegExp(`^(ODOO${version}_[A-Z_]+)=(.*)$`, "gm"));
      const found = Object.fromEntries([...values].map(([, name, value]) => [`WAYPOST_TEST_${name}`, value]));
      if (!wasUp) started.push(version);
      if (up.ok && found[`WAYPOST_TEST_ODOO${version}_URL`]) Object.assign(env, found);
      else shout(`NO REAL ODOO ${version}: ${lastLine(up.output)}; going on with the sandbox alone`);
    }
  })();
  return {
    environment: async () => {
      await done;
      return env;
    },
    stop: async () => {
      for (const version of started) await run(version, "stop", 60_000);
    },
  };
}

const run = (version, verb, timeoutMs) => runProgramTo({ command: "bash", args: [script(version), verb], timeoutMs });
const shout = (text) => console.log(`!!!!! ${text} !!!!!`);
const lastLine = (output) => output.trim().split("\n").at(-1)?.slice(0, 200) || "no reason given";
