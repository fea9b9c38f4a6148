import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ask, type Breaker, type BreakerPolicy, CLOSED, failed, succeeded } from "./breaker";

const policy: BreakerPolicy = { failures: 3, pauseMs: 1_000, capMs: 8_000 };

function fail(times: number, atMs = 0, from: Breaker = CLOSED): Breaker {
  let breaker = from;
  for (let n = 0; n < times; n++) breaker = failed(breaker, atMs, "down", policy);
  return breaker;
}

describe("a breaker", () => {
  it("opens after so many failures in a row, and says why and since when", () => {
    expect(fail(2).state).toBe("closed");
    expect(fail(3, 50)).toEqual({ state: "open", sinceMs: 50, untilMs: 1_050, opened: 1, reason: "down" });
  });

  it("counts only failures in a row", () => {
    expect(fail(2, 0, succeeded(fail(2))).state).toBe("closed");
  });

  it("lets nothing through while open, then exactly one probe", () => {
    const open = fail(3);
    expect(ask(open, 999, policy)).toEqual({ breaker: open, allowed: false });
    const probing = ask(open, 1_000, policy);
    expect(probing.allowed).toBe(true);
    expect(ask(probing.breaker, 1_001, policy).allowed).toBe(false);
  });

  it("closes when the probe gets through", () => {
    expect(succeeded(ask(fail(3), 1_000, policy).breaker)).toEqual(CLOSED);
  });

  it("doubles its pause each time a probe fails, up to the cap, and remembers the beginning", () => {
    let breaker = fail(3);
    const pauses: number[] = [];
    for (let round = 0; round < 5; round++) {
      const nowMs = breaker.state === "open" ? breaker.untilMs : 0;
      breaker = failed(ask(breaker, nowMs, policy).breaker, nowMs, "still down", policy);
      if (breaker.state === "open") pauses.push(breaker.untilMs - nowMs);
      expect(breaker).toMatchObject({ state: "open", sinceMs: 0, reason: "still down" });
    }
    expect(pauses).toEqual([2_000, 4_000, 8_000, 8_000, 8_000]);
  });

  it("gives up a probe that never reported", () => {
    const { breaker } = ask(fail(3), 1_000, policy);
    expect(ask(breaker, 1_999, policy).allowed).toBe(false);
    expect(ask(breaker, 2_000, policy).allowed).toBe(true);
  });

  it("does not mind failures of calls that were under way when it opened", () => {
    const open = fail(3);
    expect(failed(open, 500, "another", policy)).toBe(open);
  });

  it("lets at most one call per pause through while everything fails", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 }), (steps) => {
        let breaker = fail(3);
        let nowMs = 0;
        let lastAllowedMs = Number.NEGATIVE_INFINITY;
        for (const step of steps) {
          nowMs += step;
          const answer = ask(breaker, nowMs, policy);
          breaker = answer.breaker;
          if (!answer.allowed) continue;
          expect(nowMs - lastAllowedMs).toBeGreaterThanOrEqual(policy.pauseMs);
          lastAllowedMs = nowMs;
          breaker = failed(breaker, nowMs, "down", policy);
        }
      }),
    );
  });
});
