// `next build`, only when the sources differ from those of the build that is there.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { root } from "./bootstrap.mjs";
import { takeLock } from "./lock.mjs";
import { Refusal } from "./refusal.mjs";

const folders = ["app", "components", "core", "server", "db", "public"];
const files = [
  "package-lock.json",
  "next.config.js",
  "postcss.config.mjs",
  "tsconfig.json",
  "proxy.ts",
  "instrumentation.ts",
];
const output = path.join(root, ".next");
const stamp = path.join(output, "waypost-sources");

/** Builds when the build is missing or stale; two at once wait for each other. Returns whether it built. */
export async function buildIfStale(say) {
  if (process.env.WAYPOST_PREBUILT === "1" || isFresh()) return false;
  const lock = await takeLock(path.join(root, ".cache", "build.lock"), ({ pid }) =>
    say(`another process (${pid}) is building; waiting for it`),
  );
  try {
    if (isFresh()) return false;
    say("building, about half a minute");
    const sources = hashSources();
    fs.rmSync(stamp, { force: true });
    await build();
    fs.writeFileSync(stamp, sources);
    return true;
  } finally {
    lock.release();
  }
}

function isFresh() {
  if (!fs.existsSync(path.join(output, "BUILD_ID")) || !fs.existsSync(stamp)) return false;
  return fs.readFileSync(stamp, "utf8") === hashSources();
}

async function build() {
  const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  const child = spawn(process.execPath, ["--import", path.join(root, "scripts", "with-parent.mjs"), next, "build"], {
    cwd: root,
    env: { ...env, WAYPOST_SUPERVISOR_PID: String(process.pid) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (output += bytes));
  const code = await new Promise((resolve) => child.once("exit", resolve));
  if (code === 0) return;
  console.error(output);
  throw new Refusal("the build failed; its output stands above.");
}

function hashSources() {
  const hash = createHash("sha256").update(process.version);
  for (const file of [...files, ...folders.flatMap(listSources)].sort()) {
    const at = path.join(root, file);
    if (fs.existsSync(at)) hash.update(`${file}\0`).update(fs.readFileSync(at)).update("\0");
  }
  return hash.digest("hex");
}

function listSources(folder) {
  const at = path.join(root, folder);
  if (!fs.existsSync(at)) return [];
  return fs
    .readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(test|spec)\.tsx?$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes(`${path.sep}examples${path.sep}`));
}
