import path from "node:path";
import { defineConfig } from "@playwright/test";
import { resolveBrowser } from "./browser.mjs";

const root = path.resolve(import.meta.dirname, "..");
const port = process.env.WAYPOST_E2E_PORT ?? "3480";
const dataDir = process.env.WAYPOST_E2E_DATA_DIR ?? path.join(root, ".waypost", "e2e");
const browser = await resolveBrowser();
process.env.WAYPOST_E2E_DATA_DIR = dataDir; // where the stories find demo.json

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: path.join(root, "test-results"),
  timeout: 120_000,
  expect: { timeout: 40_000 }, // a build machine may be three times slower than ours
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    trace: process.env.WAYPOST_E2E_TRACE ? "retain-on-failure" : "off", // recording costs a third of the time
    screenshot: "only-on-failure",
    locale: "en-GB",
    timezoneId: "UTC",
    launchOptions: {
      executablePath: browser.executablePath,
      args: browser.args,
      env: { ...(process.env as Record<string, string>), ...browser.env },
    },
  },
  webServer: {
    command: "exec node scripts/start.mjs --demo",
    cwd: root,
    url: `http://127.0.0.1:${port}/api/ready`,
    timeout: 240_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: "SIGTERM", timeout: 20_000 }, // SIGKILL would orphan PostgreSQL
    stdout: "pipe",
    env: { PORT: port, WAYPOST_DATA_DIR: dataDir },
  },
});
