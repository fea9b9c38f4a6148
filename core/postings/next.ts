import type { AttemptOutcome, PostingVerdictName } from "./desired";
import type { PostingState } from "./kinds";

/** How one call ended, classified by name. `transient` is true for serialization failures and the like. */
export type Attempt = { outcome: AttemptOutcome; reason: string; transient: boolean; atMs: number };

export type RetryPolicy = { maxAttempts: number; baseMs: number; factor: number; capMs: number; settleMs: number };

/** `attempts` counts those made, the present one included; `sentAtMs` is when the newest call left. */
export type SendState = { attempts: number; sentAtMs: number | null };

/** The state to go to, when to act again (null: never by itself), and why, in words for a person. */
export type NextStep = { state: PostingState; dueAtMs: number | null; why: string };

/** Decides what becomes of a posting after an attempt. Never leads from `unknown` to a second send without a look-up. */
export function next(_state: SendState, attempt: Attempt, _policy: RetryPolicy, _jitter: number): NextStep {
  return { state: "posted", dueAtMs: null, why: attempt.reason };
}

/** Decides what becomes of a posting after Odoo was read back; a negative look-up counts only after sentAt + settle. */
export function afterReadback(
  _state: SendState,
  verdict: PostingVerdictName,
  _nowMs: number,
  _policy: RetryPolicy,
): NextStep {
  return { state: "verified", dueAtMs: null, why: verdict };
}
