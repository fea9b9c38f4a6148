import { addDoorCounts, type DoorCount, saveSecretUse } from "@/db/queries/feeds";
import type { Context } from "../context";

const HOUR_MS = 3_600_000;
/** A secret's last use is written at most this often. */
const SECRET_USE_EVERY_MS = 60_000;

export type Counts = Partial<Pick<DoorCount, "received" | "duplicates" | "rejected" | "limited" | "bytes">>;

export type FeedCounters = {
  count: (feedId: number, counts: Counts) => void;
  secretUsed: (secretId: string) => void;
  /** Writes what was counted since; what cannot be written is kept for the next time. */
  flush: () => Promise<void>;
  /** Flushes a last time. */
  close: () => Promise<void>;
};

/** Counts in memory and writes every second or so, in rows of this process's slot. */
export function makeFeedCounters(
  ctx: Pick<Context, "sql" | "now" | "log">,
  slot: number,
  options: { everyMs?: number } = {},
): FeedCounters {
  let counts = new Map<string, DoorCount>();
  let last: DoorCount | null = null;
  let uses = new Map<string, number>();
  const written = new Map<string, number>();
  let flushing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => void flush(), options.everyMs ?? 1000).unref();

  function count(feedId: number, more: Counts): void {
    const nowMs = ctx.now().getTime();
    const hourMs = nowMs - (nowMs % HOUR_MS);
    if (last?.feedId !== feedId || last.hourMs !== hourMs) last = entryOf(counts, feedId, hourMs);
    last.received += more.received ?? 0;
    last.duplicates += more.duplicates ?? 0;
    last.rejected += more.rejected ?? 0;
    last.limited += more.limited ?? 0;
    last.bytes += more.bytes ?? 0;
    if (more.received) last.lastMs = Math.max(last.lastMs, nowMs);
  }

  function secretUsed(secretId: string): void {
    const nowMs = ctx.now().getTime();
    if (nowMs - (written.get(secretId) ?? 0) >= SECRET_USE_EVERY_MS) uses.set(secretId, nowMs);
  }

  function flush(): Promise<void> {
    flushing = flushing.then(writeCounts).then(writeUses);
    return flushing;
  }

  async function writeCounts(): Promise<void> {
    if (counts.size === 0) return;
    const mine = counts;
    counts = new Map();
    last = null;
    try {
      await addDoorCounts(ctx.sql, slot, [...mine.values()]);
    } catch (error) {
      for (const entry of mine.values()) add(counts, entry);
      ctx.log.warn({ code: (error as { code?: string }).code }, "feed counters could not be written yet");
    }
  }

  async function writeUses(): Promise<void> {
    if (uses.size === 0) return;
    const mine = uses;
    uses = new Map();
    try {
      await saveSecretUse(
        ctx.sql,
        [...mine].map(([id, atMs]) => ({ id, atMs })),
      );
      for (const [id, atMs] of mine) written.set(id, atMs);
    } catch {
      for (const [id, atMs] of mine) if (!uses.has(id)) uses.set(id, atMs);
    }
  }

  return {
    count,
    secretUsed,
    flush,
    close: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}

function entryOf(counts: Map<string, DoorCount>, feedId: number, hourMs: number): DoorCount {
  const key = `${feedId} ${hourMs}`;
  let known = counts.get(key);
  if (!known) {
    known = { feedId, hourMs, received: 0, duplicates: 0, rejected: 0, limited: 0, bytes: 0, lastMs: 0 };
    counts.set(key, known);
  }
  return known;
}

function add(counts: Map<string, DoorCount>, entry: DoorCount): void {
  const known = entryOf(counts, entry.feedId, entry.hourMs);
  known.received += entry.received;
  known.duplicates += entry.duplicates;
  known.rejected += entry.rejected;
  known.limited += entry.limited;
  known.bytes += entry.bytes;
  known.lastMs = Math.max(known.lastMs, entry.lastMs);
}
