import { mkdir, realpath } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { listSettings } from "@/db/queries/settings";
import type { Context } from "../context";

/** Folders outside the data folder that an administrator allows for feeds: the setting `folder_roots`, absolute paths. */
const rootsSchema = z.array(z.string().startsWith("/").max(500)).max(50);

export async function readFolderRoots(ctx: Pick<Context, "sql">): Promise<string[]> {
  const parsed = rootsSchema.safeParse((await listSettings(ctx.sql)).folder_roots ?? []);
  return parsed.success ? parsed.data : [];
}

/**
 * The real path of a feed's folder, made when it lies in the data folder; null where it may not be watched. A plain name is a folder under
 * `<data folder>/folders`; an absolute path must lie within an allowed root. Both are compared after links are followed.
 */
export async function placeOfFolder(dataDir: string, folder: string, roots: readonly string[]): Promise<string | null> {
  if (path.isAbsolute(folder)) {
    const real = await realpath(folder).catch(() => null);
    if (real === null) return null;
    for (const root of roots) {
      const realRoot = await realpath(root).catch(() => null);
      if (realRoot !== null && isWithin(realRoot, real)) return real;
    }
    return null;
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(folder)) return null;
  const home = path.resolve(dataDir, "folders");
  const place = path.join(home, folder);
  await mkdir(place, { recursive: true });
  const real = await realpath(place);
  return isWithin(await realpath(home), real) ? real : null;
}

function isWithin(root: string, place: string): boolean {
  return place === root || place.startsWith(root.endsWith(path.sep) ? root : root + path.sep);
}
