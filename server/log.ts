import { type Logger, pino } from "pino";

export type Log = Logger;

/** One JSON line per thing that happened: ids, counts, durations; never bodies, secrets or personal data. */
export function makeLog(role: string): Log {
  return pino({
    name: `waypost-${role}`,
    level: process.env.WAYPOST_LOG_LEVEL ?? "info",
    base: { role, pid: process.pid },
  });
}
