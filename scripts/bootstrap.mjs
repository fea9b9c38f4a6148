// First thing every script does, on whatever Node the machine has: install what is missing, then go on under the pinned Node.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { takeLock } from "./lock.mjs";
import { Refusal } from "./refusal.mjs";

export const root = path.resolve(import.meta.dirname, "..");
const modules = path.join(root, "node_modules");
const pinnedNode = path.join(modules, ".bin", "node");
const say = (text) => console.error(`waypost: ${text}`);

/** Installs, and continues in a new process under the pinned Node when this one is another. Returns only in the right one. */
export async function enter() {
  const reentered = process.env.WAYPOST_REENTERED === "1";
  delete process.env.WAYPOST_REENTERED;
  const installed = process.env.WAYPOST_PREBUILT !== "1" && (await installMissing());
  const pinned = fs.existsSync(pinnedNode) && fs.realpathSync(pinnedNode);
  if (pinned && !reentered && (installed || !isThisNode(pinned)) && spawnSync(pinned, ["-v"]).status === 0) {
    await continueUnder(pinned);
  }
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 18)) {
    throw new Refusal(`Node ${process.versions.node} is too old and no pinned Node could be installed; use Node 24.`);
  }
}

function isThisNode(file) {
  try {
    return fs.realpathSync(process.execPath) === file;
  } catch {
    return false;
  }
}

async function continueUnder(node) {
  const args = [...process.execArgv, ...process.argv.slice(1)];
  const env = { ...process.env, WAYPOST_REENTERED: "1", PATH: `${path.dirname(pinnedNode)}:${process.env.PATH}` };
  if (process.execve) process.execve(node, [node, ...args], env);
  const withParent = path.join(root, "scripts", "with-parent.mjs");
  const child = spawn(node, ["--import", withParent, ...args], {
    stdio: "inherit",
    env: { ...env, WAYPOST_SUPERVISOR_PID: String(process.pid) },
  });
  // Ctrl-C reaches both of us from the terminal; a signal sent to this process alone is passed on.
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((resolve) => child.once("exit", (...how) => resolve(how)));
  process.exit(code ?? (signal ? 1 : 0));
}

async function installMissing() {
  let missing = findMissing();
  if (!missing) return false;
  const lock = await takeLock(path.join(root, ".cache", "install.lock"), ({ pid }) =>
    say(`another process (${pid}) is installing the dependencies; waiting for it`),
  );
  try {
    missing = findMissing();
    if (!missing) return true;
    say(`installing the dependencies, about half a minute (${missing})`);
    if (!npmCi()) {
      say("npm ci failed; trying once more from an empty node_modules");
      fs.rmSync(modules, { recursive: true, force: true });
      if (!npmCi()) throw new Refusal("the dependencies could not be installed; npm's own words stand above.");
    }
    missing = findMissing({ ours: false });
    if (missing) throw new Refusal(`npm ci ended well but ${missing}.`);
    return true;
  } finally {
    lock.release();
  }
}

function npmCi() {
  const args = ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const cli = process.env.npm_execpath;
  const [command, all] = cli?.endsWith("js") ? [process.execPath, [cli, ...args]] : ["npm", args];
  const { status, error } = spawnSync(command, all, { cwd: root, stdio: ["ignore", 2, 2] });
  if (error) say(`npm could not be run: ${error.message}`);
  return status === 0;
}

/**
 * Why the dependencies are not complete, or null. npm writes node_modules/.package-lock.json last, so a killed install lacks it.
 * Optional packages may be absent, but those this platform can use are tried again (`ours`).
 */
export function findMissing({ ours = true, folder = root } = {}) {
  const wanted = JSON.parse(fs.readFileSync(path.join(folder, "package-lock.json"), "utf8")).packages;
  const at = path.join(folder, "node_modules");
  let present;
  try {
    present = JSON.parse(fs.readFileSync(path.join(at, ".package-lock.json"), "utf8")).packages;
  } catch {
    return fs.existsSync(at) ? "an earlier installation was not finished" : "node_modules is missing";
  }
  const direct = Object.keys(wanted[""].optionalDependencies ?? {}).map((name) => `node_modules/${name}`);
  for (const [where, entry] of Object.entries(wanted)) {
    if (where === "" || entry.link) continue;
    const usable = fits(entry.os, process.platform) && fits(entry.cpu, process.arch);
    const needed =
      entry.optional || entry.devOptional || entry.peer ? ours && usable && direct.includes(where) : usable;
    const got = present[where];
    if (!got && !needed) continue;
    if (!got || !fs.existsSync(path.join(folder, where, "package.json"))) return `${where} is missing`;
    if (got.version !== entry.version) return `${where} is ${got.version}, not ${entry.version}`;
  }
  return null;
}

const fits = (list, value) => !list || list.includes(value);
