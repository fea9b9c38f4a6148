// Lock files that survive kill -9: the holder is named by boot, pid and start time, so a recycled pid holds nothing.
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const readOrNull = (file) => {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return null;
  }
};

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function startOf(pid) {
  const stat = readOrNull(`/proc/${pid}/stat`);
  if (!stat) return "";
  const boot = readOrNull("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
  return `${boot}:${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]}`;
}

/** The living holder of a lock file ({ pid, ...note }), or null. */
export function lockHolder(file) {
  const text = readOrNull(file);
  if (!text) return null;
  try {
    const holder = JSON.parse(text);
    return isAlive(holder.pid) && startOf(holder.pid) === holder.started ? holder : null;
  } catch {
    return null;
  }
}

/** Takes the lock or says who holds it. `stolen` is true when its last holder died without giving it back. */
export function tryLock(file, note = {}) {
  if (!fs.existsSync(path.dirname(file))) fs.mkdirSync(path.dirname(file), { recursive: true });
  const own = `${file}.${process.pid}`;
  fs.writeFileSync(own, JSON.stringify({ pid: process.pid, started: startOf(process.pid), ...note }), { mode: 0o644 });
  let stolen = false;
  try {
    for (;;) {
      try {
        fs.linkSync(own, file); // atomic, and never seen half-written
        return { stolen, release: () => releaseLock(file) };
      } catch (error) {
        if (error.code !== "EEXIST") throw error;
      }
      const holder = lockHolder(file);
      if (holder) return { holder };
      stolen = true;
      const aside = `${own}.stale`;
      try {
        fs.renameSync(file, aside);
        fs.rmSync(aside, { force: true });
      } catch (error) {
        if (error.code !== "ENOENT") throw error;
      }
    }
  } finally {
    fs.rmSync(own, { force: true });
  }
}

function releaseLock(file) {
  if (lockHolder(file)?.pid === process.pid) fs.rmSync(file, { force: true });
}

/** Waits for the lock; `onWait(holder)` is called once when somebody else has it. */
export async function takeLock(file, onWait = () => {}) {
  for (let waited = false; ; waited = true) {
    const lock = tryLock(file);
    if (lock.release) return lock;
    if (!waited) onWait(lock.holder);
    await sleep(200);
  }
}
