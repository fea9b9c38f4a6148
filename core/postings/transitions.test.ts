import { expect, test } from "vitest";
import { ATTEMPT_OUTCOMES, POSTING_VERDICTS } from "./desired";
import { POSTING_STATES } from "./kinds";
import { afterReadback, DEFAULT_RETRY, next } from "./next";
import { POSTING_TRANSITIONS } from "./transitions";

const leads = (from: string, to: string) => POSTING_TRANSITIONS.some((one) => one.from === from && one.to === to);

test("whatever an attempt comes to is a transition out of sending", () => {
  for (const outcome of ATTEMPT_OUTCOMES)
    for (const transient of [true, false])
      for (const attempts of [1, DEFAULT_RETRY.maxAttempts]) {
        const attempt = { outcome, reason: "", transient, atMs: 0 };
        const { state } = next({ attempts, sentAtMs: 0 }, attempt, DEFAULT_RETRY, 0.5);
        expect(leads("sending", state), `${outcome} ${attempts}`).toBe(true);
      }
});

test("whatever reading back says is a transition out of unconfirmed and out of posted", () => {
  for (const verdict of POSTING_VERDICTS)
    for (const attempts of [1, DEFAULT_RETRY.maxAttempts])
      for (const repeatable of [true, false])
        for (const nowMs of [1, DEFAULT_RETRY.settleMs + 1]) {
          const { state } = afterReadback({ attempts, sentAtMs: 0, repeatable }, verdict, nowMs, DEFAULT_RETRY);
          for (const from of ["unconfirmed", "posted"])
            expect(state === from || leads(from, state), `${from} ${verdict} -> ${state}`).toBe(true);
        }
});

test("every state is reached or begun in, and every state but the ends is left", () => {
  const begun = new Set(["planned", "held"]);
  const ends = new Set(["verified", "superseded"]);
  for (const state of POSTING_STATES) {
    expect(begun.has(state) || POSTING_TRANSITIONS.some((one) => one.to === state), state).toBe(true);
    expect(ends.has(state) || POSTING_TRANSITIONS.some((one) => one.from === state), state).toBe(true);
  }
});
