import type { Dirent } from "node:fs";
import { lstat, opendir } from "node:fs/promises";
import path from "node:path";
import type { Context } from "../context";
import { openFeedRegistry, type RegisteredFeed } from "../feeds/registry";
import { makeFeedCounters } from "../feeds/registry-counters";
import { type Loop, startLoop } from "../jobs/loop";
import { writeAcknowledgements } from "./acknowledge";
import { placeOfFolder, readFolderRoots } from "./place";
import { type TakeDeps, takeFile } from "./take";

const EVERY_MS = 2000;
/** Files looked at in one folder and turn; the rest follows in the next. */
const MOST_FILES = 500;

/** Size and time of a file when it was seen last, by feed and name. */
type Seen = Map<string, string>;

export type FolderTurn = { taken: number; refused: number; waiting: number; written: number };

/** Watches the folders of feeds that are fed by files, until the signal. `leads` says whether this worker is the one that is at it. */
export function watchFolders(
  ctx: Context,
  signal: AbortSignal,
  leads: () => Promise<boolean> = async () => true,
): Loop {
  const registry = openFeedRegistry(ctx);
  const counters = makeFeedCounters(ctx, 100 + ctx.config.slot);
  const deps = { ...ctx, counters };
  let seen: Seen = new Map();
  const loop = startLoop(ctx.log, "folders", EVERY_MS, signal, async () => {
    if (!registry.loaded()) await registry.refresh();
    const feeds = registry.all();
    if (!feeds.some(isWatched)) return false;
    if (await leads()) ({ seen } = await pollFolders(deps, feeds, seen));
    return false;
  });
  const stopped = loop.stopped.then(async () => {
    await Promise.all([registry.close(), counters.close()]);
  });
  return { wake: loop.wake, stopped };
}

function isWatched(feed: RegisteredFeed): boolean {
  return feed.wayIn === "file" && feed.folder !== null && feed.state === "active";
}

/**
 * One look at every watched folder. A file is taken when its size and time are those of the look before, so that none is read while it is
 * still being written. Trouble with one file or folder is logged and leaves the others alone.
 */
export async function pollFolders(
  deps: TakeDeps & Pick<Context, "config">,
  feeds: readonly RegisteredFeed[],
  before: Seen,
): Promise<FolderTurn & { seen: Seen }> {
  const roots = await readFolderRoots(deps);
  const seen: Seen = new Map();
  const turn = { taken: 0, refused: 0, waiting: 0, written: 0 };
  for (const feed of feeds.filter(isWatched)) {
    try {
      const folder = await placeOfFolder(deps.config.dataDir, feed.folder ?? "", roots);
      if (folder === null) {
        deps.log.error({ feed: feed.slug }, "the folder of this feed is missing or may not be watched");
        continue;
      }
      await pollFolder(deps, feed, folder, { before, seen, turn });
      turn.written += await writeAcknowledgements(deps, feed, folder);
    } catch (error) {
      deps.log.error(
        { feed: feed.slug, code: (error as { code?: string }).code },
        "the folder of this feed cannot be read",
      );
    }
  }
  return { ...turn, seen };
}

async function pollFolder(
  deps: TakeDeps,
  feed: RegisteredFeed,
  folder: string,
  state: { before: Seen; seen: Seen; turn: FolderTurn },
): Promise<void> {
  for (const name of await fileNames(folder)) {
    const key = `${feed.id}/${name}`;
    try {
      const { size, mtimeMs } = await lstat(path.join(folder, name));
      const look = `${size} ${mtimeMs}`;
      state.seen.set(key, look);
      if (state.before.get(key) !== look) {
        state.turn.waiting++;
        continue;
      }
      const result = await takeFile(deps, feed, folder, name);
      if (result === "taken") state.turn.taken++;
      else if (result === "refused") state.turn.refused++;
      if (result !== "again") state.seen.delete(key);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== "ENOENT")
        deps.log.error({ feed: feed.slug, code }, "a file could not be taken; it stays where it is");
    }
  }
}

/** Names of plain files, those of senders' half-written ones left out. Directories and links are passed over. */
async function fileNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  const directory = await opendir(folder);
  for await (const entry of directory) {
    if (isCandidate(entry)) names.push(entry.name);
    if (names.length >= MOST_FILES) break;
  }
  return names.sort();
}

function isCandidate(entry: Dirent): boolean {
  return (
    entry.isFile() &&
    !entry.name.startsWith(".") &&
    !/\.(tmp|part|partial|filepart|crdownload|swp)$/i.test(entry.name) &&
    Buffer.byteLength(entry.name) <= 200
  );
}
