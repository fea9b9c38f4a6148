// The processes of one running Waypost: started detached, restarted or fatal when they end, retired one by one, stopped in order.
import { spawn } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./bootstrap.mjs";

const withParent = path.join(root, "scripts", "with-parent.mjs");
const longestPauseMs = 30_000;
const healthyAfterMs = 60_000;

export class Children {
  #running = new Map();
  /** What is meant to run, by name; another start or a retirement makes the one before void. */
  #meant = new Map();
  #stopping = false;

  constructor({ env, say, onFatal }) {
    Object.assign(this, { env, say, onFatal });
  }

  /**
   * Starts a program that must live as long as Waypost; its end ends all, unless it may be restarted. One that is not `vital` is restarted
   * for ever, ever more slowly.
   */
  start(name, args, { env = {}, restarts = 0, output = "inherit", onLine, vital = true } = {}) {
    if (this.#stopping) return;
    const startedAt = Date.now();
    const meant = Symbol(name);
    this.#meant.set(name, meant);
    const child = this.#spawn(name, args, env, onLine ? "pipe" : output);
    if (onLine) readLines(child.stdout, onLine);
    child.once("exit", async (code, signal) => {
      this.#running.delete(name);
      if (this.#stopping || this.#meant.get(name) !== meant) return;
      const left = Date.now() - startedAt > healthyAfterMs ? Math.max(restarts, 10) : restarts;
      const how = `${name} ended unexpectedly (${signal ?? `code ${code}`})`;
      if (left === 0 && vital) return this.onFatal(how);
      const pauseMs = Math.min(longestPauseMs, 1000 * 2 ** Math.max(0, 10 - left));
      this.say(`${how}; starting it again in ${pauseMs / 1000} s`);
      await sleep(pauseMs);
      if (this.#meant.get(name) !== meant) return; // retired, or started anew, meanwhile
      this.start(name, args, { env, restarts: Math.max(0, left - 1), output, onLine, vital });
    });
  }

  /** Ends one program for good while the others go on: SIGTERM, and SIGKILL where it is still there after `patienceMs`. */
  async retire(name, patienceMs) {
    this.#meant.delete(name);
    const child = this.#running.get(name);
    if (!child) return;
    const ended = new Promise((resolve) => onceGone(child, resolve));
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
    await ended;
    clearTimeout(timer);
  }

  /** Runs a program to its end; resolves to its exit code and what it printed. */
  async run(name, args, { env = {} } = {}) {
    if (this.#stopping) return new Promise(() => {});
    const child = this.#spawn(name, args, env, "pipe");
    let printed = "";
    child.stdout.on("data", (bytes) => (printed += bytes));
    const code = await new Promise((resolve) => child.once("close", resolve));
    this.#running.delete(name);
    if (this.#stopping) return new Promise(() => {}); // whoever waits is being stopped as well
    return { code, printed };
  }

  /** SIGTERM to the named ones at once, SIGKILL to those still there after `patienceMs`. */
  async stop(isMeant, patienceMs) {
    this.#stopping = true;
    const meant = [...this.#running].filter(([name]) => isMeant(name)).map(([, child]) => child);
    const ended = Promise.all(meant.map((child) => new Promise((resolve) => onceGone(child, resolve))));
    for (const child of meant) child.kill("SIGTERM");
    const timer = setTimeout(() => this.#killAll(meant), patienceMs);
    await ended;
    clearTimeout(timer);
  }

  killNow() {
    this.#stopping = true;
    this.#killAll([...this.#running.values()]);
  }

  #killAll(children) {
    for (const child of children) child.kill("SIGKILL");
  }

  #spawn(name, args, env, output) {
    // detached: Ctrl-C in the terminal must reach only the supervisor, which then stops things in order
    const child = spawn(process.execPath, ["--import", withParent, ...args], {
      cwd: root,
      env: { ...this.env, ...env, WAYPOST_SUPERVISOR_PID: String(process.pid) },
      stdio: ["ignore", output, "inherit"],
      detached: true,
    });
    this.#running.set(name, child);
    return child;
  }
}

function onceGone(child, listener) {
  if (child.exitCode !== null || child.signalCode !== null) listener();
  else child.once("exit", listener);
}

function readLines(stream, onLine) {
  let rest = "";
  stream.on("data", (bytes) => {
    const lines = (rest + bytes).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
}
