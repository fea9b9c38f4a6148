import { NO_CREDITS, nextTurn, POSTING_CLASSES, type PostingClass } from "@/core/postings/policy";
import { fullBucket, type Rate, take, takeAnyway } from "@/core/rate";
import type { CallUrgency } from "../adapters/odoo/http";

export type CallRate = {
  /** Resolves when a call may leave. */
  leave: (as: CallUrgency) => Promise<void>;
  /** How many calls a second leave from now on. */
  change: (perSecond: number) => void;
};

/**
 * The calls that one process makes to one Odoo, so many a second, with a burst of one second. Those that have to wait leave in weighted
 * turns of their classes, each in the order in which it was asked. A pulse measures Odoo: it counts and never waits, and a token is kept
 * back for it.
 */
export function makeCallRate(perSecond: number, clockMs: () => number = () => performance.now()): CallRate {
  let rate = rateOf(perSecond);
  let bucket = fullBucket(rate, clockMs());
  let credits = NO_CREDITS;
  let timer: NodeJS.Timeout | null = null;
  const waiting: Record<PostingClass, (() => void)[]> = { urgent: [], normal: [], bulk: [] };
  const serve = () => {
    timer = null;
    for (;;) {
      const classes = POSTING_CLASSES.filter((name) => waiting[name].length > 0);
      if (classes.length === 0) return;
      const taken = take(bucket, rate, clockMs(), 1, rate.burst > 1 ? 1 : 0);
      bucket = taken.bucket;
      if (taken.waitMs > 0) {
        timer = setTimeout(serve, taken.waitMs);
        return;
      }
      const turn = nextTurn(credits, classes);
      credits = turn.credits;
      waiting[turn.class].shift()?.();
    }
  };
  return {
    leave: (as) => {
      if (as === "pulse") {
        bucket = takeAnyway(bucket, rate, clockMs());
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        waiting[as].push(resolve);
        if (timer === null) serve();
      });
    },
    change: (next) => {
      if (rate.perSecond === rateOf(next).perSecond) return;
      rate = rateOf(next);
      if (timer === null) return;
      clearTimeout(timer);
      serve();
    },
  };
}

function rateOf(perSecond: number): Rate {
  const most = Math.max(1, perSecond);
  return { perSecond: most, burst: most };
}
