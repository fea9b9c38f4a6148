// The data folder: the embedded database, the generated key, what the running supervisor tells others.
import { hkdfSync, randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { lockHolder, tryLock } from "./lock.mjs";
import { Refusal } from "./refusal.mjs";
import { isSecretKey } from "./settings.mjs";

const files = (dataDir) => ({
  lock: path.join(dataDir, "lock"),
  key: path.join(dataDir, "secret.key"),
  password: path.join(dataDir, "postgres.password"),
  postgres: path.join(dataDir, "pg"),
  log: path.join(dataDir, "postgres.log"),
  databaseUrl: path.join(dataDir, "database.url"),
});

/** Makes the folder when missing and takes its lock; a second start gets a Refusal. */
export function openDataFolder(dataDir, url) {
  const at = files(dataDir);
  let lock;
  try {
    if (!fs.existsSync(dataDir)) {
      makeFolder(dataDir);
      fs.chmodSync(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700); // as root, PostgreSQL's account walks through it
    }
    lock = tryLock(at.lock, { url });
  } catch (error) {
    const who = os.userInfo().username;
    throw new Refusal(
      `the data folder ${dataDir} cannot be written by ${who} (${error.code}); give it to that user, or set WAYPOST_DATA_DIR to another.`,
    );
  }
  if (lock.holder) {
    const { pid, url: theirs } = lock.holder;
    throw new Refusal(
      `Waypost already runs on ${dataDir} (process ${pid}${theirs ? `, ${theirs}` : ""}); stop it first, or set WAYPOST_DATA_DIR and PORT for a second one.`,
    );
  }
  return { ...at, ...lock };
}

/** mkdir -p, step by step: Node's own recursive one never ends below a folder like /proc. */
function makeFolder(folder) {
  if (fs.existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  fs.mkdirSync(folder, { mode: 0o755 });
}

/** What a second program may know of a data folder whose supervisor runs: the database address, or null. */
export function runningDatabaseUrl(dataDir) {
  const at = files(dataDir);
  return lockHolder(at.lock) && fs.existsSync(at.databaseUrl) ? readSecret(at.databaseUrl) : null;
}

/** The key that encrypts stored secrets: the given one, else the one in the folder, else a new one kept there. */
export function secretKeyOf(dataDir, given) {
  if (given) return given;
  const at = files(dataDir);
  if (!fs.existsSync(at.key)) {
    if (fs.existsSync(at.postgres)) {
      throw new Refusal(
        `${at.key} is missing though ${at.postgres} holds a database; put the file back or set WAYPOST_SECRET_KEY, since stored secrets cannot be read without it.`,
      );
    }
    keepSecret(at.key, randomBytes(32).toString("base64"));
  }
  const key = readSecret(at.key);
  if (!isSecretKey(key)) throw new Refusal(`${at.key} does not hold 32 bytes in base64.`);
  return key;
}

/** The superuser's password of the embedded server, made on first use. */
export function postgresPasswordOf(dataDir) {
  const at = files(dataDir);
  if (!fs.existsSync(at.password)) {
    if (fs.existsSync(path.join(at.postgres, "PG_VERSION")))
      throw new Refusal(`${at.password} is missing; put the file back.`);
    keepSecret(at.password, randomBytes(24).toString("base64url"));
  }
  return readSecret(at.password);
}

/** The key that signs sessions, unless it is given: derived, so that one secret is kept. */
export function sessionSecretOf(secretKey) {
  const salt = Buffer.alloc(0);
  return Buffer.from(hkdfSync("sha256", Buffer.from(secretKey, "base64"), salt, "waypost sessions", 32)).toString(
    "base64",
  );
}

/** Writes a file that only its owner reads, all at once. */
export function keepSecret(file, text) {
  fs.writeFileSync(`${file}.new`, `${text}\n`, { mode: 0o600, flush: true });
  fs.renameSync(`${file}.new`, file);
}

function readSecret(file) {
  try {
    return fs.readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new Refusal(`${file} cannot be read by ${os.userInfo().username} (${error.code}).`);
  }
}
