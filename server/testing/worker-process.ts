import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A real worker process over a test database, to be killed. */
export type WorkerProcess = {
  pid: number;
  kill: () => Promise<void>;
  stop: () => Promise<void>;
  exited: () => boolean;
  output: () => string;
};

/** A worker is up within a few seconds; a machine that does much else is given this long. */
const UP_MS = 120_000;

/** Starts `server/worker.ts` as its own process, which ends with this one, and waits until it says that it is up. */
export async function startWorker(url: string, env: Record<string, string> = {}): Promise<WorkerProcess> {
  const child = spawn(
    process.execPath,
    ["--import", "./scripts/with-parent.mjs", "--import", "tsx", "server/worker.ts"],
    {
      env: {
        ...process.env,
        DATABASE_URL: url,
        WAYPOST_SECRET_KEY: Buffer.alloc(32, 7).toString("base64"),
        WAYPOST_DATA_DIR: ".waypost-test",
        WAYPOST_LOG_LEVEL: "info",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  child.stdout?.on("data", (data: Buffer) => (output = (output + data.toString()).slice(-20_000)));
  child.stderr?.on("data", (data: Buffer) => (output = (output + data.toString()).slice(-20_000)));
  await new Promise<void>((resolve, reject) => {
    const failed = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`the worker did not come up: ${output}`));
    }, UP_MS);
    child.once("exit", (code) => reject(new Error(`the worker left with ${code}: ${output}`)));
    child.stdout?.on("data", () => {
      if (!output.includes("worker up")) return;
      clearTimeout(failed);
      resolve();
    });
  });
  return {
    pid: child.pid ?? 0,
    kill: () => end(child, "SIGKILL"),
    stop: () => end(child, "SIGTERM"),
    exited: () => child.exitCode !== null || child.signalCode !== null,
    output: () => output,
  };
}

async function end(child: ChildProcess, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}
