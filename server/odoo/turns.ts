import pLimit from "p-limit";
import type { Turn } from "../adapters/odoo/client";

export type Turns = {
  take: Turn;
  /** How many may be under way at once from now on. */
  widen: (atOnce: number) => void;
  /** How many are under way. */
  underWay: () => number;
};

/** Nothing waits longer than this: what has a turn may hang. */
const PATIENCE_MS = 2_000;
/** While nothing is sent, a poll and a comparison may read beside each other. */
export const UNSENT = 2;

/**
 * Turns at one Odoo: what is sent, polled and compared by a process waits in one line, so that people who work in that Odoo meet as few of
 * our calls at once as the pace allows. Work that has waited two seconds begins without a turn.
 */
export function makeTurns(patienceMs = PATIENCE_MS): Turns {
  const limit = pLimit(UNSENT);
  return {
    take: (work) =>
      new Promise((resolve, reject) => {
        let begun: Promise<void> | null = null;
        const begin = () => {
          begun ??= Promise.resolve().then(work).then(resolve, reject);
          return begun;
        };
        const late = setTimeout(begin, patienceMs);
        void limit(() => {
          clearTimeout(late);
          return begin();
        });
      }),
    widen: (atOnce) => {
      limit.concurrency = Math.max(1, atOnce);
    },
    underWay: () => limit.activeCount,
  };
}
