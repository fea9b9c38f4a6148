// Starts Waypost: database, migrations, setup, then web and worker; stops it in the opposite order.
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { embeddedUrl, freePort, startPostgres } from "../db/embedded.ts";
import { root } from "./bootstrap.mjs";
import { buildIfStale } from "./build.mjs";
import { Children } from "./children.mjs";
import { Crew } from "./crew.mjs";
import {
  keepSecret,
  openDataFolder,
  postgresPasswordOf,
  runningDatabaseUrl,
  secretKeyOf,
  sessionSecretOf,
} from "./data-folder.mjs";
import { NODE_FLAGS } from "./node-flags.mjs";
import { Refusal } from "./refusal.mjs";
import { readSettings } from "./settings.mjs";

const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
const say = (text) => console.log(`waypost: ${text}`);
const has = (file) => fs.existsSync(path.join(root, file));
const tsx = (file) => [...NODE_FLAGS, "--import", "tsx", path.join(root, file)];

/** Runs until it is told to stop or something essential ends. */
export async function supervise(argv) {
  if (has(".env")) process.loadEnvFile(path.join(root, ".env"));
  const settings = readSettings(process.env, argv, root);
  const life = watchOver();
  try {
    await (settings.web ? startAll(settings, life) : startWorkersOnly(settings, life));
  } catch (error) {
    if (!(error instanceof Refusal) && error?.name !== "Refusal") console.error(error);
    else console.error(`waypost: ${error.message}`);
    await life.end(1);
  }
}

/** What must be undone at the end, and the signals that bring it about. */
function watchOver() {
  const life = { children: null, crew: null, postgres: null, folder: null, stopping: false, end, fail };
  async function end(code) {
    if (life.stopping) return new Promise(() => {});
    life.stopping = true;
    const sandbox = "sandbox Odoo";
    await life.crew?.close();
    await life.children?.stop((name) => name !== sandbox, 5_000);
    await life.children?.stop((name) => name === sandbox, 1_000);
    await (await life.postgres)?.stop(3_000);
    if (life.folder) fs.rmSync(life.folder.databaseUrl, { force: true });
    life.folder?.release();
    process.exit(code);
  }
  async function fail(why) {
    if (life.stopping) return;
    console.error(`waypost: ${why}; stopping`);
    await end(1);
  }
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {}); // the reader of our output may leave first
  let asked = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (life.stopping) {
        if (signal === "SIGINT" && Date.now() - asked > 500) life.children?.killNow();
        return;
      }
      asked = Date.now();
      say("stopping");
      void end(0);
    });
  }
  process.on("uncaughtException", (error) => {
    console.error(error);
    void end(1);
  });
  return life;
}

async function startAll(settings, life) {
  const startedAt = Date.now();
  life.folder = openDataFolder(settings.dataDir, settings.publicUrl);
  await refuseTakenPort(settings, life.folder.stolen ? 12_000 : 0);
  if (!settings.dev && has("app")) await buildIfStale(say);
  const secretKey = secretKeyOf(settings.dataDir, settings.secretKey);
  const databaseUrl = settings.databaseUrl ?? (await startEmbedded(settings, life));
  life.children = new Children({ env: environment(settings, databaseUrl, secretKey), say, onFatal: life.fail });
  await migrate(life);
  if (settings.demo && !process.env.ODOO_URL) await startSandbox(life);
  const show = await setUp(life);
  await startWeb(settings, life);
  if (settings.worker && settings.workers > 0 && has("server/worker.ts")) {
    const { children } = life;
    const args = tsx("server/worker.ts");
    life.crew = new Crew({ children, args, byEnvironment: settings.workers, databaseUrl, say });
    await life.crew.start();
  }
  if (settings.demo && has("server/demo/main.ts"))
    life.children.start("demo", tsx("server/demo/main.ts"), { restarts: 10 });
  await becomesReady(settings, life);
  if (life.stopping) return;
  say(`ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s: ${settings.publicUrl}`);
  for (const line of show) say(line);
  if (settings.host !== "127.0.0.1" && !settings.publicUrlGiven) {
    say(`links and sign-in use ${settings.publicUrl}; set WAYPOST_PUBLIC_URL to the address people open`);
  }
  say("Ctrl-C stops it");
}

/** One more worker beside a running Waypost, or the worker of a deployment in parts. */
async function startWorkersOnly(settings, life) {
  const databaseUrl = settings.databaseUrl ?? runningDatabaseUrl(settings.dataDir);
  if (!databaseUrl) {
    throw new Refusal(`no Waypost runs on ${settings.dataDir}; start it with npm start, or set DATABASE_URL.`);
  }
  const secretKey = secretKeyOf(settings.dataDir, settings.secretKey);
  life.children = new Children({ env: environment(settings, databaseUrl, secretKey), say, onFatal: life.fail });
  await migrate(life);
  startWorkers(settings, life, 8 + (process.pid % 56));
  say("worker started; Ctrl-C stops it");
}

function environment(settings, databaseUrl, secretKey) {
  return {
    ...process.env,
    NODE_ENV: settings.dev ? "development" : "production",
    NEXT_TELEMETRY_DISABLED: "1",
    // a person watches this terminal; WAYPOST_LOG_LEVEL=info tells of every batch and attempt
    WAYPOST_LOG_LEVEL: process.env.WAYPOST_LOG_LEVEL || "warn",
    DATABASE_URL: databaseUrl,
    WAYPOST_EMBEDDED: settings.databaseUrl ? "" : "1",
    WAYPOST_DATA_DIR: settings.dataDir,
    WAYPOST_SECRET_KEY: secretKey,
    WAYPOST_PUBLIC_URL: settings.publicUrl,
    WAYPOST_TRUST_PROXY: settings.trustProxy,
    WAYPOST_HOST: settings.host,
    WAYPOST_DEMO: settings.demo ? "1" : "",
    PORT: String(settings.port),
    NEXTAUTH_URL: settings.publicUrl,
    NEXTAUTH_SECRET: process.env.NEXTAUTH_SECRET || sessionSecretOf(secretKey),
  };
}

