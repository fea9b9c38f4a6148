// Which Chromium the stories use: named by the environment, Playwright's own, the system's, the one npm brought, or one by apt.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";

const root = fileURLToPath(new URL("..", import.meta.url));
const quiet = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-domain-reliability",
  "--disable-sync",
  "--disable-default-apps",
  "--no-first-run",
  "--no-pings",
  "--metrics-recording-only",
  "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication,InterestFeedContentSuggestions",
  // the stories prove that nothing is asked of other machines
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
];
const ofTheSystem = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Finds a browser that runs, installing one when there is none: { source, version, executablePath, args, env }. */
export async function resolveBrowser() {
  const named =
    process.env.WAYPOST_CHROMIUM ?? process.env.PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH ?? process.env.CHROME_BIN;
  if (named) {
    const found = probe("environment", named);
    if (!found) throw new Error(`the browser named by the environment does not run: ${named}`);
    return found;
  }
  const only = process.env.WAYPOST_BROWSER_SOURCE; // to try one of the sources
  const sources = { playwright: ofPlaywright, system: ofSystem, npm: ofNpm, apt: ofApt };
  for (const [name, source] of Object.entries(sources)) {
    if (only && only !== name) continue;
    const found = await source();
    if (found) return found;
  }
  throw new Error("no Chromium runs here: set WAYPOST_CHROMIUM, or run: npx playwright install --with-deps chromium");
}

function ofPlaywright() {
  try {
    return probe("playwright", chromium.executablePath());
  } catch {
    return null; // none for this platform
  }
}

function ofSystem() {
  for (const file of ofTheSystem) {
    const found = probe("system", file);
    if (found) return found;
  }
  return null;
}

/** The Chromium of @sparticuz/chromium, unpacked once; its own libraries are used where the system lacks them. */
async function ofNpm() {
  if (process.platform !== "linux" || process.arch !== "x64") return null;
  const from = path.join(root, "node_modules", "@sparticuz", "chromium");
  const { version } = JSON.parse(fs.readFileSync(path.join(from, "package.json"), "utf8"));
  const cache = path.join(root, ".cache", `chromium-${version}`);
  if (!fs.existsSync(cache)) await unpack(path.join(from, "bin"), cache);
  const executable = path.join(cache, "chromium");
  const env = { FONTCONFIG_PATH: cache, FONTCONFIG_FILE: path.join(cache, "fonts.conf") };
  const libraries = [path.join(cache, "al2023", "lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
  return probe("npm", executable, env) ?? probe("npm", executable, { ...env, LD_LIBRARY_PATH: libraries });
}

async function unpack(from, cache) {
  fs.mkdirSync(path.dirname(cache), { recursive: true });
  const half = fs.mkdtempSync(`${cache}.`);
  const before = process.env.TMPDIR;
  process.env.TMPDIR = half; // where the package unpacks to
  try {
    const { inflate } = await import("@sparticuz/chromium");
    for (const file of ["chromium.br", "fonts.tar.br", "swiftshader.tar.br", "al2023.tar.br"])
      await inflate(path.join(from, file));
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
  // the package's own fonts.conf names another folder; without a font the browser ends on the first page with text
  const folders = [path.join(cache, "fonts", "fonts"), "/usr/share/fonts"]
    .map((folder) => `<dir>${folder}</dir>`)
    .join("");
  const conf = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders}<cachedir>${path.join(cache, "fontcache")}</cachedir></fontconfig>`;
  fs.writeFileSync(path.join(half, "fonts.conf"), conf);
  fs.chmodSync(half, 0o755);
  try {
    fs.renameSync(half, cache);
  } catch (error) {
    fs.rmSync(half, { recursive: true, force: true });
    if (!fs.existsSync(cache)) throw error; // else another run was faster
  }
}

function ofApt() {
  if (process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"]).status !== 0) return null;
  const options = { stdio: "ignore", timeout: 300_000, env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  console.error("installing Debian's chromium");
  spawnSync("apt-get", ["-qq", "update"], options);
  spawnSync("apt-get", ["-qq", "-y", "--no-install-recommends", "install", "chromium"], options);
  return ofSystem();
}

function probe(source, executablePath, env = {}) {
  if (!executablePath || !fs.existsSync(executablePath)) return null;
  const asked = spawnSync(executablePath, ["--version"], {
    encoding: "utf8",
    timeout: 20_000,
    env: { ...process.env, ...env },
  });
  if (asked.status !== 0) return null;
  return {
    source,
    version: /[\d.]{5,}/.exec(asked.stdout)?.[0] ?? "unknown",
    executablePath,
    args: launchArguments(),
    env,
  };
}

function launchArguments() {
  const args = [...quiet];
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  const shared = fs.existsSync("/dev/shm") ? fs.statfsSync("/dev/shm") : null;
  if (shared && shared.bsize * shared.bavail < 256 * 2 ** 20) args.push("--disable-dev-shm-usage");
  return args;
}
