import type { FeedState } from "./feed";

export type FeedHealth = {
  tone: "ok" | "late" | "broken" | "idle";
  /** Two or three words for a table. */
  word: string;
  /** The reason, in one sentence. */
  why: string;
};

export type FeedSigns = {
  state: FeedState;
  /** Newest message, and the oldest one that still waits, in ms since 1970. */
  lastAtMs: number | null;
  oldestWaitingMs: number | null;
  silenceMinutes: number | null;
  /** Of the last full and the running hour. */
  recent: { received: number; read: number; failed: number; rejected: number; limited: number };
  nowMs: number;
};

const MINUTE = 60_000;
const STUCK_MS = 5 * MINUTE;

function minutes(ms: number): string {
  const whole = Math.floor(ms / MINUTE);
  return whole >= 120 ? `${Math.floor(whole / 60)} h` : `${whole} min`;
}

/** Says in words how a feed does: the worst sign counts. */
export function feedHealth(signs: FeedSigns): FeedHealth {
  const { state, lastAtMs, oldestWaitingMs, silenceMinutes, recent, nowMs } = signs;
  if (state === "paused")
    return { tone: "idle", word: "Paused", why: "The door answers 409 until somebody resumes it." };
  if (state === "archived") return { tone: "idle", word: "Archived", why: "It takes nothing; its messages are kept." };
  if (lastAtMs !== null && silenceMinutes !== null && nowMs - lastAtMs > silenceMinutes * MINUTE)
    return {
      tone: "broken",
      word: "Silent",
      why: `Nothing for ${minutes(nowMs - lastAtMs)}, more than the ${minutes(silenceMinutes * MINUTE)} that are usual.`,
    };
  if (recent.rejected > 5 && recent.rejected >= recent.received)
    return {
      tone: "broken",
      word: "Sender refused",
      why: `${recent.rejected} deliveries with a wrong signature or key.`,
    };
  if (oldestWaitingMs !== null && nowMs - oldestWaitingMs > STUCK_MS)
    return {
      tone: "late",
      word: "Behind",
      why: `The oldest message has waited ${minutes(nowMs - oldestWaitingMs)} to be read.`,
    };
  if (recent.failed > 0 && recent.failed * 20 >= recent.read)
    return {
      tone: "late",
      word: "Messages fail",
      why: `${recent.failed} of ${Math.max(recent.read, recent.failed)} messages could not be read.`,
    };
  if (recent.limited > 0)
    return { tone: "late", word: "Throttled", why: `${recent.limited} deliveries were told to come back later (429).` };
  if (lastAtMs === null) return { tone: "idle", word: "Nothing yet", why: "It waits for its first message." };
  return { tone: "ok", word: "Well", why: "Messages come and are read." };
}
