/** A circuit breaker as a value over a clock. */
export type Breaker =
  | { state: "closed"; failures: number }
  | { state: "open"; sinceMs: number; untilMs: number; opened: number; reason: string }
  | { state: "half_open"; sinceMs: number; opened: number; probing: boolean; probedAtMs?: number };

export type BreakerPolicy = {
  /** Failures in a row that open it. */
  failures: number;
  /** First pause; doubled each time a probe fails, up to `capMs`. */
  pauseMs: number;
  capMs: number;
};

export const DEFAULT_BREAKER: BreakerPolicy = { failures: 5, pauseMs: 5_000, capMs: 300_000 };
export const CLOSED: Breaker = { state: "closed", failures: 0 };

/**
 * Asks whether a call may go out now. A breaker whose pause is over lets exactly one probe through; one that never reported is given up
 * after another pause.
 */
export function ask(
  breaker: Breaker,
  nowMs: number,
  policy: BreakerPolicy = DEFAULT_BREAKER,
): { breaker: Breaker; allowed: boolean } {
  if (breaker.state === "closed") return { breaker, allowed: true };
  const isOver =
    breaker.state === "open"
      ? nowMs >= breaker.untilMs
      : !breaker.probing || nowMs >= (breaker.probedAtMs ?? nowMs) + policy.pauseMs;
  if (!isOver) return { breaker, allowed: false };
  const { sinceMs, opened } = breaker;
  return { breaker: { state: "half_open", sinceMs, opened, probing: true, probedAtMs: nowMs }, allowed: true };
}

/** Notes a call that reached the other side, whatever it answered: the breaker closes. */
export function succeeded(_breaker: Breaker): Breaker {
  return CLOSED;
}

/** Notes a call that did not get through; `reason` is shown while the breaker is open. */
export function failed(breaker: Breaker, nowMs: number, reason: string, policy: BreakerPolicy): Breaker {
  if (breaker.state === "open") return breaker;
  if (breaker.state === "half_open") {
    const opened = breaker.opened + 1;
    return { state: "open", sinceMs: breaker.sinceMs, untilMs: nowMs + pauseOf(opened, policy), opened, reason };
  }
  const failures = breaker.failures + 1;
  if (failures < policy.failures) return { state: "closed", failures };
  return { state: "open", sinceMs: nowMs, untilMs: nowMs + pauseOf(1, policy), opened: 1, reason };
}

function pauseOf(opened: number, policy: BreakerPolicy): number {
  return Math.min(policy.capMs, policy.pauseMs * 2 ** (opened - 1));
}