async function startEmbedded(settings, life) {
  const password = postgresPasswordOf(settings.dataDir);
  life.postgres = startPostgres({
    dataDir: life.folder.postgres,
    password,
    logFile: life.folder.log,
    say,
  });
  life.postgres.catch(() => {
    life.postgres = null;
  });
  const postgres = await life.postgres;
  postgres.onExit(() => life.fail(`PostgreSQL ended unexpectedly, see ${life.folder.log}`));
  const url = embeddedUrl(postgres.port, password, "waypost");
  keepSecret(life.folder.databaseUrl, url);
  return url;
}

async function migrate(life) {
  const { code } = await life.children.run("migrations", tsx("db/migrate.ts"));
  if (code !== 0) await life.end(1); // it has said why
}

async function setUp(life) {
  if (!has("server/setup.ts")) return [];
  const { code, printed } = await life.children.run("setup", tsx("server/setup.ts"));
  if (code !== 0) await life.end(1);
  try {
    return JSON.parse(printed.trim().split("\n").at(-1)).show ?? [];
  } catch {
    return [];
  }
}

/** The demo's Odoo, of which the others are told. */
async function startSandbox(life) {
  if (!has("e2e/odoo/main.ts")) return;
  const [port, controlPort] = [await freePort(), await freePort()];
  const env = { PORT: String(port), WAYPOST_SANDBOX_CONTROL_PORT: String(controlPort), WAYPOST_SANDBOX_SEED: "1" };
  const told = new Promise((resolve) => {
    life.children.start("sandbox Odoo", tsx("e2e/odoo/main.ts"), { env, restarts: 10, onLine: resolve });
  });
  const { url, controlUrl, db, login, key } = JSON.parse(await told);
  await answers(`${url}/web/version`, 60_000, life, "the sandbox Odoo");
  Object.assign(life.children.env, {
    WAYPOST_DEMO_ODOO_URL: url,
    WAYPOST_DEMO_ODOO_DB: db,
    WAYPOST_DEMO_ODOO_LOGIN: login,
    WAYPOST_DEMO_ODOO_KEY: key,
    WAYPOST_DEMO_ODOO_CONTROL_URL: controlUrl,
  });
}

async function startWeb(settings, life) {
  const front = has("server/front.ts");
  const [host, port] = front ? ["127.0.0.1", await freePort()] : [settings.host, settings.port];
  const mode = settings.dev ? "dev" : "start";
  if (has("app")) {
    life.children.start("next", [...NODE_FLAGS, next, mode, "-H", host, "-p", String(port)], {
      onLine: passOn(settings.dev),
    });
  }
  if (front) life.children.start("front", tsx("server/front.ts"), { env: { WAYPOST_NEXT_PORT: String(port) } });
}

/** Next's banner names its inner address, which nobody should open. */
const passOn = (dev) => (line) => {
  if (dev || !/^\s*$|▲|- Local:|- Network:|✓/.test(line)) console.log(line);
};

function startWorkers(settings, life, firstSlot) {
  if (!has("server/worker.ts")) return;
  for (let slot = firstSlot; slot < firstSlot + settings.workers; slot++) {
    const env = { WAYPOST_WORKER_SLOT: String(slot) };
    life.children.start(`worker ${slot}`, tsx("server/worker.ts"), { env, restarts: 10 });
  }
}

async function becomesReady(settings, life) {
  const door = settings.worker && settings.workers > 0 ? "/api/ready" : "/api/health";
  await answers(settings.localUrl + door, 120_000, life, "Waypost");
}

async function answers(url, patienceMs, life, what) {
  const until = Date.now() + patienceMs;
  let last = "no answer";
  while (!life.stopping) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(10_000), redirect: "manual" });
      const text = await response.text();
      if (response.status === 200) return;
      last = `status ${response.status} ${text.slice(0, 300)}`;
    } catch (error) {
      last = error.cause?.code ?? error.message;
    }
    if (Date.now() > until)
      throw new Refusal(`${what} did not become ready at ${url} within ${patienceMs / 1000} s (${last}).`);
    await sleep(100);
  }
}

/** A port just left by a killed run is waited for; one in use by others is refused. */
async function refuseTakenPort({ port, host }, patienceMs) {
  const until = Date.now() + patienceMs;
  for (;;) {
    const code = await new Promise((resolve) => {
      const probe = net.createServer();
      probe.once("error", (error) => resolve(error.code));
      probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(null)));
    });
    if (code === null) return;
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
      throw new Refusal(`WAYPOST_HOST=${host} is not an address of this machine.`);
    }
    if (code === "EACCES") throw new Refusal(`this user may not listen on port ${port}; set PORT to one above 1023.`);
    if (code !== "EADDRINUSE") throw new Refusal(`port ${port} on ${host} cannot be used (${code}).`);
    if (Date.now() > until) {
      throw new Refusal(`port ${port} on ${host} is taken by another program; stop that one, or set PORT to another.`);
    }
    await sleep(200);
  }
}
