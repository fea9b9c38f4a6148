// Steps of a test run: programs whose outcome is counted, shown briefly when well and in full when not.
import { spawn } from "node:child_process";
import path from "node:path";
import { root } from "./bootstrap.mjs";

const running = new Set();

/** The path of a program of node_modules. */
export const program = (name) => path.join(root, "node_modules", ".bin", name);

/** Runs a program to its end or its time-out; a time-out is a failure. */
export async function runProgramTo({ command, args, env = {}, timeoutMs = 120_000, show = false }) {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // so that its whole group can be ended
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (bytes) => {
      output += bytes;
      if (show) process.stdout.write(bytes);
    });
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    endGroup(child, "SIGTERM");
    setTimeout(() => endGroup(child, "SIGKILL"), 15_000).unref();
  }, timeoutMs);
  const code = await new Promise((resolve) => {
    child.once("error", (error) => {
      output += error.message;
      resolve(127);
    });
    child.once("close", (status) => resolve(status ?? 1));
  });
  clearTimeout(timer);
  running.delete(child);
  return { ok: code === 0 && !timedOut, code, timedOut, output };
}

/** Ends whatever is still running, for a run that was interrupted. */
export function endAll() {
  for (const child of running) endGroup(child, "SIGTERM");
}

function endGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // gone already
  }
}

/** Prints the closing line of one step. */
export function report(name, { passed, failed, skipped }, startedAt) {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `${failed > 0 ? "FAILED" : "ok"}  ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped (${seconds} s)`,
  );
}

const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

/** One failure in one line: what failed, and the start of what it said. */
export function brief(name, message) {
  const said = (message ?? "").replaceAll(COLOURS, "").replace(/\s+/g, " ").trim();
  return `${name}: ${said}`.slice(0, 300);
}
