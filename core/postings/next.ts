import type { AttemptOutcome, PostingVerdictName } from "./desired";
import type { PostingState } from "./kinds";

/** How one call ended, classified by name. `transient` is true for serialization failures and the like: rolled back, safe to repeat. */
export type Attempt = { outcome: AttemptOutcome; reason: string; transient: boolean; atMs: number };

/** Delays in ms. `settleMs` is how long an unanswered call may still be running in Odoo. */
export type RetryPolicy = { maxAttempts: number; baseMs: number; factor: number; capMs: number; settleMs: number };

export const DEFAULT_RETRY: RetryPolicy = {
  maxAttempts: 12,
  baseMs: 2_000,
  factor: 3,
  capMs: 900_000,
  settleMs: 120_000,
};

/**
 * `attempts` counts those made, the present one included; `sentAtMs` is when the newest call left, null when none did. `repeatable` is
 * true for a level posting whose newest call was not answered: other values in Odoo are then simply the old ones.
 */
export type SendState = { attempts: number; sentAtMs: number | null; repeatable?: boolean };

/** The state to go to, when to act again (ms; null: never by itself), and why, in words for a person. */
export type NextStep = { state: PostingState; dueAtMs: number | null; why: string };

/**
 * Decides what becomes of a posting after an attempt. What never reached Odoo, or was rolled back there, is planned again with a
 * growing, jittered delay; what was not answered is looked up and never simply sent again. `jitter` is a random number, 0 to 1.
 */
export function next(state: SendState, attempt: Attempt, policy: RetryPolicy, jitter: number): NextStep {
  const { outcome, reason, atMs } = attempt;
  if (outcome === "accepted") return { state: "posted", dueAtMs: atMs, why: "Odoo took it; it is read back to verify" };
  if (outcome === "unknown") {
    return { state: "unconfirmed", dueAtMs: atMs + policy.baseMs, why: `No answer (${reason}); Odoo is read first` };
  }
  if (outcome === "rejected" && !attempt.transient) return { state: "rejected", dueAtMs: null, why: reason };
  return retry(state, reason, atMs, policy, jitter);
}

/**
 * Decides what becomes of a posting after Odoo was read back. A negative look-up proves nothing while the call may still be running:
 * it counts only after sentAt + settle, and only then may the posting be sent again.
 */
export function afterReadback(
  state: SendState,
  verdict: PostingVerdictName,
  nowMs: number,
  policy: RetryPolicy,
): NextStep {
  if (verdict === "holds") return { state: "verified", dueAtMs: null, why: "Odoo holds it" };
  if (verdict === "impossible") {
    return { state: "rejected", dueAtMs: null, why: "The record in Odoo is gone or can no longer take it" };
  }
  const settledAtMs = state.sentAtMs === null ? nowMs : state.sentAtMs + policy.settleMs;
  if (nowMs < settledAtMs) {
    return { state: "unconfirmed", dueAtMs: settledAtMs, why: "Not seen in Odoo yet; the call may still be running" };
  }
  if (verdict === "differs" && !state.repeatable) {
    return { state: "rejected", dueAtMs: null, why: "Odoo holds other values; a person decides which are right" };
  }
  if (state.attempts >= policy.maxAttempts) {
    return { state: "dead", dueAtMs: null, why: `Not in Odoo after ${state.attempts} attempts` };
  }
  return {
    state: "planned",
    dueAtMs: nowMs,
    why: "Not in Odoo, and the call can no longer be running; it is sent again",
  };
}

/** Delay in ms before the attempt after the `attempts`-th: exponential, capped, and spread between half and all of it. */
export function backoffMs(attempts: number, policy: RetryPolicy, jitter: number): number {
  const full = Math.min(policy.capMs, policy.baseMs * policy.factor ** Math.max(0, attempts - 1));
  return Math.round(full / 2 + (full / 2) * Math.min(1, Math.max(0, jitter)));
}

function retry(state: SendState, reason: string, atMs: number, policy: RetryPolicy, jitter: number): NextStep {
  if (state.attempts >= policy.maxAttempts) {
    return { state: "dead", dueAtMs: null, why: `Gave up after ${state.attempts} attempts: ${reason}` };
  }
  return {
    state: "planned",
    dueAtMs: atMs + backoffMs(state.attempts, policy, jitter),
    why: `Tried again later: ${reason}`,
  };
}
