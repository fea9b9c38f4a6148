import type { Log } from "../log";

const WINDOW_MS = 1000;
/** Lines of one second that are written in full; what comes beyond them is told in one line at its end. */
const LINES_A_WINDOW = 50;

export type DoorLog = {
  /** A delivery that was stored. `fields` is only read when the line is written. */
  stored: (feed: string, messages: number, fields: () => object) => void;
  refused: (feed: string, fields: () => object) => void;
  /** Writes what was only counted so far. */
  close: () => void;
};

/** A line per delivery as long as they are few: at thousands a second lines cost more than the deliveries, and nobody reads them. */
export function makeDoorLog(log: Pick<Log, "info">): DoorLog {
  let lines = 0;
  let timer: NodeJS.Timeout | undefined;
  let unwritten = new Map<string, { deliveries: number; messages: number; refused: number }>();

  function mayWrite(): boolean {
    timer ??= setTimeout(endWindow, WINDOW_MS).unref();
    return lines++ < LINES_A_WINDOW;
  }

  function endWindow(): void {
    clearTimeout(timer);
    timer = undefined;
    lines = 0;
    for (const [feed, counts] of unwritten) log.info({ feed, ...counts }, "more deliveries in this second");
    if (unwritten.size > 0) unwritten = new Map();
  }

  function countOf(feed: string) {
    // slugs of refused deliveries are whatever a sender wrote
    const name = unwritten.has(feed) || unwritten.size < LINES_A_WINDOW ? feed : "others";
    let counts = unwritten.get(name);
    if (!counts) {
      counts = { deliveries: 0, messages: 0, refused: 0 };
      unwritten.set(name, counts);
    }
    return counts;
  }

  return {
    stored: (feed, messages, fields) => {
      if (mayWrite()) {
        log.info(fields(), "delivery");
        return;
      }
      const counts = countOf(feed);
      counts.deliveries++;
      counts.messages += messages;
    },
    refused: (feed, fields) => {
      if (mayWrite()) log.info(fields(), "delivery refused");
      else countOf(feed).refused++;
    },
    close: endWindow,
  };
}
