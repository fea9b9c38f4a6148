import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, open, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { findFeedFile, insertFeedFile } from "@/db/queries/feed-files";
import type { Context } from "../context";
import type { RegisteredFeed } from "../feeds/registry";
import type { FeedCounters } from "../feeds/registry-counters";
import { receive } from "../messages/receive";

export type TakeDeps = Pick<Context, "sql" | "now" | "uuid" | "log"> & { counters: FeedCounters };

/** What was done with a file; `again` where it could not be stored just now and stays for the next turn. */
export type TakeResult = "taken" | "known" | "refused" | "again";

/**
 * Takes one file that has settled: its bytes are one message, then it is moved to done/, or to refused/ with a reason beside it. A file of
 * known name and content makes no message again. Interrupted between storing and moving, the next turn finds it known.
 */
export async function takeFile(
  deps: TakeDeps,
  feed: RegisteredFeed,
  folder: string,
  name: string,
): Promise<TakeResult> {
  const file = path.join(folder, name);
  const read = await readBounded(file, feed.maxBatchBytes);
  if (!read.ok) {
    await refuse(deps, feed, folder, name, read);
    return "refused";
  }
  const { bytes } = read;
  const digest = createHash("sha256").update(bytes).digest();
  const before = await findFeedFile(deps.sql, feed.id, name, digest);
  if (before?.state === "refused") {
    await refuse(deps, feed, folder, name, { digest, size: bytes.length, why: before.why ?? "refused before" });
    return "refused";
  }
  if (before) {
    await move(file, path.join(folder, "done"), name, digest);
    return "known";
  }
  const [kept] = await receive(deps, [
    {
      feed,
      bytes,
      contentType: contentTypeOf(name),
      headers: null,
      name,
      correlationId: deps.uuid(),
      verdict: "unsigned",
    },
  ]);
  if (kept === undefined || (!kept.ok && kept.reason === "unavailable")) return "again";
  const size = bytes.length;
  if (!kept.ok) {
    await refuse(deps, feed, folder, name, {
      digest,
      size,
      why: "Waypost could not store this file; this is our fault.",
    });
    return "refused";
  }
  const noted = { feedId: feed.id, name, digest, messageId: kept.receipt, size, why: null };
  await insertFeedFile(deps.sql, { ...noted, state: "taken" }, deps.now());
  deps.counters.count(feed.id, kept.duplicate ? { duplicates: 1, bytes: size } : { received: 1, bytes: size });
  deps.log.info({ feed: feed.slug, receipt: kept.receipt, duplicate: kept.duplicate, size }, "file taken");
  await move(file, path.join(folder, "done"), name, digest);
  return "taken";
}

type Unread = { ok: false; digest: Buffer; size: number; why: string };

async function readBounded(file: string, limit: number): Promise<{ ok: true; bytes: Buffer } | Unread> {
  // never through a link: its target may lie outside the folder
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = await handle.stat();
    const unread = (why: string): Unread => ({
      ok: false,
      digest: createHash("sha256").update(`${size} bytes not read`).digest(),
      size,
      why,
    });
    if (size === 0) return unread("The file is empty.");
    if (size > limit) return unread(`The file has ${size} bytes; this feed takes at most ${limit}.`);
    const bytes = Buffer.alloc(size);
    let at = 0;
    while (at < size) {
      const { bytesRead } = await handle.read(bytes, at, size - at, at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return { ok: true, bytes: at === size ? bytes : bytes.subarray(0, at) };
  } finally {
    await handle.close();
  }
}

async function refuse(
  deps: TakeDeps,
  feed: RegisteredFeed,
  folder: string,
  name: string,
  { digest, size, why }: { digest: Buffer; size: number; why: string },
): Promise<void> {
  const refused = { feedId: feed.id, name, digest, messageId: null, size, state: "refused", why } as const;
  await insertFeedFile(deps.sql, refused, deps.now());
  deps.counters.count(feed.id, { rejected: 1 });
  const moved = await move(path.join(folder, name), path.join(folder, "refused"), name, digest);
  await writeFile(`${moved}.reason.txt`, `${deps.now().toISOString()} ${why}\n`);
  deps.log.warn({ feed: feed.slug, size, why }, "file refused");
}

/** Moves a file; where another of its name with other content lies already, its digest becomes part of the name. */
async function move(file: string, folder: string, name: string, digest: Buffer): Promise<string> {
  await mkdir(folder, { recursive: true });
  const plain = path.join(folder, name);
  const { name: stem, ext } = path.parse(name);
  const taken = await access(plain).then(
    () => true,
    () => false,
  );
  const target = taken ? path.join(folder, `${stem}.${digest.toString("hex", 0, 4)}${ext}`) : plain;
  await rename(file, target);
  return target;
}

const TYPES: Readonly<Record<string, string>> = {
  ".csv": "text/csv",
  ".tsv": "text/tab-separated-values",
  ".txt": "text/plain",
  ".json": "application/json",
  ".xml": "application/xml",
  ".edi": "application/edi-x12",
  ".x12": "application/edi-x12",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
};

function contentTypeOf(name: string): string | null {
  return TYPES[path.extname(name).toLowerCase()] ?? null;
}
