import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { POSTING_VERDICTS, type PostingVerdictName } from "./desired";
import { type Attempt, afterReadback, backoffMs, next, type RetryPolicy, type SendState } from "./next";

const policy: RetryPolicy = { maxAttempts: 4, baseMs: 1_000, factor: 3, capMs: 20_000, settleMs: 120_000 };
const NOW_MS = 1_000_000;

function attempt(outcome: Attempt["outcome"], extra: Partial<Attempt> = {}): Attempt {
  return { outcome, reason: "because", transient: false, atMs: NOW_MS, ...extra };
}

const sent = (attempts = 1): SendState => ({ attempts, sentAtMs: NOW_MS });

describe("next", () => {
  it.each<[string, Attempt, number, ReturnType<typeof next>["state"], number | null]>([
    ["accepted is posted and verified at once", attempt("accepted"), 1, "posted", NOW_MS],
    ["rejected waits for a person", attempt("rejected"), 1, "rejected", null],
    [
      "rejected for a serialization failure is tried again",
      attempt("rejected", { transient: true }),
      1,
      "planned",
      NOW_MS + 1_000,
    ],
    ["unreachable is tried again", attempt("unreachable"), 2, "planned", NOW_MS + 3_000],
    ["unreachable at the last try is dead", attempt("unreachable"), 4, "dead", null],
    ["transient at the last try is dead", attempt("rejected", { transient: true }), 4, "dead", null],
    ["unknown is looked up soon", attempt("unknown"), 1, "unconfirmed", NOW_MS + 1_000],
    ["unknown at the last try is looked up all the same", attempt("unknown"), 4, "unconfirmed", NOW_MS + 1_000],
    [
      "unknown is looked up even if it is called transient",
      attempt("unknown", { transient: true }),
      1,
      "unconfirmed",
      NOW_MS + 1_000,
    ],
  ])("%s", (_, made, attempts, state, dueAtMs) => {
    expect(next(sent(attempts), made, policy, 1)).toMatchObject({ state, dueAtMs });
  });

  it("says Odoo's reason", () => {
    expect(next(sent(), attempt("rejected"), policy, 0).why).toBe("because");
    expect(next(sent(4), attempt("unreachable"), policy, 0).why).toContain("because");
  });
});

describe("afterReadback", () => {
  const settledMs = NOW_MS + policy.settleMs;
  it.each<[string, PostingVerdictName, number, Partial<SendState>, ReturnType<typeof next>["state"], number | null]>([
    ["what holds is verified, at once", "holds", NOW_MS + 1, {}, "verified", null],
    ["what is impossible waits for a person, at once", "impossible", NOW_MS + 1, {}, "rejected", null],
    [
      "what is not seen before it settled stays unconfirmed until then",
      "absent",
      settledMs - 1,
      {},
      "unconfirmed",
      settledMs,
    ],
    ["what is not seen after it settled is sent again", "absent", settledMs, {}, "planned", settledMs],
    ["what is not seen after the last try is dead", "absent", settledMs, { attempts: 4 }, "dead", null],
    ["what differs before it settled stays unconfirmed", "differs", settledMs - 1, {}, "unconfirmed", settledMs],
    ["what differs after it settled waits for a person", "differs", settledMs, {}, "rejected", null],
    [
      "a level without an answer, where Odoo holds the old value, is sent again",
      "differs",
      settledMs,
      { repeatable: true },
      "planned",
      settledMs,
    ],
    ["what was never sent is sent", "absent", NOW_MS, { sentAtMs: null, attempts: 0 }, "planned", NOW_MS],
  ])("%s", (_, verdict, nowMs, state, to, dueAtMs) => {
    expect(afterReadback({ ...sent(), ...state }, verdict, nowMs, policy)).toMatchObject({ state: to, dueAtMs });
  });
});

describe("the delay", () => {
  it("grows, is capped, and is spread between half and all of it", () => {
    expect([1, 2, 3, 4, 9].map((attempts) => backoffMs(attempts, policy, 1))).toEqual([
      1_000, 3_000, 9_000, 20_000, 20_000,
    ]);
    expect([0, 0.5, 1, 7].map((jitter) => backoffMs(2, policy, jitter))).toEqual([1_500, 2_250, 3_000, 3_000]);
  });
});

describe("a posting", () => {
  const outcomes = fc.constantFrom<Attempt["outcome"]>("accepted", "rejected", "unreachable", "unknown");
  const step = fc.record({
    outcome: outcomes,
    transient: fc.boolean(),
    verdict: fc.constantFrom(...POSTING_VERDICTS),
    waitMs: fc.integer({ min: 0, max: 200_000 }),
  });

  it("is never sent a second time after no answer without a look-up that found nothing once the call could not be running", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let nowMs = 0;
        let [attempts, sentAtMs, state, dueAtMs]: [number, number | null, string, number | null] = [
          0,
          null,
          "planned",
          0,
        ];
        let unanswered = false;
        for (const { outcome, transient, verdict, waitMs } of steps) {
          if (dueAtMs === null) break;
          nowMs = Math.max(nowMs + waitMs, dueAtMs);
          if (state === "planned") {
            expect(unanswered).toBe(false);
            attempts += 1;
            sentAtMs = nowMs;
            unanswered = outcome === "unknown";
            ({ state, dueAtMs } = next(
              { attempts, sentAtMs },
              { outcome, transient, reason: "", atMs: nowMs },
              policy,
              0.5,
            ));
          } else {
            const to = afterReadback({ attempts, sentAtMs }, verdict, nowMs, policy);
            if (to.state === "planned") {
              expect(verdict).toBe("absent");
              expect(nowMs).toBeGreaterThanOrEqual((sentAtMs ?? 0) + policy.settleMs);
              unanswered = false;
            }
            ({ state, dueAtMs } = to);
          }
        }
        expect(attempts).toBeLessThanOrEqual(policy.maxAttempts);
      }),
      { numRuns: 3000 },
    );
  });
});
