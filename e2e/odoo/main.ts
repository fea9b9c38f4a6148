import { startSandboxOdoo } from "./server";

/**
 * Runs the sandbox Odoo by itself. Settings by environment: PORT (8070), WAYPOST_SANDBOX_CONTROL_PORT (PORT + 1),
 * WAYPOST_SANDBOX_VERSION (19 or 14), WAYPOST_SANDBOX_SEED=1 for orders to look at. Prints one line of JSON when it answers.
 */
const port = Number(process.env.PORT ?? 8070);
const version = process.env.WAYPOST_SANDBOX_VERSION === "14" ? "14" : "19";
const sandbox = await startSandboxOdoo({
  port,
  version,
  seed: process.env.WAYPOST_SANDBOX_SEED === "1",
  // its memory ends with the process, but who read it remembers: a later start gives out later ids
  firstId: Math.floor(Date.now() / 1000 - Date.UTC(2026, 0, 1) / 1000),
  controlPort: Number(process.env.WAYPOST_SANDBOX_CONTROL_PORT ?? (port === 0 ? 0 : port + 1)),
});
const { url, controlUrl, db, login, key } = sandbox;
process.stdout.write(`${JSON.stringify({ url, controlUrl, version, db, login, key })}\n`);

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    void sandbox.close().then(() => process.exit(0));
  });
