import { mkdir, open, rename } from "node:fs/promises";
import path from "node:path";
import { listUnwrittenAcknowledgements, saveAcknowledgementWritten } from "@/db/queries/feed-files";
import type { Context } from "../context";

const AT_A_TIME = 100;

/**
 * Writes due acknowledgements (X12 997) of a feed into its out folder; resolves to how many. A partner who polls the folder never sees half
 * a file: it is written under another name first. Interrupted, the same file is written again.
 */
export async function writeAcknowledgements(
  ctx: Pick<Context, "sql" | "now" | "log">,
  feed: { id: number; slug: string },
  folder: string,
): Promise<number> {
  const due = await listUnwrittenAcknowledgements(ctx.sql, feed.id, AT_A_TIME);
  if (due.length === 0) return 0;
  const out = path.join(folder, "out");
  await mkdir(out, { recursive: true });
  for (const { messageId, fileName, body } of due) {
    const name = safeName(fileName, messageId);
    const half = path.join(out, `.${messageId}.part`);
    const handle = await open(half, "w", 0o644);
    try {
      await handle.writeFile(body);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(half, path.join(out, name));
    await saveAcknowledgementWritten(ctx.sql, messageId, ctx.now());
    ctx.log.info({ feed: feed.slug, receipt: messageId }, "acknowledgement written");
  }
  return due.length;
}

/** A file name without a path in it; the receipt where nothing usable is left. */
function safeName(fileName: string, messageId: string): string {
  const name = fileName.replace(/[^A-Za-z0-9._-]/g, "_").slice(0, 120);
  return /^[A-Za-z0-9]/.test(name) ? name : `${messageId}.txt`;
}
