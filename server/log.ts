import { type Logger, pino } from "pino";

export type Log = Logger;

/**
 * One JSON line per thing that happened: ids, counts, durations; never bodies, secrets or personal data. `buffered` joins the lines of a
 * quarter of a second into one write, for processes that write thousands a second.
 */
export function makeLog(role: string, options: { buffered?: boolean } = {}): Log {
  const settings = {
    name: `waypost-${role}`,
    level: process.env.WAYPOST_LOG_LEVEL ?? "info",
    base: { role, pid: process.pid },
  };
  if (!options.buffered) return pino(settings);
  const output = pino.destination({ dest: 1, sync: true, minLength: 8192, periodicFlush: 250 });
  process.on("exit", () => output.flushSync());
  return pino(settings, output);
}
