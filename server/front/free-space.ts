import { statfs } from "node:fs/promises";
import path from "node:path";

export type FreeSpace = {
  freeBytes: () => number | null;
  reason: () => string | null;
  check: () => Promise<void>;
  close: () => void;
};

/**
 * Watches the disks of the data folder and of the embedded database, so that the door closes before PostgreSQL stops. Where neither
 * can be asked, as with a database elsewhere, nothing is closed: that database says itself when it is full.
 */
export async function watchFreeSpace(options: {
  dataDir: string;
  minFreeBytes: number;
  everyMs?: number;
  /** Bytes free for us on the disk of a folder. */
  freeOf?: (folder: string) => Promise<number>;
}): Promise<FreeSpace> {
  const freeOf = options.freeOf ?? freeBytesOf;
  let free: number | null = null;

  async function check(): Promise<void> {
    const folders = [options.dataDir, path.join(options.dataDir, "postgres")];
    const answers = await Promise.allSettled(folders.map((folder) => freeOf(folder)));
    const known = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
    free = known.length === 0 ? null : Math.min(...known);
  }

  await check();
  const timer = setInterval(() => void check(), options.everyMs ?? 2000).unref();
  return {
    freeBytes: () => free,
    reason: () =>
      free !== null && free < options.minFreeBytes
        ? "The disk of this installation is nearly full; the message was not stored. Send it again later."
        : null,
    check,
    close: () => clearInterval(timer),
  };
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
