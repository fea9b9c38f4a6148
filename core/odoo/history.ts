import { z } from "zod";

const counts = z.object({ orders: z.int().min(0), pickings: z.int().min(0) });

/** How far the history of a new connection was read: what Odoo had when it was connected, and how much of it is here. */
export const historySchema = z.object({
  startedAt: z.iso.datetime(),
  found: counts,
  read: counts,
  /** When it was last begun or resumed, and how much was read by then: the pace is told from there. */
  goingSince: z.iso.datetime(),
  readThen: z.int().min(0),
  pausedAt: z.iso.datetime().nullable(),
  doneAt: z.iso.datetime().nullable(),
});
export type History = z.infer<typeof historySchema>;
export type HistoryCounts = z.infer<typeof counts>;

/** Begins to read a history of so many orders and transfers. */
export function beginHistory(found: HistoryCounts, nowMs: number): History {
  const at = new Date(nowMs).toISOString();
  const read = { orders: 0, pickings: 0 };
  return { startedAt: at, found, read, goingSince: at, readThen: 0, pausedAt: null, doneAt: null };
}

/** Notes what is here by now; `more` false ends it. */
export function advanceHistory(history: History, read: HistoryCounts, more: boolean, nowMs: number): History {
  return { ...history, read, doneAt: more ? null : new Date(nowMs).toISOString() };
}

export function pauseHistory(history: History, nowMs: number): History {
  return { ...history, pausedAt: new Date(nowMs).toISOString() };
}

export function resumeHistory(history: History, nowMs: number): History {
  return { ...history, pausedAt: null, goingSince: new Date(nowMs).toISOString(), readThen: sumOf(history.read) };
}

/**
 * True for a record that surely stood in Odoo before it was connected, while its history is read: it floods nobody. Odoo tells whole seconds,
 * cut off.
 */
export function isHistory(history: History | null, writtenAt: string): boolean {
  return history !== null && history.doneAt === null && Date.parse(writtenAt) + 1000 <= Date.parse(history.startedAt);
}

export type HistoryProgress = {
  found: number;
  read: number;
  remaining: number;
  percent: number;
  secondsLeft: number | null;
};

/** Found, read, remaining and the time left at the pace since it was begun or resumed; null where no pace can be told. */
export function progressOf(history: History, nowMs: number): HistoryProgress {
  const found = Math.max(sumOf(history.found), sumOf(history.read));
  const read = history.doneAt === null ? sumOf(history.read) : found;
  const remaining = found - read;
  const seconds = (nowMs - Date.parse(history.goingSince)) / 1000;
  const since = sumOf(history.read) - history.readThen;
  const paced = history.pausedAt === null && history.doneAt === null && seconds > 0 && since > 0;
  return {
    found,
    read,
    remaining,
    percent: found === 0 ? 100 : Math.floor((read * 100) / found),
    secondsLeft: paced ? Math.ceil((remaining * seconds) / since) : null,
  };
}

function sumOf({ orders, pickings }: HistoryCounts): number {
  return orders + pickings;
}
