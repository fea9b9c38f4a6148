// What all test commands share: a PostgreSQL of their own and an environment without the developer's settings.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startPostgres } from "../db/embedded.ts";
import { endAll } from "./steps.mjs";

/**
 * Starts a PostgreSQL in a folder of its own; `end` stops it and deletes the folder. It syncs nothing to the disk: a process that is killed
 * loses nothing by that, and a machine that falls is no test.
 */
export async function openTestRun() {
  cleanEnvironment();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "waypost-test-"));
  if (process.getuid?.() === 0) fs.chmodSync(folder, 0o711); // PostgreSQL's account walks through it
  const opening = startPostgres({
    dataDir: path.join(folder, "pg"),
    password: "waypost-tests",
    logFile: path.join(folder, "postgres.log"),
    settings: { max_connections: 200, fsync: "off" },
  });
  const end = async () => {
    endAll();
    await (await opening.catch(() => null))?.stop();
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 });
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.once(signal, async () => {
      await end();
      process.exit(130);
    });
  }
  const postgres = await opening;
  return { folder, env: { WAYPOST_TEST_DATABASE_URL: postgres.url(), NODE_ENV: "test" }, end };
}

function cleanEnvironment() {
  for (const name of Object.keys(process.env)) {
    const ours = /^(WAYPOST_|ODOO_|NEXTAUTH_|OIDC_|SMTP_)/.test(name) || name === "DATABASE_URL" || name === "PORT";
    if (ours && !/^WAYPOST_(TEST_|CHROMIUM|BROWSER)/.test(name)) delete process.env[name];
  }
}
