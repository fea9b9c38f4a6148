import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { v7 } from "uuid";
import { freePort } from "@/db/embedded";
import { insertPerson } from "@/db/queries/people";
import { hashPassword } from "@/server/access/password";

const root = path.resolve(import.meta.dirname, "../..");

/** A running Waypost of a benchmark, with an administrator of its own. */
export type App = {
  origin: string;
  port: number;
  pid: number;
  email: string;
  password: string;
  gone: () => boolean;
  stop: () => Promise<void>;
};

/** Starts the built app as `npm start` does, on this database and a free port, and waits until it is ready. No workers: screens alone. */
export async function startApp(url: string, workers: number, secretKey: Buffer = randomBytes(32)): Promise<App> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "waypost-bench-"));
  const settings: Record<string, string> = {
    NODE_ENV: "",
    DATABASE_URL: url,
    PORT: String(port),
    WAYPOST_HOST: "127.0.0.1",
    WAYPOST_PUBLIC_URL: origin,
    WAYPOST_DATA_DIR: folder,
    WAYPOST_SECRET_KEY: secretKey.toString("base64"),
    WAYPOST_WORKERS: String(Math.max(1, workers)),
    WAYPOST_REENTERED: "1", // this is the pinned Node already
  };
  const child = spawn(process.execPath, ["scripts/start.mjs", ...(workers > 0 ? [] : ["--web-only"])], {
    cwd: root,
    env: { ...process.env, ...settings },
    stdio: ["ignore", "ignore", "inherit"],
  });
  let gone = false;
  const end = ended(child).then(() => {
    gone = true;
    fs.rmSync(folder, { recursive: true, force: true });
  });
  const stop = async () => {
    if (!gone) child.kill("SIGTERM");
    await end;
  };
  try {
    const ready = `${origin}/api/${workers > 0 ? "ready" : "health"}`;
    await until(
      async () => (await fetch(ready)).status === 200,
      300_000,
      "ready",
      () => gone,
    );
    await until(
      async () => (await fetch(`${origin}/sign-in`)).status === 200,
      60_000,
      "ready",
      () => gone,
    );
    const email = `bench-${randomBytes(4).toString("hex")}@example.com`;
    const password = randomBytes(18).toString("base64url");
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    const person = { id: v7(), email, name: "Bench", role: "administrator", state: "active" } as const;
    await insertPerson(sql, { ...person, passwordHash: await hashPassword(password), createdAt: new Date() });
    await sql.end();
    return { origin, port, pid: child.pid ?? 0, email, password, gone: () => gone, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Signs in without a browser; the cookies of the session. */
export async function signInTo(app: App): Promise<string> {
  const cookies = new Map<string, string>();
  const keep = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
  };
  const cookie = () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const first = await fetch(`${app.origin}/api/auth/csrf`);
  keep(first);
  const { csrfToken } = (await first.json()) as { csrfToken: string };
  const form = new URLSearchParams({ csrfToken, email: app.email, password: app.password, json: "true" });
  const second = await fetch(`${app.origin}/api/auth/callback/credentials`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", cookie: cookie(), origin: app.origin },
    body: form.toString(),
    redirect: "manual",
  });
  keep(second);
  await second.arrayBuffer();
  if (![...cookies.keys()].some((name) => name.includes("session-token"))) throw new Error("the sign-in was refused");
  return cookie();
}

/** Resolves to the exit code of a process, also when it has ended already. */
export function ended(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode ?? 1);
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}

/** Asks every 100 ms until it holds; throws when the app ended or patience did. */
export async function until(
  holds: () => Promise<boolean>,
  patienceMs: number,
  what: string,
  over: () => boolean,
): Promise<void> {
  const end = Date.now() + patienceMs;
  for (;;) {
    if (await holds().catch(() => false)) return;
    if (over()) throw new Error(`Waypost ended before it was ${what}`);
    if (Date.now() > end) throw new Error(`not ${what} within ${patienceMs / 1000} s`);
    await sleep(100);
  }
}
