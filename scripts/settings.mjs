// Settings by environment, read once by the supervisor. A wrong one is named in one sentence.
import net from "node:net";
import path from "node:path";
import { Refusal } from "./refusal.mjs";

/** Reads the settings of `npm start`; throws a Refusal that names the first wrong one. */
export function readSettings(env, argv, root) {
  const port = readNumber(env, "PORT", 3000, 1, 65_535);
  const host = readHost(env);
  const local = `http://${reachable(host)}:${port}`;
  const publicUrl = readOrigin(env, "WAYPOST_PUBLIC_URL");
  const authUrl = readOrigin(env, "NEXTAUTH_URL");
  if (publicUrl && authUrl && publicUrl !== authUrl) {
    throw new Refusal(
      `WAYPOST_PUBLIC_URL (${publicUrl}) and NEXTAUTH_URL (${authUrl}) must name the same address; setting one is enough.`,
    );
  }
  const databaseUrl = readDatabaseUrl(env);
  return {
    port,
    host,
    localUrl: local,
    publicUrl: publicUrl ?? authUrl ?? local,
    publicUrlGiven: Boolean(publicUrl ?? authUrl),
    trustProxy: readTrustProxy(env),
    dataDir: path.resolve(root, env.WAYPOST_DATA_DIR || ".waypost"),
    databaseUrl,
    secretKey: readSecretKey(env, databaseUrl),
    workers: readNumber(env, "WAYPOST_WORKERS", 1, 0, 64),
    ...readArguments(argv),
  };
}

function readArguments(argv) {
  const known = ["--demo", "--dev", "--web-only", "--worker-only"];
  const unknown = argv.find((argument) => !known.includes(argument));
  if (unknown) throw new Refusal(`"${unknown}" is no option of npm start; it takes ${known.join(", ")}.`);
  const has = (name) => argv.includes(name);
  if (has("--web-only") && has("--worker-only")) throw new Refusal("--web-only and --worker-only exclude each other.");
  return { demo: has("--demo"), dev: has("--dev"), web: !has("--worker-only"), worker: !has("--web-only") };
}

function readNumber(env, name, fallback, min, max) {
  if (!env[name]) return fallback;
  const value = Number(env[name]);
  if (!/^\d+$/.test(env[name]) || value < min || value > max) {
    throw new Refusal(`${name} must be a whole number from ${min} to ${max}, not "${env[name]}".`);
  }
  return value;
}

function readHost(env) {
  const host = env.WAYPOST_HOST || "127.0.0.1";
  if (host !== "localhost" && net.isIP(host) === 0) {
    throw new Refusal(`WAYPOST_HOST must be an IP address of this machine (0.0.0.0 for all of them), not "${host}".`);
  }
  return host;
}

/** The address under which this machine itself reaches a server bound to `host`. */
function reachable(host) {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return net.isIPv6(host) ? `[${host}]` : host;
}

function readOrigin(env, name) {
  if (!env[name]) return null;
  const wrong = (why) =>
    new Refusal(`${name} must be the address people open, like https://waypost.example.com, ${why}.`);
  let url;
  try {
    url = new URL(env[name]);
  } catch {
    throw wrong(`not "${env[name]}"`);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") throw wrong(`with http or https, not "${url.protocol}"`);
  if (url.username || url.password) throw wrong("without a user name or password in it");
  if (url.pathname !== "/" || url.search || url.hash) throw wrong("without a path behind the host");
  return url.origin;
}

/** Whose X-Forwarded-* headers are believed: nobody's (default), a proxy on this machine, or proxies at the given addresses. */
function readTrustProxy(env) {
  const value = (env.WAYPOST_TRUST_PROXY ?? "").trim();
  if (value === "" || value === "off") return "";
  const parts = value.split(",").map((part) => part.trim());
  for (const part of parts) {
    const [address, bits, more] = part.split("/");
    const family = net.isIP(address);
    const widest = family === 4 ? 32 : 128;
    const rangeIsFine = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= widest && more === undefined);
    if (part !== "loopback" && (family === 0 || !rangeIsFine)) {
      throw new Refusal(
        `WAYPOST_TRUST_PROXY must be off, loopback, or addresses and ranges such as 10.0.0.5,10.1.0.0/16; "${part}" is none of these.`,
      );
    }
  }
  return parts.join(",");
}

function readDatabaseUrl(env) {
  if (!env.DATABASE_URL) return null;
  try {
    const url = new URL(env.DATABASE_URL);
    if (/^postgres(ql)?:$/.test(url.protocol)) return env.DATABASE_URL;
  } catch {
    // said below, without the value: it may hold a password
  }
  throw new Refusal("DATABASE_URL must look like postgres://user:password@host:5432/database.");
}

function readSecretKey(env, databaseUrl) {
  const key = env.WAYPOST_SECRET_KEY;
  if (!key) {
    if (!databaseUrl) return null;
    throw new Refusal(
      "WAYPOST_SECRET_KEY is missing: with DATABASE_URL set it must be given (32 random bytes in base64, from: openssl rand -base64 32), and kept with the backups.",
    );
  }
  if (!isSecretKey(key))
    throw new Refusal("WAYPOST_SECRET_KEY must be 32 random bytes in base64 (openssl rand -base64 32).");
  return key;
}

/** True for 32 bytes in base64. */
export function isSecretKey(text) {
  return /^[A-Za-z0-9+/]{43}=$/.test(text);
}
