import type { ExceptionState } from "./kinds";

/** States out of which each act of a person leads, and where to; a lost race is a conflict. Verbs read it, and the dictionary shows it. */
export const EXCEPTION_ACTS = {
  acknowledge: { from: ["open", "snoozed"], to: "acknowledged" },
  assign: { from: ["open", "acknowledged", "snoozed", "suppressed"], to: null },
  snooze: { from: ["open", "acknowledged", "snoozed"], to: "snoozed" },
  resolve: { from: ["open", "acknowledged", "snoozed", "suppressed"], to: "resolved" },
  reopen: { from: ["resolved", "snoozed", "suppressed", "acknowledged"], to: "open" },
} as const satisfies Record<string, { from: readonly ExceptionState[]; to: ExceptionState | null }>;
